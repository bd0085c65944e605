-- The types that are not there.
-- Parameters: $1 text[], their names as SQL writes them.
-- Since 13. Privileges: none.
SELECT DISTINCT u.name::text AS name
FROM unnest($1::text[]) AS u (name)
WHERE pg_catalog.to_regtype(u.name) IS NULL
ORDER BY 1
