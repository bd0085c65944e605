-- The columns of a relation that can be filled elsewhere (none that are generated), its primary key, and about how many rows
-- it has (-1 where that is not known).
-- Parameters: $1 text, the relation's name, quoted.
-- Since: 12 (attgenerated). Privileges: none.
SELECT
  ARRAY(
    SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated IN ('')
    ORDER BY a.attnum
  ) AS columns,
  ARRAY(
    SELECT a.attname::text
    FROM pg_catalog.pg_index AS i
    CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(i.indkey)) WITH ORDINALITY AS k(attnum, place)
    JOIN pg_catalog.pg_attribute AS a
      ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.=) k.attnum
    WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid AND i.indisprimary
    ORDER BY k.place
  ) AS key,
  c.reltuples::bigint AS estimate
FROM pg_catalog.pg_class AS c
WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1::pg_catalog.text)
LIMIT 1
