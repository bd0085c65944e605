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
        WHERE EXTRACT(YEAR FROM order_date) = EXTRACT(YEAR FROM order_date)
    ) as seasonal_index
FROM orders
WHERE order_date >= CURRENT_DATE - INTERVAL '36 months'
GROUP BY EXTRACT(MONTH FROM order_date), EXTRACT(QUARTER FROM order_date)
ORDER BY month
