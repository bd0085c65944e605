WITH product_pairs AS (
    SELECT
        oi1.product_id as product_a,
        oi2.product_id as product_b,
        COUNT(DISTINCT oi1.order_id) as cooccurrence_count
    FROM order_items oi1
    JOIN order_items oi2 ON oi1.order_id = oi2.order_id
        AND oi1.product_id < oi2.product_id
    JOIN orders o ON oi1.order_id = o.order_id
    WHERE o.order_date >= CURRENT_DATE - INTERVAL '180 days'
    GROUP BY oi1.product_id, oi2.product_id
    HAVING COUNT(DISTINCT oi1.order_id) >= 10
)
SELECT
    pa.name as product_a_name,
    pb.name as product_b_name,
    pp.cooccurrence_count,
    ROUND(
        pp.cooccurrence_count * 100.0 /
        (SELECT COUNT(DISTINCT order_id) FROM order_items WHERE product_id = pp.product_a),
        2
    ) as lift_percentage
FROM product_pairs pp
JOIN products pa ON pp.product_a = pa.product_id
JOIN products pb ON pp.product_b = pb.product_id
ORDER BY pp.cooccurrence_count DESC
LIMIT 20
