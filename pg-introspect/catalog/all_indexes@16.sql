-- Indexes of a schema's tables with what a verdict needs: key, size, scans, writes. Those of partitions are folded into the
-- partitioned index.
-- Parameters: $1 text, schema or * for all but the server's own; $2 int8, oid of one table or null; $3 int8, most rows.
-- Since 16, which tells last_scan. Privileges: SELECT on the table's columns gives key_width; without it there is no estimate of bloat. What would wait
-- for a lock is left out of a locked table: sizes, and expressions, for which its columns are looked up.
WITH locked AS MATERIALIZED (
    SELECT DISTINCT l.relation
    FROM pg_catalog.pg_locks l
    WHERE
        l.locktype = 'relation'
        AND l.mode = 'AccessExclusiveLock'
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
)
SELECT
    n.nspname::text AS schema,
    t.relname::text AS table_name,
    c.relname::text AS name,
    (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname))::text AS qualified_name,
    t.oid::int8 AS table_oid,
    i.indexrelid::int8 AS oid,
    am.amname::text AS method,
    (CASE WHEN b.is_locked THEN '-- not read: another session holds or awaits the lock of its table' ELSE
        pg_catalog.pg_get_indexdef(i.indexrelid)
    END)::text AS definition,
    ARRAY(
        SELECT
            COALESCE(pg_catalog.quote_ident(a.attname), CASE WHEN b.is_locked THEN '(an expression)' ELSE
                pg_catalog.pg_get_indexdef(i.indexrelid, k.place::int4, true)
            END)
        FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = NULLIF(k.attnum, 0)
        WHERE k.place <= i.indnkeyatts
        ORDER BY k.place
    )::text[] AS columns,
    ARRAY(
        SELECT
            -- An expression that was not read is like no other.
            COALESCE(NULLIF(k.attnum, 0)::text, CASE WHEN b.is_locked THEN i.indexrelid || '.' || k.place ELSE
                pg_catalog.pg_get_indexdef(i.indexrelid, k.place::int4, true)
            END)
            || '/' || i.indclass[k.place::int4 - 1]::text || '/' || COALESCE(i.indcollation[k.place::int4 - 1]::text, '')
            || '/' || COALESCE(i.indoption[k.place::int4 - 1]::text, '')
        FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        WHERE k.place <= i.indnkeyatts
        ORDER BY k.place
    )::text[] AS key,
    ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE k.place > i.indnkeyatts
        ORDER BY a.attname
    )::text[] AS included_columns,
    (CASE
        WHEN i.indpred IS NULL THEN NULL
        WHEN b.is_locked THEN '(condition ' || i.indexrelid || ', not read)'
        ELSE pg_catalog.pg_get_expr(i.indpred, i.indrelid, true)
    END)::text AS predicate,
    i.indisunique::bool AS is_unique,
    (EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')))::bool
        AS is_constraint,
    (EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype = 'f'))::bool
        AS is_referenced,
    i.indisreplident::bool AS is_replica_identity,
    (i.indisvalid AND i.indisready AND i.indislive)::bool AS is_valid,
    (EXISTS (
        SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid
    ))::bool AS is_being_built,
    s.size_bytes::int8 AS size_bytes,
    s.scans::int8 AS scans,
    s.last_scan::timestamptz AS last_scan,
    COALESCE(
        pg_catalog.pg_stat_get_tuples_inserted(t.oid) + pg_catalog.pg_stat_get_tuples_updated(t.oid)
        + pg_catalog.pg_stat_get_tuples_deleted(t.oid), 0
    )::int8 AS table_writes,
    GREATEST(c.reltuples, 0)::float8 AS entries,
    c.relpages::int8 AS pages,
    pg_catalog.current_setting('block_size')::int8 AS block_size,
    (CASE WHEN am.amname = 'btree' AND i.indexprs IS NULL AND c.relkind = 'i' THEN (
        SELECT CASE WHEN pg_catalog.count(*) = i.indnatts THEN pg_catalog.sum(st.avg_width) END
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_stats st
            ON st.schemaname = n.nspname AND st.tablename = t.relname AND st.attname = a.attname AND NOT st.inherited
        WHERE a.attrelid = t.oid AND a.attnum = ANY (i.indkey::int2[])
    ) END)::float8 AS key_width,
    (pg_catalog.count(*) OVER ())::int8 AS total
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_am am ON am.oid = c.relam
CROSS JOIN LATERAL (SELECT t.oid IN (SELECT l.relation FROM locked l) OR c.oid IN (SELECT l.relation FROM locked l)) b (is_locked)
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN NOT pg_catalog.bool_or(k.oid IN (SELECT l.relation FROM locked l)) THEN
            pg_catalog.sum(CASE WHEN k.oid NOT IN (SELECT l.relation FROM locked l) THEN pg_catalog.pg_relation_size(k.oid) END)
        END AS size_bytes,
        pg_catalog.sum(pg_catalog.pg_stat_get_numscans(k.oid)) AS scans,
        pg_catalog.max(pg_catalog.pg_stat_get_lastscan(k.oid)) AS last_scan
    FROM (
        SELECT c.oid WHERE c.relkind = 'i'
        UNION ALL
        SELECT tree.relid::oid FROM pg_catalog.pg_partition_tree(c.oid) tree WHERE c.relkind = 'I' AND tree.isleaf
    ) k (oid)
) s
WHERE
    NOT c.relispartition
    AND t.relkind IN ('r', 'm', 'p')
    AND CASE
        WHEN $2::int8 IS NOT NULL THEN t.oid = $2::int8::oid
        WHEN $1::text = '*'
            THEN NOT (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::text, 'pg_'))
        ELSE n.nspname = $1::text
    END
ORDER BY n.nspname, t.relname, i.indisprimary DESC, c.relname
LIMIT $3::int8
