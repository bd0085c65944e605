-- Checks of statements as the extension pg_stat_statements counts them, in the words of its newest version whatever version is
-- installed. No text of a statement is told.
-- Parameters: none.
-- Since 13, extension since 1.4. Privileges: pg_read_all_stats. The extension's schema must be on the search path.
WITH counted AS (
    SELECT
        s.row ->> 'queryid' AS id, pg_catalog.pg_get_userbyid((s.row ->> 'userid')::oid) AS role,
        (s.row ->> 'calls')::float8 AS calls, (s.row ->> 'rows')::float8 AS rows,
        COALESCE(s.row ->> 'total_exec_time', s.row ->> 'total_time')::float8 AS total_ms,
        COALESCE((s.row ->> 'jit_generation_time')::float8, 0) + COALESCE((s.row ->> 'jit_inlining_time')::float8, 0)
        + COALESCE((s.row ->> 'jit_optimization_time')::float8, 0) + COALESCE((s.row ->> 'jit_emission_time')::float8, 0) AS jit_ms
    FROM (SELECT pg_catalog.to_jsonb(p) AS row FROM pg_stat_statements p) s
    WHERE (s.row ->> 'dbid')::oid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
        AND (s.row ->> 'queryid') IS NOT NULL
),
whole AS (
    SELECT pg_catalog.sum(c.calls) AS calls, pg_catalog.sum(c.total_ms) AS total_ms FROM counted c
),
measured AS (
    SELECT hidden.check_id, NULL::text AS object, NULL::float8 AS value, NULL::text AS message,
        ('statements of other roles are hidden from this role; GRANT pg_read_all_stats TO ' || pg_catalog.quote_ident(CURRENT_USER::text)) AS unknown,
        NULL::json AS evidence, NULL::text[] AS mend
    FROM pg_catalog.unnest(ARRAY['slow_queries', 'repeated_queries', 'jit_overhead']) AS hidden (check_id)
    WHERE NOT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
    UNION ALL
    (
        SELECT 'slow_queries', 'query ' || c.id, c.total_ms / c.calls,
            'the statement takes ' || pg_catalog.round((c.total_ms / c.calls)::numeric, 1) || ' ms a run, and ran ' || c.calls || ' times', NULL,
            pg_catalog.json_build_object('query_id', c.id, 'role', c.role, 'calls', c.calls, 'mean_ms', c.total_ms / c.calls, 'total_ms', c.total_ms), NULL
        FROM counted c WHERE c.calls >= 100 ORDER BY c.total_ms DESC LIMIT 20
    )
    UNION ALL
    (
        SELECT 'repeated_queries', 'query ' || c.id, 100 * c.calls / w.calls,
            'of all statements ' || pg_catalog.round((100 * c.calls / w.calls)::numeric) || ' % are this one, and it gives '
            || pg_catalog.round((c.rows / c.calls)::numeric, 1) || ' rows a run', NULL,
            pg_catalog.json_build_object('query_id', c.id, 'role', c.role, 'calls', c.calls, 'all_calls', w.calls), NULL
        FROM counted c CROSS JOIN whole w WHERE c.calls >= 10000 AND c.rows <= 1.5 * c.calls ORDER BY c.calls DESC LIMIT 5
    )
    UNION ALL
    (
        SELECT 'jit_overhead', 'query ' || c.id, LEAST(100, 100 * c.jit_ms / c.total_ms),
            'of ' || pg_catalog.round(c.total_ms::numeric) || ' ms the just-in-time compiler took ' || pg_catalog.round(c.jit_ms::numeric) || ' ms', NULL,
            pg_catalog.json_build_object('query_id', c.id, 'role', c.role, 'calls', c.calls, 'jit_ms', c.jit_ms, 'total_ms', c.total_ms),
            ARRAY['ALTER SYSTEM SET jit_above_cost = ' || LEAST(10 * s.setting::float8, 1e12), 'SELECT pg_reload_conf()']
        FROM counted c, pg_catalog.pg_settings s
        WHERE s.name = 'jit_above_cost' AND s.setting::float8 > 0 AND c.total_ms > 1000 ORDER BY c.jit_ms DESC LIMIT 5
    )
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
