-- Row estimates of relations that are known by name; one whose rows were never counted is left out.
-- Parameters: $1 text[], schemas; $2 text[], names, as many.
-- Since 13. Privileges: none.
SELECT
    n.nspname::text AS schema,
    c.relname::text AS name,
    c.reltuples::int8 AS row_estimate
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS wanted (schema, name)
JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name
WHERE c.reltuples > 0
ORDER BY n.nspname, c.relname
