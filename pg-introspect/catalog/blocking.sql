-- Who waits for whom: one row for each session that waits for a lock and each session that keeps it waiting.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: none. blocker is 0 where a prepared transaction holds the lock; gid then names it.
WITH waiting AS MATERIALIZED (
    SELECT l.*, pg_catalog.pg_blocking_pids(l.pid) AS blockers
    FROM pg_catalog.pg_locks l
    WHERE NOT l.granted
)
SELECT
    w.pid::int4 AS waiter,
    b.pid::int4 AS blocker,
    w.mode::text AS wanted_mode,
    w.locktype::text AS lock_type,
    (CASE
        WHEN w.relation IS NOT NULL
            THEN COALESCE(
                (
                    SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
                    FROM pg_catalog.pg_class c
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE c.oid = w.relation
                ),
                'relation ' || w.relation::text
            ) || COALESCE(', page ' || w.page::text, '') || COALESCE(', tuple ' || w.tuple::text, '')
        WHEN w.transactionid IS NOT NULL
            THEN COALESCE(
                (
                    -- Who waits for another's transaction holds the row's own lock meanwhile, which says where the row is.
                    SELECT 'a row of ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
                    FROM pg_catalog.pg_locks t
                    JOIN pg_catalog.pg_class c ON c.oid = t.relation
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE t.pid = w.pid AND t.locktype = 'tuple' AND t.granted
                    ORDER BY c.oid
                    LIMIT 1
                ),
                'a row'
            ) || ' that transaction ' || w.transactionid::text || ' changed'
        WHEN w.virtualxid IS NOT NULL THEN 'virtual transaction ' || w.virtualxid
        WHEN w.locktype = 'advisory'
            THEN 'advisory key ' || CASE
                WHEN w.objsubid = 1 THEN ((w.classid::int8 << 32) | w.objid::int8)::text
                ELSE w.classid::int8::text || ', ' || w.objid::int8::text
            END
        ELSE w.locktype
    END)::text AS target,
    h.mode::text AS held_mode,
    h.gid::text AS gid
FROM waiting w
CROSS JOIN LATERAL (SELECT DISTINCT u.pid FROM pg_catalog.unnest(w.blockers) AS u (pid)) b
LEFT JOIN LATERAL (
    SELECT l.mode, p.gid
    FROM pg_catalog.pg_locks l
    LEFT JOIN pg_catalog.pg_locks x
        ON l.pid IS NULL AND x.pid IS NULL AND x.virtualtransaction = l.virtualtransaction AND x.locktype = 'transactionid'
    LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = x.transactionid
    WHERE
        l.granted
        AND COALESCE(l.pid, 0) = b.pid
        AND l.locktype = w.locktype
        AND l.database IS NOT DISTINCT FROM w.database
        AND l.relation IS NOT DISTINCT FROM w.relation
        AND l.page IS NOT DISTINCT FROM w.page
        AND l.tuple IS NOT DISTINCT FROM w.tuple
        AND l.virtualxid IS NOT DISTINCT FROM w.virtualxid
        AND l.transactionid IS NOT DISTINCT FROM w.transactionid
        AND l.classid IS NOT DISTINCT FROM w.classid
        AND l.objid IS NOT DISTINCT FROM w.objid
        AND l.objsubid IS NOT DISTINCT FROM w.objsubid
    ORDER BY l.mode, p.gid
    LIMIT 1
) h ON true
WHERE EXISTS (
    SELECT FROM pg_catalog.pg_stat_activity a WHERE a.pid = w.pid AND a.datname = pg_catalog.current_database()
)
ORDER BY w.pid, b.pid, w.locktype, w.mode
LIMIT $1::int8
