-- What vetting needs to know of operators: the functions behind every overload of the given symbols, in every schema.
-- Parameters: $1 text[], symbols as in pg_operator.
-- Since: 11. Privileges: none.
SELECT
  n.nspname::text AS schema,
  o.oprname::text AS name,
  (n.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(true)))::bool AS in_path,
  p.provolatile::text AS volatility,
  p.prosecdef::bool AS security_definer,
  l.lanname::text AS language,
  (l.lanpltrusted OR l.lanname IN ('internal', 'sql'))::bool AS trusted_language,
  e.extname::text AS extension,
  p.procost::float4 AS cost,
  CASE
    WHEN (l.lanname IN ('sql') OR l.lanname IN ('plpgsql') AND p.provolatile NOT IN ('v')) AND e.extname IS NULL AND p.prokind NOT IN ('a')
      AND p.pronamespace OPERATOR(pg_catalog.<>) 'pg_catalog'::pg_catalog.regnamespace
    THEN pg_catalog.pg_get_functiondef(p.oid)
  END::text AS definition
FROM pg_catalog.pg_operator AS o
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) o.oprnamespace
JOIN pg_catalog.pg_proc AS p ON p.oid OPERATOR(pg_catalog.=) o.oprcode::pg_catalog.oid
JOIN pg_catalog.pg_language AS l ON l.oid OPERATOR(pg_catalog.=) p.prolang
LEFT JOIN pg_catalog.pg_depend AS d
  ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
 AND d.objid OPERATOR(pg_catalog.=) p.oid
 AND d.deptype OPERATOR(pg_catalog.=) 'e'
LEFT JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
WHERE o.oprname OPERATOR(pg_catalog.=) ANY ($1::name[])
ORDER BY 1, 2, 3, 4
LIMIT 10000
