-- A table and the tables below it, and what tells their rows apart in the log.
-- Parameters: $1 text, the schema; $2 text, the table.
-- Since 13. Privileges: none.
WITH RECURSIVE tree AS (
  SELECT c.oid
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = $1::text AND c.relname = $2::text
  UNION
  SELECT i.inhrelid
  FROM pg_catalog.pg_inherits AS i
  JOIN tree ON tree.oid = i.inhparent
)
SELECT
  c.oid::int8 AS oid,
  (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)) AS logged_as,
  c.relkind::text AS kind,
  c.relpersistence::text AS persistence,
  c.relreplident::text AS identity,
  ARRAY(
    SELECT a.attname::text
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey::int2[])
    WHERE x.indrelid = c.oid
      AND CASE c.relreplident::text WHEN 'd' THEN x.indisprimary WHEN 'i' THEN x.indisreplident ELSE false END
    ORDER BY a.attnum
  ) AS identity_columns
FROM tree
JOIN pg_catalog.pg_class AS c ON c.oid = tree.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY c.oid
