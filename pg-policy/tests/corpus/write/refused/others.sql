TRUNCATE orders
-- ;;
CREATE TABLE x (id int)
-- ;;
SELECT * INTO x FROM orders
-- ;;
CREATE TABLE x AS SELECT 1
-- ;;
DROP TABLE orders
-- ;;
ALTER TABLE orders DISABLE TRIGGER ALL
-- ;;
VACUUM orders
-- ;;
COMMENT ON TABLE orders IS 'x'
-- ;;
INSERT INTO pg_authid VALUES (1)
-- ;;
UPDATE pg_catalog.pg_proc SET prosrc = 'x'
-- ;;
DELETE FROM pg_class
-- ;;
UPDATE pg_settings SET setting = 'x'
-- ;;
DELETE FROM pg_toast.pg_toast_1
-- ;;
UPDATE information_schema.sql_features SET comments = 'x'
-- ;;
MERGE INTO pg_depend USING s ON true WHEN MATCHED THEN DELETE
-- ;;
WITH u AS (UPDATE pg_class SET relname = 'x') SELECT 1
-- ;;
INSERT INTO orders SELECT pg_read_file('x')
-- ;;
UPDATE orders SET note = pg_read_file('/etc/passwd')
-- ;;
INSERT INTO orders VALUES (1) RETURNING set_config('a', 'b', false)
-- ;;
INSERT INTO orders VALUES (1) ON CONFLICT (id) DO UPDATE SET note = pg_read_file('x')
-- ;;
MERGE INTO t USING s ON pg_read_file('x') = '' WHEN MATCHED THEN DELETE
-- ;;
MERGE INTO t USING s ON true WHEN MATCHED THEN UPDATE SET a = pg_read_file('x')
-- ;;
CALL my_procedure()
-- ;;
CALL set_config('a', 'b', false)
-- ;;
SELECT pg_terminate_backend(1)
-- ;;
SELECT pg_advisory_lock(1)
-- ;;
SELECT query_to_xml('DROP TABLE orders', true, true, '')
-- ;;
DO $$ BEGIN END $$
-- ;;
GRANT SELECT ON orders TO bob
-- ;;
COPY orders FROM STDIN
-- ;;
COPY orders FROM PROGRAM 'id'
-- ;;
SET work_mem = '1GB'
-- ;;
BEGIN
-- ;;
COMMIT
-- ;;
SELECT * FROM pg_authid
-- ;;
INSERT INTO copy SELECT * FROM pg_shadow
-- ;;
SELECT schedule('a', '* * * * *', 'DROP TABLE orders')
