SELECT customer_id, company_name, contact_person,
       phone, email, address, registration_date
FROM customers
ORDER BY customer_id
LIMIT $1 OFFSET $2
