-- Statements as the extension pg_stat_statements counts them, in the words of its newest version whatever version is installed.
-- Parameters: $1 bool, of all databases; $2 int8, most rows.
-- Since 13, extension since 1.4. Privileges: pg_read_all_stats shows the texts of other roles' statements. The extension's schema
-- must be on the search path.
SELECT
    ((s.row ->> 'userid') || '/' || (s.row ->> 'dbid') || '/' || COALESCE(s.row ->> 'toplevel', 'true') || '/' || (s.row ->> 'queryid'))::text AS key,
    (s.row ->> 'queryid')::text AS query_id,
    pg_catalog.pg_get_userbyid((s.row ->> 'userid')::oid)::text AS role,
    (SELECT d.datname FROM pg_catalog.pg_database d WHERE d.oid = (s.row ->> 'dbid')::oid)::text AS database,
    pg_catalog.btrim(s.row ->> 'query')::text AS query,
    (s.row ->> 'calls')::int8 AS calls,
    (s.row ->> 'rows')::int8 AS rows,
    COALESCE(s.row ->> 'total_exec_time', s.row ->> 'total_time')::float8 AS total_ms,
    COALESCE(s.row ->> 'max_exec_time', s.row ->> 'max_time')::float8 AS max_ms,
    COALESCE(s.row ->> 'total_plan_time', '0')::float8 AS planning_ms,
    (s.row ->> 'shared_blks_hit')::int8 AS blocks_hit,
    (s.row ->> 'shared_blks_read')::int8 AS blocks_read,
    (
        COALESCE(s.row ->> 'shared_blk_read_time', s.row ->> 'blk_read_time')::float8
        + COALESCE(s.row ->> 'shared_blk_write_time', s.row ->> 'blk_write_time')::float8
    )::float8 AS io_ms,
    ((s.row ->> 'temp_blks_read')::int8 + (s.row ->> 'temp_blks_written')::int8)::int8 AS temporary_blocks,
    COALESCE(s.row ->> 'wal_bytes', '0')::numeric::int8 AS wal_bytes,
    COALESCE(s.row ->> 'plans', '0')::int8 AS plans,
    (s.row ->> 'stats_since')::timestamptz AS counted_since
FROM (SELECT pg_catalog.to_jsonb(p) AS row FROM pg_stat_statements p) s
WHERE
    (s.row ->> 'queryid') IS NOT NULL
    AND (
        $1::bool
        OR (s.row ->> 'dbid')::oid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
    )
ORDER BY COALESCE(s.row ->> 'total_exec_time', s.row ->> 'total_time')::float8 DESC, 1
LIMIT $2::int8
