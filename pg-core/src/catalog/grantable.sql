-- Relations that privileges may be given on: all of these schemas, and those that a policy lists by name.
-- Parameters: $1 text[], schemas; $2 text[], relations as a policy writes them. Since: 11. Privileges: none.
SELECT n.nspname::text AS schema, c.relname::text AS name
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND (n.nspname OPERATOR(pg_catalog.=) ANY ($1::name[])
    OR c.relname OPERATOR(pg_catalog.=) ANY ($2::name[])
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    OR pg_catalog.concat(n.nspname, '.', c.relname) OPERATOR(pg_catalog.=) ANY ($2::text[]))
ORDER BY 1, 2
LIMIT 10000
