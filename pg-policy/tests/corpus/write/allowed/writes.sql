INSERT INTO orders VALUES (1)
-- ;;
INSERT INTO orders (id, total) SELECT id, total FROM staging RETURNING id
-- ;;
INSERT INTO orders VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET total = excluded.total WHERE orders.total < excluded.total
-- ;;
INSERT INTO orders DEFAULT VALUES
-- ;;
INSERT INTO orders OVERRIDING SYSTEM VALUE VALUES (1)
-- ;;
UPDATE orders SET (a, b) = (SELECT 1, 2), c = DEFAULT, tags[1] = 'x' FROM customers WHERE orders.customer_id = customers.id RETURNING orders.*
-- ;;
DELETE FROM orders USING customers WHERE orders.customer_id = customers.id
-- ;;
MERGE INTO t USING s ON t.id = s.id WHEN MATCHED AND s.gone THEN DELETE WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.a) WHEN NOT MATCHED BY SOURCE THEN DO NOTHING RETURNING merge_action(), t.*
-- ;;
WITH d AS (DELETE FROM orders RETURNING *) INSERT INTO archive SELECT * FROM d
-- ;;
WITH d AS (DELETE FROM orders RETURNING *) SELECT count(*) FROM d
-- ;;
SELECT * FROM orders FOR UPDATE SKIP LOCKED LIMIT 1
-- ;;
SELECT nextval('s'), setval('s', 1)
-- ;;
INSERT INTO orders VALUES (nextval('s'))
-- ;;
SELECT pg_advisory_xact_lock(1)
-- ;;
SELECT pg_notify('channel', 'payload')
-- ;;
NOTIFY channel, 'payload'
-- ;;
LOCK TABLE orders IN SHARE MODE
-- ;;
SET CONSTRAINTS ALL DEFERRED
-- ;;
EXPLAIN ANALYZE UPDATE orders SET total = 0
-- ;;
SELECT txid_current(), pg_current_xact_id()
-- ;;
SELECT lo_from_bytea(0, 'x'), lo_get(1), lo_unlink(1)
-- ;;
SELECT 1
