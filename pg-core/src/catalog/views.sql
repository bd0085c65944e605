-- What the views among the given names are made of. Views of extensions are left out: who installed those answered for them.
-- Parameters: $1 text[], names as in pg_class. Since: 11. Privileges: none.
SELECT n.nspname::text AS schema, c.relname::text AS name, pg_catalog.pg_get_viewdef(c.oid)::text AS definition
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relname OPERATOR(pg_catalog.=) ANY ($1::name[])
  AND c.relkind OPERATOR(pg_catalog.=) 'v'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.objid OPERATOR(pg_catalog.=) c.oid
      AND d.deptype OPERATOR(pg_catalog.=) 'e'
  )
ORDER BY 1, 2
LIMIT 1000
