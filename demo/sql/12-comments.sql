-- Comments, in the languages that the shop is run in.
COMMENT ON SCHEMA old_erp IS '舊 ERP 系統，資料未清理';
COMMENT ON SCHEMA new_erp IS 'The ERP that replaces old_erp; filled by migration';
COMMENT ON SCHEMA crm IS '客戶關係管理：潛在客戶';
COMMENT ON SCHEMA erp IS 'Customers as the accounting department knows them';
COMMENT ON SCHEMA ecommerce IS 'The web shop''s own summaries';

COMMENT ON TABLE customers IS '客戶主檔';
COMMENT ON COLUMN customers.email IS '電子郵件；未驗證，可能缺漏或格式錯誤';
COMMENT ON COLUMN customers.registration_date IS 'When the customer registered, without time zone (UTC)';
COMMENT ON COLUMN customers.preferences IS 'Choices made in the web shop: newsletter, language';
COMMENT ON TABLE customer_profiles IS 'One row a customer: segment, value and satisfaction, computed nightly';
COMMENT ON COLUMN customer_profiles.satisfaction_score IS 'Mean of the answers to the last survey, 0 to 5; NULL where not asked';
COMMENT ON TABLE orders IS '訂單；金額為新臺幣';
COMMENT ON COLUMN orders.tax_amount IS 'Five per cent of total_amount, computed by the server';
COMMENT ON COLUMN orders.customer_id IS 'May name a customer who has left: the foreign key is not validated';
COMMENT ON TABLE order_items IS 'Lines of an order; unit_price is the price at the time of ordering';
COMMENT ON TABLE products IS '商品目錄';
COMMENT ON TABLE inventory IS 'Stock of a product in a warehouse';
COMMENT ON COLUMN inventory.reorder_level IS '低於此數量即應補貨';
COMMENT ON VIEW inventory_view IS 'Stock with names, for the warehouse''s alerts';
COMMENT ON MATERIALIZED VIEW daily_revenue IS 'Refreshed by refresh_summaries()';
COMMENT ON TABLE audit_logs IS 'Who changed what; partitioned by month';
COMMENT ON TABLE session_tokens IS 'Hashes of the web shop''s session tokens; worthless once expired';
COMMENT ON TABLE customer_notes IS 'Notes on customers; row-level security hides the confidential ones';
COMMENT ON TABLE type_samples IS 'A value of every type that the toolkit must carry without loss';
COMMENT ON TYPE order_status IS '訂單狀態';
COMMENT ON FUNCTION purge_expired_tokens() IS 'Deletes, although it is called by SELECT';
