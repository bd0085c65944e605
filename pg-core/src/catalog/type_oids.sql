-- The object identifiers of types by name, a row for each name that leads to one.
-- Parameters: $1 text[], names in quotes. Since: 11. Privileges: none.
SELECT x.name::text AS name, t.oid::int8 AS oid, (t.typtype IN ('p'))::bool AS is_pseudo
FROM pg_catalog.unnest($1::text[]) AS x(name)
JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) pg_catalog.to_regtype(x.name)::pg_catalog.oid
