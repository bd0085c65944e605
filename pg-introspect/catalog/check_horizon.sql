-- Checks of what holds vacuum back: old snapshots, prepared transactions, locks, workers that are all busy.
-- Parameters: none.
-- Since 13. Privileges: pg_read_all_stats shows other roles' sessions.
WITH session AS (
    SELECT
        a.pid, a.backend_type, a.backend_xmin, a.backend_xid, a.xact_start, a.wait_event_type, a.query,
        (COALESCE(pg_catalog.quote_literal(a.usename), a.backend_type) || ' (pid ' || a.pid || ')') AS who
    FROM pg_catalog.pg_stat_activity a
    WHERE a.pid <> pg_catalog.pg_backend_pid()
),
horizon AS (
    SELECT 'session' AS kind, s.who AS name, pg_catalog.age(s.backend_xmin) AS age,
        'SELECT pg_terminate_backend(' || s.pid || ')' AS mend
    FROM session s WHERE s.backend_xmin IS NOT NULL AND s.backend_type = 'client backend'
    UNION ALL
    SELECT 'replication slot', r.slot_name::text, GREATEST(pg_catalog.age(r.xmin), pg_catalog.age(r.catalog_xmin)),
        CASE WHEN NOT r.active THEN 'SELECT pg_drop_replication_slot(' || pg_catalog.quote_literal(r.slot_name) || ')' END
    FROM pg_catalog.pg_replication_slots r WHERE r.xmin IS NOT NULL OR r.catalog_xmin IS NOT NULL
    UNION ALL
    -- What runs on a standby with hot_standby_feedback and no slot.
    SELECT 'standby', COALESCE(NULLIF(s.application_name, ''), s.pid::text), pg_catalog.age(s.backend_xmin), NULL
    FROM pg_catalog.pg_stat_replication s WHERE s.backend_xmin IS NOT NULL
    UNION ALL
    SELECT 'prepared transaction', p.gid, pg_catalog.age(p.transaction),
        'ROLLBACK PREPARED ' || pg_catalog.quote_literal(p.gid)
    FROM pg_catalog.pg_prepared_xacts p
),
vacuum AS (
    SELECT
        s.pid, (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)) AS name,
        (pg_catalog.pg_blocking_pids(s.pid))[1] AS blocker
    FROM session s
    JOIN pg_catalog.pg_locks l ON l.pid = s.pid AND NOT l.granted AND l.locktype = 'relation'
    JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = pg_catalog.current_database()
    JOIN pg_catalog.pg_class c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE s.wait_event_type = 'Lock' AND (s.backend_type = 'autovacuum worker' OR s.query ~* '^\s*vacuum')
),
-- Rows that died before the oldest transaction began, and stayed although vacuum ran while it was open.
kept AS (
    SELECT
        t.relid, (pg_catalog.quote_ident(t.schemaname) || '.' || pg_catalog.quote_ident(t.relname)) AS name, t.n_dead_tup,
        h.who, h.pid, h.xact_start
    FROM pg_catalog.pg_stat_user_tables t
    CROSS JOIN LATERAL (
        SELECT s.who, s.pid, s.xact_start
        FROM session s
        WHERE s.backend_type = 'client backend' AND COALESCE(s.backend_xmin, s.backend_xid) IS NOT NULL
            AND s.xact_start < GREATEST(t.last_vacuum, t.last_autovacuum)
        ORDER BY s.xact_start, s.pid LIMIT 1
    ) h
    WHERE t.n_dead_tup > 10000 AND t.n_dead_tup > 0.2 * t.n_live_tup
),
workers AS (
    SELECT
        pg_catalog.count(*) AS busy, pg_catalog.current_setting('autovacuum_max_workers')::int8 AS most
    FROM session s WHERE s.backend_type = 'autovacuum worker'
),
measured AS (
    SELECT check_id, NULL::text AS object, NULL::float8 AS value, NULL::text AS message,
        ('sessions of other roles are hidden from this role; GRANT pg_read_all_stats TO '
        || pg_catalog.quote_ident(CURRENT_USER::text)) AS unknown, NULL::json AS evidence, NULL::text[] AS mend
    FROM pg_catalog.unnest(ARRAY['xmin_horizon', 'vacuum_blocked', 'autovacuum_saturated']) AS hidden (check_id)
    WHERE NOT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
    UNION ALL
    (
        SELECT 'prepared_xacts', p.gid, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - p.prepared),
            'the prepared transaction waits for its end since ' || p.prepared, NULL,
            pg_catalog.json_build_object(
                'gid', p.gid, 'owner', p.owner, 'database', p.database,
                'seconds', pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - p.prepared)
            ),
            ARRAY['ROLLBACK PREPARED ' || pg_catalog.quote_literal(p.gid)]
        FROM pg_catalog.pg_prepared_xacts p ORDER BY p.prepared LIMIT 100
    )
    UNION ALL
    (
        SELECT 'xmin_horizon', kind || ' ' || name, age, 'the ' || kind || ' ' || name || ' keeps rows that ' || age || ' transactions ago were current', NULL,
            pg_catalog.json_build_object('kind', kind, 'transactions', age), CASE WHEN mend IS NOT NULL THEN ARRAY[mend] END
        FROM horizon ORDER BY age DESC LIMIT 20
    )
    UNION ALL
    (
        SELECT 'vacuum_blocked', v.name, 1, 'vacuum (pid ' || v.pid || ') waits for the lock of pid ' || v.blocker, NULL,
            pg_catalog.json_build_object('pid', v.pid, 'blocked_by', v.blocker),
            CASE WHEN v.blocker > 0 THEN ARRAY['SELECT pg_terminate_backend(' || v.blocker || ')'] END
        FROM vacuum v ORDER BY v.name, v.pid LIMIT 20
    )
    UNION ALL
    (
        SELECT 'vacuum_blocked', k.name, 1, 'vacuum ran and ' || k.n_dead_tup || ' dead rows stay: ' || k.who || ' may still see them', NULL,
            pg_catalog.json_build_object('dead', k.n_dead_tup, 'pid', k.pid, 'since', k.xact_start),
            ARRAY['SELECT pg_terminate_backend(' || k.pid || ')', 'VACUUM ' || k.name]
        FROM kept k ORDER BY k.n_dead_tup DESC, k.name LIMIT 20
    )
    UNION ALL
    SELECT 'autovacuum_saturated', NULL, 100.0 * w.busy / GREATEST(w.most, 1),
        w.busy || ' of ' || w.most || ' autovacuum workers are at work at this moment', NULL,
        pg_catalog.json_build_object('busy', w.busy, 'max', w.most), NULL
    FROM workers w
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
