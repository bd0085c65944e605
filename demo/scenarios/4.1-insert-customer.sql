INSERT INTO customers (name, email, phone, company, industry, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
