-- Views and materialized views that read these relations, directly or through other views, with their queries and columns.
-- Those of extensions show no query. A domain's type is the type under it.
-- Parameters: $1 text[] and $2 text[], schemas and names, pairwise. Since: 11. Privileges: none.
WITH RECURSIVE reading AS (
  SELECT c.oid AS relation, false AS dependent
  FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS wanted(schema, name)
  JOIN pg_catalog.pg_namespace AS n ON n.nspname OPERATOR(pg_catalog.=) wanted.schema::name
  JOIN pg_catalog.pg_class AS c
    ON c.relnamespace OPERATOR(pg_catalog.=) n.oid AND c.relname OPERATOR(pg_catalog.=) wanted.name::name
  UNION
  SELECT view.oid, true
  FROM reading AS r
  JOIN pg_catalog.pg_depend AS d
    ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
    AND d.refobjid OPERATOR(pg_catalog.=) r.relation
    AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_rewrite'::pg_catalog.regclass
  JOIN pg_catalog.pg_rewrite AS rule ON rule.oid OPERATOR(pg_catalog.=) d.objid
  JOIN pg_catalog.pg_class AS view ON view.oid OPERATOR(pg_catalog.=) rule.ev_class
  WHERE view.relkind IN ('v', 'm') AND view.oid OPERATOR(pg_catalog.<>) r.relation
), views AS (
  SELECT DISTINCT r.relation FROM reading AS r WHERE r.dependent
), base AS (
  SELECT t.oid AS type, t.oid AS under, t.typtype, t.typbasetype FROM pg_catalog.pg_type AS t
  WHERE t.oid OPERATOR(pg_catalog.=) ANY (
    SELECT a.atttypid FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid OPERATOR(pg_catalog.=) ANY (SELECT v.relation FROM views AS v)
  )
  UNION
  SELECT b.type, t.oid, t.typtype, t.typbasetype
  FROM base AS b JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) b.typbasetype
  WHERE b.typtype OPERATOR(pg_catalog.=) 'd'
)
SELECT
  n.nspname::text AS schema, c.relname::text AS name, pg_catalog.pg_table_is_visible(c.oid) AS visible,
  CASE
    WHEN NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS d
      WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.objid OPERATOR(pg_catalog.=) c.oid AND d.deptype OPERATOR(pg_catalog.=) 'e'
    )
    THEN pg_catalog.pg_get_viewdef(c.oid)
  END::text AS definition,
  pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) AS columns,
  pg_catalog.array_agg(tn.nspname::text ORDER BY a.attnum) AS type_schemas,
  pg_catalog.array_agg(t.typname::text ORDER BY a.attnum) AS type_names,
  pg_catalog.array_agg(pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY a.attnum) AS readable
FROM views AS v
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) v.relation
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
JOIN pg_catalog.pg_attribute AS a
  ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
JOIN base AS b ON b.type OPERATOR(pg_catalog.=) a.atttypid AND b.typtype OPERATOR(pg_catalog.<>) 'd'
JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) b.under
JOIN pg_catalog.pg_namespace AS tn ON tn.oid OPERATOR(pg_catalog.=) t.typnamespace
GROUP BY c.oid, n.nspname, c.relname
ORDER BY 1, 2
