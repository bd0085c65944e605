-- Extensions that are installed, with the version that the server has at hand.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: none.
SELECT
    e.extname::text AS name,
    e.extversion::text AS version,
    a.default_version::text AS available_version,
    (a.default_version IS DISTINCT FROM e.extversion)::bool AS differs,
    n.nspname::text AS schema,
    a.comment::text AS comment
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
LEFT JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname
ORDER BY e.extname
LIMIT $1::int8
