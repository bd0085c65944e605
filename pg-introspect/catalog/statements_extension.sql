-- Whether pg_stat_statements is loaded, installed and on the search path.
-- Parameters: none.
-- Since 13. Privileges: none.
SELECT
    (
        SELECT e.extversion FROM pg_catalog.pg_extension e WHERE e.extname = 'pg_stat_statements'
    )::text AS version,
    (
        SELECT n.nspname
        FROM pg_catalog.pg_extension e
        JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'pg_stat_statements'
    )::text AS schema,
    (EXISTS (
        SELECT FROM pg_catalog.pg_class c WHERE c.relname = 'pg_stat_statements' AND pg_catalog.pg_table_is_visible(c.oid)
    ))::bool AS is_visible,
    -- A line in the file makes the setting known too, but only the library makes it a setting of pg_settings.
    (EXISTS (
        SELECT FROM pg_catalog.pg_settings s WHERE s.name = 'pg_stat_statements.max'
    ))::bool AS is_loaded,
    (EXISTS (
        SELECT FROM pg_catalog.pg_available_extensions a WHERE a.name = 'pg_stat_statements'
    ))::bool AS is_available,
    pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')::bool AS sees_all
ORDER BY 1
LIMIT 1
