-- Constraints of a table: keys, foreign keys, checks, exclusions.
-- Parameters: $1 int8, oid of pg_class.
-- Since 13. Privileges: none. Before 18 every constraint is enforced.
SELECT
    k.conname::text AS name,
    (CASE k.contype
        WHEN 'p' THEN 'primary key'
        WHEN 'f' THEN 'foreign key'
        WHEN 'c' THEN 'check'
        WHEN 'u' THEN 'unique'
        WHEN 'x' THEN 'exclusion'
        ELSE k.contype::text
    END)::text AS kind,
    ARRAY(
        SELECT a.attname
        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
        ORDER BY u.place
    )::text[] AS columns,
    rn.nspname::text AS referenced_schema,
    r.relname::text AS referenced_table,
    ARRAY(
        SELECT a.attname
        FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum
        ORDER BY u.place
    )::text[] AS referenced_columns,
    (CASE k.confupdtype
        WHEN ' ' THEN NULL
        WHEN 'a' THEN 'no action'
        WHEN 'r' THEN 'restrict'
        WHEN 'c' THEN 'cascade'
        WHEN 'n' THEN 'set null'
        WHEN 'd' THEN 'set default'
        ELSE k.confupdtype::text
    END)::text AS on_update,
    (CASE k.confdeltype
        WHEN ' ' THEN NULL
        WHEN 'a' THEN 'no action'
        WHEN 'r' THEN 'restrict'
        WHEN 'c' THEN 'cascade'
        WHEN 'n' THEN 'set null'
        WHEN 'd' THEN 'set default'
        ELSE k.confdeltype::text
    END)::text AS on_delete,
    k.convalidated::bool AS is_validated,
    true::bool AS is_enforced,
    pg_catalog.pg_get_constraintdef(k.oid, true)::text AS definition,
    pg_catalog.obj_description(k.oid, 'pg_constraint')::text AS comment
FROM pg_catalog.pg_constraint k
LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
LEFT JOIN pg_catalog.pg_constraint parent ON parent.oid = k.conparentid
WHERE
    k.conrelid = $1::int8::oid
    AND k.contype IN ('p', 'f', 'c', 'u', 'x')
    -- A key to a partitioned table has a copy for each partition of that table.
    AND parent.conrelid IS DISTINCT FROM k.conrelid
ORDER BY k.contype, k.conname, k.oid
