-- Foreign keys of other tables, or of itself, that point at a table.
-- Parameters: $1 int8, oid of pg_class; $2 int8, most rows.
-- Since 13. Privileges: none.
SELECT
    k.conname::text AS name,
    n.nspname::text AS schema,
    c.relname::text AS table_name,
    ARRAY(
        SELECT a.attname
        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
        ORDER BY u.place
    )::text[] AS columns,
    ARRAY(
        SELECT a.attname
        FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum
        ORDER BY u.place
    )::text[] AS referenced_columns,
    (CASE k.confupdtype
        WHEN 'a' THEN 'no action'
        WHEN 'r' THEN 'restrict'
        WHEN 'c' THEN 'cascade'
        WHEN 'n' THEN 'set null'
        WHEN 'd' THEN 'set default'
        ELSE k.confupdtype::text
    END)::text AS on_update,
    (CASE k.confdeltype
        WHEN 'a' THEN 'no action'
        WHEN 'r' THEN 'restrict'
        WHEN 'c' THEN 'cascade'
        WHEN 'n' THEN 'set null'
        WHEN 'd' THEN 'set default'
        ELSE k.confdeltype::text
    END)::text AS on_delete
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_constraint parent ON parent.oid = k.conparentid
WHERE
    k.confrelid = $1::int8::oid
    AND k.contype = 'f'
    -- A key of a partitioned table has a copy for each of its partitions.
    AND parent.confrelid IS DISTINCT FROM k.confrelid
ORDER BY n.nspname, c.relname, k.conname, k.oid
LIMIT $2::int8
