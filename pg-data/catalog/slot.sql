-- How far a replication slot is, and what the server keeps for it.
-- Parameters: $1 text, the slot's name.
-- Since 13. Privileges: none.
SELECT
  s.slot_name::text AS slot_name,
  coalesce(s.wal_status, '') AS wal_status,
  s.confirmed_flush_lsn::text AS read_up_to,
  coalesce(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), s.confirmed_flush_lsn), 0)::int8 AS unread_bytes,
  coalesce(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), s.restart_lsn), 0)::int8 AS kept_bytes
FROM pg_catalog.pg_replication_slots AS s
WHERE s.slot_name = $1::text AND s.slot_type = 'logical' AND s.database = pg_catalog.current_database()
