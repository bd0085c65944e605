WITH product_monthly_sales AS (
    SELECT
        p.product_id,
        p.name as product_name,
        p.category,
        DATE_TRUNC('month', o.order_date) as month,
        SUM(oi.quantity) as units_sold,
        SUM(oi.quantity * oi.unit_price) as revenue
    FROM products p
    JOIN order_items oi ON p.product_id = oi.product_id
    JOIN orders o ON oi.order_id = o.order_id
    WHERE o.order_date >= CURRENT_DATE - INTERVAL '12 months'
    GROUP BY p.product_id, p.name, p.category, DATE_TRUNC('month', o.order_date)
),
product_trends AS (
    SELECT
        product_id,
        product_name,
        category,
        SUM(units_sold) as total_units_12m,
        SUM(revenue) as total_revenue_12m,
        AVG(units_sold) as avg_monthly_units,
        STDDEV(units_sold) as stddev_monthly_units,
        -- 簡單線性趨勢
        CORR(EXTRACT(EPOCH FROM month), units_sold) as trend_correlation
    FROM product_monthly_sales
    GROUP BY product_id, product_name, category
)
SELECT
    product_name,
    category,
    total_units_12m,
    total_revenue_12m,
    avg_monthly_units,
    ROUND(avg_monthly_units * 1.1, 0) as forecasted_next_month,  -- 假設10%成長
    CASE
        WHEN trend_correlation > 0.7 THEN 'Strong Upward'
        WHEN trend_correlation > 0.3 THEN 'Moderate Upward'
        WHEN trend_correlation < -0.7 THEN 'Strong Downward'
        WHEN trend_correlation < -0.3 THEN 'Moderate Downward'
        ELSE 'Stable'
    END as trend_direction
FROM product_trends
WHERE total_units_12m > 0
ORDER BY total_revenue_12m DESC
LIMIT 50
