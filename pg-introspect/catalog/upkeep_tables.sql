-- What maintenance of a table is judged by: dead and changed rows, freeze age, size; those that need it most first.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: none. The size is what the last vacuum or analyze wrote down, so that no lock is waited for.
SELECT
    c.oid::int8 AS oid,
    (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname))::text AS sql_name,
    COALESCE(s.n_live_tup, 0)::int8 AS live_rows,
    COALESCE(s.n_dead_tup, 0)::int8 AS dead_rows,
    COALESCE(s.n_mod_since_analyze, 0)::int8 AS changed_rows,
    GREATEST(pg_catalog.age(c.relfrozenxid), pg_catalog.age(t.relfrozenxid))::int8 AS transaction_age,
    (s.last_analyze IS NOT NULL OR s.last_autoanalyze IS NOT NULL)::bool AS was_analyzed,
    ((c.relpages::int8 + COALESCE(t.relpages, 0)) * pg_catalog.current_setting('block_size')::int8)::int8 AS bytes_estimate,
    (pg_catalog.pg_has_role(c.relowner, 'USAGE') OR pg_catalog.pg_has_role(d.datdba, 'USAGE'))::bool AS may_maintain
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
WHERE
    c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
    AND NOT (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::text, 'pg_'))
ORDER BY COALESCE(s.n_dead_tup, 0) + COALESCE(s.n_mod_since_analyze, 0) DESC, n.nspname, c.relname
LIMIT $1::int8
