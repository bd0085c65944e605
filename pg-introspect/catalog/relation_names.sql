-- Names of relations, for the message about one that does not exist; those of the schema asked for first.
-- Parameters: $1 text, schema; $2 int8, most rows.
-- Since 13. Privileges: none.
SELECT
    n.nspname::text AS schema,
    c.relname::text AS name
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE
    c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND (
        n.nspname = $1::text
        OR NOT (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::text, 'pg_'))
    )
ORDER BY n.nspname <> $1::text, n.nspname, c.relname
LIMIT $2::int8
