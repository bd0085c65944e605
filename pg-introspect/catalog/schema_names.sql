-- Names of schemas, for the message about one that does not exist; the schemas of users first.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: none.
SELECT n.nspname::text AS name
FROM pg_catalog.pg_namespace n
WHERE NOT pg_catalog.starts_with(n.nspname::text, 'pg_toast') AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_temp_')
ORDER BY
    n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::text, 'pg_'),
    n.nspname
LIMIT $1::int8
