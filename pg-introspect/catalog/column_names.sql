-- Names of the columns of relations.
-- Parameters: $1 int8[], oids of pg_class.
-- Since 13. Privileges: none.
SELECT
    a.attrelid::int8 AS oid,
    pg_catalog.array_agg(a.attname::text ORDER BY a.attnum)::text[] AS columns
FROM pg_catalog.pg_attribute a
WHERE a.attrelid = ANY ($1::int8[]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY a.attrelid
ORDER BY a.attrelid
