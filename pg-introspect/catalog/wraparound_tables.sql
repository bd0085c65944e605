-- Tables of this database that were frozen longest ago, and whether a vacuum is at them.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: pg_read_all_stats shows vacuums of other roles. The size is what the last vacuum or analyze wrote down.
SELECT
    n.nspname::text AS schema,
    c.relname::text AS table_name,
    (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname))::text AS sql_name,
    pg_catalog.age(c.relfrozenxid)::int8 AS transaction_age,
    pg_catalog.mxid_age(c.relminmxid)::int8 AS multixact_age,
    (c.relpages::int8 * pg_catalog.current_setting('block_size')::int8)::int8 AS heap_bytes_estimate,
    GREATEST(pg_catalog.pg_stat_get_last_vacuum_time(c.oid), pg_catalog.pg_stat_get_last_autovacuum_time(c.oid))::timestamptz
        AS last_vacuum,
    (SELECT pg_catalog.min(p.pid) FROM pg_catalog.pg_stat_progress_vacuum p WHERE p.relid = c.oid)::int4 AS vacuum_pid,
    (c.relpersistence = 't')::bool AS is_temporary
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 't') AND c.relfrozenxid <> '0'::xid
ORDER BY GREATEST(pg_catalog.age(c.relfrozenxid), pg_catalog.mxid_age(c.relminmxid)) DESC, c.relpages DESC, n.nspname, c.relname
LIMIT $1::int8
