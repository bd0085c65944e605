-- Checks of standbys, slots, subscriptions and the archive.
-- Parameters: none.
-- Since 13. Privileges: pg_read_all_stats shows how far standbys are.
WITH here AS (
    SELECT
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_receive_lsn() ELSE pg_catalog.pg_current_wal_lsn() END AS lsn,
        pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS sees_standbys
),
measured AS (
    -- A program that only receives WAL replays none; a base backup has no place at all.
    SELECT 'replication_lag' AS check_id, COALESCE(NULLIF(s.application_name, ''), s.pid::text) AS object,
        pg_catalog.pg_wal_lsn_diff(here.lsn, COALESCE(s.replay_lsn, s.flush_lsn)) / 1048576 AS value,
        'the standby is ' || pg_catalog.pg_size_pretty(pg_catalog.pg_wal_lsn_diff(here.lsn, COALESCE(s.replay_lsn, s.flush_lsn))) || ' behind' AS message,
        NULL::text AS unknown,
        pg_catalog.json_build_object(
            'bytes', pg_catalog.pg_wal_lsn_diff(here.lsn, COALESCE(s.replay_lsn, s.flush_lsn)), 'state', s.state,
            'seconds', pg_catalog.date_part('epoch', s.replay_lag)
        ) AS evidence, NULL::text[] AS mend
    FROM pg_catalog.pg_stat_replication s CROSS JOIN here
    WHERE here.sees_standbys
    UNION ALL
    SELECT hidden.check_id, NULL, NULL, NULL,
        'standbys are there, and how far they are is hidden; GRANT pg_read_all_stats TO ' || pg_catalog.quote_ident(CURRENT_USER::text), NULL, NULL
    FROM here CROSS JOIN (
        SELECT 'replication_lag' WHERE EXISTS (SELECT FROM pg_catalog.pg_stat_replication)
        UNION ALL
        SELECT 'sync_rep_risk' WHERE pg_catalog.current_setting('synchronous_standby_names') <> ''
    ) hidden (check_id)
    WHERE NOT here.sees_standbys
    UNION ALL
    SELECT 'replay_delay', NULL, GREATEST(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()), 0),
        'this standby has replayed what was committed before ' || pg_catalog.pg_last_xact_replay_timestamp(), NULL,
        pg_catalog.json_build_object('received', pg_catalog.pg_last_wal_receive_lsn()::text, 'replayed', pg_catalog.pg_last_wal_replay_lsn()::text),
        CASE WHEN pg_catalog.pg_is_wal_replay_paused() THEN ARRAY['SELECT pg_wal_replay_resume()'] END
    WHERE pg_catalog.pg_is_in_recovery() AND pg_catalog.pg_last_wal_receive_lsn() IS DISTINCT FROM pg_catalog.pg_last_wal_replay_lsn()
    UNION ALL
    SELECT 'standby_disconnected', NULL, 1, 'this standby receives nothing from its primary', NULL, pg_catalog.json_build_object('receiving', false), NULL
    WHERE pg_catalog.pg_is_in_recovery() AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver)
    UNION ALL
    -- Slots that a standby keeps in step with its primary (since 17) have no reader of their own.
    SELECT 'slot_inactive', r.slot_name::text,
        CASE WHEN r.wal_status IN ('unreserved', 'lost') THEN 1000000000
            ELSE COALESCE(pg_catalog.pg_wal_lsn_diff(here.lsn, r.restart_lsn) / 1048576, 0) END,
        'nobody reads the slot, and it keeps ' || COALESCE(pg_catalog.pg_size_pretty(pg_catalog.pg_wal_lsn_diff(here.lsn, r.restart_lsn)), 'no')
        || ' WAL (' || COALESCE(r.wal_status, 'not reserved') || ')', NULL,
        pg_catalog.json_build_object('bytes', pg_catalog.pg_wal_lsn_diff(here.lsn, r.restart_lsn), 'wal_status', r.wal_status, 'type', r.slot_type),
        ARRAY['SELECT pg_drop_replication_slot(' || pg_catalog.quote_literal(r.slot_name) || ')']
    FROM pg_catalog.pg_replication_slots r CROSS JOIN here
    WHERE NOT r.active AND COALESCE(pg_catalog.to_jsonb(r) ->> 'synced', 'false') = 'false'
    UNION ALL
    -- Subscriptions of all databases are seen here; those of this one have tables in it. Whether they are enabled is told by a
    -- relation that holds passwords too, which is not read.
    SELECT 'logical_subscription', pg_catalog.quote_ident(s.subname), 1, 'no worker runs for the subscription: it is disabled, or its worker fails', NULL,
        pg_catalog.json_build_object('received', s.received_lsn::text), ARRAY['ALTER SUBSCRIPTION ' || pg_catalog.quote_ident(s.subname) || ' ENABLE']
    FROM pg_catalog.pg_stat_subscription s
    WHERE s.pid IS NULL AND s.relid IS NULL AND EXISTS (SELECT FROM pg_catalog.pg_subscription_rel r WHERE r.srsubid = s.subid)
    UNION ALL
    SELECT 'sync_rep_risk', NULL, 1, 'commits wait for standbys (' || pg_catalog.current_setting('synchronous_standby_names') || ') and none is synchronous', NULL,
        pg_catalog.json_build_object('synchronous_standby_names', pg_catalog.current_setting('synchronous_standby_names')),
        ARRAY['ALTER SYSTEM RESET synchronous_standby_names', 'SELECT pg_reload_conf()']
    FROM here
    WHERE here.sees_standbys AND pg_catalog.current_setting('synchronous_standby_names') <> '' AND NOT pg_catalog.pg_is_in_recovery()
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_replication s WHERE s.sync_state IN ('sync', 'quorum'))
    UNION ALL
    SELECT 'archiver_failing', a.last_failed_wal, 1, 'archiving fails since ' || a.last_failed_time, NULL,
        pg_catalog.json_build_object('failed', a.failed_count, 'archived', a.archived_count, 'last_archived', a.last_archived_time), NULL
    FROM pg_catalog.pg_stat_archiver a
    WHERE a.failed_count > 0 AND (a.last_archived_time IS NULL OR a.last_failed_time > a.last_archived_time)
        AND pg_catalog.current_setting('archive_mode') <> 'off'
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
