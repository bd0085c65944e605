-- Foreign keys between tables, with the condition that joins them.
-- Parameters: $1 text, schema of either table, or * for all but the server's own; $2 int8, most rows.
-- Since 13. Privileges: none. A key of a partitioned table is told once.
SELECT
    k.conname::text AS name,
    n.nspname::text AS schema,
    t.relname::text AS table_name,
    (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.relname))::text AS sql_name,
    ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
        ORDER BY u.place
    )::text[] AS columns,
    fn.nspname::text AS referenced_schema,
    f.relname::text AS referenced_table,
    (pg_catalog.quote_ident(fn.nspname) || '.' || pg_catalog.quote_ident(f.relname))::text AS referenced_sql_name,
    ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS u (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum
        ORDER BY u.place
    )::text[] AS referenced_columns,
    (
        SELECT pg_catalog.string_agg(
            pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.relname) || '.' || pg_catalog.quote_ident(a.attname)
            || ' = '
            || pg_catalog.quote_ident(fn.nspname) || '.' || pg_catalog.quote_ident(f.relname) || '.' || pg_catalog.quote_ident(fa.attname),
            ' AND ' ORDER BY u.place
        )
        FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) WITH ORDINALITY AS u (attnum, fattnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
        JOIN pg_catalog.pg_attribute fa ON fa.attrelid = k.confrelid AND fa.attnum = u.fattnum
    )::text AS join_condition,
    (NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND NOT a.attnotnull
    ))::bool AS is_required,
    (EXISTS (
        SELECT
        FROM pg_catalog.pg_index i
        WHERE
            i.indrelid = k.conrelid AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
            AND i.indkey::int2[] <@ k.conkey AND i.indnkeyatts = i.indnatts
    ))::bool AS is_unique,
    (CASE k.confdeltype
        WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null'
        WHEN 'd' THEN 'set default' ELSE k.confdeltype::text
    END)::text AS on_delete,
    GREATEST(t.reltuples, 0)::float8 AS rows
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
WHERE
    k.contype = 'f'
    AND k.conparentid = 0
    AND CASE
        WHEN $1::text = '*'
            THEN NOT (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::text, 'pg_'))
        ELSE $1::text IN (n.nspname, fn.nspname)
    END
ORDER BY n.nspname, t.relname, k.conname, k.oid
LIMIT $2::int8
