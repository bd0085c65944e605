-- Privileges on a relation and on its columns that somebody other than the owner holds.
-- Parameters: $1 int8, oid of pg_class; $2 int8, most rows.
-- Since 13. Privileges: none.
SELECT
    (CASE WHEN g.grantee = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(g.grantee) END)::text AS role,
    g.column_name::text AS column_name,
    pg_catalog.array_agg(DISTINCT g.privilege_type ORDER BY g.privilege_type)::text[] AS privileges,
    (pg_catalog.array_agg(DISTINCT g.privilege_type ORDER BY g.privilege_type) FILTER (WHERE g.is_grantable))::text[] AS grantable
FROM (
    SELECT x.grantee, x.privilege_type, x.is_grantable, NULL::name AS column_name, 0 AS place, c.relowner
    FROM pg_catalog.pg_class c
    CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) x
    WHERE c.oid = $1::int8::oid
    UNION ALL
    SELECT x.grantee, x.privilege_type, x.is_grantable, a.attname, a.attnum::int4, c.relowner
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
    CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) x
    WHERE c.oid = $1::int8::oid
) g
WHERE g.grantee <> g.relowner
GROUP BY g.grantee, g.column_name, g.place
ORDER BY g.place, 1, 2
LIMIT $2::int8
