-- Bytes of tables and materialized views with their indexes and TOAST, the largest first by what was last measured.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: none. A locked table is passed over, because measuring would wait.
WITH locked AS MATERIALIZED (
    SELECT DISTINCT COALESCE(i.indrelid, l.relation) AS relation
    FROM pg_catalog.pg_locks l
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = l.relation
    WHERE
        l.locktype = 'relation'
        AND l.mode = 'AccessExclusiveLock'
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
)
SELECT
    n.nspname::text AS schema,
    c.relname::text AS name,
    pg_catalog.pg_total_relation_size(c.oid)::int8 AS bytes
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE
    c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
    AND n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
    AND c.oid NOT IN (SELECT l.relation FROM locked l WHERE l.relation IS NOT NULL)
ORDER BY c.relpages DESC, n.nspname, c.relname
LIMIT $1::int8
