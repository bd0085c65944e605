-- Long work that the server reports the progress of: vacuum, analyze, index builds, cluster, base backups, COPY.
-- Parameters: $1 int8, most rows.
-- Since 14. Privileges: pg_read_all_stats for the sessions of other roles.
SELECT
    p.pid::int4 AS pid,
    p.command::text AS command,
    p.datname::text AS database,
    (CASE WHEN p.datname = pg_catalog.current_database() THEN p.relid::regclass END)::text AS relation,
    p.phase::text AS phase,
    p.done::int8 AS done,
    p.whole::int8 AS whole,
    pg_catalog.round(100.0 * p.done / NULLIF(p.whole, 0), 1)::float8 AS percent
FROM (
    SELECT pid, 'VACUUM' AS command, datname, relid, phase, heap_blks_scanned AS done, heap_blks_total AS whole
    FROM pg_catalog.pg_stat_progress_vacuum
    UNION ALL
    SELECT pid, 'ANALYZE', datname, relid, phase, sample_blks_scanned, sample_blks_total
    FROM pg_catalog.pg_stat_progress_analyze
    UNION ALL
    SELECT pid, command, datname, relid, phase, COALESCE(NULLIF(blocks_done, 0), tuples_done), COALESCE(NULLIF(blocks_total, 0), tuples_total)
    FROM pg_catalog.pg_stat_progress_create_index
    UNION ALL
    SELECT pid, command, datname, relid, phase, heap_blks_scanned, heap_blks_total
    FROM pg_catalog.pg_stat_progress_cluster
    UNION ALL
    SELECT pid, 'BASE BACKUP', NULL, NULL, phase, backup_streamed, backup_total
    FROM pg_catalog.pg_stat_progress_basebackup
    UNION ALL
    SELECT pid, command, datname, relid, type, bytes_processed, NULLIF(bytes_total, 0)
    FROM pg_catalog.pg_stat_progress_copy
) p
ORDER BY p.pid, p.command
LIMIT $1::int8
