-- Names that a caller may have meant: relations, functions or types.
-- Parameters: $1 text, 'relation', 'function', 'type' or 'schema'.
-- Since: 11. Privileges: none.
SELECT x.schema::text AS schema, x.name::text AS name, x.visible::bool AS visible
FROM (
  SELECT 'relation' AS kind, n.nspname AS schema, c.relname AS name, pg_catalog.pg_table_is_visible(c.oid) AS visible
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
  WHERE $1::text = 'relation' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
  UNION ALL
  SELECT 'function', n.nspname, p.proname, pg_catalog.pg_function_is_visible(p.oid)
  FROM pg_catalog.pg_proc AS p
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
  WHERE $1::text = 'function'
  UNION ALL
  SELECT 'type', n.nspname, pg_catalog.unnest(ARRAY[t.typname::text, pg_catalog.format_type(t.oid, NULL)]),
    pg_catalog.pg_type_is_visible(t.oid)
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
  LEFT JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) t.typrelid
  WHERE $1::text = 'type' AND t.typtype NOT IN ('p') AND t.typelem OPERATOR(pg_catalog.=) 0::pg_catalog.oid
    AND (c.relkind IN ('c') OR t.typrelid OPERATOR(pg_catalog.=) 0::pg_catalog.oid)
    AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
  UNION ALL
  SELECT 'schema', n.nspname, n.nspname, true
  FROM pg_catalog.pg_namespace AS n
  WHERE $1::text = 'schema' AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
) AS x
GROUP BY x.kind, x.schema, x.name, x.visible
ORDER BY 3 DESC, 1, 2
LIMIT 20000
