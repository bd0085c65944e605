-- The relations that masks name, with what they inherit from and what inherits from them: rows of one are read through the
-- others. `relative_*` are the named ones among a relation's kin. A domain's type is the type under it.
-- Parameters: $1 text[] and $2 text[], schemas and names, pairwise. Since: 11. Privileges: none.
WITH RECURSIVE named AS (
  SELECT DISTINCT c.oid
  FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS wanted(schema, name)
  JOIN pg_catalog.pg_namespace AS n ON n.nspname OPERATOR(pg_catalog.=) wanted.schema::name
  JOIN pg_catalog.pg_class AS c
    ON c.relnamespace OPERATOR(pg_catalog.=) n.oid AND c.relname OPERATOR(pg_catalog.=) wanted.name::name
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
), ancestors AS (
  SELECT oid AS relation, oid AS root FROM named
  UNION
  SELECT i.inhparent, a.root
  FROM ancestors AS a JOIN pg_catalog.pg_inherits AS i ON i.inhrelid OPERATOR(pg_catalog.=) a.relation
), descendants AS (
  SELECT oid AS relation, oid AS root FROM named
  UNION
  SELECT i.inhrelid, d.root
  FROM descendants AS d JOIN pg_catalog.pg_inherits AS i ON i.inhparent OPERATOR(pg_catalog.=) d.relation
), kin AS (
  SELECT relation, root FROM ancestors UNION SELECT relation, root FROM descendants
), base AS (
  SELECT t.oid AS type, t.oid AS under, t.typtype, t.typbasetype FROM pg_catalog.pg_type AS t
  WHERE t.oid OPERATOR(pg_catalog.=) ANY (
    SELECT a.atttypid FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid OPERATOR(pg_catalog.=) ANY (SELECT relation FROM kin)
  )
  UNION
  SELECT b.type, t.oid, t.typtype, t.typbasetype
  FROM base AS b JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) b.typbasetype
  WHERE b.typtype OPERATOR(pg_catalog.=) 'd'
)
SELECT
  n.nspname::text AS schema,
  c.relname::text AS name,
  pg_catalog.pg_table_is_visible(c.oid) AS visible,
  ARRAY(
    SELECT rn.nspname::text FROM kin AS k
    JOIN pg_catalog.pg_class AS rc ON rc.oid OPERATOR(pg_catalog.=) k.root
    JOIN pg_catalog.pg_namespace AS rn ON rn.oid OPERATOR(pg_catalog.=) rc.relnamespace
    WHERE k.relation OPERATOR(pg_catalog.=) c.oid ORDER BY k.root
  ) AS relative_schemas,
  ARRAY(
    SELECT rc.relname::text FROM kin AS k
    JOIN pg_catalog.pg_class AS rc ON rc.oid OPERATOR(pg_catalog.=) k.root
    WHERE k.relation OPERATOR(pg_catalog.=) c.oid ORDER BY k.root
  ) AS relative_names,
  pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) AS columns,
  pg_catalog.array_agg(tn.nspname::text ORDER BY a.attnum) AS type_schemas,
  pg_catalog.array_agg(t.typname::text ORDER BY a.attnum) AS type_names,
  pg_catalog.array_agg(pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY a.attnum) AS readable
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
JOIN pg_catalog.pg_attribute AS a
  ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
JOIN base AS b ON b.type OPERATOR(pg_catalog.=) a.atttypid AND b.typtype OPERATOR(pg_catalog.<>) 'd'
JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) b.under
JOIN pg_catalog.pg_namespace AS tn ON tn.oid OPERATOR(pg_catalog.=) t.typnamespace
WHERE c.oid OPERATOR(pg_catalog.=) ANY (SELECT relation FROM kin)
GROUP BY c.oid, n.nspname, c.relname
ORDER BY 1, 2
