WITH monthly_sales AS (
    SELECT
        DATE_TRUNC('month', order_date) as month,
        COUNT(DISTINCT order_id) as orders_count,
        SUM(total_amount) as monthly_revenue,
        COUNT(DISTINCT customer_id) as unique_customers,
        AVG(total_amount) as avg_order_value
    FROM orders
    WHERE order_date >= CURRENT_DATE - INTERVAL '24 months'
    GROUP BY DATE_TRUNC('month', order_date)
),
sales_with_growth AS (
    SELECT *,
        LAG(monthly_revenue, 1) OVER (ORDER BY month) as prev_month_revenue,
        LAG(monthly_revenue, 12) OVER (ORDER BY month) as same_month_last_year,
        (monthly_revenue - LAG(monthly_revenue, 1) OVER (ORDER BY month)) /
            NULLIF(LAG(monthly_revenue, 1) OVER (ORDER BY month), 0) * 100 as mom_growth,
        (monthly_revenue - LAG(monthly_revenue, 12) OVER (ORDER BY month)) /
            NULLIF(LAG(monthly_revenue, 12) OVER (ORDER BY month), 0) * 100 as yoy_growth
    FROM monthly_sales
)
SELECT
    month,
    monthly_revenue,
    orders_count,
    unique_customers,
    avg_order_value,
    ROUND(mom_growth, 2) as mom_growth_pct,
    ROUND(yoy_growth, 2) as yoy_growth_pct,
    -- 簡單的移動平均預測
    AVG(monthly_revenue) OVER (
        ORDER BY month ROWS BETWEEN 2 PRECEDING AND CURRENT ROW
    ) as ma3_forecast
FROM sales_with_growth
ORDER BY month
