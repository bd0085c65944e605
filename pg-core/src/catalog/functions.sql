-- What vetting needs to know of functions: every overload of the given names, in every schema. A function is as volatile as
-- the worst of those that it is made of: what an aggregate calls for each row, what default arguments and SQL bodies call,
-- what casts its arguments and its result may go through.
-- Parameters: $1 text[], names as in pg_proc.
-- Since: 11 (prokind). Privileges: none, pg_proc is readable by everyone.
SELECT
  n.nspname::text AS schema,
  p.proname::text AS name,
  (n.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(true)))::bool AS in_path,
  part.provolatile::text AS volatility,
  (p.prosecdef OR part.prosecdef)::bool AS security_definer,
  l.lanname::text AS language,
  (l.lanpltrusted OR l.lanname IN ('internal', 'sql'))::bool AS trusted_language,
  e.extname::text AS extension,
  p.procost::float4 AS cost,
  CASE
    WHEN (l.lanname IN ('sql') OR l.lanname IN ('plpgsql') AND part.provolatile NOT IN ('v')) AND e.extname IS NULL AND part.prokind NOT IN ('a')
      AND part.pronamespace OPERATOR(pg_catalog.<>) 'pg_catalog'::pg_catalog.regnamespace
    THEN pg_catalog.pg_get_functiondef(part.oid)
  END::text AS definition
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
LEFT JOIN pg_catalog.pg_aggregate AS a ON a.aggfnoid OPERATOR(pg_catalog.=) p.oid
JOIN pg_catalog.pg_proc AS part
  ON part.oid OPERATOR(pg_catalog.=) ANY (
    ARRAY[
      p.oid, a.aggtransfn::pg_catalog.oid, a.aggfinalfn::pg_catalog.oid, a.aggcombinefn::pg_catalog.oid,
      a.aggserialfn::pg_catalog.oid, a.aggdeserialfn::pg_catalog.oid, a.aggmtransfn::pg_catalog.oid,
      a.aggminvtransfn::pg_catalog.oid, a.aggmfinalfn::pg_catalog.oid
    ] OPERATOR(pg_catalog.||) ARRAY(
      SELECT u.refobjid
      FROM pg_catalog.pg_depend AS u
      WHERE u.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
        AND u.objid OPERATOR(pg_catalog.=) p.oid
        AND u.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
    ) OPERATOR(pg_catalog.||) ARRAY(
      SELECT c.castfunc
      FROM pg_catalog.pg_cast AS c
      WHERE c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
        AND (c.castsource OPERATOR(pg_catalog.=) p.prorettype
          OR c.casttarget OPERATOR(pg_catalog.=) ANY (p.proargtypes::pg_catalog.oid[]))
        AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend AS x
          WHERE x.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_cast'::pg_catalog.regclass
            AND x.objid OPERATOR(pg_catalog.=) c.oid AND x.deptype OPERATOR(pg_catalog.=) 'e'
        )
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    )
  )
JOIN pg_catalog.pg_language AS l ON l.oid OPERATOR(pg_catalog.=) part.prolang
LEFT JOIN pg_catalog.pg_depend AS d
  ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
 AND d.objid OPERATOR(pg_catalog.=) p.oid
 AND d.deptype OPERATOR(pg_catalog.=) 'e'
LEFT JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
WHERE p.proname OPERATOR(pg_catalog.=) ANY ($1::name[])
ORDER BY 1, 2, 3, 4, 5
LIMIT 10000
