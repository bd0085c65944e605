-- Checks of what the server's configuration files say: mistakes in them, and timeouts, which the settings of a session that has its
-- own do not show.
-- Parameters: none.
-- Since 13. Privileges: EXECUTE on pg_show_all_file_settings.
WITH said AS (
    SELECT f.name, f.setting, f.sourcefile, f.sourceline, f.error, f.applied FROM pg_catalog.pg_show_all_file_settings() f
),
-- Set for a database or a role, as those are that do not forget their transactions.
timeouts AS (
    SELECT s.setting FROM said s WHERE s.name = 'idle_in_transaction_session_timeout' AND s.applied
    UNION ALL
    SELECT pg_catalog.split_part(c.setting, '=', 2)
    FROM pg_catalog.pg_db_role_setting r CROSS JOIN LATERAL pg_catalog.unnest(r.setconfig) AS c (setting)
    WHERE r.setrole = 0 AND c.setting LIKE 'idle_in_transaction_session_timeout=%'
        AND r.setdatabase IN (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database() UNION ALL SELECT 0)
),
measured AS (
    SELECT 'config_timeouts' AS check_id, 'idle_in_transaction_session_timeout' AS object, 1::float8 AS value,
        'idle_in_transaction_session_timeout is not set: a session that forgets its transaction holds its locks for ever' AS message,
        NULL::text AS unknown, pg_catalog.json_build_object('setting', 0) AS evidence,
        ARRAY['ALTER SYSTEM SET idle_in_transaction_session_timeout = ''10min''', 'SELECT pg_reload_conf()'] AS mend
    WHERE NOT EXISTS (SELECT FROM timeouts t WHERE t.setting !~ '^0[a-z]*$')
    UNION ALL
    SELECT 'config_file_errors', s.name, 1, 'the setting on line ' || s.sourceline || ' of its file cannot be used: ' || s.error, NULL,
        pg_catalog.json_build_object('line', s.sourceline, 'error', s.error),
        CASE WHEN s.sourcefile LIKE '%postgresql.auto.conf' THEN ARRAY['ALTER SYSTEM RESET ' || pg_catalog.quote_ident(s.name)] END
    FROM said s
    -- Of a setting that needs a restart it cannot be told whether its new value is wrong or waits.
    WHERE s.error IS NOT NULL
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_settings p WHERE p.name = s.name AND p.context = 'postmaster')
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
