SELECT
    table_name,
    date_column,
    MAX(date_value) as latest_record,
    EXTRACT(HOURS FROM CURRENT_TIMESTAMP - MAX(date_value)) as hours_since_last_update
FROM (
    SELECT 'orders' as table_name, 'order_date' as date_column, order_date as date_value FROM orders
    UNION ALL
    SELECT 'customers' as table_name, 'created_at' as date_column, created_at as date_value FROM customers
) data_dates
GROUP BY table_name, date_column
