-- What vetting needs to know of relations: what they are, what views are made of, what owners attached that runs when they
-- are read, their columns, their kin by inheritance and partitioning, and which of their types bring code of users along.
-- Views of extensions and of the server show no definition: who installed those answered for them.
-- Parameters: $1 text[], names as in pg_class. Since: 12 (attgenerated). Privileges: none.
WITH RECURSIVE named AS (
  SELECT c.oid, c.relname, c.relnamespace, c.relkind, c.reltype, c.relrowsecurity
  FROM pg_catalog.pg_class AS c
  WHERE c.relname OPERATOR(pg_catalog.=) ANY ($1::name[])
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c', 'i', 'I')
),
up AS (
  SELECT n.oid AS root, i.inhparent AS member
  FROM named AS n JOIN pg_catalog.pg_inherits AS i ON i.inhrelid OPERATOR(pg_catalog.=) n.oid
  UNION
  SELECT up.root, i.inhparent
  FROM up JOIN pg_catalog.pg_inherits AS i ON i.inhrelid OPERATOR(pg_catalog.=) up.member
),
down AS (
  SELECT n.oid AS root, i.inhrelid AS member
  FROM named AS n JOIN pg_catalog.pg_inherits AS i ON i.inhparent OPERATOR(pg_catalog.=) n.oid
  UNION
  SELECT down.root, i.inhrelid
  FROM down JOIN pg_catalog.pg_inherits AS i ON i.inhparent OPERATOR(pg_catalog.=) down.member
),
kin AS (
  SELECT up.root, up.member FROM up UNION SELECT down.root, down.member FROM down
)
SELECT
  s.nspname::text AS schema,
  n.relname::text AS name,
  pg_catalog.pg_table_is_visible(n.oid)::bool AS visible,
  n.relkind::text AS kind,
  e.extname::text AS extension,
  CASE
    WHEN n.relkind IN ('v', 'm') AND e.extname IS NULL AND s.nspname NOT IN ('pg_catalog', 'information_schema')
    THEN pg_catalog.pg_get_viewdef(n.oid)
  END::text AS definition,
  ARRAY(
    SELECT DISTINCT w.fdwname::text
    FROM pg_catalog.pg_foreign_table AS f
    JOIN pg_catalog.pg_foreign_server AS v ON v.oid OPERATOR(pg_catalog.=) f.ftserver
    JOIN pg_catalog.pg_foreign_data_wrapper AS w ON w.oid OPERATOR(pg_catalog.=) v.srvfdw
    WHERE f.ftrelid OPERATOR(pg_catalog.=) n.oid
       OR f.ftrelid IN (SELECT down.member FROM down WHERE down.root OPERATOR(pg_catalog.=) n.oid)
  )::text[] AS wrappers,
  ARRAY(
    SELECT p.polname::text FROM pg_catalog.pg_policy AS p
    WHERE p.polrelid OPERATOR(pg_catalog.=) n.oid AND n.relrowsecurity
      AND p.polcmd IN ('r', '*') AND p.polqual IS NOT NULL
    ORDER BY p.oid
  )::text[] AS policy_names,
  ARRAY(
    SELECT pg_catalog.pg_get_expr(p.polqual, p.polrelid)::text FROM pg_catalog.pg_policy AS p
    WHERE p.polrelid OPERATOR(pg_catalog.=) n.oid AND n.relrowsecurity
      AND p.polcmd IN ('r', '*') AND p.polqual IS NOT NULL
    ORDER BY p.oid
  )::text[] AS policies,
  ARRAY(
    SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid)::text
    FROM pg_catalog.pg_attrdef AS d
    JOIN pg_catalog.pg_attribute AS a
      ON a.attrelid OPERATOR(pg_catalog.=) d.adrelid AND a.attnum OPERATOR(pg_catalog.=) d.adnum
    WHERE d.adrelid OPERATOR(pg_catalog.=) n.oid AND a.attgenerated IN ('v')
    ORDER BY a.attnum
  )::text[] AS virtual_columns,
  ARRAY(
    SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid OPERATOR(pg_catalog.=) n.oid AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
  )::text[] AS columns,
  ARRAY(
    SELECT m.nspname::text FROM kin
    JOIN pg_catalog.pg_class AS k ON k.oid OPERATOR(pg_catalog.=) kin.member
    JOIN pg_catalog.pg_namespace AS m ON m.oid OPERATOR(pg_catalog.=) k.relnamespace
    WHERE kin.root OPERATOR(pg_catalog.=) n.oid ORDER BY k.oid LIMIT 10000
  )::text[] AS kin_schemas,
  ARRAY(
    SELECT k.relname::text FROM kin
    JOIN pg_catalog.pg_class AS k ON k.oid OPERATOR(pg_catalog.=) kin.member
    WHERE kin.root OPERATOR(pg_catalog.=) n.oid ORDER BY k.oid LIMIT 10000
  )::text[] AS kin_names,
  marked.schemas::text[] AS type_schemas,
  marked.names::text[] AS type_names
FROM named AS n
JOIN pg_catalog.pg_namespace AS s ON s.oid OPERATOR(pg_catalog.=) n.relnamespace
LEFT JOIN pg_catalog.pg_depend AS d
  ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
 AND d.objid OPERATOR(pg_catalog.=) n.oid
 AND d.objsubid OPERATOR(pg_catalog.=) 0
 AND d.deptype OPERATOR(pg_catalog.=) 'e'
LEFT JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
CROSS JOIN LATERAL (
  SELECT
    COALESCE(pg_catalog.array_agg(x.schema ORDER BY x.schema, x.name), ARRAY[]::pg_catalog.text[]) AS schemas,
    COALESCE(pg_catalog.array_agg(x.name ORDER BY x.schema, x.name), ARRAY[]::pg_catalog.text[]) AS names
  FROM (
    SELECT DISTINCT m.nspname::text AS schema, t.typname::text AS name
    FROM pg_catalog.pg_type AS t
    JOIN pg_catalog.pg_namespace AS m ON m.oid OPERATOR(pg_catalog.=) t.typnamespace
    WHERE (t.oid OPERATOR(pg_catalog.=) n.reltype
        OR t.oid IN (SELECT a.atttypid FROM pg_catalog.pg_attribute AS a WHERE a.attrelid OPERATOR(pg_catalog.=) n.oid))
      AND m.nspname NOT IN ('pg_catalog', 'information_schema')
      AND (EXISTS (
          SELECT FROM pg_catalog.pg_cast AS c
          WHERE c.castfunc OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
            AND (c.castsource IN (t.oid, t.typbasetype, t.typelem) OR c.casttarget IN (t.oid, t.typbasetype, t.typelem))
            AND c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid)
        OR EXISTS (
          SELECT FROM pg_catalog.pg_opclass AS o
          WHERE o.opcintype IN (t.oid, t.typbasetype, t.typelem) AND o.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid))
  ) AS x
) AS marked
ORDER BY 1, 2
LIMIT 10000
