-- Row-level security policies of a table.
-- Parameters: $1 int8, oid of pg_class.
-- Since 13. Privileges: none.
SELECT
    p.polname::text AS name,
    (CASE p.polcmd
        WHEN '*' THEN 'all'
        WHEN 'r' THEN 'select'
        WHEN 'a' THEN 'insert'
        WHEN 'w' THEN 'update'
        WHEN 'd' THEN 'delete'
        ELSE p.polcmd::text
    END)::text AS command,
    p.polpermissive::bool AS is_permissive,
    ARRAY(
        SELECT CASE WHEN r.role = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(r.role) END
        FROM pg_catalog.unnest(p.polroles) WITH ORDINALITY AS r (role, place)
        ORDER BY r.place
    )::text[] AS roles,
    pg_catalog.pg_get_expr(p.polqual, p.polrelid)::text AS using_expression,
    pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)::text AS check_expression
FROM pg_catalog.pg_policy p
WHERE p.polrelid = $1::int8::oid
ORDER BY p.polname
