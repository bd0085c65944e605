-- Views and materialized views that read these relations, directly or through other views.
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
)
SELECT DISTINCT
  n.nspname::text AS schema, c.relname::text AS name, pg_catalog.pg_table_is_visible(c.oid) AS visible
FROM reading AS r
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) r.relation
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE r.dependent
ORDER BY 1, 2
