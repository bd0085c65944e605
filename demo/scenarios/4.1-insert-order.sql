INSERT INTO orders (customer_id, order_date, total_amount, status)
VALUES ($1, $2, $3, $4)
