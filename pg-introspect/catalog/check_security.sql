-- Checks of privileges, row-level security, functions and roles.
-- Parameters: none.
-- Since 13. Privileges: none.
WITH relation AS (
    SELECT
        c.oid, c.relkind, c.relrowsecurity, c.relacl, c.relowner,
        (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)) AS name
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
        AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend e
            WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e'
        )
),
definer AS (
    SELECT p.oid, p.proacl, p.proconfig, p.proowner,
        (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname)
        || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')') AS name
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend e
            WHERE e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = p.oid AND e.deptype = 'e'
        )
),
measured AS (
    (
        SELECT 'policy_without_rls' AS check_id, r.name AS object, 1::float8 AS value,
            'the table has row policies and row-level security is off: they do nothing' AS message, NULL::text AS unknown,
            pg_catalog.json_build_object('policies', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_policy p WHERE p.polrelid = r.oid)) AS evidence,
            'ALTER TABLE ' || r.name || ' ENABLE ROW LEVEL SECURITY' AS mend
        FROM relation r
        WHERE NOT r.relrowsecurity AND EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = r.oid) ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'rls_without_policy', r.name, 1, 'row-level security is on and there is no policy: only the owner sees rows', NULL,
            pg_catalog.json_build_object('policies', 0), 'ALTER TABLE ' || r.name || ' DISABLE ROW LEVEL SECURITY'
        FROM relation r
        WHERE r.relrowsecurity AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = r.oid) ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'policy_always_true', r.name || '.' || pg_catalog.quote_ident(p.polname), 1, 'the policy lets every row be written', NULL,
            pg_catalog.json_build_object('command', p.polcmd), 'DROP POLICY ' || pg_catalog.quote_ident(p.polname) || ' ON ' || r.name
        FROM pg_catalog.pg_policy p JOIN relation r ON r.oid = p.polrelid
        WHERE p.polpermissive AND p.polcmd IN ('*', 'a', 'w', 'd')
            AND (pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true' OR pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) = 'true')
        ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'security_definer_public', f.name, 1, 'everybody may run the function with the rights of ' || pg_catalog.pg_get_userbyid(f.proowner), NULL,
            pg_catalog.json_build_object('owner', pg_catalog.pg_get_userbyid(f.proowner)), 'REVOKE EXECUTE ON FUNCTION ' || f.name || ' FROM PUBLIC'
        FROM definer f
        WHERE f.proacl IS NULL OR EXISTS (
            SELECT FROM pg_catalog.aclexplode(f.proacl) a WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE'
        )
        ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'function_search_path', f.name, 1, 'the function runs with its owner''s rights and its caller''s search_path', NULL,
            pg_catalog.json_build_object('owner', pg_catalog.pg_get_userbyid(f.proowner)),
            'ALTER FUNCTION ' || f.name || ' SET search_path = pg_catalog, pg_temp'
        FROM definer f
        WHERE NOT EXISTS (SELECT FROM pg_catalog.unnest(f.proconfig) AS c (setting) WHERE pg_catalog.starts_with(c.setting, 'search_path='))
        ORDER BY 2 LIMIT 100
    )
    UNION ALL
    SELECT 'public_create', pg_catalog.quote_ident(n.nspname), 1, 'every role may create objects in the schema', NULL,
        pg_catalog.json_build_object('schema', n.nspname), 'REVOKE CREATE ON SCHEMA ' || pg_catalog.quote_ident(n.nspname) || ' FROM PUBLIC'
    FROM pg_catalog.pg_namespace n
    WHERE EXISTS (SELECT FROM pg_catalog.aclexplode(n.nspacl) a WHERE a.grantee = 0 AND a.privilege_type = 'CREATE')
        AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
    UNION ALL
    (
        SELECT 'public_table_grants', r.name, CASE WHEN pg_catalog.bool_or(a.privilege_type <> 'SELECT') THEN 2 ELSE 1 END,
            'every role has ' || pg_catalog.string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) || ' on it', NULL,
            pg_catalog.json_build_object('privileges', pg_catalog.array_agg(a.privilege_type)), 'REVOKE ALL ON ' || r.name || ' FROM PUBLIC'
        FROM relation r CROSS JOIN LATERAL pg_catalog.aclexplode(r.relacl) a
        WHERE a.grantee = 0 GROUP BY r.name ORDER BY 2 LIMIT 100
    )
    UNION ALL
    SELECT 'superuser_roles', pg_catalog.quote_ident(r.rolname), 1, 'the role may log in and is a superuser, beside the one that initdb made', NULL,
        pg_catalog.json_build_object('role', r.rolname), 'ALTER ROLE ' || pg_catalog.quote_ident(r.rolname) || ' NOSUPERUSER'
    FROM pg_catalog.pg_roles r WHERE r.rolsuper AND r.rolcanlogin AND r.oid <> 10
    UNION ALL
    SELECT 'bypassrls_roles', pg_catalog.quote_ident(r.rolname), 1, 'the role sees every row whatever the policies say', NULL,
        pg_catalog.json_build_object('role', r.rolname), 'ALTER ROLE ' || pg_catalog.quote_ident(r.rolname) || ' NOBYPASSRLS'
    FROM pg_catalog.pg_roles r WHERE r.rolbypassrls AND r.rolcanlogin AND NOT r.rolsuper
    UNION ALL
    (
        SELECT 'sensitive_columns', r.name || '.' || pg_catalog.quote_ident(a.attname), 1, 'every role may read a column that by its name holds a secret', NULL,
            pg_catalog.json_build_object('column', a.attname), 'REVOKE SELECT ON ' || r.name || ' FROM PUBLIC'
        FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
        WHERE a.attnum > 0 AND NOT a.attisdropped
            AND a.attname::text ~* '(passw|passwd|secret|token|api_?key|ssn|credit_?card|cvv|iban)'
            AND EXISTS (SELECT FROM pg_catalog.aclexplode(r.relacl) x WHERE x.grantee = 0 AND x.privilege_type = 'SELECT')
        ORDER BY 2 LIMIT 100
    )
    UNION ALL
    SELECT 'untrusted_languages', l.lanname, 1, 'functions of this language may do to the server''s machine what its user may', NULL,
        pg_catalog.json_build_object('language', l.lanname), NULL
    FROM pg_catalog.pg_language l WHERE NOT l.lanpltrusted AND l.lanname NOT IN ('internal', 'c')
    UNION ALL
    SELECT 'reaching_extensions', e.extname, 1, 'the extension reaches other servers or files', NULL,
        pg_catalog.json_build_object('version', e.extversion), 'DROP EXTENSION ' || pg_catalog.quote_ident(e.extname)
    FROM pg_catalog.pg_extension e WHERE e.extname IN ('dblink', 'file_fdw', 'adminpack', 'lo', 'plpythonu')
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text FROM measured
