-- The write-ahead log, checkpoints, background writer and archiver, since their statistics were reset.
-- Parameters: none.
-- Since 17, where checkpoints moved to pg_stat_checkpointer. Privileges: none.
SELECT
    w.wal_records::int8 AS wal_records,
    w.wal_fpi::int8 AS wal_full_page_images,
    w.wal_bytes::numeric AS wal_bytes,
    w.wal_buffers_full::int8 AS wal_buffers_full,
    k.num_timed::int8 AS checkpoints_timed,
    k.num_requested::int8 AS checkpoints_requested,
    k.write_time::float8 AS checkpoint_write_ms,
    k.sync_time::float8 AS checkpoint_sync_ms,
    k.buffers_written::int8 AS checkpoint_buffers,
    b.buffers_clean::int8 AS background_writer_buffers,
    b.maxwritten_clean::int8 AS background_writer_stopped_early,
    b.buffers_alloc::int8 AS buffers_allocated,
    a.archived_count::int8 AS archived,
    a.failed_count::int8 AS archive_failures,
    a.last_failed_time::timestamptz AS last_archive_failure,
    pg_catalog.current_setting('wal_level')::text AS wal_level,
    k.stats_reset::timestamptz AS counted_since
FROM pg_catalog.pg_stat_bgwriter b
CROSS JOIN pg_catalog.pg_stat_archiver a
CROSS JOIN pg_catalog.pg_stat_wal w
CROSS JOIN pg_catalog.pg_stat_checkpointer k
ORDER BY 1
LIMIT 1
