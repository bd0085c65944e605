-- Whether there is a relation of a name.
-- Parameters: $1 text, the relation's name as SQL writes it.
-- Since 13. Privileges: none.
SELECT (pg_catalog.to_regclass($1::text) IS NOT NULL)::bool AS there
