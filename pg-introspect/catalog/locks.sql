-- Locks that sessions hold or wait for, with their targets in words.
-- Parameters: $1 int8, oid of the relation to tell of, or null for all; $2 bool, only locks that are waited for; $3 int8,
-- most rows.
-- Since 13, where the start of the statement stands for the start of the wait. Privileges: pg_read_all_stats shows what sessions of other roles run.
SELECT
    l.pid::int4 AS pid,
    l.locktype::text AS lock_type,
    l.mode::text AS mode,
    l.granted::bool AS is_granted,
    (CASE
        WHEN l.relation IS NOT NULL
            THEN COALESCE(
                (
                    SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
                    FROM pg_catalog.pg_class c
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE c.oid = l.relation
                ),
                'relation ' || l.relation::text
            ) || COALESCE(', page ' || l.page::text, '') || COALESCE(', tuple ' || l.tuple::text, '')
        WHEN l.transactionid IS NOT NULL THEN 'transaction ' || l.transactionid::text
        WHEN l.virtualxid IS NOT NULL THEN 'virtual transaction ' || l.virtualxid
        WHEN l.locktype = 'advisory'
            THEN 'advisory key ' || CASE
                WHEN l.objsubid = 1 THEN ((l.classid::int8 << 32) | l.objid::int8)::text
                ELSE l.classid::int8::text || ', ' || l.objid::int8::text
            END
        WHEN l.classid IS NOT NULL THEN pg_catalog.pg_describe_object(l.classid, l.objid, 0)
        ELSE l.locktype
    END)::text AS target,
    GREATEST(0, pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - a.query_start) * 1000 * (NOT l.granted)::int4)::int8 AS waiting_ms,
    a.usename::text AS role,
    a.application_name::text AS application,
    a.state::text AS state,
    GREATEST(0, pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - a.xact_start) * 1000)::int8 AS transaction_ms,
    pg_catalog.btrim(a.query)::text AS query,
    (pg_catalog.count(*) OVER ())::int8 AS total
FROM pg_catalog.pg_locks l
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE
    l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
    AND (a.datname = pg_catalog.current_database() OR l.database = (
        SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
    ))
    AND (NOT $2::bool OR NOT l.granted)
    AND CASE WHEN $1::int8 IS NULL THEN l.locktype <> 'virtualxid' OR NOT l.granted ELSE l.relation = $1::int8::oid END
ORDER BY l.granted, l.pid, l.locktype, l.mode, l.relation, l.page, l.tuple, l.transactionid::text, l.virtualxid, l.classid, l.objid, l.objsubid
LIMIT $3::int8
