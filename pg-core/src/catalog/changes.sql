-- What vetting needs to know of changes of rows: for each relation with one of the given names a row of part `relation`, and a
-- row for each thing that owners attached to it which a change runs: `trigger`, `rule`, `expression` (defaults, checks,
-- generated columns, indexes, partition keys, row-security policies), `function` (behind operator classes, exclusion
-- constraints and assignments), and `cascade`, a foreign key that hands the change on. Triggers and checks of partitions and
-- children count as the relation's. Letters of changes: i, u, d, t, c as in RowChanges::from_letters. Disabled triggers and
-- rules, and what calls functions of the server or of extensions alone, are left out; triggers of extensions are not.
-- Parameters: $1 text[], names as in pg_class. Since: 13 (tgparentid). Privileges: none.
WITH RECURSIVE named AS (
  SELECT c.oid, c.relname, n.nspname, c.relkind, c.relrowsecurity
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
  WHERE c.relname OPERATOR(pg_catalog.=) ANY ($1::name[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
),
below AS (
  SELECT n.oid AS root, n.oid AS member FROM named AS n
  UNION
  SELECT b.root, i.inhrelid
  FROM below AS b JOIN pg_catalog.pg_inherits AS i ON i.inhparent OPERATOR(pg_catalog.=) b.member
),
relations AS (
  SELECT
    b.root, b.member, b.root OPERATOR(pg_catalog.=) b.member AS itself, n.relkind AS root_kind, n.relrowsecurity,
    pg_catalog.format('%s.%s', m.nspname, c.relname) AS called
  FROM below AS b
  JOIN named AS n ON n.oid OPERATOR(pg_catalog.=) b.root
  JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) b.member
  JOIN pg_catalog.pg_namespace AS m ON m.oid OPERATOR(pg_catalog.=) c.relnamespace
),
-- The types of columns, and what they are made of.
held AS (
  SELECT n.oid AS root, a.atttypid AS type
  FROM named AS n
  JOIN pg_catalog.pg_attribute AS a
    ON a.attrelid OPERATOR(pg_catalog.=) n.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
  UNION
  SELECT h.root, x.member
  FROM held AS h
  JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) h.type
  CROSS JOIN LATERAL (
    SELECT t.typelem AS member
    UNION ALL SELECT t.typbasetype
    UNION ALL
    SELECT a.atttypid FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid OPERATOR(pg_catalog.=) t.typrelid AND t.typrelid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
      AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
    UNION ALL
    SELECT r.rngsubtype FROM pg_catalog.pg_range AS r WHERE r.rngtypid IN (t.oid, t.typelem)
  ) AS x
  WHERE x.member OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
),
indexes AS (
  SELECT r.root, r.called, i.indexrelid, i.indrelid, i.indexprs, i.indpred, i.indclass::pg_catalog.oid[] AS classes
  FROM relations AS r JOIN pg_catalog.pg_index AS i ON i.indrelid OPERATOR(pg_catalog.=) r.member
),
keys AS (
  SELECT r.root, r.called, p.partrelid, p.partexprs, p.partclass::pg_catalog.oid[] AS classes
  FROM relations AS r JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid OPERATOR(pg_catalog.=) r.member
),
-- Operator classes of users, and the functions behind them.
classes AS (
  SELECT x.root, x.called, o.oid AS class, o.opcfamily AS family
  FROM (
    SELECT i.root, i.called, pg_catalog.unnest(i.classes) AS class FROM indexes AS i
    UNION
    SELECT k.root, k.called, pg_catalog.unnest(k.classes) FROM keys AS k
  ) AS x
  JOIN pg_catalog.pg_opclass AS o ON o.oid OPERATOR(pg_catalog.=) x.class
  WHERE o.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
),
expressions AS MATERIALIZED (
  SELECT
    r.root,
    CASE WHEN a.attgenerated IN ('') THEN 'the default of ' ELSE 'the generated column ' END
      OPERATOR(pg_catalog.||) r.called OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) a.attname::text AS what,
    pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS text, 'iu' AS changes
  FROM relations AS r
  JOIN pg_catalog.pg_attrdef AS d ON d.adrelid OPERATOR(pg_catalog.=) r.member
  JOIN pg_catalog.pg_attribute AS a
    ON a.attrelid OPERATOR(pg_catalog.=) d.adrelid AND a.attnum OPERATOR(pg_catalog.=) d.adnum
  WHERE r.itself OR a.attgenerated NOT IN ('')
  UNION ALL
  SELECT r.root, pg_catalog.format('the check %s of %s', k.conname, r.called), pg_catalog.pg_get_expr(k.conbin, k.conrelid), 'iu'
  FROM relations AS r JOIN pg_catalog.pg_constraint AS k ON k.conrelid OPERATOR(pg_catalog.=) r.member
  WHERE k.contype IN ('c')
  UNION ALL
  SELECT h.root, pg_catalog.format('the check %s of the domain %s', k.conname, pg_catalog.format_type(k.contypid, NULL)),
    pg_catalog.pg_get_expr(k.conbin, 0::pg_catalog.oid), 'iu'
  FROM held AS h JOIN pg_catalog.pg_constraint AS k ON k.contypid OPERATOR(pg_catalog.=) h.type
  WHERE k.contype IN ('c')
  UNION ALL
  SELECT h.root, 'the default of the domain ' OPERATOR(pg_catalog.||) pg_catalog.format_type(t.oid, NULL),
    pg_catalog.pg_get_expr(t.typdefaultbin, 0::pg_catalog.oid), 'iu'
  FROM held AS h JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) h.type
  WHERE t.typtype IN ('d') AND t.typdefaultbin IS NOT NULL
  UNION ALL
  SELECT i.root, 'an index of ' OPERATOR(pg_catalog.||) i.called, pg_catalog.pg_get_expr(i.indexprs, i.indrelid), 'iu'
  FROM indexes AS i WHERE i.indexprs IS NOT NULL
  UNION ALL
  SELECT i.root, 'an index of ' OPERATOR(pg_catalog.||) i.called, pg_catalog.pg_get_expr(i.indpred, i.indrelid), 'iu'
  FROM indexes AS i WHERE i.indpred IS NOT NULL
  UNION ALL
  SELECT k.root, 'the partition key of ' OPERATOR(pg_catalog.||) k.called, pg_catalog.pg_get_expr(k.partexprs, k.partrelid), 'iu'
  FROM keys AS k WHERE k.partexprs IS NOT NULL
  UNION ALL
  SELECT r.root, pg_catalog.format('the row-security policy %s of %s', p.polname, r.called), pg_catalog.pg_get_expr(x.expression, p.polrelid), x.changes
  FROM relations AS r
  JOIN pg_catalog.pg_policy AS p ON p.polrelid OPERATOR(pg_catalog.=) r.member
  CROSS JOIN LATERAL (
    SELECT p.polqual AS expression, CASE WHEN p.polcmd IN ('w') THEN 'u' WHEN p.polcmd IN ('d') THEN 'd' ELSE 'iud' END AS changes
    WHERE p.polcmd NOT IN ('r')
    UNION ALL
    SELECT p.polwithcheck, CASE WHEN p.polcmd IN ('a') THEN 'i' WHEN p.polcmd IN ('w') THEN 'u' ELSE 'iu' END
  ) AS x
  WHERE r.itself AND r.relrowsecurity AND x.expression IS NOT NULL
),
functions AS (
  SELECT c.root, 'an operator class of an index or partition key of ' OPERATOR(pg_catalog.||) c.called AS what, p.amproc::pg_catalog.oid AS function
  FROM classes AS c JOIN pg_catalog.pg_amproc AS p ON p.amprocfamily OPERATOR(pg_catalog.=) c.family
  UNION
  SELECT c.root, 'an operator class of an index or partition key of ' OPERATOR(pg_catalog.||) c.called, o.oprcode::pg_catalog.oid
  FROM classes AS c
  JOIN pg_catalog.pg_amop AS p ON p.amopfamily OPERATOR(pg_catalog.=) c.family
  JOIN pg_catalog.pg_operator AS o ON o.oid OPERATOR(pg_catalog.=) p.amopopr
  UNION
  SELECT r.root, pg_catalog.format('the constraint %s of %s', k.conname, r.called), o.oprcode::pg_catalog.oid
  FROM relations AS r
  JOIN pg_catalog.pg_constraint AS k ON k.conrelid OPERATOR(pg_catalog.=) r.member AND k.contype IN ('x')
  JOIN pg_catalog.pg_operator AS o ON o.oid OPERATOR(pg_catalog.=) ANY (k.conexclop)
  UNION
  SELECT h.root, 'a cast to ' OPERATOR(pg_catalog.||) pg_catalog.format_type(h.type, NULL), c.castfunc
  FROM held AS h
  JOIN pg_catalog.pg_cast AS c
    ON c.casttarget OPERATOR(pg_catalog.=) h.type AND c.castcontext IN ('a', 'i')
   AND c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
),
parts AS (
  SELECT 'relation' AS part, n.oid AS root, NULL::text AS what, NULL::text AS text, '' AS changes, false AS instead,
    0::pg_catalog.oid AS function, NULL::text AS to_schema, NULL::text AS to_name, NULL::text AS leads_to, NULL::text[] AS columns
  FROM named AS n
  UNION ALL
  SELECT DISTINCT ON (t.tgfoid, r.root, t.tgname, x.changes)
    'trigger', r.root, pg_catalog.format('the trigger %s on %s', t.tgname, r.called),
    CASE WHEN t.tgqual IS NOT NULL THEN pg_catalog.pg_get_triggerdef(t.oid) END, x.changes,
    (t.tgtype::int OPERATOR(pg_catalog.&) 64) OPERATOR(pg_catalog.<>) 0, t.tgfoid, NULL, NULL, NULL, NULL
  FROM relations AS r
  JOIN pg_catalog.pg_trigger AS t ON t.tgrelid OPERATOR(pg_catalog.=) r.member AND t.tgenabled NOT IN ('D')
  CROSS JOIN LATERAL (
    SELECT pg_catalog.concat(
      CASE WHEN (t.tgtype::int OPERATOR(pg_catalog.&) 4) OPERATOR(pg_catalog.<>) 0 THEN 'i' END,
      CASE WHEN (t.tgtype::int OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.<>) 0 THEN 'd' END,
      -- A row that moves to another partition is deleted from one and inserted into the other.
      CASE WHEN (t.tgtype::int OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.<>) 0
        OR r.root_kind IN ('p') AND (t.tgtype::int OPERATOR(pg_catalog.&) 1) OPERATOR(pg_catalog.<>) 0 THEN 'u' END,
      CASE WHEN (t.tgtype::int OPERATOR(pg_catalog.&) 32) OPERATOR(pg_catalog.<>) 0 THEN 't' END
    ) AS changes
  ) AS x
  WHERE (r.itself OR t.tgparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
    AND (t.tgtype::int OPERATOR(pg_catalog.&) 33) OPERATOR(pg_catalog.<>) 0)
  UNION ALL
  SELECT
    'rule', n.oid, pg_catalog.format('the rule %s on %s.%s', r.rulename, n.nspname, n.relname), pg_catalog.pg_get_ruledef(r.oid),
    CASE WHEN r.ev_type IN ('2') THEN 'u' WHEN r.ev_type IN ('3') THEN 'i' ELSE 'd' END,
    r.is_instead AND r.ev_qual::text OPERATOR(pg_catalog.=) '<>', 0::pg_catalog.oid, NULL, NULL, NULL, NULL
  FROM named AS n
  JOIN pg_catalog.pg_rewrite AS r ON r.ev_class OPERATOR(pg_catalog.=) n.oid
  WHERE r.ev_type IN ('2', '3', '4') AND r.ev_enabled NOT IN ('D')
  UNION ALL
  SELECT 'expression', e.root, pg_catalog.min(e.what), e.text, e.changes, false, 0::pg_catalog.oid, NULL, NULL, NULL, NULL
  FROM expressions AS e
  GROUP BY e.root, e.text, e.changes
  UNION ALL
  SELECT 'function', f.root, pg_catalog.min(f.what), NULL, 'iud', false, f.function, NULL, NULL, NULL, NULL
  FROM functions AS f GROUP BY f.root, f.function
  UNION ALL
  SELECT DISTINCT
    'cascade', r.root, pg_catalog.format('the foreign key %s of %s.%s', k.conname, m.nspname, c.relname), NULL, x.changes, false,
    0::pg_catalog.oid, m.nspname::text, c.relname::text, x.leads_to,
    ARRAY(
      SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
      WHERE a.attrelid OPERATOR(pg_catalog.=) k.confrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (k.confkey)
      ORDER BY a.attnum
    )
  FROM relations AS r
  JOIN pg_catalog.pg_constraint AS k ON k.confrelid OPERATOR(pg_catalog.=) r.member AND k.contype IN ('f')
  JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) k.conrelid
  JOIN pg_catalog.pg_namespace AS m ON m.oid OPERATOR(pg_catalog.=) c.relnamespace
  CROSS JOIN LATERAL (
    SELECT 'd' AS changes, CASE WHEN k.confdeltype IN ('c') THEN 'd' ELSE 'u' END AS leads_to
    WHERE k.confdeltype IN ('c', 'n', 'd')
    UNION ALL SELECT 'u', 'u' WHERE k.confupdtype IN ('c', 'n', 'd')
    UNION ALL SELECT 'c', 'tc'
  ) AS x
  WHERE r.itself OR k.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
)
SELECT
  x.part::text AS part, n.nspname::text AS schema, n.relname::text AS name, pg_catalog.pg_table_is_visible(n.oid)::bool AS visible,
  x.what, x.text, x.changes::text AS changes, x.instead::bool AS instead,
  s.nspname::text AS function_schema, p.proname::text AS function, p.provolatile::text AS volatility,
  p.prosecdef::bool AS security_definer, l.lanname::text AS language,
  (l.lanpltrusted OR l.lanname IN ('internal', 'sql'))::bool AS trusted_language, e.extname::text AS extension,
  p.procost::float4 AS cost,
  CASE
    WHEN x.part IN ('trigger') AND x.instead AND l.lanname IN ('plpgsql') THEN pg_catalog.pg_get_functiondef(p.oid)
  END::text AS definition,
  x.to_schema, x.to_name, x.leads_to, x.columns
FROM parts AS x
JOIN named AS n ON n.oid OPERATOR(pg_catalog.=) x.root
LEFT JOIN pg_catalog.pg_proc AS p ON p.oid OPERATOR(pg_catalog.=) x.function
LEFT JOIN pg_catalog.pg_namespace AS s ON s.oid OPERATOR(pg_catalog.=) p.pronamespace
LEFT JOIN pg_catalog.pg_language AS l ON l.oid OPERATOR(pg_catalog.=) p.prolang
LEFT JOIN pg_catalog.pg_depend AS d
  ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
 AND d.objid OPERATOR(pg_catalog.=) p.oid
 AND d.deptype OPERATOR(pg_catalog.=) 'e'
LEFT JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
WHERE x.part IN ('relation', 'rule', 'expression', 'cascade')
   OR s.nspname NOT IN ('pg_catalog') AND (x.part IN ('trigger') OR e.extname IS NULL)
ORDER BY 2, 3, 1, 5, 6
LIMIT 100000
