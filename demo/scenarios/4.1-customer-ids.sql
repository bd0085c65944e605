SELECT customer_id FROM customers
