INSERT INTO customers (email) VALUES ('x')
-- ;;
UPDATE customers SET email = NULL
-- ;;
DELETE FROM customers
-- ;;
TRUNCATE customers
-- ;;
MERGE INTO inventory i USING products p ON false WHEN NOT MATCHED THEN DO NOTHING
-- ;;
MERGE INTO trap.box b USING (VALUES (1)) v(x) ON b.id = v.x WHEN MATCHED THEN DELETE
-- ;;
WITH gone AS (DELETE FROM customers RETURNING *) SELECT count(*) FROM gone
-- ;;
WITH a AS (SELECT 1), b AS (INSERT INTO trap.box VALUES (3, 'x') RETURNING *) SELECT * FROM a, b
-- ;;
WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 2), d AS (UPDATE trap.box SET word = 'z' RETURNING 1) SELECT * FROM r
-- ;;
SELECT * FROM (WITH d AS (DELETE FROM trap.box RETURNING *) SELECT * FROM d) x
-- ;;
EXPLAIN ANALYZE DELETE FROM trap.box
-- ;;
EXPLAIN (ANALYZE true, FORMAT json) WITH d AS (DELETE FROM trap.box RETURNING *) SELECT * FROM d
-- ;;
EXPLAIN (ANALYZE 1) INSERT INTO trap.box VALUES (9, 'x')
-- ;;
EXPLAIN (ANALYZE off, ANALYZE on) DELETE FROM trap.box
-- ;;
EXPLAIN ANALYZE SELECT trap.strike()
-- ;;
EXPLAIN (ANALYZE) CREATE TABLE trap.made AS SELECT 1
-- ;;
EXPLAIN (ANALYZE) EXECUTE p
-- ;;
SELECT * INTO trap.made FROM trap.box
-- ;;
SELECT 1 INTO TEMP made
-- ;;
CREATE TABLE trap.made (a int)
-- ;;
CREATE TEMP TABLE made AS SELECT 1
-- ;;
CREATE TABLE trap.made AS TABLE trap.box
-- ;;
CREATE MATERIALIZED VIEW trap.made AS SELECT 1
-- ;;
CREATE VIEW trap.made AS SELECT 1
-- ;;
CREATE FUNCTION trap.f() RETURNS int LANGUAGE sql AS 'SELECT 1'
-- ;;
CREATE OR REPLACE FUNCTION trap.strike() RETURNS int LANGUAGE sql AS 'SELECT 1'
-- ;;
CREATE INDEX ON trap.box (id)
-- ;;
CREATE INDEX CONCURRENTLY ON trap.box (id)
-- ;;
CREATE EXTENSION citext
-- ;;
CREATE ROLE evil SUPERUSER LOGIN PASSWORD 'x'
-- ;;
CREATE USER evil
-- ;;
CREATE DATABASE evil
-- ;;
CREATE TABLESPACE evil LOCATION '/tmp'
-- ;;
CREATE SCHEMA evil
-- ;;
CREATE SCHEMA evil CREATE TABLE t (a int)
-- ;;
CREATE SEQUENCE evil
-- ;;
CREATE TRIGGER t AFTER INSERT ON trap.box EXECUTE FUNCTION touch_updated_at()
-- ;;
CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION touch_updated_at()
-- ;;
CREATE RULE r AS ON SELECT TO trap.box DO INSTEAD SELECT 1
-- ;;
CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p
-- ;;
CREATE PUBLICATION p FOR ALL TABLES
-- ;;
CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw
-- ;;
CREATE USER MAPPING FOR public SERVER other
-- ;;
CREATE LANGUAGE plperlu
-- ;;
CREATE STATISTICS evil ON id, word FROM trap.box
-- ;;
CREATE POLICY q ON trap.box USING (true)
-- ;;
CREATE OPERATOR trap.%% (leftarg = int, function = trap.strike)
-- ;;
CREATE CAST (text AS int) WITH INOUT AS IMPLICIT
-- ;;
CREATE DOMAIN evil AS int
-- ;;
CREATE TYPE evil AS ENUM ('a')
-- ;;
CREATE COLLATION evil FROM "C"
-- ;;
CREATE AGGREGATE evil(int) (sfunc = int4pl, stype = int)
-- ;;
DROP TABLE customers
-- ;;
DROP TABLE IF EXISTS customers CASCADE
-- ;;
DROP SCHEMA public CASCADE
-- ;;
DROP DATABASE shop
-- ;;
DROP OWNED BY shop_owner
-- ;;
REASSIGN OWNED BY shop_owner TO postgres
-- ;;
DROP ROLE shop_reader
-- ;;
ALTER TABLE customers DROP COLUMN email
-- ;;
ALTER TABLE customers DISABLE ROW LEVEL SECURITY
-- ;;
ALTER ROLE postgres PASSWORD 'x'
-- ;;
ALTER ROLE shop_reader SUPERUSER
-- ;;
ALTER SYSTEM SET shared_preload_libraries = 'evil'
-- ;;
ALTER DATABASE shop SET default_transaction_read_only = on
-- ;;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO public
-- ;;
ALTER FUNCTION trap.strike() STABLE
-- ;;
ALTER SEQUENCE trap.seq RESTART
-- ;;
GRANT ALL ON customers TO public
-- ;;
GRANT pg_read_server_files TO shop_reader
-- ;;
REVOKE ALL ON customers FROM shop_reader
-- ;;
COMMENT ON TABLE customers IS 'x'
-- ;;
SECURITY LABEL ON TABLE customers IS 'x'
-- ;;
REFRESH MATERIALIZED VIEW daily_revenue
-- ;;
REFRESH MATERIALIZED VIEW CONCURRENTLY daily_revenue
-- ;;
VACUUM
-- ;;
VACUUM FULL customers
-- ;;
ANALYZE
-- ;;
ANALYZE customers
-- ;;
REINDEX TABLE customers
-- ;;
REINDEX (CONCURRENTLY) TABLE customers
-- ;;
CLUSTER customers
-- ;;
CHECKPOINT
-- ;;
IMPORT FOREIGN SCHEMA public FROM SERVER other INTO trap
-- ;;
LOCK TABLE customers
-- ;;
LOCK customers IN ACCESS EXCLUSIVE MODE NOWAIT
-- ;;
SELECT * FROM customers FOR UPDATE
-- ;;
SELECT * FROM customers FOR NO KEY UPDATE SKIP LOCKED
-- ;;
SELECT * FROM customers FOR SHARE
-- ;;
SELECT * FROM customers FOR KEY SHARE
-- ;;
SELECT * FROM (SELECT * FROM customers FOR UPDATE) x
-- ;;
SELECT (SELECT customer_id FROM customers LIMIT 1 FOR UPDATE)
-- ;;
WITH x AS (SELECT * FROM customers FOR UPDATE) SELECT * FROM x
-- ;;
SELECT * FROM customers c, orders o FOR UPDATE OF o
-- ;;
TABLE customers FOR UPDATE
-- ;;
VALUES (1) FOR UPDATE
-- ;;
SELECT 1 UNION SELECT customer_id::int FROM customers FOR UPDATE
-- ;;
SELECT nextval('trap.seq')
-- ;;
SELECT setval('trap.seq', 100)
-- ;;
SELECT pg_catalog.nextval('trap.seq'::regclass)
-- ;;
SELECT * FROM nextval('trap.seq')
-- ;;
SELECT * FROM ROWS FROM (nextval('trap.seq'), generate_series(1, 2))
-- ;;
SELECT 1 WHERE nextval('trap.seq') > 0
-- ;;
SELECT 1 ORDER BY nextval('trap.seq')
-- ;;
SELECT 1 GROUP BY nextval('trap.seq')
-- ;;
SELECT count(*) FILTER (WHERE nextval('trap.seq') > 0) FROM trap.box
-- ;;
SELECT sum(id) OVER (ORDER BY nextval('trap.seq')) FROM trap.box
-- ;;
SELECT sum(id) OVER w FROM trap.box WINDOW w AS (PARTITION BY setval('trap.seq', 9))
-- ;;
SELECT sum(id) OVER (ORDER BY id ROWS BETWEEN nextval('trap.seq') PRECEDING AND CURRENT ROW) FROM trap.box
-- ;;
SELECT 1 LIMIT nextval('trap.seq')
-- ;;
SELECT 1 OFFSET nextval('trap.seq')
-- ;;
SELECT CASE WHEN true THEN nextval('trap.seq') END
-- ;;
SELECT ARRAY(SELECT nextval('trap.seq'))
-- ;;
SELECT ROW(nextval('trap.seq'))
-- ;;
SELECT (ARRAY[1])[nextval('trap.seq')]
-- ;;
SELECT * FROM trap.box TABLESAMPLE bernoulli (nextval('trap.seq'))
-- ;;
SELECT * FROM trap.box TABLESAMPLE system (50) REPEATABLE (nextval('trap.seq'))
-- ;;
SELECT * FROM trap.box b, LATERAL nextval('trap.seq') n
-- ;;
SELECT DISTINCT ON (nextval('trap.seq')) 1
-- ;;
SELECT * FROM trap.box b JOIN trap.box c ON nextval('trap.seq') > 0
-- ;;
SELECT string_agg(word, nextval('trap.seq')::text ORDER BY id) FROM trap.box
-- ;;
SELECT percentile_cont(nextval('trap.seq')) WITHIN GROUP (ORDER BY id) FROM trap.box
-- ;;
SELECT coalesce(NULL, nextval('trap.seq'))
-- ;;
SELECT greatest(1, nextval('trap.seq'))
-- ;;
SELECT nullif(1, nextval('trap.seq'))
-- ;;
SELECT 1 BETWEEN 0 AND nextval('trap.seq')
-- ;;
SELECT 1 IN (nextval('trap.seq'))
-- ;;
SELECT EXISTS (SELECT nextval('trap.seq'))
-- ;;
SELECT 1 = ANY (ARRAY[nextval('trap.seq')])
-- ;;
SELECT GROUPING(nextval('trap.seq'))
-- ;;
SELECT xmlelement(name a, nextval('trap.seq'))
-- ;;
SELECT xmlforest(nextval('trap.seq') AS b)
-- ;;
SELECT * FROM xmltable('/a' PASSING xmlparse(document '<a/>') COLUMNS b text DEFAULT nextval('trap.seq')::text)
-- ;;
VALUES (nextval('trap.seq'))
-- ;;
SELECT a.b FROM (SELECT nextval('trap.seq') AS b) a
-- ;;
SELECT lo_create(77)
-- ;;
SELECT lo_unlink(424242)
-- ;;
SELECT lo_from_bytea(0, 'x')
-- ;;
SELECT lo_put(424242, 0, 'y')
-- ;;
SELECT lo_creat(-1)
-- ;;
SELECT lo_import('/etc/passwd')
-- ;;
SELECT lo_export(424242, '/tmp/out')
-- ;;
SELECT lo_get(424242)
-- ;;
SELECT lowrite(lo_open(424242, 131072), 'x')
-- ;;
SELECT loread(lo_open(424242, 262144), 100)
-- ;;
SELECT lo_truncate(lo_open(424242, 131072), 0)
-- ;;
SELECT brin_summarize_new_values('customers_pkey')
-- ;;
SELECT gin_clean_pending_list('customers_pkey')
-- ;;
SELECT pg_import_system_collations('pg_catalog')
-- ;;
SELECT purge_expired_tokens()
-- ;;
SELECT * FROM purge_expired_tokens()
-- ;;
SELECT public.purge_expired_tokens() FROM generate_series(1, 3)
-- ;;
SELECT * FROM trap.purge
-- ;;
CALL refresh_summaries()
-- ;;
CALL trap.proc()
-- ;;
DO $$ BEGIN DELETE FROM customers; END $$
-- ;;
DO LANGUAGE plpgsql 'BEGIN PERFORM trap.strike(); END'
-- ;;
COPY customers FROM STDIN
-- ;;
COPY customers TO STDOUT
-- ;;
COPY (SELECT 1) TO '/tmp/out'
-- ;;
COPY (SELECT 1) TO PROGRAM 'touch /tmp/out'
-- ;;
COPY customers FROM PROGRAM 'id'
-- ;;
COPY trap.box FROM '/etc/passwd'
-- ;;
COPY (DELETE FROM trap.box RETURNING *) TO STDOUT
