-- Now: the server's clock, how large the database is, how far the write-ahead log and transaction numbers have come.
-- Parameters: none.
-- Since 13. Privileges: CONNECT to the database for its size.
SELECT
    pg_catalog.current_database()::text AS database,
    pg_catalog.clock_timestamp()::timestamptz AS at,
    pg_catalog.date_part('epoch', pg_catalog.clock_timestamp())::float8 AS epoch,
    pg_catalog.pg_postmaster_start_time()::timestamptz AS started_at,
    pg_catalog.pg_is_in_recovery()::bool AS is_standby,
    (CASE WHEN pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CONNECT')
        THEN pg_catalog.pg_database_size(pg_catalog.current_database()) END)::int8 AS database_bytes,
    pg_catalog.pg_wal_lsn_diff(
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END,
        '0/0'
    )::int8 AS wal_position,
    pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::int8 AS next_transaction
ORDER BY 1
LIMIT 1
