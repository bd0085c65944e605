-- How far the log was written and flushed, and how long the server lets what was committed asynchronously wait.
-- Since 13. Privileges: none.
SELECT
  pg_catalog.pg_current_wal_insert_lsn()::text AS inserted,
  pg_catalog.pg_current_wal_flush_lsn()::text AS flushed,
  (pg_catalog.pg_current_wal_flush_lsn() >= pg_catalog.pg_current_wal_insert_lsn()) AS all_flushed,
  (SELECT s.setting::int8 FROM pg_catalog.pg_settings AS s WHERE s.name = 'wal_writer_delay') AS writer_delay_ms
