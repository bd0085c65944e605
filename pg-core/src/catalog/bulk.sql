-- Whether a table cannot tell rows that one INSERT brings from rows that come one by one: a plain table without rules, row
-- security, triggers of users, foreign keys to itself, and without functions of users, which may read the table, in its
-- defaults, checks, indexes and generated columns.
-- And whether it can be filled by COPY, which knows no rules and no row security.
-- Parameters: $1 text, the relation's name, quoted.
-- Since: 11. Privileges: none.
SELECT (
  c.relkind IN ('r') AND NOT c.relispartition AND NOT c.relhasrules AND NOT c.relrowsecurity
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_trigger AS t
    WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid AND NOT t.tgisinternal AND t.tgenabled NOT IN ('D')
  )
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint AS k
    WHERE k.conrelid OPERATOR(pg_catalog.=) c.oid AND k.contype IN ('f')
      AND k.confrelid OPERATOR(pg_catalog.=) c.oid
  )
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_proc AS p ON p.oid OPERATOR(pg_catalog.=) d.refobjid
    JOIN pg_catalog.pg_language AS l ON l.oid OPERATOR(pg_catalog.=) p.prolang
    WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
      AND p.provolatile NOT IN ('i') AND l.lanname NOT IN ('c', 'internal')
      AND (
        (d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid IN (
          SELECT f.oid FROM pg_catalog.pg_attrdef AS f WHERE f.adrelid OPERATOR(pg_catalog.=) c.oid))
        OR (d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objid IN (
          SELECT k.oid FROM pg_catalog.pg_constraint AS k
          WHERE k.conrelid OPERATOR(pg_catalog.=) c.oid
             OR k.contypid IN (
               SELECT a.atttypid FROM pg_catalog.pg_attribute AS a WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid)))
        OR (d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid IN (
          SELECT i.indexrelid FROM pg_catalog.pg_index AS i WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid))
      )
  )
)::bool AS row_by_row,
(c.relkind IN ('r', 'p', 'f') AND NOT c.relhasrules AND NOT c.relrowsecurity)::bool AS takes_copy
FROM pg_catalog.pg_class AS c
WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1::pg_catalog.text)
LIMIT 1
