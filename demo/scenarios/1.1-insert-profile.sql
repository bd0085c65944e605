INSERT INTO customer_profiles (
    legacy_id, business_name, primary_contact,
    contact_phone, email_address, business_address,
    onboarding_date, data_source
) VALUES ($1, $2, $3, $4, $5, $6, $7, 'ERP_MIGRATION')
