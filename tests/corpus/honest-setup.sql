-- What the honest statements stand on beside the shop: extensions, and an analyst's own functions, operators and types.
-- Run by a superuser in the shop, before the statements.
DO $$
DECLARE
    extension text;
BEGIN
    FOR extension IN
        SELECT name FROM pg_available_extensions
        WHERE name IN ('hstore', 'citext', 'ltree', 'pg_trgm', 'tablefunc', 'unaccent', 'fuzzystrmatch', 'pgcrypto', 'intarray', 'cube', 'earthdistance', 'isn', 'btree_gist', 'seg', 'uuid-ossp')
    LOOP
        EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I', extension);
    END LOOP;
END $$;
CREATE SCHEMA calc;
CREATE FUNCTION calc.net(gross numeric, rate numeric DEFAULT 0.19) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT round(gross / (1 + rate), 2)';
CREATE FUNCTION calc.orders_of(customer bigint) RETURNS TABLE (order_id bigint, total numeric) LANGUAGE sql STABLE
    AS 'SELECT o.order_id, order_total(o.order_id) FROM orders o WHERE o.customer_id = customer ORDER BY 1';
CREATE FUNCTION calc.grade(score integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN CASE WHEN score > 50 THEN 'high' ELSE 'low' END; END $$;
CREATE FUNCTION calc.close(a numeric, b numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs(a - b) < 1';
CREATE OPERATOR calc.~=~ (leftarg = numeric, rightarg = numeric, function = calc.close);
CREATE OPERATOR public.~=~ (leftarg = numeric, rightarg = numeric, function = calc.close);
CREATE AGGREGATE calc.product(numeric) (sfunc = numeric_mul, stype = numeric, initcond = '1');
CREATE TYPE calc.point3 AS (x integer, y integer, z text);
CREATE TYPE calc.mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN calc.share AS numeric(5, 4) CHECK (VALUE BETWEEN 0 AND 1);
CREATE TYPE calc.prices AS RANGE (subtype = numeric);
