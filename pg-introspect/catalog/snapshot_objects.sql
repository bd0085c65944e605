-- What the schema is made of, each object in parts that change with its definition: columns and constraints of a table, the
-- definition of an index or a trigger, a digest of the text of a view or a function. What extensions brought is left out.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: none.
WITH mine AS (
    SELECT n.oid, n.nspname
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
),
brought AS MATERIALIZED (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend d WHERE d.deptype = 'e'
),
object AS (
    SELECT
        (CASE c.relkind
            WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
            WHEN 'f' THEN 'foreign table' ELSE c.relkind::text
        END) AS kind,
        m.nspname AS schema,
        c.relname AS name,
        ARRAY(
            SELECT
                pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
                || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
                || COALESCE(' DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '')
            FROM pg_catalog.pg_attribute a
            LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
        )
        || ARRAY(
            SELECT 'CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
            FROM pg_catalog.pg_constraint k
            WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x')
            ORDER BY k.conname
        )
        || CASE WHEN c.relkind IN ('v', 'm') THEN ARRAY['digest ' || pg_catalog.md5(pg_catalog.pg_get_viewdef(c.oid))] ELSE '{}' END
        || COALESCE(c.reloptions, '{}')
        || CASE WHEN c.relrowsecurity THEN ARRAY['ROW LEVEL SECURITY'] ELSE '{}' END AS parts,
        'pg_catalog.pg_class'::regclass::oid AS classid,
        c.oid AS objid
    FROM pg_catalog.pg_class c
    JOIN mine m ON m.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
    UNION ALL
    SELECT
        'index', m.nspname, c.relname,
        ARRAY[pg_catalog.pg_get_indexdef(c.oid) || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END],
        'pg_catalog.pg_class'::regclass::oid, c.oid
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN mine m ON m.oid = c.relnamespace
    WHERE c.relpersistence <> 't'
    UNION ALL
    SELECT
        'trigger', m.nspname, (c.relname || '.' || t.tgname), ARRAY[pg_catalog.pg_get_triggerdef(t.oid) || CASE t.tgenabled WHEN 'D' THEN ' DISABLED' ELSE '' END],
        'pg_catalog.pg_trigger'::regclass::oid, t.oid
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    JOIN mine m ON m.oid = c.relnamespace
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT
        CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, m.nspname,
        (p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'),
        ARRAY['digest ' || pg_catalog.md5(pg_catalog.pg_get_functiondef(p.oid))], 'pg_catalog.pg_proc'::regclass::oid, p.oid
    FROM pg_catalog.pg_proc p
    JOIN mine m ON m.oid = p.pronamespace
    WHERE p.prokind IN ('f', 'p', 'w')
)
SELECT o.kind::text AS kind, o.schema::text AS schema, o.name::text AS name, o.parts::text[] AS parts
FROM object o
WHERE NOT EXISTS (SELECT FROM brought b WHERE b.classid = o.classid AND b.objid = o.objid)
ORDER BY o.kind, o.schema, o.name, o.parts
LIMIT $1::int8
