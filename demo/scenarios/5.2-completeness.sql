SELECT
    'customers' as table_name,
    'email' as column_name,
    COUNT(*) as total_rows,
    COUNT(email) as non_null_rows,
    COUNT(*) - COUNT(email) as null_rows,
    ROUND((COUNT(*) - COUNT(email)) * 100.0 / COUNT(*), 2) as null_percentage
FROM customers

UNION ALL

SELECT
    'orders' as table_name,
    'customer_id' as column_name,
    COUNT(*) as total_rows,
    COUNT(customer_id) as non_null_rows,
    COUNT(*) - COUNT(customer_id) as null_rows,
    ROUND((COUNT(*) - COUNT(customer_id)) * 100.0 / COUNT(*), 2) as null_percentage
FROM orders
