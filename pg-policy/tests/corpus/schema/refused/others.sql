CREATE TABLE x (a text DEFAULT pg_read_file('/etc/passwd'))
-- ;;
CREATE TABLE x (a text CHECK (pg_read_file(a) = ''))
-- ;;
CREATE TABLE x (a text, b text GENERATED ALWAYS AS (pg_read_file(a)) STORED)
-- ;;
CREATE TABLE x AS SELECT * FROM pg_authid
-- ;;
CREATE VIEW v AS SELECT pg_read_file('x')
-- ;;
CREATE VIEW v AS SELECT * FROM pg_shadow
-- ;;
CREATE MATERIALIZED VIEW m AS SELECT dblink_exec('x')
-- ;;
CREATE INDEX ON t (my_function(a))
-- ;;
CREATE INDEX ON t (a) WHERE my_function(a)
-- ;;
ALTER TABLE t ALTER COLUMN a TYPE text USING pg_read_file(a)
-- ;;
ALTER TABLE t ADD COLUMN b text DEFAULT pg_read_file('x')
-- ;;
ALTER TABLE t ALTER COLUMN b SET DEFAULT pg_read_file('x')
-- ;;
CREATE DOMAIN d AS text CHECK (pg_read_file(VALUE) = '')
-- ;;
CREATE STATISTICS s ON (my_function(a)), b FROM t
-- ;;
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (my_function(1)) TO (10)
-- ;;
CREATE TABLE p (a int) PARTITION BY RANGE (my_function(a))
-- ;;
CREATE TEMP TABLE t (id int)
-- ;;
CREATE TEMP VIEW v AS SELECT 1
-- ;;
CREATE TEMP SEQUENCE s
-- ;;
CREATE TABLE pg_temp.t (id int)
-- ;;
SELECT * INTO TEMP x FROM orders
-- ;;
CREATE TEMP TABLE t AS SELECT 1
-- ;;
ALTER TABLE t OWNER TO bob
-- ;;
ALTER TABLE t DISABLE TRIGGER ALL
-- ;;
ALTER TABLE t ENABLE ALWAYS TRIGGER x
-- ;;
ALTER TABLE t DISABLE ROW LEVEL SECURITY
-- ;;
ALTER TABLE t NO FORCE ROW LEVEL SECURITY
-- ;;
ALTER TABLE t ENABLE REPLICA RULE r
-- ;;
ALTER TABLE t ADD COLUMN a int, OWNER TO bob
-- ;;
ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b
-- ;;
CREATE FOREIGN TABLE f (a int) SERVER s
-- ;;
CREATE SERVER s FOREIGN DATA WRAPPER file_fdw
-- ;;
CREATE USER MAPPING FOR bob SERVER s OPTIONS (password 'x')
-- ;;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'
-- ;;
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'
-- ;;
ALTER FUNCTION f() SECURITY DEFINER
-- ;;
DROP FUNCTION f()
-- ;;
CREATE AGGREGATE a (int) (sfunc = f, stype = int)
-- ;;
CREATE OPERATOR === (leftarg = int, rightarg = int, function = f)
-- ;;
CREATE CAST (int AS mood) WITH FUNCTION f(int)
-- ;;
CREATE TYPE base (input = f, output = g)
-- ;;
CREATE COLLATION c (locale = 'x')
-- ;;
CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()
-- ;;
DROP TRIGGER t ON orders
-- ;;
CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION f()
-- ;;
CREATE RULE r AS ON INSERT TO orders DO ALSO DELETE FROM orders
-- ;;
DROP RULE r ON orders
-- ;;
CREATE POLICY p ON orders USING (true)
-- ;;
DROP POLICY p ON orders
-- ;;
CREATE LANGUAGE plpython3u
-- ;;
CREATE EXTENSION file_fdw
-- ;;
ALTER EXTENSION x UPDATE
-- ;;
DROP EXTENSION x
-- ;;
CREATE DATABASE x
-- ;;
DROP DATABASE x
-- ;;
ALTER DATABASE x SET search_path = y
-- ;;
CREATE TABLESPACE t LOCATION '/tmp'
-- ;;
CREATE ROLE bob
-- ;;
ALTER ROLE ALL SET work_mem = '1GB'
-- ;;
GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC
-- ;;
CREATE SCHEMA app GRANT SELECT ON t TO PUBLIC
-- ;;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO bob
-- ;;
ALTER SYSTEM SET archive_command = 'x'
-- ;;
CREATE PUBLICATION p FOR ALL TABLES
-- ;;
CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p
-- ;;
CREATE TEXT SEARCH DICTIONARY d (template = ispell, dictfile = 'x')
-- ;;
CREATE ACCESS METHOD m TYPE INDEX HANDLER h
-- ;;
CREATE OPERATOR CLASS c FOR TYPE int USING btree AS OPERATOR 1 <
-- ;;
SECURITY LABEL ON TABLE t IS 'x'
-- ;;
DO 'BEGIN END'
-- ;;
CHECKPOINT
-- ;;
LOAD 'x'
-- ;;
CLUSTER; DROP TABLE x
-- ;;
COPY orders TO '/tmp/x'
-- ;;
CREATE SCHEMA AUTHORIZATION postgres
-- ;;
CREATE SCHEMA app AUTHORIZATION postgres
-- ;;
CREATE SCHEMA app AUTHORIZATION CURRENT_USER
-- ;;
DROP SCHEMA information_schema CASCADE
-- ;;
DROP SCHEMA pg_catalog
-- ;;
ALTER SCHEMA pg_catalog RENAME TO c
-- ;;
ALTER SCHEMA app RENAME TO pg_catalog
-- ;;
ALTER TABLE orders SET SCHEMA pg_catalog
-- ;;
ALTER TYPE app.mood SET SCHEMA pg_catalog
-- ;;
ALTER DOMAIN information_schema.yes_or_no SET SCHEMA app
-- ;;
CREATE TABLE information_schema.t (a int)
-- ;;
CREATE TABLE pg_catalog.t (a int)
-- ;;
CREATE TABLE information_schema.t AS SELECT 1
-- ;;
SELECT 1 AS a INTO information_schema.t
-- ;;
CREATE VIEW information_schema.v AS SELECT 1
-- ;;
CREATE OR REPLACE VIEW pg_catalog.pg_tables AS SELECT 1
-- ;;
CREATE SEQUENCE pg_catalog.s
-- ;;
CREATE TYPE pg_catalog.mood AS ENUM ('a')
-- ;;
CREATE TYPE pg_catalog.pair AS (a int, b int)
-- ;;
CREATE TYPE pg_catalog.r AS RANGE (subtype = float8)
-- ;;
CREATE DOMAIN pg_catalog.code AS text
-- ;;
ALTER TYPE pg_catalog.mood ADD VALUE 'b'
-- ;;
ALTER DOMAIN information_schema.yes_or_no DROP CONSTRAINT yes_or_no_check
-- ;;
DROP DOMAIN information_schema.yes_or_no CASCADE
-- ;;
DROP TYPE pg_catalog.int4
-- ;;
DROP VIEW information_schema.tables
-- ;;
DROP TABLE pg_class
-- ;;
ALTER TABLE pg_class SET (autovacuum_enabled = off)
-- ;;
ALTER TABLE pg_catalog.pg_class RENAME TO c
-- ;;
CREATE INDEX ON pg_class (relname)
-- ;;
COMMENT ON ROLE postgres IS 'x'
-- ;;
COMMENT ON DATABASE shop IS 'x'
-- ;;
COMMENT ON TABLESPACE pg_default IS 'x'
-- ;;
COMMENT ON TABLE pg_catalog.pg_class IS 'x'
-- ;;
COMMENT ON SCHEMA pg_catalog IS 'x'
-- ;;
VACUUM FULL
-- ;;
VACUUM (FULL, ANALYZE)
-- ;;
VACUUM FULL pg_class
-- ;;
VACUUM (FULL) orders, pg_catalog.pg_attribute
-- ;;
CLUSTER pg_class USING pg_class_oid_index
-- ;;
REINDEX TABLE pg_class
-- ;;
REINDEX INDEX pg_catalog.pg_class_oid_index
-- ;;
REINDEX SCHEMA pg_catalog
-- ;;
REINDEX SYSTEM shop
