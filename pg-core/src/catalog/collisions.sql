-- What a name may mean without saying so: functions and operators outside pg_catalog that have a name of the server's own, to
-- which an unqualified call may resolve; and functions of a row, which `row.function` calls.
-- Parameters: none. Since: 11. Privileges: none.
SELECT
  x.kind::text AS kind, x.schema::text AS schema, x.name::text AS name, p.provolatile::text AS volatility,
  p.prosecdef::bool AS security_definer, l.lanname::text AS language,
  (l.lanpltrusted OR l.lanname IN ('internal', 'sql'))::bool AS trusted_language, e.extname::text AS extension
FROM (
  SELECT 'function' AS kind, n.nspname AS schema, f.proname AS name, part.oid AS function, f.oid AS owned
  FROM pg_catalog.pg_proc AS f
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) f.pronamespace
  LEFT JOIN pg_catalog.pg_aggregate AS a ON a.aggfnoid OPERATOR(pg_catalog.=) f.oid
  JOIN pg_catalog.pg_proc AS part
    ON part.oid OPERATOR(pg_catalog.=) ANY (
      CASE WHEN a.aggfnoid IS NULL THEN ARRAY[f.oid]
      ELSE ARRAY[a.aggtransfn::pg_catalog.oid, a.aggfinalfn::pg_catalog.oid, a.aggmtransfn::pg_catalog.oid,
                 a.aggminvtransfn::pg_catalog.oid, a.aggmfinalfn::pg_catalog.oid, a.aggcombinefn::pg_catalog.oid] END
    )
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND f.proname IN (
      SELECT b.proname FROM pg_catalog.pg_proc AS b
      WHERE b.pronamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace
    )
  UNION ALL
  SELECT 'attribute', n.nspname, f.proname, f.oid, f.oid
  FROM pg_catalog.pg_proc AS f
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) f.pronamespace
  JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) f.proargtypes[0]
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND f.pronargs - f.pronargdefaults <= 1
    AND (t.typtype IN ('c') OR t.typname IN ('record', 'anyelement', 'anynonarray', 'anycompatible', 'anycompatiblenonarray'))
  UNION ALL
  SELECT 'operator', n.nspname, o.oprname, o.oprcode::pg_catalog.oid, o.oprcode::pg_catalog.oid
  FROM pg_catalog.pg_operator AS o
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) o.oprnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND o.oprname IN (
      SELECT b.oprname FROM pg_catalog.pg_operator AS b
      WHERE b.oprnamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace
    )
) AS x
JOIN pg_catalog.pg_proc AS p ON p.oid OPERATOR(pg_catalog.=) x.function
JOIN pg_catalog.pg_language AS l ON l.oid OPERATOR(pg_catalog.=) p.prolang
LEFT JOIN pg_catalog.pg_depend AS d
  ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
 AND d.objid OPERATOR(pg_catalog.=) x.owned
 AND d.deptype OPERATOR(pg_catalog.=) 'e'
LEFT JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
ORDER BY 1, 2, 3, 4, 5
LIMIT 20000
