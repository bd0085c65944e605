-- Checks of databases: counters, wraparound, statistics.
-- Parameters: none.
-- Since 13. Privileges: none.
WITH own AS (
    SELECT
        d.*,
        GREATEST(
            pg_catalog.date_part(
                'epoch', pg_catalog.statement_timestamp() - COALESCE(d.stats_reset, pg_catalog.pg_postmaster_start_time())
            ) / 3600, 1
        ) AS hours
    FROM pg_catalog.pg_stat_database d WHERE d.datname = pg_catalog.current_database()
),
measured AS (
    SELECT 'deadlocks' AS check_id, datname::text AS object, deadlocks / hours AS value,
        deadlocks || ' deadlocks in ' || pg_catalog.round(hours::numeric, 1) || ' h' AS message, NULL::text AS unknown,
        pg_catalog.json_build_object('deadlocks', deadlocks, 'hours', hours) AS evidence, NULL::text AS mend
    FROM own
    UNION ALL
    SELECT 'rollback_ratio', datname::text, 100.0 * xact_rollback / (xact_commit + xact_rollback),
        pg_catalog.round(100.0 * xact_rollback / (xact_commit + xact_rollback), 1) || ' % of transactions were rolled back', NULL,
        pg_catalog.json_build_object('commits', xact_commit, 'rollbacks', xact_rollback), NULL
    FROM own WHERE xact_commit + xact_rollback > 100000
    UNION ALL
    SELECT 'temp_files', datname::text, temp_bytes / 1048576.0 / hours,
        pg_catalog.pg_size_pretty(temp_bytes) || ' of temporary files in ' || pg_catalog.round(hours::numeric, 1) || ' h', NULL,
        pg_catalog.json_build_object('bytes', temp_bytes, 'files', temp_files, 'hours', hours), NULL
    FROM own
    UNION ALL
    SELECT 'checksum_failures', d.datname::text, d.checksum_failures, d.checksum_failures || ' pages had a wrong checksum', NULL,
        pg_catalog.json_build_object('failures', d.checksum_failures, 'last', d.checksum_last_failure), NULL
    FROM pg_catalog.pg_stat_database d WHERE d.checksum_failures > 0
    UNION ALL
    SELECT 'data_checksums_off', NULL, 1, 'pages have no checksums', NULL, pg_catalog.json_build_object('data_checksums', 'off'), NULL
    WHERE pg_catalog.current_setting('data_checksums') = 'off'
    UNION ALL
    SELECT 'xid_wraparound_db', d.datname::text, pg_catalog.age(d.datfrozenxid) / 1000000.0,
        pg_catalog.age(d.datfrozenxid) || ' transactions since the oldest unfrozen one; the server stops at 2 billion', NULL,
        pg_catalog.json_build_object('age', pg_catalog.age(d.datfrozenxid)), 'VACUUM (FREEZE)'
    FROM pg_catalog.pg_database d
    UNION ALL
    SELECT 'mxid_wraparound', d.datname::text, pg_catalog.mxid_age(d.datminmxid) / 1000000.0,
        pg_catalog.mxid_age(d.datminmxid) || ' multixacts since the oldest that is kept', NULL,
        pg_catalog.json_build_object('age', pg_catalog.mxid_age(d.datminmxid)), 'VACUUM (FREEZE)'
    FROM pg_catalog.pg_database d
    UNION ALL
    SELECT 'stats_reset_recent', datname::text, hours / 24,
        'statistics count for ' || pg_catalog.round((hours / 24)::numeric, 2) || ' days only: findings that stand on counters are less sure', NULL,
        pg_catalog.json_build_object('days', hours / 24), NULL
    FROM own
    UNION ALL
    SELECT 'standby_conflicts', c.datname::text, c.confl_tablespace + c.confl_lock + c.confl_snapshot + c.confl_bufferpin + c.confl_deadlock,
        'queries were cancelled because replay needed what they used', NULL,
        pg_catalog.json_build_object('snapshot', c.confl_snapshot, 'lock', c.confl_lock, 'bufferpin', c.confl_bufferpin), NULL
    FROM pg_catalog.pg_stat_database_conflicts c WHERE c.datname = pg_catalog.current_database()
    UNION ALL
    SELECT 'version_eol', NULL, CASE WHEN pg_catalog.statement_timestamp() > eol.at THEN 2 ELSE 0 END,
        'PostgreSQL ' || eol.major || ' has no fixes after ' || eol.at::date, NULL,
        pg_catalog.json_build_object('version', pg_catalog.current_setting('server_version'), 'end_of_life', eol.at::date), NULL
    FROM (VALUES
        (13, '2025-11-13'::timestamptz), (14, '2026-11-12'::timestamptz), (15, '2027-11-11'::timestamptz),
        (16, '2028-11-09'::timestamptz), (17, '2029-11-08'::timestamptz), (18, '2030-11-14'::timestamptz)
    ) AS eol (major, at)
    WHERE eol.major = pg_catalog.current_setting('server_version_num')::int4 / 10000
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text FROM measured
