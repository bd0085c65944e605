-- Checks of settings.
-- Parameters: none.
-- Since 13. Privileges: none.
WITH measured AS (
    SELECT 'config_durability' AS check_id, s.name AS object, CASE s.name WHEN 'synchronous_commit' THEN 1 ELSE 2 END AS value,
        s.name || ' is off: ' || CASE s.name WHEN 'synchronous_commit' THEN 'a crash loses the last commits'
            ELSE 'a crash can leave the database beyond repair' END AS message, NULL::text AS unknown,
        pg_catalog.json_build_object('setting', s.setting, 'source', s.source) AS evidence,
        ARRAY['ALTER SYSTEM SET ' || s.name || ' = on', 'SELECT pg_reload_conf()'] AS mend
    FROM pg_catalog.pg_settings s
    WHERE s.name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND s.setting = 'off'
    UNION ALL
    SELECT 'config_memory', s.name, 1, 'shared_buffers is ' || pg_catalog.current_setting('shared_buffers')
        || ', no more than the default, which is little for a server of its own', NULL,
        pg_catalog.json_build_object('setting', s.setting, 'unit', s.unit), NULL
    FROM pg_catalog.pg_settings s
    WHERE s.name = 'shared_buffers' AND s.setting::int8 * pg_catalog.current_setting('block_size')::int8 <= 134217728
    UNION ALL
    SELECT 'config_planner', s.name, 1, 'random_page_cost is ' || s.setting || ', which is right for spinning disks; on SSD 1.1 is nearer', NULL,
        pg_catalog.json_build_object('setting', s.setting), ARRAY['ALTER SYSTEM SET random_page_cost = 1.1', 'SELECT pg_reload_conf()']
    FROM pg_catalog.pg_settings s WHERE s.name = 'random_page_cost' AND s.setting::float8 >= 4
    UNION ALL
    SELECT 'config_logging', s.name, 1, s.name || ' is off: after an incident nothing tells what happened', NULL,
        pg_catalog.json_build_object('setting', s.setting), ARRAY['ALTER SYSTEM SET ' || s.name || ' = on', 'SELECT pg_reload_conf()']
    FROM pg_catalog.pg_settings s WHERE s.name IN ('log_lock_waits', 'log_checkpoints') AND s.setting = 'off'
    UNION ALL
    SELECT 'pending_restart', s.name, 1, s.name || ' was changed in the file and waits for a restart', NULL,
        pg_catalog.json_build_object('setting', s.setting), NULL
    FROM pg_catalog.pg_settings s WHERE s.pending_restart
    UNION ALL
    SELECT 'password_encryption', s.name, 1, 'new passwords are kept as MD5, which can be guessed fast', NULL,
        pg_catalog.json_build_object('setting', s.setting), ARRAY['ALTER SYSTEM SET password_encryption = ''scram-sha-256''', 'SELECT pg_reload_conf()']
    FROM pg_catalog.pg_settings s WHERE s.name = 'password_encryption' AND s.reset_val <> 'scram-sha-256'
    UNION ALL
    SELECT 'statements_not_counted', NULL, 1,
        CASE WHEN l.loaded THEN 'pg_stat_statements is loaded and not installed in this database'
            ELSE 'pg_stat_statements is not loaded' END || ': slow statements cannot be found', NULL,
        pg_catalog.json_build_object('loaded', l.loaded),
        CASE WHEN l.loaded THEN ARRAY['CREATE EXTENSION pg_stat_statements'] END
    -- A line in the file makes the setting known too, but only the library makes it a setting of pg_settings.
    FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_settings s WHERE s.name = 'pg_stat_statements.max') AS loaded) l
    WHERE NOT l.loaded OR NOT EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extname = 'pg_stat_statements')
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
