-- Roles with what they may do and which roles they are members of.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: none.
SELECT
    r.rolname::text AS name,
    r.rolcanlogin::bool AS can_login,
    ARRAY(
        SELECT x.word
        FROM (VALUES
            (1, r.rolsuper, 'superuser'), (2, r.rolcreaterole, 'create role'), (3, r.rolcreatedb, 'create database'),
            (4, r.rolreplication, 'replication'), (5, r.rolbypassrls, 'bypass row security'), (6, NOT r.rolinherit, 'no inherit')
        ) AS x (place, holds, word)
        WHERE x.holds
        ORDER BY x.place
    )::text[] AS attributes,
    ARRAY(
        SELECT g.rolname
        FROM pg_catalog.pg_auth_members m
        JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
        WHERE m.member = r.oid
        GROUP BY g.rolname
        ORDER BY g.rolname
    )::text[] AS member_of,
    NULLIF(r.rolconnlimit, -1)::int4 AS connection_limit,
    r.rolvaliduntil::timestamptz AS valid_until
FROM pg_catalog.pg_roles r
WHERE NOT pg_catalog.starts_with(r.rolname::text, 'pg_')
ORDER BY r.rolname
LIMIT $1::int8
