-- What an attack may find in a database: functions that do harm from within a read-only transaction, hidden where a
-- statement need not name them. Run by a superuser in the shop, before the attacks. `trap.strike()` leaves a file in the
-- server's data folder, which `tests/suite/corpus.rs` looks for: neither READ ONLY nor a rollback takes that back.
DO $$
DECLARE
    extension text;
BEGIN
    FOR extension IN
        SELECT name FROM pg_available_extensions
        WHERE name IN ('dblink', 'hstore', 'lo', 'postgres_fdw', 'file_fdw', 'tablefunc', 'pgcrypto', 'adminpack', 'pageinspect')
    LOOP
        EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I', extension);
    END LOOP;
END $$;
CREATE SCHEMA trap;
CREATE FUNCTION trap.strike() RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    EXECUTE format('COPY (SELECT 1) TO %L', current_setting('data_directory') || '/struck.' || current_database());
    RETURN 1;
END $$;
CREATE FUNCTION trap.strike(integer) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN trap.strike() = 1; END $$;
CREATE FUNCTION trap.strike(text, text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN trap.strike()::text; END $$;
CREATE FUNCTION trap."Strike Me"() RETURNS integer LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN trap.strike(); END $$;
CREATE FUNCTION trap.strikes() RETURNS SETOF integer LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN NEXT trap.strike(); END $$;
CREATE FUNCTION trap.with_default(a integer DEFAULT trap.strike()) RETURNS integer LANGUAGE sql STABLE AS 'SELECT a';
CREATE TABLE trap.box (id integer, word text);
INSERT INTO trap.box VALUES (1, 'one'), (2, 'two');
-- As `b.hit`, without parentheses.
CREATE FUNCTION trap.hit(trap.box) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN trap.strike(); END $$;
CREATE FUNCTION public.hit_public(trap.box) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN trap.strike(); END $$;
-- Under names and symbols of the server's own.
CREATE FUNCTION public.lower(trap.box) RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN trap.strike()::text; END $$;
CREATE FUNCTION public.abs(text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN trap.strike()::text; END $$;
CREATE FUNCTION trap.length(text) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN trap.strike(); END $$;
CREATE FUNCTION trap.of_box(trap.box, integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN trap.strike(); END $$;
CREATE OPERATOR public.+ (leftarg = trap.box, rightarg = integer, function = trap.of_box);
CREATE OPERATOR public.<~~> (leftarg = text, rightarg = text, function = trap.strike);
CREATE OPERATOR trap.= (leftarg = trap.box, rightarg = integer, function = trap.of_box);
CREATE OPERATOR public.!!! (rightarg = integer, function = trap.strike);
-- Types whose casts, checks and comparisons run functions.
CREATE FUNCTION trap.to_box(integer) RETURNS trap.box LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN ROW(trap.strike(), 'x')::trap.box; END $$;
CREATE CAST (integer AS trap.box) WITH FUNCTION trap.to_box(integer) AS IMPLICIT;
CREATE FUNCTION trap.from_box(trap.box) RETURNS date LANGUAGE plpgsql VOLATILE AS $$ BEGIN PERFORM trap.strike(); RETURN current_date; END $$;
CREATE CAST (trap.box AS date) WITH FUNCTION trap.from_box(trap.box);
CREATE DOMAIN trap.guarded AS integer CHECK (trap.strike(VALUE));
CREATE TYPE trap.holder AS (a trap.guarded);
CREATE TABLE trap.held (a trap.guarded, b trap.holder);
-- Views, rules of rows, foreign tables.
CREATE VIEW trap.view AS SELECT trap.strike() AS struck;
CREATE VIEW public.harmless_looking AS SELECT c.customer_id, trap.strike() AS score FROM customers c LIMIT 1;
CREATE VIEW trap.purge AS SELECT purge_expired_tokens() AS purged;
CREATE VIEW trap.nested AS SELECT * FROM trap.view;
CREATE VIEW trap.passwords AS SELECT rolname, rolpassword FROM pg_authid;
CREATE VIEW trap.xml AS SELECT query_to_xml('SELECT trap.strike()', true, true, '');
CREATE TABLE trap.rowrule (a integer);
INSERT INTO trap.rowrule VALUES (1);
ALTER TABLE trap.rowrule ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON trap.rowrule USING (trap.strike(a));
CREATE FUNCTION trap.of_sum(integer, integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN trap.strike(); END $$;
CREATE AGGREGATE trap.total(integer) (sfunc = trap.of_sum, stype = integer, initcond = '0');
CREATE AGGREGATE public.sum(text) (sfunc = trap.strike, stype = text, initcond = '');
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE trap.files (line text) SERVER files OPTIONS (filename '/etc/passwd');
CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '1', dbname 'x');
CREATE USER MAPPING FOR CURRENT_USER SERVER other OPTIONS (user 'u', password 'mapped-S3cr');
CREATE PROCEDURE trap.proc() LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.strike(); END $$;
CREATE SEQUENCE trap.seq;
SELECT lo_from_bytea(424242, 'large');
