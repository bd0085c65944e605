-- Columns of a relation; before 14 a column has no compression of its own.
-- Parameters: $1 int8, oid of pg_class.
-- Since 13. Privileges: none.
SELECT
    a.attname::text AS name,
    pg_catalog.format_type(a.atttypid, a.atttypmod)::text AS data_type,
    (NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)))::bool AS is_nullable,
    (CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, 0) END)::text AS default_value,
    a.attnum::int4 AS ordinal_position,
    pg_catalog.col_description(a.attrelid, a.attnum)::text AS comment,
    (CASE a.attidentity
        WHEN '' THEN NULL
        WHEN 'a' THEN 'always'
        WHEN 'd' THEN 'by default'
        ELSE a.attidentity::text
    END)::text AS identity,
    (CASE a.attgenerated
        WHEN '' THEN NULL
        WHEN 's' THEN 'stored'
        WHEN 'v' THEN 'virtual'
        ELSE a.attgenerated::text
    END)::text AS generated,
    (CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END)::text AS generation_expression,
    (
        SELECT
            CASE WHEN cn.nspname = 'pg_catalog' THEN '' ELSE pg_catalog.quote_ident(cn.nspname) || '.' END
            || pg_catalog.quote_ident(co.collname)
        FROM pg_catalog.pg_collation co
        JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
        WHERE co.oid = a.attcollation AND a.attcollation <> t.typcollation
    )::text AS collation,
    (CASE WHEN a.attstorage <> t.typstorage THEN
        CASE a.attstorage
            WHEN 'p' THEN 'plain'
            WHEN 'e' THEN 'external'
            WHEN 'm' THEN 'main'
            WHEN 'x' THEN 'extended'
            ELSE a.attstorage::text
        END
    END)::text AS storage,
    NULL::text AS compression,
    NULLIF(a.attstattarget, -1)::int4 AS statistics_target,
    (CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END)::text AS base_type,
    (
        SELECT pg_catalog.array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
        FROM pg_catalog.pg_enum e
        WHERE e.enumtypid IN (a.atttypid, t.typbasetype, t.typelem)
    )::text[] AS enum_values
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::int8::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
