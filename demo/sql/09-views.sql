-- Views and materialized views.
CREATE VIEW inventory_view AS
SELECT product_code, products.name AS product_name, warehouse_name, current_stock, reorder_level, supplier_name,
       lead_time_days
FROM inventory
JOIN products USING (product_id)
JOIN warehouses USING (warehouse_id)
JOIN suppliers USING (supplier_id);

CREATE VIEW leads AS SELECT * FROM crm.leads;

CREATE MATERIALIZED VIEW daily_revenue AS
SELECT (order_date AT TIME ZONE 'UTC')::date AS day, count(*) AS orders_count, sum(total_amount) AS revenue
FROM orders
WHERE status <> 'cancelled'
GROUP BY 1;
CREATE UNIQUE INDEX daily_revenue_day_key ON daily_revenue (day);

CREATE MATERIALIZED VIEW ecommerce.customer_summary AS
SELECT customers.customer_id AS user_id, customers.email, split_part(name, ' ', 1) AS first_name,
       split_part(name, ' ', 2) AS last_name, coalesce(total_orders, 0) AS total_orders,
       coalesce(total_spent, 0) AS total_spent, last_order_date
FROM customers
LEFT JOIN (SELECT customer_id, count(*) AS total_orders, sum(total_amount) AS total_spent,
                  max(order_date) AS last_order_date
           FROM orders WHERE status <> 'cancelled' GROUP BY customer_id) AS bought USING (customer_id);
CREATE UNIQUE INDEX customer_summary_user_id_key ON ecommerce.customer_summary (user_id);
