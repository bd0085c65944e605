-- What a role finds: how many tables it may read and change, and whether hypopg is there for index advice.
-- Parameters: none.
-- Since 13. Privileges: none.
WITH tables AS (
    SELECT
        pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS reachable,
        pg_catalog.has_any_column_privilege(c.oid, 'SELECT') AS readable,
        pg_catalog.has_any_column_privilege(c.oid, 'INSERT, UPDATE')
        OR pg_catalog.has_table_privilege(c.oid, 'DELETE') AS changeable
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND n.nspname <> 'information_schema'
        AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
)
SELECT
    pg_catalog.count(*)::int8 AS tables,
    pg_catalog.count(*) FILTER (WHERE t.reachable AND t.readable)::int8 AS readable,
    pg_catalog.count(*) FILTER (WHERE t.reachable AND t.changeable)::int8 AS changeable,
    (EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extname = 'hypopg'))::bool AS has_hypopg,
    (EXISTS (
        SELECT FROM pg_catalog.pg_available_extensions a WHERE a.name = 'hypopg'
    ))::bool AS hypopg_is_available
FROM tables t
