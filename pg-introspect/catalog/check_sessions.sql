-- Checks of sessions, transactions and locks: one row for each thing measured.
-- Parameters: none.
-- Since 13. Privileges: pg_read_all_stats shows other roles' sessions.
WITH RECURSIVE session AS (
    SELECT
        a.*,
        (COALESCE(pg_catalog.quote_literal(a.usename), 'a role that is gone') || ' (pid ' || a.pid || ')') AS who,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start) AS transaction_seconds,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.query_start) AS query_seconds,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.state_change) AS state_seconds
    FROM pg_catalog.pg_stat_activity a
    WHERE a.pid <> pg_catalog.pg_backend_pid() AND (a.backend_type = 'client backend' OR a.backend_type IS NULL AND a.datid IS NOT NULL)
),
-- reserved_connections came with 16.
seats AS (
    SELECT
        pg_catalog.count(*) + 1 AS used,
        pg_catalog.current_setting('max_connections')::int8
        - pg_catalog.current_setting('superuser_reserved_connections')::int8
        - COALESCE(pg_catalog.current_setting('reserved_connections', true)::int8, 0) AS most
    FROM session
),
-- Fast-path locks and predicate locks live elsewhere than in the shared lock table.
locks AS (
    SELECT
        pg_catalog.count(*) AS held,
        pg_catalog.current_setting('max_locks_per_transaction')::int8
        * (pg_catalog.current_setting('max_connections')::int8 + pg_catalog.current_setting('max_prepared_transactions')::int8) AS most
    FROM pg_catalog.pg_locks l WHERE NOT l.fastpath AND l.mode <> 'SIReadLock'
),
-- Since 14 the server says since when somebody waits; before, his statement began at some time before.
waited AS (
    SELECT l.pid, pg_catalog.min((pg_catalog.to_jsonb(l) ->> 'waitstart')::timestamptz) AS since
    FROM pg_catalog.pg_locks l WHERE NOT l.granted GROUP BY l.pid
),
waiting AS (
    SELECT
        s.pid, pg_catalog.pg_blocking_pids(s.pid) AS blockers,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - COALESCE(w.since, s.query_start)) AS seconds
    FROM session s LEFT JOIN waited w ON w.pid = s.pid WHERE s.wait_event_type = 'Lock'
),
-- Who waits for whom in the end, also through others that wait.
chain AS (
    SELECT root.pid AS root, w.pid, w.seconds
    FROM waiting w CROSS JOIN LATERAL pg_catalog.unnest(w.blockers) AS root (pid)
    WHERE NOT EXISTS (SELECT FROM waiting other WHERE other.pid = root.pid)
    UNION
    SELECT c.root, w.pid, w.seconds FROM chain c JOIN waiting w ON c.pid = ANY (w.blockers)
),
busy AS (
    SELECT
        s.wait_event_type, pg_catalog.count(*) AS sessions, pg_catalog.sum(pg_catalog.count(*)) OVER () AS active,
        pg_catalog.mode() WITHIN GROUP (ORDER BY s.wait_event) AS most_often
    FROM session s WHERE s.state = 'active' GROUP BY s.wait_event_type
),
measured AS (
    SELECT 'connection_usage' AS check_id, NULL::text AS object, 100.0 * used / GREATEST(most, 1) AS value,
        used || ' of ' || most || ' connections are used' AS message, NULL::text AS unknown,
        pg_catalog.json_build_object('used', used, 'max', most) AS evidence, NULL::text[] AS mend
    FROM seats
    UNION ALL
    SELECT 'idle_connections', NULL, pg_catalog.count(*), pg_catalog.count(*) || ' sessions are idle', NULL,
        pg_catalog.json_build_object('idle', pg_catalog.count(*)), NULL
    FROM session WHERE state = 'idle'
    UNION ALL
    SELECT check_id, NULL, NULL, NULL,
        'sessions of other roles are hidden from this role; GRANT pg_read_all_stats TO ' || pg_catalog.quote_ident(CURRENT_USER::text),
        NULL, NULL
    FROM pg_catalog.unnest(ARRAY[
        'idle_connections', 'idle_in_transaction', 'long_transaction', 'long_query', 'blocking_chain', 'wait_events'
    ]) AS hidden (check_id)
    WHERE NOT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
    UNION ALL
    (
        SELECT 'idle_in_transaction', who, state_seconds,
            who || ' has left a transaction open for ' || pg_catalog.round(state_seconds::numeric) || ' s without working in it', NULL,
            pg_catalog.json_build_object('pid', pid, 'role', usename, 'database', datname, 'application', application_name, 'idle_seconds', state_seconds),
            ARRAY['SELECT pg_terminate_backend(' || pid || ')']
        FROM session WHERE state LIKE 'idle in transaction%' ORDER BY state_seconds DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'long_transaction', who, transaction_seconds,
            who || ' is in a transaction for ' || pg_catalog.round(transaction_seconds::numeric) || ' s', NULL,
            pg_catalog.json_build_object('pid', pid, 'role', usename, 'database', datname, 'seconds', transaction_seconds),
            ARRAY['SELECT pg_cancel_backend(' || pid || ')']
        FROM session WHERE state = 'active' AND xact_start IS NOT NULL ORDER BY transaction_seconds DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'long_query', who, query_seconds,
            who || ' runs one statement for ' || pg_catalog.round(query_seconds::numeric) || ' s', NULL,
            pg_catalog.json_build_object('pid', pid, 'role', usename, 'database', datname, 'seconds', query_seconds, 'wait_event', wait_event),
            ARRAY['SELECT pg_cancel_backend(' || pid || ')']
        FROM session WHERE state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock' ORDER BY query_seconds DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'blocking_chain', 'pid ' || c.root, GREATEST(pg_catalog.max(c.seconds), 0),
            'pid ' || c.root || ' blocks ' || pg_catalog.count(*) || ' session(s), the longest for '
            || pg_catalog.round(GREATEST(pg_catalog.max(c.seconds), 0)::numeric) || ' s', NULL,
            pg_catalog.json_build_object('pid', c.root, 'blocked_pids', pg_catalog.array_agg(c.pid ORDER BY c.pid), 'seconds', pg_catalog.max(c.seconds)),
            CASE WHEN c.root > 0 THEN ARRAY['SELECT pg_terminate_backend(' || c.root || ')'] END
        FROM chain c GROUP BY c.root ORDER BY 3 DESC LIMIT 100
    )
    UNION ALL
    SELECT 'wait_events', b.wait_event_type, 100.0 * b.sessions / b.active,
        b.sessions || ' of ' || b.active || ' working sessions wait at this moment, most for ' || b.most_often, NULL,
        pg_catalog.json_build_object('waiting', b.sessions, 'active', b.active, 'most_often', b.most_often), NULL
    FROM busy b
    WHERE b.active >= 5 AND b.wait_event_type IS NOT NULL AND b.wait_event_type NOT IN ('Client', 'Activity', 'Timeout')
    UNION ALL
    SELECT 'locks_count', NULL, 100.0 * held / GREATEST(most, 1), held || ' of about ' || most || ' lock entries are used', NULL,
        pg_catalog.json_build_object('held', held, 'capacity', most), NULL
    FROM locks
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
