-- Foreign keys that no index of their own table serves: a delete or update of the referenced row reads the whole table.
-- Parameters: $1 text, schema or * for all but the server's own; $2 int8, oid of one table or null; $3 int8, most rows.
-- Since 13. Privileges: none.
SELECT
    n.nspname::text AS schema,
    t.relname::text AS table_name,
    k.conname::text AS name,
    ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
        ORDER BY u.place
    )::text[] AS columns,
    (pg_catalog.quote_ident(fn.nspname) || '.' || pg_catalog.quote_ident(f.relname))::text AS referenced_table,
    GREATEST(t.reltuples, 0)::float8 AS rows,
    (
        'CREATE INDEX ' || CASE WHEN t.relkind = 'p' THEN '' ELSE 'CONCURRENTLY ' END || 'ON '
        || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.relname) || ' ('
        || (
            SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY u.place)
            FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
        ) || ')'
    )::text AS statement
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
WHERE
    k.contype = 'f'
    AND k.conparentid = 0
    AND NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
        JOIN pg_catalog.pg_am am ON am.oid = c.relam
        WHERE
            i.indrelid = k.conrelid
            AND i.indisvalid
            -- Who looks for a key looks for no NULL: an index of the rows that have one serves as well.
            AND (
                i.indpred IS NULL
                OR NOT EXISTS (
                    SELECT
                    FROM pg_catalog.regexp_split_to_table(
                        pg_catalog.pg_get_expr(i.indpred, i.indrelid, true), ' AND '
                    ) AS part (condition)
                    WHERE part.condition NOT IN (
                        SELECT pg_catalog.quote_ident(a.attname) || ' IS NOT NULL'
                        FROM pg_catalog.unnest(k.conkey) AS u (attnum)
                        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
                    )
                )
            )
            AND i.indnkeyatts >= pg_catalog.cardinality(k.conkey)
            AND (am.amname = 'btree' OR (am.amname = 'hash' AND pg_catalog.cardinality(k.conkey) = 1))
            -- The key's columns lead the index, in whatever order.
            AND NOT EXISTS (
                SELECT
                FROM pg_catalog.unnest(k.conkey) AS u (attnum)
                WHERE u.attnum NOT IN (
                    SELECT i.indkey[p.place]
                    FROM pg_catalog.generate_series(0, pg_catalog.cardinality(k.conkey) - 1) AS p (place)
                )
            )
    )
    AND CASE
        WHEN $2::int8 IS NOT NULL THEN t.oid = $2::int8::oid
        WHEN $1::text = '*'
            THEN NOT (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::text, 'pg_'))
        ELSE n.nspname = $1::text
    END
ORDER BY n.nspname, t.relname, k.conname
LIMIT $3::int8
