-- Tables directly below a table: its partitions, or those that inherit from it.
-- Parameters: $1 int8, oid of pg_class; $2 int8, most rows.
-- Since 13. Privileges: none.
SELECT
    n.nspname::text AS schema,
    c.relname::text AS name,
    (CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, 0) END)::text AS bound,
    (c.relkind = 'p')::bool AS is_partitioned,
    (pg_catalog.count(*) OVER ())::int8 AS total
FROM pg_catalog.pg_inherits i
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE i.inhparent = $1::int8::oid
ORDER BY n.nspname, c.relname
LIMIT $2::int8
