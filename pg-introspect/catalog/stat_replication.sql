-- Standbys, replication slots and, on a standby, the stream from its primary.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: pg_read_all_stats for the standbys' states.
WITH here AS (
    SELECT CASE
        WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_receive_lsn()
        ELSE pg_catalog.pg_current_wal_lsn()
    END AS lsn
),
line AS (
    SELECT
        'standby' AS kind, r.application_name AS name, r.state AS state, r.sync_state AS mode, true AS is_active,
        pg_catalog.pg_wal_lsn_diff(here.lsn, r.replay_lsn) AS behind_bytes,
        pg_catalog.date_part('epoch', r.replay_lag) AS behind_seconds, NULL AS wal_status, NULL AS database
    FROM pg_catalog.pg_stat_replication r CROSS JOIN here
    UNION ALL
    SELECT
        'slot', s.slot_name, NULL, s.slot_type, s.active,
        pg_catalog.pg_wal_lsn_diff(here.lsn, COALESCE(s.confirmed_flush_lsn, s.restart_lsn)), NULL, s.wal_status, s.database
    FROM pg_catalog.pg_replication_slots s CROSS JOIN here
    UNION ALL
    SELECT
        'receiver', w.slot_name, w.status, NULL, true, pg_catalog.pg_wal_lsn_diff(w.latest_end_lsn, pg_catalog.pg_last_wal_replay_lsn()),
        pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()), NULL, NULL
    FROM pg_catalog.pg_stat_wal_receiver w
)
SELECT
    l.kind::text AS kind,
    l.name::text AS name,
    l.state::text AS state,
    l.mode::text AS mode,
    l.is_active::bool AS is_active,
    l.behind_bytes::int8 AS behind_bytes,
    l.behind_seconds::float8 AS behind_seconds,
    l.wal_status::text AS wal_status,
    l.database::text AS database
FROM line l
ORDER BY l.kind, l.name
LIMIT $1::int8
