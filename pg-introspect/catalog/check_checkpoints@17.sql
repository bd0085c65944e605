-- Checks of checkpoints and of who writes pages.
-- Parameters: none.
-- Since 17. Privileges: none.
WITH counted AS (
    SELECT b.num_timed AS timed, b.num_requested AS requested FROM pg_catalog.pg_stat_checkpointer b
),
-- Pages that sessions had to write themselves because no clean one was at hand.
written AS (
    SELECT
        pg_catalog.sum(i.writes) FILTER (WHERE i.backend_type = 'client backend' AND i.context = 'normal') AS by_sessions,
        pg_catalog.sum(i.writes) AS pages
    FROM pg_catalog.pg_stat_io i WHERE i.object = 'relation'
),
-- An idle server makes no checkpoint, and needs none: only one with WAL to lose is late.
last AS (
    SELECT
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - k.checkpoint_time) AS seconds,
        pg_catalog.pg_wal_lsn_diff(CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_current_wal_lsn() END, k.redo_lsn) AS bytes,
        s.setting::float8 AS timeout
    FROM pg_catalog.pg_control_checkpoint() k, pg_catalog.pg_settings s
    WHERE s.name = 'checkpoint_timeout'
),
measured AS (
    SELECT 'checkpoints_forced' AS check_id, NULL::text AS object, 100.0 * c.requested / (c.timed + c.requested) AS value,
        c.requested || ' of ' || (c.timed + c.requested) || ' checkpoints were forced before their time' AS message, NULL::text AS unknown,
        pg_catalog.json_build_object('timed', c.timed, 'requested', c.requested, 'max_wal_size_mb', s.setting) AS evidence,
        ARRAY['ALTER SYSTEM SET max_wal_size = ''' || 2 * s.setting::int8 || 'MB''', 'SELECT pg_reload_conf()'] AS mend
    FROM counted c, pg_catalog.pg_settings s WHERE s.name = 'max_wal_size' AND c.timed + c.requested > 50
    UNION ALL
    SELECT 'bgwriter_pressure', NULL, 100.0 * w.by_sessions / w.pages,
        w.by_sessions || ' of ' || w.pages || ' pages were written by sessions that needed their room', NULL,
        pg_catalog.json_build_object('by_sessions', w.by_sessions, 'pages', w.pages),
        ARRAY['ALTER SYSTEM SET bgwriter_lru_maxpages = ' || LEAST(2 * s.setting::int8, 10000), 'SELECT pg_reload_conf()']
    FROM written w, pg_catalog.pg_settings s WHERE s.name = 'bgwriter_lru_maxpages' AND w.pages > 10000
    UNION ALL
    SELECT 'last_checkpoint_age', NULL, 100.0 * l.seconds / l.timeout,
        'the last checkpoint is ' || pg_catalog.round(l.seconds::numeric) || ' s old, and ' || pg_catalog.pg_size_pretty(l.bytes) || ' of WAL came since', NULL,
        pg_catalog.json_build_object('seconds', l.seconds, 'wal_bytes', l.bytes, 'timeout_seconds', l.timeout), ARRAY['CHECKPOINT']
    FROM last l WHERE l.bytes > 16777216
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
