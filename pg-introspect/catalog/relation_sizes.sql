-- How large relations are: rows, bytes with indexes and TOAST, columns, partitions; a partitioned table is the sum of
-- its leaves.
-- Parameters: $1 int8[], oids of pg_class.
-- Since 13. Privileges: none. Measuring opens a relation, which would wait for one that is locked ACCESS EXCLUSIVE, also
-- where that lock is only waited for; so such relations are passed over, and is_locked says so.
WITH RECURSIVE tree AS (
    SELECT o.oid::oid AS root, o.oid::oid AS relation
    FROM pg_catalog.unnest($1::int8[]) AS o (oid)
    UNION ALL
    SELECT t.root, i.inhrelid
    FROM tree t
    JOIN pg_catalog.pg_class parent ON parent.oid = t.relation AND parent.relkind = 'p'
    JOIN pg_catalog.pg_inherits i ON i.inhparent = t.relation
),
locked AS MATERIALIZED (
    SELECT DISTINCT COALESCE(i.indrelid, l.relation) AS relation
    FROM pg_catalog.pg_locks l
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = l.relation
    WHERE
        l.locktype = 'relation'
        AND l.mode = 'AccessExclusiveLock'
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
),
leaf AS MATERIALIZED (
    SELECT
        t.root,
        t.relation <> t.root AS is_partition,
        c.relkind,
        l.relation IS NOT NULL AS is_locked,
        CASE WHEN c.relkind IN ('r', 'm') AND l.relation IS NULL THEN pg_catalog.pg_total_relation_size(c.oid) END AS bytes,
        CASE
            WHEN c.relkind = 'v' THEN NULL
            -- Without a page there is no row, whatever the statistics say; they may never have been gathered.
            WHEN c.relkind IN ('r', 'm') AND l.relation IS NULL AND pg_catalog.pg_relation_size(c.oid) = 0 THEN 0
            WHEN c.reltuples > 0 OR (c.reltuples = 0 AND c.relpages > 0) THEN c.reltuples::int8
            WHEN
                COALESCE(
                    pg_catalog.pg_stat_get_last_analyze_time(c.oid), pg_catalog.pg_stat_get_last_autoanalyze_time(c.oid),
                    pg_catalog.pg_stat_get_last_vacuum_time(c.oid), pg_catalog.pg_stat_get_last_autovacuum_time(c.oid)
                ) IS NOT NULL
                THEN pg_catalog.pg_stat_get_live_tuples(c.oid)
            ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0)
        END AS live_rows
    FROM tree t
    JOIN pg_catalog.pg_class c ON c.oid = t.relation
    LEFT JOIN locked l ON l.relation = t.relation
)
SELECT
    c.oid::int8 AS oid,
    s.row_estimate::int8 AS row_estimate,
    s.size_bytes::int8 AS size_bytes,
    s.partition_count::int8 AS partition_count,
    s.is_locked::bool AS is_locked,
    (
        SELECT pg_catalog.count(*)
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    )::int4 AS column_count
FROM pg_catalog.pg_class c
JOIN (
    SELECT
        f.root,
        pg_catalog.sum(f.live_rows) FILTER (WHERE f.relkind <> 'p') AS row_estimate,
        CASE WHEN NOT pg_catalog.bool_or(f.is_locked) THEN pg_catalog.sum(f.bytes) END AS size_bytes,
        pg_catalog.count(*) FILTER (WHERE f.is_partition AND f.relkind <> 'p') AS partition_count,
        pg_catalog.bool_or(f.is_locked) AS is_locked
    FROM leaf f
    GROUP BY f.root
) s ON s.root = c.oid
ORDER BY c.oid
