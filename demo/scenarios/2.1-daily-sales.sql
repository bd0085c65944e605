WITH daily_sales AS (
    SELECT DATE(order_date) as sale_date,
           COUNT(*) as orders_count,
           SUM(total_amount) as revenue,
           COUNT(DISTINCT customer_id) as unique_customers
    FROM orders
    WHERE order_date >= CURRENT_DATE - INTERVAL '30 days'
    GROUP BY DATE(order_date)
)
SELECT
    sale_date,
    orders_count,
    revenue,
    unique_customers,
    revenue / NULLIF(orders_count, 0) as avg_order_value,
    LAG(revenue) OVER (ORDER BY sale_date) as prev_day_revenue
FROM daily_sales
ORDER BY sale_date DESC
LIMIT 30
