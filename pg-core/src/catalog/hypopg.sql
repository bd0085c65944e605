-- The schema of the extension hypopg as SQL writes it, where the extension is there and the role may use it.
-- Parameters: none.
-- Since 13. Privileges: none.
SELECT pg_catalog.quote_ident(n.nspname)::text AS schema
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
JOIN pg_catalog.pg_depend d ON
    d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid
    AND d.classid = 'pg_catalog.pg_proc'::regclass AND d.deptype = 'e'
JOIN pg_catalog.pg_proc p ON p.oid = d.objid AND p.proname = 'hypopg_create_index' AND p.pronamespace = n.oid
WHERE
    e.extname = 'hypopg'
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
LIMIT 1
