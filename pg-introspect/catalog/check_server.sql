-- Checks of databases: counters, wraparound, statistics, versions, the last start.
-- Parameters: none.
-- Since 13. Privileges: none.
WITH own AS (
    SELECT
        d.*, since.at AS since,
        GREATEST(pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - since.at) / 3600, 1) AS hours
    FROM pg_catalog.pg_stat_database d
    -- Counters outlive a restart: where this database's were never reset, they count at least since the server's were.
    CROSS JOIN LATERAL (
        SELECT COALESCE(
            d.stats_reset,
            LEAST((SELECT a.stats_reset FROM pg_catalog.pg_stat_archiver a), pg_catalog.pg_postmaster_start_time())
        ) AS at
    ) since
    WHERE d.datname = pg_catalog.current_database()
),
server AS (
    SELECT
        pg_catalog.current_setting('server_version_num')::int4 / 10000 AS major,
        pg_catalog.current_setting('server_version_num')::int4 % 10000 AS minor
),
-- https://www.postgresql.org/support/versioning/, as of May 2026.
release (major, minor, ends) AS (
    VALUES
    (13, 23, '2025-11-13'::timestamptz), (14, 23, '2026-11-12'::timestamptz), (15, 18, '2027-11-11'::timestamptz),
    (16, 14, '2028-11-09'::timestamptz), (17, 10, '2029-11-08'::timestamptz), (18, 4, '2030-11-14'::timestamptz)
),
measured AS (
    SELECT 'deadlocks' AS check_id, datname::text AS object, deadlocks / hours AS value,
        deadlocks || ' deadlocks in ' || pg_catalog.round(hours::numeric, 1) || ' h' AS message, NULL::text AS unknown,
        pg_catalog.json_build_object('deadlocks', deadlocks, 'hours', hours) AS evidence, NULL::text[] AS mend
    FROM own
    UNION ALL
    SELECT 'rollback_ratio', datname::text, 100.0 * xact_rollback / (xact_commit + xact_rollback),
        pg_catalog.round(100.0 * xact_rollback / (xact_commit + xact_rollback), 1) || ' % of transactions were rolled back', NULL,
        pg_catalog.json_build_object('commits', xact_commit, 'rollbacks', xact_rollback), NULL
    FROM own WHERE xact_commit + xact_rollback > 10000
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
    -- VACUUM works in its own database only, so the statement is given for this one.
    SELECT 'xid_wraparound_db', d.datname::text, pg_catalog.age(d.datfrozenxid) / 1000000.0,
        pg_catalog.age(d.datfrozenxid) || ' transactions since the oldest unfrozen one; the server stops at 2 billion', NULL,
        pg_catalog.json_build_object('age', pg_catalog.age(d.datfrozenxid)),
        CASE WHEN d.datname = pg_catalog.current_database() THEN ARRAY['VACUUM (FREEZE)'] END
    FROM pg_catalog.pg_database d
    UNION ALL
    SELECT 'mxid_wraparound', d.datname::text, pg_catalog.mxid_age(d.datminmxid) / 1000000.0,
        pg_catalog.mxid_age(d.datminmxid) || ' multixacts since the oldest that is kept', NULL,
        pg_catalog.json_build_object('age', pg_catalog.mxid_age(d.datminmxid)),
        CASE WHEN d.datname = pg_catalog.current_database() THEN ARRAY['VACUUM (FREEZE)'] END
    FROM pg_catalog.pg_database d
    UNION ALL
    SELECT 'stats_reset_recent', datname::text, GREATEST(pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - since) / 86400, 0),
        'statistics count since ' || since || ' only: findings that stand on counters are less sure', NULL,
        pg_catalog.json_build_object('since', since), NULL
    FROM own
    UNION ALL
    SELECT 'standby_conflicts', c.datname::text, c.confl_tablespace + c.confl_lock + c.confl_snapshot + c.confl_bufferpin + c.confl_deadlock,
        'queries were cancelled because replay needed what they used', NULL,
        pg_catalog.json_build_object('snapshot', c.confl_snapshot, 'lock', c.confl_lock, 'bufferpin', c.confl_bufferpin), NULL
    FROM pg_catalog.pg_stat_database_conflicts c WHERE c.datname = pg_catalog.current_database()
    UNION ALL
    SELECT 'version_eol', NULL, 2, 'PostgreSQL ' || s.major || ' has no fixes after ' || COALESCE(r.ends::date::text, 'long ago'), NULL,
        pg_catalog.json_build_object('version', pg_catalog.current_setting('server_version'), 'end_of_life', r.ends::date), NULL
    FROM server s LEFT JOIN release r ON r.major = s.major
    WHERE pg_catalog.statement_timestamp() > r.ends OR s.major < 13
    UNION ALL
    SELECT 'version_minor', NULL, r.minor - s.minor,
        'version ' || s.major || '.' || s.minor || ' runs, and ' || s.major || '.' || r.minor || ' or later has its bugs mended', NULL,
        pg_catalog.json_build_object('minor', s.minor, 'known_minor', r.minor), NULL
    FROM server s JOIN release r ON r.major = s.major
    UNION ALL
    SELECT 'recent_start', NULL, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.pg_postmaster_start_time()) / 60,
        'the server started at ' || pg_catalog.pg_postmaster_start_time() || ': if nobody restarted it, it crashed', NULL,
        pg_catalog.json_build_object('started', pg_catalog.pg_postmaster_start_time()), NULL
    UNION ALL
    SELECT 'large_objects', NULL, pg_catalog.pg_relation_size('pg_catalog.pg_largeobject'::pg_catalog.regclass) / 1048576.0,
        'large objects take ' || pg_catalog.pg_size_pretty(pg_catalog.pg_relation_size('pg_catalog.pg_largeobject'::pg_catalog.regclass))
        || '; nothing removes those that no row names any more', NULL,
        pg_catalog.json_build_object('bytes', pg_catalog.pg_relation_size('pg_catalog.pg_largeobject'::pg_catalog.regclass)), NULL
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
