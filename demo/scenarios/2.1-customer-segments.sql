SELECT
    customer_segment,
    COUNT(*) as customer_count,
    AVG(lifetime_value) as avg_ltv,
    SUM(CASE WHEN last_order_date > CURRENT_DATE - INTERVAL '30 days'
        THEN 1 ELSE 0 END) as active_customers,
    AVG(satisfaction_score) as avg_satisfaction
FROM customer_profiles
GROUP BY customer_segment
ORDER BY avg_ltv DESC
