-- The partitions of a table that is partitioned by time, with their age in whole periods.
-- Parameters: $1 int8, oid of the table; $2 text, day, week, month or year; $3 int4, whole periods after which one is old.
-- Since 14, which detaches without a lock that readers wait for. Privileges: none. Periods begin at midnight in the session's time zone.
SELECT
    c.oid::int8 AS oid,
    (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname))::text AS sql_name,
    b.bounds[1]::text AS upper_bound,
    COALESCE(
        b.bounds[1]::timestamptz
        <= pg_catalog.date_trunc($2::text, pg_catalog.now()) - $3::int4 * ('1 ' || $2::text)::interval, false
    )::bool AS is_old,
    i.inhdetachpending::bool AS is_being_detached,
    (EXISTS (
        SELECT FROM pg_catalog.pg_partitioned_table p WHERE p.partrelid = i.inhparent AND p.partdefid <> 0
    ))::bool AS has_default,
    GREATEST(c.reltuples, 0)::int8 AS row_estimate,
    (c.relpages::int8 * pg_catalog.current_setting('block_size')::int8)::int8 AS bytes_estimate
FROM pg_catalog.pg_inherits i
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_partitioned_table t ON t.partrelid = i.inhparent AND t.partstrat = 'r' AND t.partnatts = 1
JOIN pg_catalog.pg_attribute a
    ON a.attrelid = i.inhparent AND a.attnum = t.partattrs[0]
    AND a.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
CROSS JOIN LATERAL (
    SELECT pg_catalog.regexp_match(pg_catalog.pg_get_expr(c.relpartbound, 0), 'TO \(''([^'']*)''\)$') AS bounds
) b
WHERE i.inhparent = $1::int8::oid
ORDER BY b.bounds[1], n.nspname, c.relname
