-- Tables directly above a table: the one it is a partition of, or those that it inherits from.
-- Parameters: $1 int8, oid of pg_class.
-- Since 13. Privileges: none.
SELECT
    n.nspname::text AS schema,
    c.relname::text AS name
FROM pg_catalog.pg_inherits i
JOIN pg_catalog.pg_class c ON c.oid = i.inhparent
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE i.inhrelid = $1::int8::oid
ORDER BY i.inhseqno
