-- Sessions of the server: who runs what, for how long, waiting on what.
-- Parameters: $1 bool, of all databases; $2 bool, background processes and idle sessions too; $3 int8, least milliseconds
-- that the transaction or statement has lasted; $4 int4[], only these process ids, or null; $5 int8, most rows.
-- Since 14, which tells query_id. Privileges: pg_read_all_stats shows what sessions of other roles run; without it is_visible is false there.
SELECT
    a.pid::int4 AS pid,
    a.usename::text AS role,
    a.datname::text AS database,
    a.application_name::text AS application,
    pg_catalog.host(a.client_addr)::text AS client,
    a.backend_type::text AS backend_type,
    a.state::text AS state,
    a.wait_event_type::text AS wait_event_type,
    a.wait_event::text AS wait_event,
    a.query_id::int8 AS query_id,
    pg_catalog.btrim(a.query)::text AS query,
    (a.query IS DISTINCT FROM '<insufficient privilege>')::bool AS is_visible,
    GREATEST(0, pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - a.query_start) * 1000)::int8 AS query_ms,
    GREATEST(0, pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - a.xact_start) * 1000)::int8 AS transaction_ms,
    GREATEST(0, pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - a.state_change) * 1000)::int8 AS state_ms,
    a.backend_start::timestamptz AS connected_since,
    (CASE WHEN a.wait_event_type = 'Lock' THEN pg_catalog.pg_blocking_pids(a.pid) ELSE '{}' END)::int4[] AS blocked_by,
    (pg_catalog.count(*) OVER ())::int8 AS total
FROM pg_catalog.pg_stat_activity a
WHERE
    a.pid <> pg_catalog.pg_backend_pid()
    AND ($1::bool OR a.datname = pg_catalog.current_database())
    AND (
        $2::bool
        OR (a.backend_type = 'client backend' AND a.state IS DISTINCT FROM 'idle')
        OR a.backend_type IS NULL
        OR $4::int4[] IS NOT NULL
    )
    AND (
        $3::int8 <= 0
        OR pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - COALESCE(a.xact_start, a.query_start)) * 1000 >= $3::int8
    )
    AND ($4::int4[] IS NULL OR a.pid = ANY ($4::int4[]))
ORDER BY a.xact_start NULLS LAST, a.query_start NULLS LAST, a.pid
LIMIT $5::int8
