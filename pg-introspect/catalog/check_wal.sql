-- Checks of the size of the write-ahead log and of what waits to be archived.
-- Parameters: none.
-- Since 13. Privileges: pg_monitor.
WITH files AS (
    SELECT pg_catalog.count(*) AS files, pg_catalog.sum(w.size) AS bytes FROM pg_catalog.pg_ls_waldir() w
),
allowed AS (
    SELECT s.setting::float8 * 1048576 AS bytes FROM pg_catalog.pg_settings s WHERE s.name = 'max_wal_size'
),
measured AS (
    SELECT 'wal_volume' AS check_id, NULL::text AS object, 100.0 * f.bytes / a.bytes AS value,
        'WAL takes ' || pg_catalog.pg_size_pretty(f.bytes) || ', and max_wal_size is ' || pg_catalog.current_setting('max_wal_size') AS message, NULL::text AS unknown,
        pg_catalog.json_build_object('bytes', f.bytes, 'files', f.files) AS evidence, NULL::text[] AS mend
    FROM files f, allowed a
    UNION ALL
    SELECT 'archive_backlog', NULL, pg_catalog.count(*), pg_catalog.count(*) || ' WAL files wait to be archived', NULL,
        pg_catalog.json_build_object('files', pg_catalog.count(*)), NULL
    FROM pg_catalog.pg_ls_archive_statusdir() s WHERE s.name LIKE '%.ready'
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
