-- Use of tables: rows, scans, changes, dead rows, vacuum and analyze, cache hits; the largest first.
-- Parameters: $1 text, schema or * for all but the server's own; $2 int8, most rows.
-- Since 13. Privileges: none. The size is what the last vacuum or analyze wrote down, so that no lock is waited for.
SELECT
    s.schemaname::text AS schema,
    s.relname::text AS table_name,
    s.n_live_tup::int8 AS live_rows,
    s.n_dead_tup::int8 AS dead_rows,
    (c.relpages::int8 * pg_catalog.current_setting('block_size')::int8)::int8 AS heap_bytes_estimate,
    s.seq_scan::int8 AS sequential_scans,
    s.seq_tup_read::int8 AS rows_read_sequentially,
    COALESCE(s.idx_scan, 0)::int8 AS index_scans,
    s.n_tup_ins::int8 AS inserted,
    s.n_tup_upd::int8 AS updated,
    s.n_tup_hot_upd::int8 AS updated_hot,
    s.n_tup_del::int8 AS deleted,
    s.n_mod_since_analyze::int8 AS changed_since_analyze,
    GREATEST(s.last_vacuum, s.last_autovacuum)::timestamptz AS last_vacuum,
    GREATEST(s.last_analyze, s.last_autoanalyze)::timestamptz AS last_analyze,
    pg_catalog.round(100.0 * io.heap_blks_hit / NULLIF(io.heap_blks_hit + io.heap_blks_read, 0), 1)::float8 AS cache_hit_percent,
    (pg_catalog.count(*) OVER ())::int8 AS total
FROM pg_catalog.pg_stat_all_tables s
JOIN pg_catalog.pg_class c ON c.oid = s.relid
LEFT JOIN pg_catalog.pg_statio_all_tables io ON io.relid = s.relid
WHERE CASE
    WHEN $1::text = '*' THEN NOT (s.schemaname = 'information_schema' OR pg_catalog.starts_with(s.schemaname::text, 'pg_'))
    ELSE s.schemaname = $1::text
END
ORDER BY c.relpages DESC, s.schemaname, s.relname
LIMIT $2::int8
