SELECT＊ FROM orders; DELETE FROM orders
-- ;;
DELETE FROM orders
-- ;;
SELECT 1;​DELETE FROM orders
-- ;;
SELECT $a$ $b$ $a$; DELETE FROM orders
-- ;;
SELECT 'it''s' /* ' */; DELETE FROM orders
-- ;;
SELECT E'\'' ; DELETE FROM orders --'
-- ;;
SELECT '\'; DELETE FROM orders --'
-- ;;
SELECT E'\\'; DELETE FROM orders --'
-- ;;
SELECT /* /* */ 1; */ 1; DELETE FROM orders
-- ;;
/* nested /* comment */ still */ DELETE FROM orders
-- ;;
--
-- ;;
DELETE FROM orders
-- ;;
SELECT U&"pg\005Fread\005Ffile"('PG_VERSION')
-- ;;
SELECT U&"pg!005Fread!005Ffile" UESCAPE '!' ('PG_VERSION')
-- ;;
SELECT "pg_read_file"('PG_VERSION')
-- ;;
SELECT PG_CATALOG . "pg_read_file" ('PG_VERSION')
-- ;;
SELECT pg_catalog."lo_import"('/etc/passwd')
-- ;;
SELECT (pg_stat_file('PG_VERSION')).size
-- ;;
SELECT (SELECT (SELECT (SELECT pg_read_file('PG_VERSION'))))
-- ;;
SELECT 1 WHERE pg_sleep(0) IS NOT NULL AND trap.strike() = 1
-- ;;
TABLE pg_authid
-- ;;
VALUES ((SELECT rolpassword FROM pg_authid LIMIT 1))
-- ;;
VALUES (trap.strike()), (2)
-- ;;
SELECT * FROM ROWS FROM (trap.strikes(), generate_series(1, 2)) AS t(a, b)
-- ;;
SELECT * FROM customers c, LATERAL trap.strikes() s
-- ;;
SELECT * FROM customers c LEFT JOIN LATERAL (SELECT trap.strike(c.customer_id::int)) s ON true
-- ;;
SELECT count(*) FROM orders TABLESAMPLE bernoulli (trap.strike())
-- ;;
SELECT count(*) FROM orders TABLESAMPLE system (10) REPEATABLE (trap.strike())
-- ;;
SELECT * FROM orders TABLESAMPLE trap.strike (10)
-- ;;
SELECT 'a' OPERATOR(public.<~~>) 'b'
-- ;;
SELECT OPERATOR(public.!!!) 1
-- ;;
SELECT b FROM trap.box b ORDER BY b USING OPERATOR(trap.=)
-- ;;
SELECT 'pg_authid'::regclass, b.hit FROM trap.box b
-- ;;
SELECT hit(b) FROM trap.box b
-- ;;
SELECT (b).hit FROM trap.box b
-- ;;
SELECT (SELECT b FROM trap.box b LIMIT 1).hit
-- ;;
SELECT hit_public(b.*) FROM trap.box b
-- ;;
SELECT 1::trap.guarded
-- ;;
SELECT CAST('5' AS trap.guarded)
-- ;;
SELECT trap.guarded '7'
-- ;;
SELECT ARRAY[1, 2]::trap.guarded[]
-- ;;
SELECT ROW(1)::trap.holder
-- ;;
SELECT jsonb_populate_record(NULL::trap.holder, '{"a": 5}')
-- ;;
SELECT * FROM json_to_record('{"a": 1}') AS t(a trap.guarded)
-- ;;
SELECT * FROM XMLTABLE('/r/v' PASSING '<r><v>1</v></r>' COLUMNS a trap.guarded PATH '.')
-- ;;
SELECT * FROM XMLTABLE('/r/v' PASSING (SELECT query_to_xml('DELETE FROM orders', true, false, '')) COLUMNS a int PATH '.')
-- ;;
SELECT * FROM XMLTABLE('/r/v' PASSING '<r/>' COLUMNS a int PATH '.' DEFAULT trap.strike())
-- ;;
SELECT xmlelement(name a, xmlattributes(trap.strike() AS b))
-- ;;
SELECT xmlforest(trap.strike() AS a)
-- ;;
SELECT JSON_OBJECT('a': trap.strike())
-- ;;
SELECT JSON_ARRAYAGG(trap.strike())
-- ;;
SELECT JSON_QUERY('{"a": 1}', '$.a' DEFAULT trap.strike()::text::jsonb ON EMPTY)
-- ;;
SELECT JSON_VALUE('{"a": 1}', '$.b' RETURNING int DEFAULT trap.strike() ON EMPTY)
-- ;;
SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a trap.guarded PATH '$'))
-- ;;
SELECT * FROM JSON_TABLE('[1]', '$[*]' PASSING trap.strike() AS x COLUMNS (a int PATH '$'))
-- ;;
SELECT JSON_EXISTS('{}', '$.a' PASSING trap.strike() AS x)
-- ;;
SELECT sum(x) OVER (ORDER BY trap.strike() ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM generate_series(1, 2) x
-- ;;
SELECT sum(x) OVER w FROM generate_series(1, 2) x WINDOW w AS (PARTITION BY trap.strike())
-- ;;
SELECT sum(x) OVER (ROWS trap.strike() PRECEDING) FROM generate_series(1, 2) x
-- ;;
SELECT percentile_cont(trap.strike()) WITHIN GROUP (ORDER BY x) FROM generate_series(1, 2) x
-- ;;
SELECT count(*) FILTER (WHERE trap.strike() = 1) FROM orders
-- ;;
SELECT 1 FROM orders GROUP BY GROUPING SETS ((trap.strike()), ())
-- ;;
SELECT 1 FROM orders GROUP BY CUBE (customer_id, trap.strike(customer_id::int))
-- ;;
SELECT 1 FROM orders GROUP BY customer_id HAVING trap.strike() = 1
-- ;;
SELECT DISTINCT ON (trap.strike()) 1
-- ;;
SELECT 1 LIMIT trap.strike()
-- ;;
SELECT 1 OFFSET trap.strike()
-- ;;
SELECT 1 ORDER BY 1 FETCH FIRST (trap.strike()) ROWS WITH TIES
-- ;;
SELECT CASE trap.strike() WHEN 1 THEN 2 END
-- ;;
SELECT COALESCE(NULL, trap.strike())
-- ;;
SELECT GREATEST(1, trap.strike())
-- ;;
SELECT NULLIF(trap.strike(), 1)
-- ;;
SELECT ARRAY(SELECT trap.strike())
-- ;;
SELECT (ARRAY[1, 2])[trap.strike()]
-- ;;
SELECT 1 = ANY (SELECT trap.strike())
-- ;;
SELECT EXISTS (SELECT trap.strike())
-- ;;
SELECT 1 IN (VALUES (trap.strike()))
-- ;;
SELECT trap.strike() BETWEEN SYMMETRIC 1 AND 2
-- ;;
SELECT 'a' SIMILAR TO trap.strike()::text
-- ;;
SELECT now() AT TIME ZONE trap.strike()::text
-- ;;
SELECT extract(day FROM (trap.strike() || ' days')::interval)
-- ;;
SELECT position(trap.strike()::text IN 'abc')
-- ;;
SELECT substring('abc' FROM trap.strike())
-- ;;
SELECT overlay('abc' PLACING 'x' FROM trap.strike())
-- ;;
SELECT trim(trap.strike()::text FROM 'x')
-- ;;
SELECT COLLATION FOR (trap.strike()::text)
-- ;;
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + trap.strike() FROM r WHERE n < 2) SELECT * FROM r
-- ;;
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 2) SEARCH DEPTH FIRST BY n SET o SELECT *, trap.strike() FROM r
-- ;;
WITH d AS NOT MATERIALIZED (DELETE FROM orders RETURNING 1) SELECT 1
-- ;;
WITH a AS (SELECT 1), b AS (WITH c AS (UPDATE orders SET status = 'x' RETURNING 1) SELECT 1) SELECT * FROM a
-- ;;
SELECT * FROM (WITH c AS (INSERT INTO orders DEFAULT VALUES RETURNING 1) SELECT 1) s
-- ;;
SELECT * FROM (DELETE FROM orders RETURNING 1) s
-- ;;
MERGE INTO orders o USING customers c ON o.customer_id = c.customer_id WHEN MATCHED THEN DELETE RETURNING merge_action(), o.*
-- ;;
WITH m AS (MERGE INTO orders o USING customers c ON false WHEN NOT MATCHED THEN DO NOTHING RETURNING 1) SELECT * FROM m
-- ;;
SELECT order_id INTO stolen FROM orders
-- ;;
SELECT order_id INTO UNLOGGED stolen FROM orders
-- ;;
CREATE TABLE stolen AS TABLE orders
-- ;;
CREATE TABLE stolen AS EXECUTE q
-- ;;
SELECT * FROM orders FOR UPDATE
-- ;;
SELECT * FROM (SELECT * FROM orders FOR NO KEY UPDATE SKIP LOCKED) s
-- ;;
SELECT 1 WHERE EXISTS (SELECT FROM orders FOR SHARE)
-- ;;
WITH l AS (SELECT * FROM orders FOR KEY SHARE NOWAIT) SELECT count(*) FROM l
-- ;;
SELECT (SELECT order_id FROM orders LIMIT 1 FOR UPDATE OF orders)
-- ;;
EXPLAIN ANALYZE DELETE FROM orders
-- ;;
EXPLAIN (ANALYZE off, ANALYZE) DELETE FROM orders
-- ;;
EXPLAIN (ANALYZE 'yes', FORMAT json) UPDATE orders SET status = 'x'
-- ;;
EXPLAIN (ANALYZE) SELECT trap.strike()
-- ;;
EXPLAIN (SERIALIZE text, ANALYZE 1) INSERT INTO orders DEFAULT VALUES
-- ;;
EXPLAIN ANALYZE CREATE TABLE stolen AS SELECT 1
-- ;;
EXPLAIN ANALYZE EXECUTE q
-- ;;
DECLARE c CURSOR WITH HOLD FOR SELECT trap.strike()
-- ;;
DECLARE c BINARY INSENSITIVE SCROLL CURSOR FOR SELECT 1
-- ;;
FETCH ALL FROM c
-- ;;
MOVE FORWARD 1 FROM c
-- ;;
CLOSE ALL
-- ;;
PREPARE q AS DELETE FROM orders
-- ;;
EXECUTE q(1)
-- ;;
DEALLOCATE ALL
-- ;;
CALL trap.proc()
-- ;;
DO LANGUAGE plpgsql $do$ BEGIN PERFORM trap.strike(); END $do$
-- ;;
DO 'BEGIN END'
-- ;;
LISTEN everything
-- ;;
UNLISTEN *
-- ;;
NOTIFY everything, 'x'
-- ;;
LOAD 'auto_explain'
-- ;;
DISCARD PLANS
-- ;;
RESET ALL
-- ;;
SET SESSION AUTHORIZATION DEFAULT
-- ;;
SET LOCAL ROLE postgres
-- ;;
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE
-- ;;
SET TRANSACTION READ WRITE
-- ;;
SET TIME ZONE 'UTC'
-- ;;
SET CONSTRAINTS ALL DEFERRED
-- ;;
SECURITY LABEL FOR x ON TABLE orders IS 'y'
-- ;;
COMMENT ON TABLE orders IS 'stolen'
-- ;;
IMPORT FOREIGN SCHEMA public FROM SERVER other INTO trap
-- ;;
ALTER SYSTEM SET shared_preload_libraries = 'x'
-- ;;
ALTER DATABASE postgres SET default_transaction_read_only = off
-- ;;
ALTER ROLE ALL SET search_path = trap
-- ;;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC
-- ;;
CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION trap.strike()
-- ;;
CREATE TEMP TABLE t AS SELECT trap.strike()
-- ;;
CREATE TEMP VIEW v AS SELECT 1
-- ;;
CREATE OR REPLACE FUNCTION trap.strike() RETURNS integer LANGUAGE sql AS 'SELECT 1'
-- ;;
CREATE RULE r AS ON SELECT TO orders DO INSTEAD SELECT trap.strike()
-- ;;
CREATE PUBLICATION p FOR ALL TABLES
-- ;;
CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p
-- ;;
CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw
-- ;;
CREATE USER MAPPING FOR PUBLIC SERVER other
-- ;;
CREATE ACCESS METHOD m TYPE TABLE HANDLER heap_tableam_handler
-- ;;
CREATE TABLESPACE t LOCATION '/tmp'
-- ;;
PREPARE TRANSACTION 'x'
-- ;;
COMMIT PREPARED 'x'
-- ;;
ROLLBACK PREPARED 'x'
-- ;;
BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE
-- ;;
SAVEPOINT s
-- ;;
ROLLBACK AND CHAIN
-- ;;
LOCK TABLE orders IN ACCESS SHARE MODE
-- ;;
REINDEX TABLE orders
-- ;;
REFRESH MATERIALIZED VIEW CONCURRENTLY m
-- ;;
CLUSTER orders
-- ;;
VACUUM (FULL, ANALYZE) orders
-- ;;
ANALYZE orders
-- ;;
CHECKPOINT
-- ;;
COPY orders TO STDOUT
-- ;;
COPY (SELECT trap.strike()) TO '/tmp/stolen'
-- ;;
COPY orders FROM PROGRAM 'id'
-- ;;
GRANT ALL ON orders TO PUBLIC
-- ;;
REASSIGN OWNED BY CURRENT_USER TO postgres
-- ;;
DROP OWNED BY shop_owner
-- ;;
TRUNCATE orders CASCADE
-- ;;
SELECT nextval('trap.seq')
-- ;;
SELECT setval('trap.seq', 5)
-- ;;
SELECT pg_catalog.set_config('transaction_read_only', 'off', true)
-- ;;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
-- ;;
SELECT pg_reload_conf()
-- ;;
SELECT pg_advisory_lock(1)
-- ;;
SELECT lo_get(424242)
-- ;;
SELECT loread(lo_open(424242, 262144), 10)
-- ;;
SELECT query_to_xml_and_xmlschema('SELECT trap.strike()', true, true, '')
-- ;;
SELECT * FROM ts_stat('SELECT trap.strike()::text::tsvector')
-- ;;
SELECT ts_rewrite('a'::tsquery, 'SELECT trap.strike()::text::tsquery, NULL::tsquery')
-- ;;
SELECT database_to_xml(true, true, '')
-- ;;
SELECT * FROM pg_ls_dir('.')
-- ;;
SELECT * FROM pg_hba_file_rules
-- ;;
SELECT passwd FROM pg_shadow
-- ;;
SELECT umoptions FROM pg_user_mappings
-- ;;
SELECT * FROM information_schema.user_mapping_options
-- ;;
SELECT * FROM trap.files
-- ;;
SELECT * FROM trap.nested
-- ;;
SELECT * FROM trap.passwords
-- ;;
SELECT * FROM trap.xml
-- ;;
SELECT score FROM harmless_looking
-- ;;
SELECT * FROM trap.rowrule
-- ;;
SELECT trap.total(a) FROM generate_series(1, 2) a
-- ;;
SELECT trap.with_default()
-- ;;
SELECT pg_export_snapshot()
-- ;;
SELECT txid_current()
-- ;;
SELECT pg_logical_emit_message(true, 'a', 'b')
-- ;;
SELECT pg_create_restore_point('x')
