SELECT customer_code, company_name, contact_email,
       contact_phone, industry, annual_revenue
FROM customers WHERE active = true
