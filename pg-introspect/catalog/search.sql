-- Objects whose name, comment or column matches every word of a search, the best match first.
-- Parameters: $1 text[], LIKE patterns in lower case, all of which must match; $2 text, the whole search in lower case; $3 text,
-- schema or * for all but the server's own; $4 text[], kinds to look for, or null for all; $5 int8, most rows; $6 int8, rows to
-- leave out first.
-- Since 13. Privileges: none.
WITH object AS (
    SELECT
        (CASE c.relkind
            WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
            WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index' ELSE c.relkind::text
        END) AS kind,
        c.relnamespace AS schema_oid,
        c.relname::text AS name,
        NULL::text AS of_table,
        NULL::text AS data_type,
        pg_catalog.obj_description(c.oid, 'pg_class') AS comment
    FROM pg_catalog.pg_class c
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I') AND NOT c.relispartition
    UNION ALL
    SELECT
        'column', c.relnamespace, a.attname::text, c.relname::text, pg_catalog.format_type(a.atttypid, a.atttypmod),
        pg_catalog.col_description(c.oid, a.attnum)
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT
        CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, p.pronamespace, p.proname::text,
        NULL, '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')', pg_catalog.obj_description(p.oid, 'pg_proc')
    FROM pg_catalog.pg_proc p
    UNION ALL
    SELECT
        CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' ELSE 'type' END, t.typnamespace, t.typname::text, NULL, NULL,
        pg_catalog.obj_description(t.oid, 'pg_type')
    FROM pg_catalog.pg_type t
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')
    UNION ALL
    SELECT 'trigger', c.relnamespace, t.tgname::text, c.relname::text, NULL, pg_catalog.obj_description(t.oid, 'pg_trigger')
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND NOT c.relispartition
    UNION ALL
    SELECT 'constraint', c.relnamespace, k.conname::text, c.relname::text, NULL, pg_catalog.obj_description(k.oid, 'pg_constraint')
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    WHERE k.contype IN ('c', 'f', 'x') AND k.conparentid = 0 AND NOT c.relispartition
),
found AS (
    SELECT
        o.*,
        n.nspname::text AS schema,
        CASE
            WHEN pg_catalog.lower(o.name) = $2::text THEN 100
            WHEN pg_catalog.starts_with(pg_catalog.lower(o.name), $2::text) THEN 80
            WHEN pg_catalog.lower(o.name) LIKE ALL ($1::text[]) THEN 60
            WHEN pg_catalog.lower(COALESCE(o.of_table || '.', '') || o.name) LIKE ALL ($1::text[]) THEN 50
            WHEN pg_catalog.lower(o.comment) LIKE ALL ($1::text[]) THEN 40
            WHEN
                pg_catalog.lower(pg_catalog.concat_ws(' ', n.nspname, o.of_table, o.name, o.comment)) LIKE ALL ($1::text[])
                THEN 20
        END AS score
    FROM object o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.schema_oid
    WHERE
        CASE
            WHEN $3::text = '*'
                THEN NOT (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::text, 'pg_'))
            ELSE n.nspname = $3::text
        END
        AND ($4::text[] IS NULL OR o.kind = ANY ($4::text[]))
)
SELECT
    f.kind::text AS kind,
    f.schema::text AS schema,
    f.name::text AS name,
    f.of_table::text AS table_name,
    f.data_type::text AS data_type,
    f.comment::text AS comment,
    f.score::int4 AS score,
    (pg_catalog.count(*) OVER ())::int8 AS total
FROM found f
WHERE f.score IS NOT NULL
ORDER BY
    f.score + CASE WHEN f.kind IN ('table', 'partitioned table', 'view', 'materialized view', 'foreign table') THEN 5 ELSE 0 END DESC,
    pg_catalog.length(f.name), f.schema, f.of_table NULLS FIRST, f.name, f.kind, f.data_type
LIMIT $5::int8 OFFSET $6::int8
