-- What vetting needs to know of functions: every overload of the given names, in every schema. An aggregate is as volatile
-- as the worst of the functions that it is made of, which pg_proc does not say of the aggregate itself.
-- Parameters: $1 text[], names as in pg_proc.
-- Since: 11 (prokind). Privileges: none, pg_proc is readable by everyone.
SELECT
  n.nspname::text AS schema,
  p.proname::text AS name,
  part.provolatile::text AS volatility,
  (p.prosecdef OR part.prosecdef)::bool AS security_definer,
  l.lanname::text AS language,
  (l.lanpltrusted OR l.lanname IN ('internal', 'sql'))::bool AS trusted_language,
  e.extname::text AS extension
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
LEFT JOIN pg_catalog.pg_aggregate AS a ON a.aggfnoid OPERATOR(pg_catalog.=) p.oid
JOIN pg_catalog.pg_proc AS part
  ON part.oid OPERATOR(pg_catalog.=) ANY (
    CASE WHEN a.aggfnoid IS NULL THEN ARRAY[p.oid] ELSE ARRAY[
      a.aggtransfn::pg_catalog.oid, a.aggfinalfn::pg_catalog.oid, a.aggcombinefn::pg_catalog.oid,
      a.aggserialfn::pg_catalog.oid, a.aggdeserialfn::pg_catalog.oid, a.aggmtransfn::pg_catalog.oid,
      a.aggminvtransfn::pg_catalog.oid, a.aggmfinalfn::pg_catalog.oid
    ] END
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
