-- What ANALYZE wrote down of a table's columns.
-- Parameters: $1 int8, oid of pg_class; $2 bool, most common values and bounds too.
-- Since 13. Privileges: SELECT on the columns; others are left out.
SELECT
    a.attname::text AS name,
    pg_catalog.quote_ident(a.attname)::text AS sql_name,
    pg_catalog.format_type(a.atttypid, a.atttypmod)::text AS data_type,
    a.attnotnull::bool AS is_not_null,
    (EXISTS (
        SELECT FROM pg_catalog.pg_operator o
        WHERE o.oprname = '<' AND o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprleft = ty.base AND o.oprright = ty.base
    ))::bool AS is_ordered,
    s.null_frac::float8 AS null_share,
    s.n_distinct::float8 AS n_distinct,
    s.avg_width::int4 AS average_bytes,
    s.correlation::float8 AS correlation,
    (CASE WHEN $2::bool THEN s.most_common_vals::text::text[] END)::text[] AS common_values,
    (CASE WHEN $2::bool THEN s.most_common_freqs END)::float8[] AS common_shares,
    (CASE WHEN $2::bool THEN s.histogram_bounds::text::text[] END)::text[] AS bounds,
    (EXISTS (
        SELECT FROM pg_catalog.pg_constraint k
        WHERE k.conrelid = a.attrelid AND k.contype IN ('p', 'u') AND k.conkey = ARRAY[a.attnum]
    ))::bool AS is_key,
    (EXISTS (
        SELECT FROM pg_catalog.pg_constraint k
        WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND a.attnum = ANY (k.conkey)
    ))::bool AS is_foreign_key
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype WHEN t.typname IN ('varchar', 'bpchar') THEN 'text'::regtype ELSE t.oid END AS base
    FROM pg_catalog.pg_type t
    WHERE t.oid = a.atttypid
) ty
LEFT JOIN LATERAL (
    SELECT st.*
    FROM pg_catalog.pg_stats st
    WHERE st.schemaname = n.nspname AND st.tablename = c.relname AND st.attname = a.attname
    ORDER BY st.inherited = (c.relkind = 'p') DESC
    LIMIT 1
) s ON true
WHERE a.attrelid = $1::int8::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
LIMIT 1600
