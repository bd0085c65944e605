-- How far a VACUUM, an ANALYZE or the building of an index on one table is.
-- Parameters: $1 int8, oid of the table.
-- Since 13. Privileges: pg_read_all_stats for the work of other roles.
SELECT p.phase::text AS phase, p.done::int8 AS done, p.whole::int8 AS whole
FROM (
    SELECT v.relid, v.phase, v.heap_blks_scanned AS done, v.heap_blks_total AS whole FROM pg_catalog.pg_stat_progress_vacuum v
    UNION ALL
    SELECT x.relid, x.phase, x.blocks_done, x.blocks_total FROM pg_catalog.pg_stat_progress_create_index x
    UNION ALL
    SELECT a.relid, a.phase, a.sample_blks_scanned, a.sample_blks_total FROM pg_catalog.pg_stat_progress_analyze a
) p
WHERE p.relid = $1::int8::oid
LIMIT 1
