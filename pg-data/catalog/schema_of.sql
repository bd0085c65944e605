-- The schema of a relation as the connection's search path finds it.
-- Parameters: $1 text, the relation's name as SQL writes it.
-- Since 13. Privileges: none.
SELECT n.nspname::text AS schema
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = pg_catalog.to_regclass($1::text)
