-- What deleting old rows of a table by its key needs: its column of time, its key, and from which moment on a row is too old.
-- Parameters: $1 int8, oid of the table; $2 text, the column; $3 int8, how old in seconds.
-- Since 13. Privileges: none.
SELECT
    pg_catalog.quote_ident(a.attname)::text AS column_name,
    (pg_catalog.format_type(a.atttypid, NULL))::text AS column_type,
    (a.atttypid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype))::bool AS is_time,
    (pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $3::int8::float8))::text AS older_than,
    pg_catalog.date_part('epoch', pg_catalog.clock_timestamp())::float8 AS server_time,
    ARRAY(
        SELECT pg_catalog.quote_ident(k.attname)
        FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS p (attnum, place)
        JOIN pg_catalog.pg_attribute k ON k.attrelid = a.attrelid AND k.attnum = p.attnum
        WHERE p.place <= i.indnkeyatts
        ORDER BY p.place
    )::text[] AS key_columns,
    ARRAY(
        SELECT pg_catalog.format_type(k.atttypid, NULL)
        FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS p (attnum, place)
        JOIN pg_catalog.pg_attribute k ON k.attrelid = a.attrelid AND k.attnum = p.attnum
        WHERE p.place <= i.indnkeyatts
        ORDER BY p.place
    )::text[] AS key_types
FROM pg_catalog.pg_attribute a
LEFT JOIN LATERAL (
    SELECT x.indkey, x.indnkeyatts
    FROM pg_catalog.pg_index x
    WHERE
        x.indrelid = a.attrelid AND x.indisunique AND x.indimmediate AND x.indisvalid AND x.indpred IS NULL
        AND x.indexprs IS NULL
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_attribute k
            WHERE k.attrelid = x.indrelid AND k.attnum = ANY (x.indkey::int2[]) AND NOT k.attnotnull
        )
    ORDER BY x.indisprimary DESC, x.indnatts, x.indexrelid
    LIMIT 1
) i ON true
WHERE a.attrelid = $1::int8::oid AND a.attname = $2::text AND a.attnum > 0 AND NOT a.attisdropped
