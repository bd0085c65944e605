-- What a name may mean without saying so: functions and operators on the search path and outside pg_catalog that have a name
-- of the server's own, to which an unqualified call may resolve; and functions of a row, which `row.function` calls.
-- A domain whose check calls functions of users counts as such a function: calling its name with one argument, or naming it
-- after a row, converts to it.
-- Parameters: none. Since: 11. Privileges: none.
SELECT
  x.kind::text AS kind, x.schema::text AS schema, x.name::text AS name, true AS in_path,
  p.provolatile::text AS volatility,
  p.prosecdef::bool AS security_definer, l.lanname::text AS language,
  (l.lanpltrusted OR l.lanname IN ('internal', 'sql'))::bool AS trusted_language, e.extname::text AS extension,
  p.procost::float4 AS cost,
  CASE
    WHEN (l.lanname IN ('sql') OR l.lanname IN ('plpgsql') AND p.provolatile NOT IN ('v')) AND e.extname IS NULL AND p.prokind NOT IN ('a')
      AND p.pronamespace OPERATOR(pg_catalog.<>) 'pg_catalog'::pg_catalog.regnamespace
    THEN pg_catalog.pg_get_functiondef(p.oid)
  END::text AS definition
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
    AND n.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(true))
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
    AND n.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(true))
    AND f.pronargs - f.pronargdefaults <= 1
    AND (t.typtype IN ('c') OR t.typname IN ('record', 'anyelement', 'anynonarray', 'anycompatible', 'anycompatiblenonarray'))
  UNION ALL
  SELECT x.kind, n.nspname, t.typname, c.function, t.oid
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
  JOIN pg_catalog.pg_type AS b ON b.oid OPERATOR(pg_catalog.=) t.typbasetype
  CROSS JOIN (SELECT 'function' AS kind UNION ALL SELECT 'attribute') AS x
  CROSS JOIN (
    SELECT f.oid AS function FROM pg_catalog.pg_proc AS f
    WHERE f.proname OPERATOR(pg_catalog.=) 'clock_timestamp'
      AND f.pronamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace
  ) AS c
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(true))
    AND EXISTS (
      SELECT FROM pg_catalog.pg_constraint AS k
      JOIN pg_catalog.pg_depend AS d
        ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_constraint'::pg_catalog.regclass
       AND d.objid OPERATOR(pg_catalog.=) k.oid
       AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
      WHERE k.contypid OPERATOR(pg_catalog.=) t.oid AND k.contype IN ('c')
    )
    AND (x.kind OPERATOR(pg_catalog.=) 'attribute' AND b.typtype IN ('c')
      OR x.kind OPERATOR(pg_catalog.=) 'function' AND t.typname IN (
        SELECT f.proname FROM pg_catalog.pg_proc AS f
        WHERE f.pronamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace
      ))
  UNION ALL
  SELECT 'operator', n.nspname, o.oprname, o.oprcode::pg_catalog.oid, o.oprcode::pg_catalog.oid
  FROM pg_catalog.pg_operator AS o
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) o.oprnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(true))
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
