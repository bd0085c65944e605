TRUNCATE orders CASCADE
-- ;;
CREATE TABLE shop.x (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz DEFAULT now(), n int DEFAULT nextval('s'), total numeric CHECK (total > 0), parent int REFERENCES shop.x ON DELETE CASCADE, EXCLUDE USING gist (r WITH &&))
-- ;;
CREATE TABLE p (id int) PARTITION BY RANGE (id)
-- ;;
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10)
-- ;;
CREATE TABLE y (LIKE x INCLUDING ALL)
-- ;;
CREATE TABLE z AS SELECT * FROM orders WITH NO DATA
-- ;;
CREATE UNLOGGED TABLE IF NOT EXISTS u (id int) WITH (fillfactor = 70)
-- ;;
CREATE TEMP TABLE t (id int) ON COMMIT DROP
-- ;;
CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1
-- ;;
SELECT * INTO x FROM orders
-- ;;
CREATE VIEW v WITH (security_barrier) AS SELECT id FROM orders WITH CHECK OPTION
-- ;;
CREATE OR REPLACE RECURSIVE VIEW r (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5
-- ;;
CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM orders
-- ;;
REFRESH MATERIALIZED VIEW CONCURRENTLY m
-- ;;
CREATE UNIQUE INDEX CONCURRENTLY i ON orders USING btree (lower(name) text_pattern_ops) INCLUDE (id) WHERE total > 0
-- ;;
CREATE SEQUENCE s OWNED BY orders.id
-- ;;
CREATE TYPE mood AS ENUM ('ok', 'bad')
-- ;;
CREATE TYPE pair AS (a int, b text)
-- ;;
CREATE TYPE r AS RANGE (subtype = float8)
-- ;;
CREATE DOMAIN d AS text CHECK (VALUE ~ '^a')
-- ;;
CREATE SCHEMA app CREATE TABLE t (id int)
-- ;;
CREATE STATISTICS st (dependencies) ON a, b FROM orders
-- ;;
ALTER TABLE orders ADD COLUMN x int DEFAULT 0, DROP COLUMN y, ALTER COLUMN z TYPE bigint USING z::bigint, ADD CONSTRAINT c CHECK (x > 0) NOT VALID, VALIDATE CONSTRAINT c, SET (autovacuum_enabled = off), REPLICA IDENTITY FULL
-- ;;
ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY
-- ;;
ALTER TABLE orders RENAME COLUMN a TO b
-- ;;
ALTER TABLE orders RENAME TO orders2
-- ;;
ALTER TABLE orders SET SCHEMA app
-- ;;
ALTER INDEX i RENAME TO j
-- ;;
ALTER SEQUENCE s RESTART
-- ;;
ALTER TYPE mood ADD VALUE 'fine' AFTER 'ok'
-- ;;
ALTER TYPE pair ADD ATTRIBUTE c int
-- ;;
ALTER DOMAIN d SET NOT NULL
-- ;;
ALTER VIEW v SET (security_invoker)
-- ;;
DROP TABLE IF EXISTS orders, items CASCADE
-- ;;
DROP INDEX CONCURRENTLY i
-- ;;
DROP VIEW v
-- ;;
DROP MATERIALIZED VIEW m
-- ;;
DROP SCHEMA app CASCADE
-- ;;
DROP TYPE mood
-- ;;
DROP SEQUENCE s
-- ;;
DROP DOMAIN d
-- ;;
DROP STATISTICS st
-- ;;
COMMENT ON COLUMN orders.id IS 'key'
-- ;;
COMMENT ON TABLE orders IS NULL
-- ;;
VACUUM (ANALYZE, PARALLEL 2) orders
-- ;;
ANALYZE orders (id)
-- ;;
REINDEX INDEX CONCURRENTLY i
-- ;;
CLUSTER orders USING i
-- ;;
DELETE FROM orders
-- ;;
VACUUM FULL orders
-- ;;
VACUUM pg_class
-- ;;
ANALYZE pg_catalog.pg_class
-- ;;
REINDEX SCHEMA app
-- ;;
REINDEX DATABASE shop
-- ;;
CREATE VIEW tables AS SELECT * FROM pg_catalog.pg_class
-- ;;
CREATE TABLE copied AS SELECT relname FROM pg_class
-- ;;
COMMENT ON SCHEMA app IS 'x'
-- ;;
COMMENT ON TABLE orders IS 'x'
-- ;;
ALTER TABLE orders SET SCHEMA app
-- ;;
ALTER TYPE app.mood ADD VALUE 'b'
