-- Indexes of a table.
-- Parameters: $1 int8, oid of pg_class.
-- Since 13. Privileges: none. The size of a locked index is NULL, because measuring would wait; see relation_sizes.sql.
WITH locked AS MATERIALIZED (
    SELECT DISTINCT l.relation
    FROM pg_catalog.pg_locks l
    WHERE
        l.locktype = 'relation'
        AND l.mode = 'AccessExclusiveLock'
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
)
SELECT
    c.relname::text AS name,
    pg_catalog.pg_get_indexdef(i.indexrelid)::text AS definition,
    ARRAY(
        SELECT COALESCE(a.attname::text, pg_catalog.pg_get_indexdef(i.indexrelid, k.place, true))
        FROM pg_catalog.generate_series(1, i.indnkeyatts::int4) AS k (place)
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = NULLIF(i.indkey[k.place - 1], 0)
        ORDER BY k.place
    )::text[] AS columns,
    ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.generate_series(i.indnkeyatts::int4 + 1, i.indnatts::int4) AS k (place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.place - 1]
        ORDER BY k.place
    )::text[] AS included_columns,
    pg_catalog.pg_get_expr(i.indpred, i.indrelid, true)::text AS predicate,
    i.indisunique::bool AS is_unique,
    i.indisprimary::bool AS is_primary,
    (i.indisvalid AND i.indisready AND i.indislive)::bool AS is_valid,
    am.amname::text AS method,
    (CASE
        WHEN c.relkind = 'i' AND NOT EXISTS (SELECT FROM locked l WHERE l.relation = i.indexrelid)
            THEN pg_catalog.pg_relation_size(i.indexrelid)
    END)::int8 AS size_bytes,
    (CASE WHEN c.relkind = 'i' THEN pg_catalog.pg_stat_get_numscans(i.indexrelid) END)::int8 AS scans,
    (
        SELECT pg_catalog.pg_get_constraintdef(k.oid, true)
        FROM pg_catalog.pg_constraint k
        WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
        ORDER BY k.oid
        LIMIT 1
    )::text AS "constraint",
    pg_catalog.obj_description(c.oid, 'pg_class')::text AS comment
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_am am ON am.oid = c.relam
WHERE i.indrelid = $1::int8::oid
ORDER BY i.indisprimary DESC, c.relname
