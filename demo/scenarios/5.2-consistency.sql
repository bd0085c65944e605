-- 檢查訂單表中的客戶ID是否都存在於客戶表中
SELECT
    'referential_integrity' as check_type,
    'orders.customer_id -> customers.customer_id' as check_description,
    COUNT(*) as violations
FROM orders o
LEFT JOIN customers c ON o.customer_id = c.customer_id
WHERE c.customer_id IS NULL

UNION ALL

-- 檢查電子郵件格式
SELECT
    'email_format' as check_type,
    'customers.email format validation' as check_description,
    COUNT(*) as violations
FROM customers
WHERE email NOT LIKE '%@%' OR email NOT LIKE '%.%'
