-- Objects of any kind by their exact name.
-- Parameters: $1 text, schema or null for all; $2 text, name; $3 int8, most rows.
-- Since 13. Privileges: none.
SELECT
    o.class::text AS class,
    o.kind::text AS kind,
    o.oid::int8 AS oid,
    o.schema::text AS schema,
    o.name::text AS name,
    o.of_object::text AS of_object
FROM (
    SELECT
        'relation' AS class,
        CASE c.relkind
            WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
            WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index'
            WHEN 'c' THEN 'composite type' ELSE c.relkind::text
        END AS kind,
        c.oid AS oid, n.nspname AS schema, c.relname AS name, NULL::text AS of_object
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = $2::text AND c.relkind <> 't'
    UNION ALL
    SELECT
        'function', CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window function' ELSE 'function' END,
        p.oid, n.nspname, p.proname, '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE p.proname = $2::text
    UNION ALL
    SELECT 'type', CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' END, t.oid, n.nspname, t.typname, NULL
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typname = $2::text AND t.typtype IN ('e', 'd', 'r')
    UNION ALL
    SELECT 'trigger', 'trigger', t.oid, n.nspname, t.tgname, c.relname::text
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE t.tgname = $2::text AND NOT t.tgisinternal AND NOT c.relispartition
    UNION ALL
    SELECT 'constraint', 'constraint', k.oid, n.nspname, k.conname, c.relname::text
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE k.conname = $2::text AND k.contype <> 'n' AND NOT c.relispartition
    UNION ALL
    SELECT 'policy', 'policy', p.oid, n.nspname, p.polname, c.relname::text
    FROM pg_catalog.pg_policy p
    JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE p.polname = $2::text
    UNION ALL
    SELECT 'schema', 'schema', n.oid, n.nspname, n.nspname, NULL
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = $2::text
    UNION ALL
    SELECT 'extension', 'extension', e.oid, n.nspname, e.extname, NULL
    FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = $2::text
) o
WHERE $1::text IS NULL OR o.schema = $1::text OR o.class IN ('schema', 'extension')
ORDER BY
    CASE o.class WHEN 'relation' THEN 1 WHEN 'function' THEN 2 WHEN 'type' THEN 3 ELSE 4 END, o.schema, o.class, o.of_object, o.oid
LIMIT $3::int8
