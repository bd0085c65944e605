-- Work of databases: transactions, cache hits, temporary files, deadlocks, sessions.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: none. Only the connection's own database is measured.
SELECT
    d.datname::text AS database,
    -- Another database may be dropped while it is measured, which would be an error.
    (CASE WHEN d.datname = pg_catalog.current_database() THEN pg_catalog.pg_database_size(d.datid) END)::int8 AS size_bytes,
    d.numbackends::int4 AS sessions,
    d.xact_commit::int8 AS commits,
    d.xact_rollback::int8 AS rollbacks,
    pg_catalog.round(100.0 * d.blks_hit / NULLIF(d.blks_hit + d.blks_read, 0), 1)::float8 AS cache_hit_percent,
    d.blks_read::int8 AS blocks_read,
    d.temp_files::int8 AS temporary_files,
    d.temp_bytes::int8 AS temporary_bytes,
    d.deadlocks::int8 AS deadlocks,
    d.conflicts::int8 AS conflicts,
    d.checksum_failures::int8 AS checksum_failures,
    pg_catalog.age(b.datfrozenxid)::int8 AS transaction_age,
    d.stats_reset::timestamptz AS counted_since
FROM pg_catalog.pg_stat_database d
JOIN pg_catalog.pg_database b ON b.oid = d.datid
ORDER BY d.datname = pg_catalog.current_database() DESC, d.datname
LIMIT $1::int8
