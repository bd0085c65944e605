-- The columns of a table that rows are made for, with what lies below domains.
-- Parameters: $1 text, the table's name as SQL writes it.
-- Since 13. Privileges: none.
WITH RECURSIVE told AS (
    SELECT a.attnum, a.attname, a.attnotnull, a.attidentity, a.attgenerated, a.atttypid, a.atttypmod,
           pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS default_value,
           pg_catalog.col_description(a.attrelid, a.attnum) AS comment
    FROM pg_catalog.pg_attribute a
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = pg_catalog.to_regclass($1::text) AND a.attnum > 0 AND NOT a.attisdropped
), below AS (
    SELECT t.attnum, t.atttypid AS type, t.atttypmod AS typmod, false AS not_null, ARRAY[]::oid[] AS domains
    FROM told t
    UNION ALL
    SELECT b.attnum, y.typbasetype, CASE WHEN y.typtypmod >= 0 THEN y.typtypmod ELSE b.typmod END,
           b.not_null OR y.typnotnull, b.domains || y.oid
    FROM below b JOIN pg_catalog.pg_type y ON y.oid = b.type AND y.typtype = 'd'
)
SELECT t.attname::text AS name, (t.attnotnull OR b.not_null)::bool AS not_null,
       pg_catalog.format_type(t.atttypid, t.atttypmod) AS data_type,
       y.typname::text AS base, pg_catalog.format_type(y.oid, b.typmod) AS base_type, b.typmod::int4 AS typmod, y.typtype::text AS kind,
       t.attidentity::text AS identity, (t.attgenerated <> '')::bool AS generated,
       t.default_value, t.comment,
       (SELECT pg_catalog.array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
        FROM pg_catalog.pg_enum e WHERE e.enumtypid = y.oid) AS labels,
       (SELECT pg_catalog.array_agg(pg_catalog.pg_get_constraintdef(c.oid) ORDER BY c.conname)
        FROM pg_catalog.pg_constraint c WHERE c.contypid = ANY (b.domains)) AS domain_checks
FROM told t
JOIN below b ON b.attnum = t.attnum
JOIN pg_catalog.pg_type y ON y.oid = b.type AND y.typtype <> 'd'
ORDER BY t.attnum
