WITH product_cooccurrence AS (
    SELECT
        oi1.product_id as product_a,
        oi2.product_id as product_b,
        COUNT(DISTINCT oi1.order_id) as cooccurrence_count,
        COUNT(DISTINCT oi1.order_id) * 1.0 /
            (SELECT COUNT(DISTINCT order_id) FROM order_items WHERE product_id = oi1.product_id) as confidence
    FROM order_items oi1
    JOIN order_items oi2 ON oi1.order_id = oi2.order_id AND oi1.product_id != oi2.product_id
    GROUP BY oi1.product_id, oi2.product_id
    HAVING COUNT(DISTINCT oi1.order_id) >= 5
)
SELECT
    pa.name as product_a_name,
    pb.name as product_b_name,
    pc.cooccurrence_count,
    ROUND(pc.confidence * 100, 2) as confidence_percentage
FROM product_cooccurrence pc
JOIN products pa ON pc.product_a = pa.product_id
JOIN products pb ON pc.product_b = pb.product_id
WHERE pc.confidence > 0.3
ORDER BY pc.confidence DESC
LIMIT 20
