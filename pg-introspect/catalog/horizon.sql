-- What keeps vacuum from freezing and removing rows: the oldest snapshots, prepared transactions, replication slots and standbys.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: pg_read_all_stats shows the transactions of other roles; without it they are left out.
SELECT h.kind::text AS kind, h.name::text AS name, h.age::int8 AS transaction_age, h.since::timestamptz AS since, h.database::text AS database
FROM (
    SELECT
        'session' AS kind, a.pid::text AS name,
        GREATEST(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid)) AS age, a.xact_start AS since, a.datname AS database
    FROM pg_catalog.pg_stat_activity a
    WHERE a.pid <> pg_catalog.pg_backend_pid() AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
    UNION ALL
    SELECT 'prepared transaction', p.gid, pg_catalog.age(p.transaction), p.prepared, p.database
    FROM pg_catalog.pg_prepared_xacts p
    UNION ALL
    SELECT
        'replication slot', s.slot_name::text, GREATEST(pg_catalog.age(s.xmin), pg_catalog.age(s.catalog_xmin)), NULL, s.database
    FROM pg_catalog.pg_replication_slots s
    WHERE s.xmin IS NOT NULL OR s.catalog_xmin IS NOT NULL
    UNION ALL
    SELECT 'standby', r.application_name, pg_catalog.age(r.backend_xmin), r.backend_start, NULL
    FROM pg_catalog.pg_stat_replication r
    WHERE r.backend_xmin IS NOT NULL
) h
ORDER BY h.age DESC, h.kind, h.name
LIMIT $1::int8
