-- What vetting needs to know of types: a row of part `type` for each with the given names, of part `check` for each check of
-- a domain in it, and of part `function` for each function of users that converting or comparing it may call. A type is made
-- of its elements, its base, its columns, and what its range ranges over.
-- Parameters: $1 text[], names as in pg_type. Since: 11. Privileges: none.
WITH RECURSIVE made AS (
  SELECT t.oid AS root, t.oid AS member
  FROM pg_catalog.pg_type AS t
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
  WHERE t.typname OPERATOR(pg_catalog.=) ANY ($1::name[])
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  UNION
  SELECT m.root, x.member
  FROM made AS m
  JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) m.member
  CROSS JOIN LATERAL (
    SELECT t.typelem AS member
    UNION ALL SELECT t.typbasetype
    UNION ALL
    SELECT a.atttypid FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid OPERATOR(pg_catalog.=) t.typrelid AND t.typrelid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
      AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT r.rngsubtype FROM pg_catalog.pg_range AS r
    WHERE r.rngtypid IN (t.oid, t.typelem)
  ) AS x
  WHERE x.member OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
),
-- Types below this number are the server's own.
users AS (
  SELECT m.root, m.member FROM made AS m WHERE m.member OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
),
called AS (
  SELECT u.root, c.castfunc AS function, (c.castcontext IN ('i')) AS implicit
  FROM users AS u
  JOIN pg_catalog.pg_cast AS c
    ON c.castsource OPERATOR(pg_catalog.=) u.member OR c.casttarget OPERATOR(pg_catalog.=) u.member
  UNION
  SELECT u.root, p.amproc::pg_catalog.oid, true
  FROM users AS u
  JOIN pg_catalog.pg_opclass AS o ON o.opcintype OPERATOR(pg_catalog.=) u.member
  JOIN pg_catalog.pg_amproc AS p
    ON p.amprocfamily OPERATOR(pg_catalog.=) o.opcfamily AND p.amproclefttype OPERATOR(pg_catalog.=) u.member
  UNION
  SELECT u.root, r.oprcode::pg_catalog.oid, true
  FROM users AS u
  JOIN pg_catalog.pg_opclass AS o ON o.opcintype OPERATOR(pg_catalog.=) u.member
  JOIN pg_catalog.pg_amop AS p
    ON p.amopfamily OPERATOR(pg_catalog.=) o.opcfamily AND p.amoplefttype OPERATOR(pg_catalog.=) u.member
  JOIN pg_catalog.pg_operator AS r ON r.oid OPERATOR(pg_catalog.=) p.amopopr
  UNION
  SELECT u.root, x.function::pg_catalog.oid, true
  FROM users AS u
  JOIN pg_catalog.pg_range AS r ON r.rngtypid OPERATOR(pg_catalog.=) u.member
  CROSS JOIN LATERAL (SELECT r.rngcanonical AS function UNION ALL SELECT r.rngsubdiff) AS x
  UNION
  SELECT u.root, x.function::pg_catalog.oid, true
  FROM users AS u
  JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) u.member
  CROSS JOIN LATERAL (
    SELECT t.typinput AS function UNION ALL SELECT t.typoutput UNION ALL SELECT t.typreceive UNION ALL SELECT t.typsend
    UNION ALL SELECT t.typmodin
  ) AS x
)
SELECT
  'type'::text AS part, n.nspname::text AS schema, t.typname::text AS name,
  (n.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(true)))::bool AS in_path,
  NULL::text AS what, NULL::text AS text, NULL::text AS function_schema, NULL::text AS volatility,
  NULL::bool AS security_definer, NULL::text AS language, NULL::bool AS trusted_language, NULL::text AS extension,
  NULL::bool AS implicit, NULL::float4 AS cost,
  NULL::text AS definition
FROM made AS m
JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) m.root
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
WHERE m.root OPERATOR(pg_catalog.=) m.member
UNION ALL
SELECT
  'check', n.nspname::text, t.typname::text, true,
  pg_catalog.format('the check %s of the domain %s', c.conname, pg_catalog.format_type(d.oid, NULL)),
  pg_catalog.pg_get_expr(c.conbin, 0::pg_catalog.oid), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM users AS m
JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) m.root
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
JOIN pg_catalog.pg_type AS d ON d.oid OPERATOR(pg_catalog.=) m.member
JOIN pg_catalog.pg_constraint AS c ON c.contypid OPERATOR(pg_catalog.=) d.oid AND c.contype IN ('c')
WHERE NOT EXISTS (
  SELECT FROM pg_catalog.pg_depend AS x
  WHERE x.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::pg_catalog.regclass
    AND x.objid OPERATOR(pg_catalog.=) d.oid AND x.deptype OPERATOR(pg_catalog.=) 'e'
)
UNION ALL
SELECT
  'function', n.nspname::text, t.typname::text, true, NULL, p.proname::text, s.nspname::text, p.provolatile::text,
  p.prosecdef, l.lanname::text, (l.lanpltrusted OR l.lanname IN ('internal', 'sql')), e.extname::text, c.implicit,
  p.procost::float4,
  CASE WHEN l.lanname IN ('sql') OR l.lanname IN ('plpgsql') AND p.provolatile NOT IN ('v') THEN pg_catalog.pg_get_functiondef(p.oid) END::text
FROM called AS c
JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) c.root
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
JOIN pg_catalog.pg_proc AS p ON p.oid OPERATOR(pg_catalog.=) c.function
JOIN pg_catalog.pg_namespace AS s ON s.oid OPERATOR(pg_catalog.=) p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid OPERATOR(pg_catalog.=) p.prolang
LEFT JOIN pg_catalog.pg_depend AS d
  ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
 AND d.objid OPERATOR(pg_catalog.=) p.oid
 AND d.deptype OPERATOR(pg_catalog.=) 'e'
LEFT JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
WHERE s.nspname NOT IN ('pg_catalog', 'information_schema') AND e.extname IS NULL
LIMIT 50000
