-- The foreign keys of a table that it has from the table whose partition it is.
-- Parameters: $1 text, the schema; $2 text, the table.
-- Since 13. Privileges: none.
SELECT k.conname::text AS name
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1::text AND c.relname = $2::text AND k.contype = 'f' AND k.conparentid <> 0
ORDER BY k.conname
