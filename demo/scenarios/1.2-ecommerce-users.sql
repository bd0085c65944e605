SELECT user_id, email, first_name, last_name,
       total_orders, total_spent, last_order_date
FROM customer_summary WHERE total_orders > 0
