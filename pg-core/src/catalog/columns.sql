-- Columns of the relations that a statement names.
-- Parameters: $1 text[], names of relations.
-- Since: 11. Privileges: none.
SELECT c.relname::text AS relation, a.attname::text AS name
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
WHERE c.relname OPERATOR(pg_catalog.=) ANY ($1::name[])
  AND a.attnum > 0 AND NOT a.attisdropped
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
GROUP BY c.relname, a.attname
ORDER BY 1, 2
LIMIT 10000
