SELECT
    product_code,
    product_name,
    current_stock,
    reorder_level,
    supplier_name,
    lead_time_days,
    CASE
        WHEN current_stock <= 0 THEN 'OUT_OF_STOCK'
        WHEN current_stock <= reorder_level THEN 'LOW_STOCK'
        ELSE 'NORMAL'
    END as stock_status
FROM inventory_view
WHERE current_stock <= reorder_level * 1.2
ORDER BY
    CASE stock_status
        WHEN 'OUT_OF_STOCK' THEN 1
        WHEN 'LOW_STOCK' THEN 2
        ELSE 3
    END,
    current_stock ASC
