-- Checks of the contents of tables: vacuum, statistics, cache, scans.
-- Parameters: none.
-- Since 13. Privileges: none.
WITH relation AS (
    SELECT
        c.oid, c.relname, c.reltuples, c.relpages, c.relallvisible, c.relfrozenxid, c.relkind, c.reltoastrelid,
        (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)) AS name,
        s.n_dead_tup, s.n_live_tup, s.n_mod_since_analyze, s.n_tup_upd, s.n_tup_hot_upd, s.seq_scan, s.seq_tup_read, s.idx_scan,
        GREATEST(s.last_vacuum, s.last_autovacuum) AS vacuumed,
        GREATEST(s.last_analyze, s.last_autoanalyze) AS analyzed,
        (COALESCE(o.threshold, pg_catalog.current_setting('autovacuum_vacuum_threshold'))::float8
        + COALESCE(o.scale, pg_catalog.current_setting('autovacuum_vacuum_scale_factor'))::float8 * GREATEST(c.reltuples, 0)) AS due,
        o.enabled
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid
    CROSS JOIN LATERAL (
        SELECT
            pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'autovacuum_enabled') AS enabled,
            pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'autovacuum_vacuum_threshold') AS threshold,
            pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'autovacuum_vacuum_scale_factor') AS scale
        FROM pg_catalog.pg_options_to_table(c.reloptions) o
    ) o
    WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
        AND n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
),
io AS (
    SELECT
        pg_catalog.sum(i.heap_blks_hit) AS hit, pg_catalog.sum(i.heap_blks_hit + i.heap_blks_read) AS asked,
        pg_catalog.sum(i.idx_blks_hit) AS index_hit, pg_catalog.sum(i.idx_blks_hit + i.idx_blks_read) AS index_asked
    FROM pg_catalog.pg_statio_user_tables i
),
measured AS (
    (
        SELECT 'xid_wraparound_table' AS check_id, name AS object,
            100.0 * pg_catalog.age(relfrozenxid) / pg_catalog.current_setting('autovacuum_freeze_max_age')::numeric AS value,
            'the table was not frozen for ' || pg_catalog.age(relfrozenxid) || ' transactions' AS message, NULL::text AS unknown,
            pg_catalog.json_build_object('age', pg_catalog.age(relfrozenxid)) AS evidence, 'VACUUM (FREEZE) ' || name AS mend
        FROM relation WHERE pg_catalog.age(relfrozenxid) > 1000000 ORDER BY 3 DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'dead_tuples', name, 100.0 * n_dead_tup / (n_dead_tup + n_live_tup),
            n_dead_tup || ' dead rows beside ' || n_live_tup || ' live ones', NULL,
            pg_catalog.json_build_object('dead', n_dead_tup, 'live', n_live_tup, 'due_at', due, 'last_vacuum', vacuumed),
            'VACUUM (ANALYZE) ' || name
        FROM relation WHERE n_dead_tup > 10000 AND n_dead_tup > due ORDER BY n_dead_tup DESC LIMIT 100
    )
    UNION ALL
    SELECT 'autovacuum_off', NULL, 2, 'autovacuum is off for the whole server', NULL,
        pg_catalog.json_build_object('autovacuum', pg_catalog.current_setting('autovacuum'), 'track_counts', pg_catalog.current_setting('track_counts')),
        'ALTER SYSTEM SET autovacuum = on; ALTER SYSTEM SET track_counts = on; SELECT pg_reload_conf()'
    WHERE pg_catalog.current_setting('autovacuum') = 'off' OR pg_catalog.current_setting('track_counts') = 'off'
    UNION ALL
    (
        SELECT 'autovacuum_off', name, 1, 'autovacuum is off for this table', NULL,
            pg_catalog.json_build_object('autovacuum_enabled', enabled), 'ALTER TABLE ' || name || ' RESET (autovacuum_enabled)'
        FROM relation WHERE enabled IN ('off', 'false', 'no', '0') ORDER BY name LIMIT 100
    )
    UNION ALL
    (
        SELECT 'autovacuum_stale', name,
            COALESCE(pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - vacuumed) / 86400, 2),
            'vacuum is due and did not run since ' || COALESCE(vacuumed::text, 'statistics began'), NULL,
            pg_catalog.json_build_object('dead', n_dead_tup, 'due_at', due, 'last_vacuum', vacuumed), 'VACUUM (ANALYZE) ' || name
        FROM relation WHERE n_dead_tup > 2 * due AND n_dead_tup > 10000
            AND (vacuumed IS NOT NULL OR pg_catalog.statement_timestamp() - pg_catalog.pg_postmaster_start_time() > '1 day')
        ORDER BY 3 DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'stats_stale', name, LEAST(100.0 * n_mod_since_analyze / GREATEST(n_live_tup, 1), 1000),
            CASE WHEN analyzed IS NULL THEN 'the table was never analyzed: the planner guesses'
                ELSE n_mod_since_analyze || ' rows changed since the last ANALYZE' END, NULL,
            pg_catalog.json_build_object('changed', n_mod_since_analyze, 'rows', n_live_tup, 'last_analyze', analyzed), 'ANALYZE ' || name
        FROM relation WHERE n_mod_since_analyze > 10000 ORDER BY 3 DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'never_vacuumed_big', name, reltuples, 'the table was never vacuumed', NULL,
            pg_catalog.json_build_object('rows', reltuples), 'VACUUM ' || name
        FROM relation WHERE vacuumed IS NULL AND relallvisible = 0 AND reltuples > 0 ORDER BY reltuples DESC LIMIT 20
    )
    UNION ALL
    (
        SELECT 'visibility_map_low', name, 100.0 * relallvisible / relpages,
            'of ' || relpages || ' pages ' || relallvisible || ' are known to be visible to all', NULL,
            pg_catalog.json_build_object('pages', relpages, 'all_visible', relallvisible), 'VACUUM ' || name
        FROM relation WHERE relpages > 131072 ORDER BY 3 LIMIT 20
    )
    UNION ALL
    (
        SELECT 'hot_ratio', name, 100.0 * n_tup_hot_upd / n_tup_upd,
            'of ' || n_tup_upd || ' updates ' || n_tup_hot_upd || ' needed no new index entries', NULL,
            pg_catalog.json_build_object('updates', n_tup_upd, 'hot', n_tup_hot_upd), 'ALTER TABLE ' || name || ' SET (fillfactor = 90)'
        FROM relation WHERE n_tup_upd > 100000 ORDER BY 3 LIMIT 20
    )
    UNION ALL
    (
        SELECT 'missing_index_candidates', name, seq_scan,
            'read from end to end ' || seq_scan || ' times, ' || (seq_tup_read / seq_scan) || ' rows each, and by index '
            || COALESCE(idx_scan, 0) || ' times', NULL,
            pg_catalog.json_build_object('sequential_scans', seq_scan, 'index_scans', idx_scan, 'rows', n_live_tup), NULL
        FROM relation WHERE seq_scan > COALESCE(idx_scan, 0) AND n_live_tup > 10000 AND seq_tup_read / GREATEST(seq_scan, 1) > 10000
        ORDER BY seq_tup_read DESC LIMIT 50
    )
    UNION ALL
    SELECT 'cache_hit_table', NULL, 100.0 * hit / asked, pg_catalog.round(100.0 * hit / asked, 2) || ' % of table blocks were in the cache', NULL,
        pg_catalog.json_build_object('hit', hit, 'asked', asked), NULL
    FROM io WHERE asked > 1000000
    UNION ALL
    SELECT 'cache_hit_index', NULL, 100.0 * index_hit / index_asked,
        pg_catalog.round(100.0 * index_hit / index_asked, 2) || ' % of index blocks were in the cache', NULL,
        pg_catalog.json_build_object('hit', index_hit, 'asked', index_asked), NULL
    FROM io WHERE index_asked > 1000000
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text FROM measured
