-- Keys and indexes that are quicker to make over the finished rows, and three faults for index advice to find.
ALTER TABLE order_items ADD PRIMARY KEY (order_id, line_no);
CREATE INDEX order_items_product_id_idx ON order_items (product_id);
CREATE UNIQUE INDEX orders_public_id_key ON orders (public_id);
CREATE INDEX orders_order_date_idx ON orders (order_date);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE INDEX orders_open_idx ON orders (order_date) WHERE status IN ('pending', 'processing');
CREATE INDEX products_supplier_id_idx ON products (supplier_id);
CREATE INDEX inventory_warehouse_id_idx ON inventory (warehouse_id);
CREATE INDEX customer_notes_customer_id_idx ON customer_notes (customer_id);
CREATE INDEX customers_email_idx ON customers (lower(email));
CREATE INDEX customers_preferences_idx ON customers USING gin (preferences jsonb_path_ops);
CREATE INDEX audit_logs_created_at_idx ON audit_logs (created_at);
CREATE INDEX transactions_customer_id_idx ON old_erp.transactions (customer_id);
CREATE INDEX leads_email_idx ON crm.leads (lower(email));

-- Fault: the same as orders_customer_id_idx.
CREATE INDEX orders_customer_duplicate_idx ON orders (customer_id);
-- Fault: no query of the shop looks a customer up by telephone.
CREATE INDEX customers_phone_unused_idx ON customers (phone);
-- Fault: no index on session_tokens.customer_id, which this key makes every deleted customer look for.
ALTER TABLE session_tokens ADD FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE;

ALTER TABLE order_items ADD FOREIGN KEY (order_id) REFERENCES orders ON DELETE CASCADE;
ALTER TABLE order_items ADD FOREIGN KEY (product_id) REFERENCES products;
-- Not valid: the orphans from before it stay, and the quality scenario counts them.
ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;
ALTER TABLE old_erp.transactions ADD FOREIGN KEY (customer_id) REFERENCES old_erp.customers;

-- Fault: half of its rows were changed once and never vacuumed.
ALTER TABLE old_erp.transactions SET (autovacuum_enabled = off);
UPDATE old_erp.transactions SET memo = coalesce(memo, '') || ' (checked)' WHERE transaction_id % 2 = 0;

CREATE STATISTICS customers_industry_country (dependencies) ON industry, country FROM customers;

-- The next rows get the next numbers.
SELECT setval(pg_get_serial_sequence('customers', 'customer_id'), (SELECT max(customer_id) FROM customers)),
       setval(pg_get_serial_sequence('orders', 'order_id'), (SELECT max(order_id) FROM orders)),
       setval(pg_get_serial_sequence('products', 'product_id'), (SELECT max(product_id) FROM products)),
       setval(pg_get_serial_sequence('crm.leads', 'id'), (SELECT max(id) FROM crm.leads));
