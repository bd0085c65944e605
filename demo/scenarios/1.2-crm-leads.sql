SELECT id, first_name, last_name, email, phone, company,
       created_date, lead_source, status
FROM leads WHERE status IN ('qualified', 'converted')
