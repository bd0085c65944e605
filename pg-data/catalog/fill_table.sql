-- The table of a name: its schema, its own name, and what kind of relation it is.
-- Parameters: $1 text, the table's name as SQL writes it.
-- Since 13. Privileges: none.
SELECT n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = pg_catalog.to_regclass($1::text)
