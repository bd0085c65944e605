-- Tables by how near they are to their next autovacuum and to the freezing that prevents wraparound.
-- Parameters: $1 text, schema or * for all but the server's own; $2 int8, most rows.
-- Since 13. Privileges: none.
SELECT
    n.nspname::text AS schema,
    c.relname::text AS table_name,
    pg_catalog.pg_stat_get_dead_tuples(c.oid)::int8 AS dead_rows,
    due.rows::int8 AS vacuum_due_at_dead_rows,
    (pg_catalog.pg_stat_get_dead_tuples(c.oid) > due.rows)::bool AS is_vacuum_due,
    pg_catalog.pg_stat_get_mod_since_analyze(c.oid)::int8 AS changed_since_analyze,
    pg_catalog.age(c.relfrozenxid)::int8 AS transaction_age,
    pg_catalog.round(
        100.0 * pg_catalog.age(c.relfrozenxid) / pg_catalog.current_setting('autovacuum_freeze_max_age')::numeric, 1
    )::float8 AS freeze_percent,
    GREATEST(pg_catalog.pg_stat_get_last_vacuum_time(c.oid), pg_catalog.pg_stat_get_last_autovacuum_time(c.oid))::timestamptz
        AS last_vacuum,
    (COALESCE(setting.enabled, pg_catalog.current_setting('autovacuum')) NOT IN ('off', 'false', 'no', '0'))::bool AS is_autovacuum_on
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'autovacuum_enabled') AS enabled,
        pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'autovacuum_vacuum_threshold') AS threshold,
        pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'autovacuum_vacuum_scale_factor') AS scale
    FROM pg_catalog.pg_options_to_table(c.reloptions) o
) setting
CROSS JOIN LATERAL (
    SELECT
        COALESCE(setting.threshold, pg_catalog.current_setting('autovacuum_vacuum_threshold'))::float8
        + COALESCE(setting.scale, pg_catalog.current_setting('autovacuum_vacuum_scale_factor'))::float8
        * GREATEST(c.reltuples, 0) AS rows
) due
WHERE
    c.relkind IN ('r', 'm')
    AND CASE
        WHEN $1::text = '*' THEN NOT (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::text, 'pg_'))
        ELSE n.nspname = $1::text
    END
ORDER BY
    pg_catalog.pg_stat_get_dead_tuples(c.oid) > due.rows DESC, pg_catalog.age(c.relfrozenxid) DESC, n.nspname, c.relname
LIMIT $2::int8
