-- What makes statements on tables slow: dead rows, statistics that are missing or old, and when that was last seen to.
-- Parameters: $1 text[], schemas; $2 text[], names of tables, in step.
-- Since 13. Privileges: none. Sizes are what the last vacuum or analyze wrote down.
SELECT
    n.nspname::text AS schema,
    c.relname::text AS table_name,
    (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname))::text AS sql_name,
    c.oid::int8 AS oid,
    pg_catalog.pg_stat_get_live_tuples(c.oid)::int8 AS live_rows,
    pg_catalog.pg_stat_get_dead_tuples(c.oid)::int8 AS dead_rows,
    pg_catalog.pg_stat_get_mod_since_analyze(c.oid)::int8 AS changed_since_analyze,
    GREATEST(c.reltuples, 0)::float8 AS planned_rows,
    (c.relpages::int8 * pg_catalog.current_setting('block_size')::int8)::int8 AS heap_bytes_estimate,
    (c.relpages = 0 OR c.reltuples <= 0)::bool AS is_unmeasured,
    GREATEST(pg_catalog.pg_stat_get_last_vacuum_time(c.oid), pg_catalog.pg_stat_get_last_autovacuum_time(c.oid))::timestamptz
        AS last_vacuum,
    GREATEST(pg_catalog.pg_stat_get_last_analyze_time(c.oid), pg_catalog.pg_stat_get_last_autoanalyze_time(c.oid))::timestamptz
        AS last_analyze,
    (EXISTS (SELECT FROM pg_catalog.pg_stats st WHERE st.schemaname = n.nspname AND st.tablename = c.relname))::bool AS has_statistics,
    (
        SELECT pg_catalog.bool_or(NOT (i.indisvalid AND i.indisready))
        FROM pg_catalog.pg_index i
        WHERE i.indrelid = c.oid
    )::bool AS has_invalid_index
FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS asked (schema, name)
JOIN pg_catalog.pg_namespace n ON n.nspname = asked.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = asked.name
WHERE c.relkind IN ('r', 'm', 'p')
ORDER BY n.nspname, c.relname
