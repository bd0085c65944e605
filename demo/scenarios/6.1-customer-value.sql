WITH customer_metrics AS (
    SELECT
        c.customer_id,
        c.registration_date,
        EXTRACT(DAYS FROM CURRENT_DATE - c.registration_date) as customer_age_days,
        COUNT(DISTINCT o.order_id) as total_orders,
        SUM(o.total_amount) as total_spent,
        AVG(o.total_amount) as avg_order_value,
        MAX(o.order_date) as last_order_date,
        EXTRACT(DAYS FROM CURRENT_DATE - MAX(o.order_date)) as days_since_last_order,
        MIN(o.order_date) as first_order_date,
        EXTRACT(DAYS FROM MAX(o.order_date) - MIN(o.order_date)) as customer_lifespan_days
    FROM customers c
    LEFT JOIN orders o ON c.customer_id = o.customer_id
    GROUP BY c.customer_id, c.registration_date
),
clv_segments AS (
    SELECT *,
        CASE
            WHEN total_spent >= 10000 AND days_since_last_order <= 30 THEN 'VIP_Active'
            WHEN total_spent >= 5000 AND days_since_last_order <= 60 THEN 'High_Value'
            WHEN total_spent >= 1000 AND days_since_last_order <= 90 THEN 'Medium_Value'
            WHEN days_since_last_order > 180 THEN 'At_Risk'
            WHEN total_orders = 0 THEN 'Never_Purchased'
            ELSE 'Regular'
        END as value_segment,

        -- 預測未來價值（簡化模型）
        CASE
            WHEN customer_lifespan_days > 0 THEN
                (total_spent / GREATEST(customer_lifespan_days, 1)) * 365 * 2
            ELSE avg_order_value * 4
        END as predicted_annual_value

    FROM customer_metrics
)
SELECT
    value_segment,
    COUNT(*) as customer_count,
    AVG(total_spent) as avg_total_spent,
    AVG(total_orders) as avg_total_orders,
    AVG(avg_order_value) as avg_order_value,
    AVG(predicted_annual_value) as avg_predicted_annual_value,
    SUM(total_spent) as segment_total_revenue
FROM clv_segments
GROUP BY value_segment
ORDER BY avg_predicted_annual_value DESC
