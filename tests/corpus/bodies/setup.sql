-- Functions of users whose bodies say more than what their authors declared. Run by a superuser in the shop.
CREATE SCHEMA app;
CREATE SCHEMA secret;
CREATE TABLE app.orders (id int, total numeric);
INSERT INTO app.orders VALUES (1, 10), (2, 20);
CREATE TABLE secret.diary (words text);
CREATE TABLE app.log (id int);
CREATE FUNCTION app.work() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO app.log VALUES (1); RETURN 1; END $$;
-- Honest ones.
CREATE FUNCTION app.total(customer int) RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT sum(o.total) FROM app.orders o WHERE o.id >= customer $$;
CREATE FUNCTION app.twice(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE FUNCTION app.nested(customer int) RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT app.twice(app.total(customer)) $$;
CREATE FUNCTION app.factorial(n int) RETURNS numeric LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE WHEN n < 2 THEN 1 ELSE n * app.factorial(n - 1) END $$;
CREATE FUNCTION app.several() RETURNS int LANGUAGE sql STABLE AS $$ SELECT 1; -- a comment
    SELECT count(*)::int FROM app.orders; $$;
CREATE FUNCTION app.of_path() RETURNS numeric LANGUAGE sql STABLE SET search_path = app, pg_temp AS $$ SELECT total(1) $$;
CREATE FUNCTION app.rows() RETURNS SETOF app.orders LANGUAGE sql STABLE AS 'SELECT * FROM app.orders';
CREATE FUNCTION app.nothing() RETURNS void LANGUAGE sql STABLE AS '';
CREATE FUNCTION app.in_plpgsql(n int) RETURNS numeric LANGUAGE plpgsql STABLE AS $$
DECLARE found_total numeric; row_found app.orders%ROWTYPE;
BEGIN
    -- pg_read_file('x') is not called
    SELECT * INTO row_found FROM app.orders WHERE id = n;
    EXECUTE format('SELECT sum(total) FROM %I.%I', 'app', 'orders') INTO found_total;
    RETURN app.twice(coalesce(found_total, 0)) + length('pg_read_file(');
END $$;
CREATE FUNCTION app.words(o app.orders) RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'order ' || o.id $$;
CREATE FUNCTION app.over(a numeric, b numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT a + b / 100';
CREATE OPERATOR app.+% (leftarg = numeric, rightarg = numeric, function = app.over);
-- Others.
CREATE FUNCTION app.reads_file() RETURNS text LANGUAGE sql STABLE AS $$ SELECT pg_read_file('PG_VERSION') $$;
CREATE FUNCTION app.reads_file_too() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT app.reads_file() $$;
CREATE FUNCTION app.second() RETURNS int LANGUAGE sql STABLE AS $$ SELECT pg_read_file('PG_VERSION'); SELECT 1 $$;
CREATE FUNCTION app.works() RETURNS int LANGUAGE sql STABLE AS 'SELECT app.work()';
CREATE FUNCTION app.works_in_condition() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM app.orders WHERE app.work() = 1';
CREATE FUNCTION app.by_text() RETURNS xml LANGUAGE sql STABLE AS $$ SELECT query_to_xml('SELECT app.work()', true, true, '') $$;
CREATE FUNCTION app.passwords() RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT rolpassword::text FROM pg_authid';
CREATE SCHEMA evil;
CREATE FUNCTION evil.total(int) RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN RETURN app.work(); END $$;
CREATE FUNCTION app.of_evil_path() RETURNS numeric LANGUAGE sql STABLE SET search_path TO 'evil', 'app' AS $$ SELECT total(1) $$;
CREATE FUNCTION evil.lower(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN app.work()::text; END $$;
CREATE FUNCTION app.of_evil_lower() RETURNS text LANGUAGE sql STABLE SET search_path TO "evil", pg_catalog AS $$ SELECT lower('A'::text) $$;
CREATE FUNCTION app.shape(o app.orders) RETURNS text LANGUAGE sql STABLE AS $$ SELECT pg_read_file('PG_VERSION') $$;
CREATE FUNCTION app.reads(n numeric, m numeric) RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT length(pg_read_file('PG_VERSION'))::numeric $$;
CREATE OPERATOR app.!~! (leftarg = numeric, rightarg = numeric, function = app.reads);
CREATE FUNCTION app.reads_in_plpgsql() RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN "pg_read_file" /* so */ ('PG_VERSION'); END $$;
CREATE FUNCTION public.upper(app.orders) RETURNS text LANGUAGE sql STABLE AS $$ SELECT pg_read_file('PG_VERSION') $$;
CREATE VIEW app.over_function AS SELECT app.reads_file() AS words;
CREATE FUNCTION app.dear() RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT words FROM secret.diary';
CREATE FUNCTION app.dear_by_path() RETURNS SETOF text LANGUAGE sql STABLE SET search_path = secret AS 'SELECT words FROM diary';
CREATE VIEW app.over_dear AS SELECT * FROM app.dear();
