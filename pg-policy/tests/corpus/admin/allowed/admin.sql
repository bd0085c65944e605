CREATE ROLE bob LOGIN
-- ;;
ALTER ROLE bob SET search_path = app
-- ;;
ALTER ROLE bob RENAME TO alice
-- ;;
DROP ROLE bob
-- ;;
DROP OWNED BY bob
-- ;;
REASSIGN OWNED BY bob TO alice
-- ;;
GRANT SELECT ON orders TO bob
-- ;;
REVOKE ALL ON SCHEMA public FROM PUBLIC
-- ;;
GRANT admin TO bob
-- ;;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO bob
-- ;;
CREATE DATABASE x TEMPLATE template0
-- ;;
ALTER DATABASE x SET work_mem = '1GB'
-- ;;
DROP DATABASE x WITH (FORCE)
-- ;;
CREATE TABLESPACE t LOCATION '/srv/x'
-- ;;
DROP TABLESPACE t
-- ;;
CREATE EXTENSION IF NOT EXISTS pg_trgm
-- ;;
ALTER EXTENSION pg_trgm UPDATE
-- ;;
DROP EXTENSION pg_trgm
-- ;;
CREATE OR REPLACE FUNCTION f(a int DEFAULT 1) RETURNS int LANGUAGE sql STABLE SET search_path = app AS 'SELECT 1'
-- ;;
CREATE FUNCTION f() RETURNS int RETURN 1
-- ;;
CREATE PROCEDURE p() BEGIN ATOMIC DELETE FROM orders; END
-- ;;
ALTER FUNCTION f(int) STABLE
-- ;;
DROP FUNCTION f(int)
-- ;;
CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()
-- ;;
DROP TRIGGER t ON orders
-- ;;
CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION f()
-- ;;
CREATE RULE r AS ON INSERT TO orders DO ALSO NOTIFY x
-- ;;
CREATE POLICY p ON orders USING (owner = current_user)
-- ;;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY, OWNER TO bob
-- ;;
DO $$ BEGIN PERFORM 1; END $$
-- ;;
ALTER SYSTEM SET work_mem = '1GB'
-- ;;
ALTER SYSTEM RESET ALL
-- ;;
CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x')
-- ;;
CREATE USER MAPPING FOR bob SERVER s
-- ;;
CREATE FOREIGN TABLE f (a int) SERVER s
-- ;;
IMPORT FOREIGN SCHEMA x FROM SERVER s INTO y
-- ;;
CREATE PUBLICATION p FOR TABLE orders
-- ;;
CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p
-- ;;
CREATE CAST (int AS mood) WITH INOUT
-- ;;
CREATE AGGREGATE a (int) (sfunc = f, stype = int)
-- ;;
CREATE OPERATOR === (leftarg = int, rightarg = int, function = f)
-- ;;
CREATE COLLATION c (provider = icu, locale = 'de')
-- ;;
CREATE TEXT SEARCH CONFIGURATION c (COPY = english)
-- ;;
ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR word WITH simple
-- ;;
CHECKPOINT
-- ;;
SECURITY LABEL ON TABLE orders IS 'x'
-- ;;
SELECT rolname FROM pg_authid
-- ;;
SELECT pg_terminate_backend(1), pg_reload_conf(), pg_switch_wal()
-- ;;
SELECT my_function(1), app.my_other(2)
-- ;;
CALL my_procedure()
-- ;;
SELECT pg_stat_reset()
-- ;;
CREATE LANGUAGE plperl
