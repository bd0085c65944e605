-- Use of indexes: scans, entries read, rows fetched, cache hits; the largest first.
-- Parameters: $1 text, schema or * for all but the server's own; $2 int8, most rows.
-- Since 13. Privileges: none.
SELECT
    s.schemaname::text AS schema,
    s.relname::text AS table_name,
    s.indexrelname::text AS index_name,
    (c.relpages::int8 * pg_catalog.current_setting('block_size')::int8)::int8 AS bytes_estimate,
    s.idx_scan::int8 AS scans,
    s.idx_tup_read::int8 AS entries_read,
    s.idx_tup_fetch::int8 AS rows_fetched,
    pg_catalog.round(100.0 * io.idx_blks_hit / NULLIF(io.idx_blks_hit + io.idx_blks_read, 0), 1)::float8 AS cache_hit_percent,
    (pg_catalog.count(*) OVER ())::int8 AS total
FROM pg_catalog.pg_stat_all_indexes s
JOIN pg_catalog.pg_class c ON c.oid = s.indexrelid
LEFT JOIN pg_catalog.pg_statio_all_indexes io ON io.indexrelid = s.indexrelid
WHERE CASE
    WHEN $1::text = '*' THEN NOT (s.schemaname = 'information_schema' OR pg_catalog.starts_with(s.schemaname::text, 'pg_'))
    ELSE s.schemaname = $1::text
END
ORDER BY c.relpages DESC, s.schemaname, s.relname, s.indexrelname
LIMIT $2::int8
