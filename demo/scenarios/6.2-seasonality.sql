-- The seed's form runs, but its sub-select compares a year with itself (both sides name the inner orders), so every
-- month is measured against all orders ever. Meant is the mean month of the same 36 months.
SELECT
    EXTRACT(MONTH FROM order_date) as month,
    EXTRACT(QUARTER FROM order_date) as quarter,
    COUNT(*) as orders_count,
    SUM(total_amount) as total_revenue,
    AVG(total_amount) as avg_order_value,
    -- 計算相對於年平均的季節性指數
    SUM(total_amount) / (
        SELECT SUM(total_amount) / 12.0
        FROM orders
        WHERE order_date >= CURRENT_DATE - INTERVAL '36 months'
    ) as seasonal_index
FROM orders
WHERE order_date >= CURRENT_DATE - INTERVAL '36 months'
GROUP BY EXTRACT(MONTH FROM order_date), EXTRACT(QUARTER FROM order_date)
ORDER BY month
