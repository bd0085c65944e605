-- Sessions that hold a lock on a relation which conflicts with a lock mode.
-- Parameters: $1 int8, oid of pg_class; $2 text[], the lock modes that conflict; $3 int8, most rows.
-- Since 13. Privileges: pg_read_all_stats shows what sessions of other roles run.
SELECT
    l.pid::int4 AS pid,
    pg_catalog.string_agg(DISTINCT l.mode, ', ' ORDER BY l.mode)::text AS modes,
    pg_catalog.bool_and(l.granted)::bool AS is_granted,
    pg_catalog.min(a.usename)::text AS role,
    pg_catalog.min(a.application_name)::text AS application,
    pg_catalog.min(a.state)::text AS state,
    GREATEST(0, pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - pg_catalog.min(a.xact_start)) * 1000)::int8 AS transaction_ms,
    pg_catalog.btrim(pg_catalog.min(a.query))::text AS query
FROM pg_catalog.pg_locks l
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE
    l.relation = $1::int8::oid
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
    AND l.mode = ANY ($2::text[])
    AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
GROUP BY l.pid
ORDER BY pg_catalog.min(a.xact_start) NULLS LAST, l.pid
LIMIT $3::int8
