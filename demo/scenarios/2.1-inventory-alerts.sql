-- The seed orders by an expression over stock_status, its own output column. PostgreSQL knows an output column in
-- ORDER BY only where it stands alone; inside an expression a name means an input column. Computing the status in a
-- sub-select makes it one.
SELECT
    product_code,
    product_name,
    current_stock,
    reorder_level,
    supplier_name,
    lead_time_days,
    stock_status
FROM (
    SELECT
        *,
        CASE
            WHEN current_stock <= 0 THEN 'OUT_OF_STOCK'
            WHEN current_stock <= reorder_level THEN 'LOW_STOCK'
            ELSE 'NORMAL'
        END as stock_status
    FROM inventory_view
    WHERE current_stock <= reorder_level * 1.2
) AS alerts
ORDER BY
    CASE stock_status
        WHEN 'OUT_OF_STOCK' THEN 1
        WHEN 'LOW_STOCK' THEN 2
        ELSE 3
    END,
    current_stock ASC
