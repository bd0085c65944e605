-- Tables, views and their like of one schema or of all; partitions are left out, their parent stands for them.
-- Parameters: $1 text, schema, or * for all that are not the system's; $2 text, LIKE pattern of the name or NULL;
-- $3 int8, most rows; $4 int8, rows to leave out first.
-- Since 13. Privileges: none; readable says whether the role may SELECT.
SELECT
    c.oid::int8 AS oid,
    n.nspname::text AS schema,
    c.relname::text AS name,
    (CASE c.relkind
        WHEN 'r' THEN 'table'
        WHEN 'p' THEN 'partitioned table'
        WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view'
        WHEN 'f' THEN 'foreign table'
        ELSE c.relkind::text
    END)::text AS kind,
    pg_catalog.obj_description(c.oid, 'pg_class')::text AS comment,
    (
        pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        AND (
            pg_catalog.has_table_privilege(c.oid, 'SELECT')
            OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
        )
    )::bool AS readable,
    (pg_catalog.count(*) OVER ())::int8 AS total
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE
    c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND NOT c.relispartition
    AND CASE
        WHEN $1::text = '*'
            THEN NOT (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::text, 'pg_'))
        ELSE n.nspname = $1::text
    END
    AND ($2::text IS NULL OR c.relname::text ILIKE $2::text)
ORDER BY n.nspname, c.relname
LIMIT $3::int8 OFFSET $4::int8
