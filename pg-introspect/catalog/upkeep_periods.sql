-- The periods, from the present one on, for which a table partitioned by time has no partition.
-- Parameters: $1 int8, oid of the table; $2 text, day, week, month or year; $3 int4, how many periods ahead.
-- Since 13. Privileges: none. Periods begin at midnight in the session's time zone.
WITH parent AS (
    SELECT c.oid, n.nspname, c.relname, a.atttypid
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = c.oid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
    WHERE
        c.oid = $1::int8::oid AND p.partstrat = 'r' AND p.partnatts = 1
        AND a.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
),
child AS (
    SELECT pg_catalog.regexp_match(
        pg_catalog.pg_get_expr(c.relpartbound, 0), 'FROM \((?:''([^'']*)''|MINVALUE)\) TO \((?:''([^'']*)''|MAXVALUE)\)'
    ) AS bounds
    FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = $1::int8::oid
),
period AS (
    SELECT
        pg_catalog.date_trunc($2::text, pg_catalog.now()) + n * ('1 ' || $2::text)::interval AS lower,
        pg_catalog.date_trunc($2::text, pg_catalog.now()) + (n + 1) * ('1 ' || $2::text)::interval AS upper
    FROM pg_catalog.generate_series(0, $3::int4) n
),
named AS (
    SELECT
        parent.nspname, parent.atttypid, period.lower, period.upper,
        pg_catalog.left(parent.relname::text, 50) || '_' || pg_catalog.to_char(
            period.lower, CASE $2::text WHEN 'year' THEN 'YYYY' WHEN 'month' THEN 'YYYY_MM' ELSE 'YYYY_MM_DD' END
        ) AS name
    FROM parent CROSS JOIN period
    WHERE NOT EXISTS (
        SELECT FROM child
        WHERE
            child.bounds IS NOT NULL
            AND COALESCE(child.bounds[1]::timestamptz, '-infinity') < period.upper
            AND COALESCE(child.bounds[2]::timestamptz, 'infinity') > period.lower
    )
)
SELECT
    (pg_catalog.quote_ident(nspname) || '.' || pg_catalog.quote_ident(name))::text AS sql_name,
    pg_catalog.quote_literal(CASE WHEN atttypid = 'date'::regtype THEN lower::date::text WHEN atttypid = 'timestamp'::regtype THEN lower::timestamp::text ELSE lower::text END)::text AS lower_bound,
    pg_catalog.quote_literal(CASE WHEN atttypid = 'date'::regtype THEN upper::date::text WHEN atttypid = 'timestamp'::regtype THEN upper::timestamp::text ELSE upper::text END)::text AS upper_bound,
    (EXISTS (
        SELECT FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace m ON m.oid = o.relnamespace
        WHERE m.nspname = named.nspname AND o.relname = named.name
    ))::bool AS is_taken
FROM named
ORDER BY lower
