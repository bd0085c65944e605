-- Checks of standbys, slots, subscriptions and the archive.
-- Parameters: none.
-- Since 13. Privileges: pg_read_all_stats shows how far standbys are.
WITH here AS (
    SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_receive_lsn() ELSE pg_catalog.pg_current_wal_lsn() END AS lsn
),
measured AS (
    SELECT 'replication_lag' AS check_id, COALESCE(NULLIF(s.application_name, ''), s.pid::text) AS object,
        pg_catalog.pg_wal_lsn_diff(here.lsn, s.replay_lsn) / 1048576 AS value,
        'the standby is ' || pg_catalog.pg_size_pretty(pg_catalog.pg_wal_lsn_diff(here.lsn, s.replay_lsn)) || ' behind' AS message,
        CASE WHEN s.replay_lsn IS NULL THEN 'how far the standby is cannot be seen; GRANT pg_read_all_stats TO '
            || pg_catalog.quote_ident(CURRENT_USER::text) END AS unknown,
        pg_catalog.json_build_object('bytes', pg_catalog.pg_wal_lsn_diff(here.lsn, s.replay_lsn), 'state', s.state) AS evidence, NULL::text AS mend
    FROM pg_catalog.pg_stat_replication s CROSS JOIN here
    UNION ALL
    SELECT 'replay_delay', NULL, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()),
        'this standby has replayed what was committed before ' || pg_catalog.pg_last_xact_replay_timestamp(), NULL,
        pg_catalog.json_build_object('received', pg_catalog.pg_last_wal_receive_lsn()::text, 'replayed', pg_catalog.pg_last_wal_replay_lsn()::text), NULL
    WHERE pg_catalog.pg_is_in_recovery() AND pg_catalog.pg_last_wal_receive_lsn() IS DISTINCT FROM pg_catalog.pg_last_wal_replay_lsn()
    UNION ALL
    SELECT 'standby_disconnected', NULL, 1, 'this standby receives nothing from its primary', NULL, pg_catalog.json_build_object('receiving', false), NULL
    WHERE pg_catalog.pg_is_in_recovery() AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver)
    UNION ALL
    SELECT 'slot_inactive', r.slot_name::text,
        CASE WHEN r.wal_status IN ('unreserved', 'lost') THEN 1000000000
            ELSE COALESCE(pg_catalog.pg_wal_lsn_diff(here.lsn, r.restart_lsn) / 1048576, 0) END,
        'nobody reads the slot, and it keeps ' || COALESCE(pg_catalog.pg_size_pretty(pg_catalog.pg_wal_lsn_diff(here.lsn, r.restart_lsn)), 'no')
        || ' WAL (' || COALESCE(r.wal_status, 'not reserved') || ')', NULL,
        pg_catalog.json_build_object('bytes', pg_catalog.pg_wal_lsn_diff(here.lsn, r.restart_lsn), 'wal_status', r.wal_status, 'type', r.slot_type),
        'SELECT pg_drop_replication_slot(' || pg_catalog.quote_literal(r.slot_name) || ')'
    FROM pg_catalog.pg_replication_slots r CROSS JOIN here
    WHERE NOT r.active
    UNION ALL
    SELECT 'logical_subscription', s.subname::text, 1, 'no worker runs for the subscription: it is disabled, or its worker fails', NULL,
        pg_catalog.json_build_object('received', s.received_lsn::text), 'ALTER SUBSCRIPTION ' || pg_catalog.quote_ident(s.subname) || ' ENABLE'
    FROM pg_catalog.pg_stat_subscription s
    WHERE s.pid IS NULL
    UNION ALL
    SELECT 'sync_rep_risk', NULL, 1, 'commits wait for standbys (' || pg_catalog.current_setting('synchronous_standby_names') || ') and none is synchronous', NULL,
        pg_catalog.json_build_object('synchronous_standby_names', pg_catalog.current_setting('synchronous_standby_names')),
        'ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf()'
    WHERE pg_catalog.current_setting('synchronous_standby_names') <> '' AND NOT pg_catalog.pg_is_in_recovery()
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_replication s WHERE s.sync_state IN ('sync', 'quorum'))
    UNION ALL
    SELECT 'archiver_failing', a.last_failed_wal, 1, 'archiving fails since ' || a.last_failed_time, NULL,
        pg_catalog.json_build_object('failed', a.failed_count, 'archived', a.archived_count, 'last_archived', a.last_archived_time), NULL
    FROM pg_catalog.pg_stat_archiver a
    WHERE a.failed_count > 0 AND (a.last_archived_time IS NULL OR a.last_failed_time > a.last_archived_time)
        AND pg_catalog.current_setting('archive_mode') <> 'off'
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text FROM measured
