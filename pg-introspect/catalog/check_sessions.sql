-- Checks of sessions, transactions and locks: one row for each thing measured.
-- Parameters: none.
-- Since 13. Privileges: pg_read_all_stats shows other roles' sessions.
WITH session AS (
    SELECT
        a.*,
        (pg_catalog.quote_literal(a.usename) || ' (pid ' || a.pid || ')') AS who,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start) AS transaction_seconds,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.query_start) AS query_seconds,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.state_change) AS state_seconds
    FROM pg_catalog.pg_stat_activity a
    WHERE a.pid <> pg_catalog.pg_backend_pid() AND (a.backend_type = 'client backend' OR a.backend_type IS NULL AND a.datid IS NOT NULL)
),
seats AS (
    SELECT
        pg_catalog.count(*) + 1 AS used,
        pg_catalog.current_setting('max_connections')::int8
        - pg_catalog.current_setting('superuser_reserved_connections')::int8 AS most
    FROM session
),
locks AS (
    SELECT
        pg_catalog.count(*) AS held,
        pg_catalog.current_setting('max_locks_per_transaction')::int8
        * (pg_catalog.current_setting('max_connections')::int8 + pg_catalog.current_setting('max_prepared_transactions')::int8) AS most
    FROM pg_catalog.pg_locks
),
waiting AS (
    SELECT s.*, pg_catalog.pg_blocking_pids(s.pid) AS blockers FROM session s WHERE s.wait_event_type = 'Lock'
),
horizon AS (
    SELECT 'session' AS kind, s.who AS name, pg_catalog.age(s.backend_xmin) AS age,
        'SELECT pg_terminate_backend(' || s.pid || ')' AS mend
    FROM session s WHERE s.backend_xmin IS NOT NULL
    UNION ALL
    SELECT 'replication slot', r.slot_name::text, GREATEST(pg_catalog.age(r.xmin), pg_catalog.age(r.catalog_xmin)),
        'SELECT pg_drop_replication_slot(' || pg_catalog.quote_literal(r.slot_name) || ')'
    FROM pg_catalog.pg_replication_slots r WHERE r.xmin IS NOT NULL OR r.catalog_xmin IS NOT NULL
    UNION ALL
    SELECT 'prepared transaction', p.gid, pg_catalog.age(p.transaction),
        'ROLLBACK PREPARED ' || pg_catalog.quote_literal(p.gid)
    FROM pg_catalog.pg_prepared_xacts p
),
measured AS (
    SELECT 'connection_usage' AS check_id, NULL::text AS object, 100.0 * used / GREATEST(most, 1) AS value,
        used || ' of ' || most || ' connections are used' AS message, NULL::text AS unknown,
        pg_catalog.json_build_object('used', used, 'max', most) AS evidence, NULL::text AS mend
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
        'idle_connections', 'idle_in_transaction', 'long_transaction', 'long_query', 'blocking_chain', 'xmin_horizon'
    ]) AS hidden (check_id)
    WHERE NOT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
    UNION ALL
    (
        SELECT 'idle_in_transaction', who, state_seconds,
            who || ' has left a transaction open for ' || pg_catalog.round(state_seconds::numeric) || ' s without working in it', NULL,
            pg_catalog.json_build_object('pid', pid, 'role', usename, 'database', datname, 'application', application_name, 'idle_seconds', state_seconds),
            'SELECT pg_terminate_backend(' || pid || ')'
        FROM session WHERE state LIKE 'idle in transaction%' ORDER BY state_seconds DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'long_transaction', who, transaction_seconds,
            who || ' is in a transaction for ' || pg_catalog.round(transaction_seconds::numeric) || ' s', NULL,
            pg_catalog.json_build_object('pid', pid, 'role', usename, 'database', datname, 'seconds', transaction_seconds),
            'SELECT pg_cancel_backend(' || pid || ')'
        FROM session WHERE state = 'active' AND xact_start IS NOT NULL ORDER BY transaction_seconds DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'long_query', who, query_seconds,
            who || ' runs one statement for ' || pg_catalog.round(query_seconds::numeric) || ' s', NULL,
            pg_catalog.json_build_object('pid', pid, 'role', usename, 'database', datname, 'seconds', query_seconds, 'wait_event', wait_event),
            'SELECT pg_cancel_backend(' || pid || ')'
        FROM session WHERE state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock' ORDER BY query_seconds DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'blocking_chain', 'pid ' || root.pid, pg_catalog.max(w.query_seconds),
            'pid ' || root.pid || ' blocks ' || pg_catalog.count(*) || ' session(s), the longest for up to '
            || pg_catalog.round(pg_catalog.max(w.query_seconds)::numeric) || ' s', NULL,
            pg_catalog.json_build_object('pid', root.pid, 'blocked_pids', pg_catalog.array_agg(w.pid ORDER BY w.pid), 'seconds', pg_catalog.max(w.query_seconds)),
            CASE WHEN root.pid > 0 THEN 'SELECT pg_terminate_backend(' || root.pid || ')' END
        FROM waiting w CROSS JOIN LATERAL pg_catalog.unnest(w.blockers) AS root (pid)
        WHERE NOT EXISTS (SELECT FROM waiting other WHERE other.pid = root.pid)
        GROUP BY root.pid ORDER BY 3 DESC LIMIT 100
    )
    UNION ALL
    SELECT 'locks_count', NULL, 100.0 * held / GREATEST(most, 1), held || ' of about ' || most || ' lock entries are used', NULL,
        pg_catalog.json_build_object('held', held, 'capacity', most), NULL
    FROM locks
    UNION ALL
    (
        SELECT 'prepared_xacts', p.gid, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - p.prepared),
            'the prepared transaction waits for its end since ' || p.prepared, NULL,
            pg_catalog.json_build_object('gid', p.gid, 'owner', p.owner, 'database', p.database, 'seconds', pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - p.prepared)),
            'ROLLBACK PREPARED ' || pg_catalog.quote_literal(p.gid)
        FROM pg_catalog.pg_prepared_xacts p ORDER BY p.prepared LIMIT 100
    )
    UNION ALL
    (
        SELECT 'xmin_horizon', kind || ' ' || name, age, 'the ' || kind || ' ' || name || ' keeps rows that ' || age || ' transactions ago were current', NULL,
            pg_catalog.json_build_object('kind', kind, 'transactions', age), mend
        FROM horizon ORDER BY age DESC LIMIT 20
    )
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text FROM measured
