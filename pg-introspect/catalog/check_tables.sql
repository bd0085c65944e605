-- Checks of vacuum and planner statistics of tables.
-- Parameters: none.
-- Since 13. Privileges: SELECT on a table shows its statistics, on which the estimate of bloat rests.
WITH relation AS (
    SELECT
        c.oid, c.relname, n.nspname, c.reltuples, c.relpages, c.relallvisible, c.relfrozenxid, c.relkind,
        (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)) AS name,
        s.n_dead_tup, s.n_live_tup, s.n_mod_since_analyze,
        GREATEST(s.last_vacuum, s.last_autovacuum) AS vacuumed,
        GREATEST(s.last_analyze, s.last_autoanalyze) AS analyzed,
        -- The upper bound came with 18; -1 is none.
        LEAST(
            COALESCE(o.threshold, pg_catalog.current_setting('autovacuum_vacuum_threshold'))::float8
            + COALESCE(o.scale, pg_catalog.current_setting('autovacuum_vacuum_scale_factor'))::float8 * GREATEST(c.reltuples, 0),
            NULLIF(COALESCE(o.most, pg_catalog.current_setting('autovacuum_vacuum_max_threshold', true)), '-1')::float8
        ) AS due,
        COALESCE(o.freeze::float8, pg_catalog.current_setting('autovacuum_freeze_max_age')::float8) AS freeze_max_age,
        COALESCE(o.fillfactor::float8, 100) / 100 AS fill,
        COALESCE(o.enabled::bool, true) AS enabled
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid
    CROSS JOIN LATERAL (
        SELECT
            pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'autovacuum_enabled') AS enabled,
            pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'autovacuum_vacuum_threshold') AS threshold,
            pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'autovacuum_vacuum_scale_factor') AS scale,
            pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'autovacuum_vacuum_max_threshold') AS most,
            pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'autovacuum_freeze_max_age') AS freeze,
            pg_catalog.max(o.option_value) FILTER (WHERE o.option_name = 'fillfactor') AS fillfactor
        FROM pg_catalog.pg_options_to_table(c.reloptions) o
    ) o
    WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
        AND n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
),
-- A TOAST table is frozen with its table and can be the older of the two.
frozen AS (
    SELECT r.name, r.freeze_max_age, GREATEST(pg_catalog.age(r.relfrozenxid), pg_catalog.age(t.relfrozenxid)) AS age
    FROM relation r
    JOIN pg_catalog.pg_class c ON c.oid = r.oid
    LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid AND c.reltoastrelid <> 0
),
-- How many pages the rows of a table need by the average widths of its columns, as the planner knows them.
width AS (
    SELECT
        r.name, r.relpages, r.reltuples, r.fill,
        pg_catalog.current_setting('block_size')::float8 AS block,
        -- Item pointer and header of a row, with a null bitmap, and the row itself at multiples of eight bytes.
        (SELECT
            CASE WHEN pg_catalog.count(st.attname) = pg_catalog.count(a.attname)
                THEN 4 + 24 + 8 * pg_catalog.ceil(pg_catalog.sum(st.avg_width * (1 - st.null_frac)) / 8) END
        FROM pg_catalog.pg_attribute a
        LEFT JOIN pg_catalog.pg_stats st
            ON st.schemaname = r.nspname AND st.tablename = r.relname AND st.attname = a.attname AND NOT st.inherited
        WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped) AS row_width
    FROM relation r WHERE r.relkind = 'r' AND r.relpages > 128
),
bloat AS (
    SELECT
        w.name, w.relpages * w.block / 1048576 AS mib, w.row_width,
        (w.relpages - pg_catalog.ceil(GREATEST(w.reltuples, 0) * w.row_width / ((w.block - 24) * w.fill))) * w.block / 1048576 AS wasted
    FROM width w
),
measured AS (
    (
        SELECT 'xid_wraparound_table' AS check_id, name AS object, 100.0 * age / freeze_max_age AS value,
            'the table was not frozen for ' || age || ' transactions' AS message, NULL::text AS unknown,
            pg_catalog.json_build_object('age', age, 'freeze_max_age', freeze_max_age) AS evidence, ARRAY['VACUUM (FREEZE) ' || name] AS mend
        FROM frozen WHERE age IS NOT NULL ORDER BY 3 DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'dead_tuples', name, 100.0 * n_dead_tup / (n_dead_tup + n_live_tup),
            n_dead_tup || ' dead rows beside ' || n_live_tup || ' live ones', NULL,
            pg_catalog.json_build_object('dead', n_dead_tup, 'live', n_live_tup, 'due_at', due, 'last_vacuum', vacuumed),
            ARRAY['VACUUM (ANALYZE) ' || name]
        FROM relation WHERE n_dead_tup > 10000 AND n_dead_tup > due ORDER BY n_dead_tup DESC LIMIT 100
    )
    UNION ALL
    SELECT 'autovacuum_off', NULL, 2, 'autovacuum is off for the whole server', NULL,
        pg_catalog.json_build_object('autovacuum', pg_catalog.current_setting('autovacuum'), 'track_counts', pg_catalog.current_setting('track_counts')),
        ARRAY['ALTER SYSTEM SET autovacuum = on', 'ALTER SYSTEM SET track_counts = on', 'SELECT pg_reload_conf()']
    WHERE pg_catalog.current_setting('autovacuum') = 'off' OR pg_catalog.current_setting('track_counts') = 'off'
    UNION ALL
    (
        SELECT 'autovacuum_off', name, 1, 'autovacuum is off for this table', NULL,
            pg_catalog.json_build_object('autovacuum_enabled', enabled), ARRAY['ALTER TABLE ' || name || ' RESET (autovacuum_enabled)']
        FROM relation WHERE NOT enabled ORDER BY name LIMIT 100
    )
    UNION ALL
    (
        SELECT 'autovacuum_stale', name,
            pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - COALESCE(vacuumed, pg_catalog.pg_postmaster_start_time())) / 86400,
            'vacuum is long due and did not run since ' || COALESCE(vacuumed::text, 'the server started'), NULL,
            pg_catalog.json_build_object('dead', n_dead_tup, 'due_at', due, 'last_vacuum', vacuumed), ARRAY['VACUUM (ANALYZE) ' || name]
        FROM relation WHERE n_dead_tup > 2 * due AND n_dead_tup > 10000
        ORDER BY 3 DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'stats_stale', name, LEAST(100.0 * n_mod_since_analyze / GREATEST(n_live_tup, 1), 1000),
            n_mod_since_analyze || ' rows changed' || CASE WHEN analyzed IS NULL THEN ', and no ANALYZE ran since statistics are counted'
                ELSE ' since the last ANALYZE' END, NULL,
            pg_catalog.json_build_object('changed', n_mod_since_analyze, 'rows', n_live_tup, 'last_analyze', analyzed), ARRAY['ANALYZE ' || name]
        FROM relation WHERE n_mod_since_analyze > 10000 ORDER BY 3 DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'never_vacuumed_big', name, reltuples, 'the table was never vacuumed', NULL,
            pg_catalog.json_build_object('rows', reltuples), ARRAY['VACUUM ' || name]
        FROM relation WHERE vacuumed IS NULL AND relallvisible = 0 AND reltuples > 0 ORDER BY reltuples DESC LIMIT 20
    )
    UNION ALL
    (
        SELECT 'visibility_map_low', name, 100.0 * relallvisible / relpages,
            'of ' || relpages || ' pages ' || relallvisible || ' are known to be visible to all', NULL,
            pg_catalog.json_build_object('pages', relpages, 'all_visible', relallvisible), ARRAY['VACUUM ' || name]
        FROM relation WHERE relpages > 131072 ORDER BY 3 LIMIT 20
    )
    UNION ALL
    (
        SELECT 'table_bloat', name, wasted,
            'by estimate its rows need ' || pg_catalog.round((mib - wasted)::numeric, 1) || ' MiB, and it has ' || pg_catalog.round(mib::numeric, 1) || ' MiB', NULL,
            pg_catalog.json_build_object('mib', mib, 'wasted_mib', wasted), ARRAY['VACUUM (FULL, ANALYZE) ' || name]
        FROM bloat WHERE wasted > 0.5 * mib ORDER BY wasted DESC LIMIT 50
    )
    UNION ALL
    SELECT 'table_bloat', NULL, NULL, NULL,
        pg_catalog.count(*) || ' large tables, such as ' || pg_catalog.min(name)
        || ', show no statistics: they were never analyzed, or SELECT on them must be granted to ' || pg_catalog.quote_ident(CURRENT_USER::text), NULL, NULL
    FROM bloat WHERE row_width IS NULL AND mib > 10 HAVING pg_catalog.count(*) > 0
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
