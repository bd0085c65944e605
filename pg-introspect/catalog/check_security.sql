-- Checks of privileges, functions, roles and extensions.
-- Parameters: none.
-- Since 13. Privileges: none.
WITH relation AS (
    SELECT
        c.oid, c.relacl, (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)) AS name
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
    SELECT p.oid, p.proacl, p.proconfig, p.proowner, pg_catalog.quote_ident(n.nspname) AS schema,
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
        SELECT 'security_definer_public' AS check_id, f.name AS object, 1::float8 AS value,
            'everybody may run the function with the rights of ' || pg_catalog.pg_get_userbyid(f.proowner) AS message, NULL::text AS unknown,
            pg_catalog.json_build_object('owner', pg_catalog.pg_get_userbyid(f.proowner)) AS evidence,
            ARRAY['REVOKE EXECUTE ON ROUTINE ' || f.name || ' FROM PUBLIC'] AS mend
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
            ARRAY['ALTER ROUTINE ' || f.name || ' SET search_path = ' || f.schema || ', pg_temp']
        FROM definer f
        WHERE NOT EXISTS (SELECT FROM pg_catalog.unnest(f.proconfig) AS c (setting) WHERE pg_catalog.starts_with(c.setting, 'search_path='))
        ORDER BY 2 LIMIT 100
    )
    UNION ALL
    SELECT 'public_create', pg_catalog.quote_ident(n.nspname), 1, 'every role may create objects in the schema', NULL,
        pg_catalog.json_build_object('schema', n.nspname), ARRAY['REVOKE CREATE ON SCHEMA ' || pg_catalog.quote_ident(n.nspname) || ' FROM PUBLIC']
    FROM pg_catalog.pg_namespace n
    WHERE EXISTS (SELECT FROM pg_catalog.aclexplode(n.nspacl) a WHERE a.grantee = 0 AND a.privilege_type = 'CREATE')
        AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
    UNION ALL
    SELECT 'public_create', pg_catalog.quote_ident(d.datname), 1, 'every role may create schemas in the database', NULL,
        pg_catalog.json_build_object('database', d.datname), ARRAY['REVOKE CREATE ON DATABASE ' || pg_catalog.quote_ident(d.datname) || ' FROM PUBLIC']
    FROM pg_catalog.pg_database d
    WHERE d.datname = pg_catalog.current_database()
        AND EXISTS (SELECT FROM pg_catalog.aclexplode(d.datacl) a WHERE a.grantee = 0 AND a.privilege_type = 'CREATE')
    UNION ALL
    (
        SELECT 'public_table_grants', r.name, CASE WHEN pg_catalog.bool_or(a.privilege_type <> 'SELECT') THEN 2 ELSE 1 END,
            'every role has ' || pg_catalog.string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) || ' on it', NULL,
            pg_catalog.json_build_object('privileges', pg_catalog.array_agg(a.privilege_type ORDER BY a.privilege_type)),
            ARRAY['REVOKE ALL ON ' || r.name || ' FROM PUBLIC']
        FROM relation r CROSS JOIN LATERAL pg_catalog.aclexplode(r.relacl) a
        WHERE a.grantee = 0 GROUP BY r.name ORDER BY 2 LIMIT 100
    )
    UNION ALL
    SELECT 'superuser_roles', pg_catalog.quote_ident(r.rolname), 1, 'the role may log in and is a superuser, beside the one that initdb made', NULL,
        pg_catalog.json_build_object('role', r.rolname), ARRAY['ALTER ROLE ' || pg_catalog.quote_ident(r.rolname) || ' NOSUPERUSER']
    FROM pg_catalog.pg_roles r WHERE r.rolsuper AND r.rolcanlogin AND r.oid <> 10
    UNION ALL
    SELECT 'bypassrls_roles', pg_catalog.quote_ident(r.rolname), 1, 'the role sees every row whatever the policies say', NULL,
        pg_catalog.json_build_object('role', r.rolname), ARRAY['ALTER ROLE ' || pg_catalog.quote_ident(r.rolname) || ' NOBYPASSRLS']
    FROM pg_catalog.pg_roles r WHERE r.rolbypassrls AND r.rolcanlogin AND NOT r.rolsuper
    UNION ALL
    -- Flags and dates about a secret are none, and words that merely hold one of the letters' rows are not names of secrets.
    (
        SELECT 'sensitive_columns', r.name || '.' || pg_catalog.quote_ident(a.attname), 1, 'every role may read a column that by its name holds a secret', NULL,
            pg_catalog.json_build_object('column', a.attname), ARRAY['REVOKE SELECT ON ' || r.name || ' FROM PUBLIC']
        FROM relation r
        JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        WHERE a.attnum > 0 AND NOT a.attisdropped AND t.typcategory NOT IN ('B', 'D', 'T')
            AND a.attname::text ~* '(passw|passphrase|api_?key|private_?key|credit_?card|(^|_)(secret|token|ssn|cvv|cvc|iban|pin)(_|$|s$|_?hash))'
            AND (
                EXISTS (SELECT FROM pg_catalog.aclexplode(r.relacl) x WHERE x.grantee = 0 AND x.privilege_type = 'SELECT')
                OR EXISTS (SELECT FROM pg_catalog.aclexplode(a.attacl) x WHERE x.grantee = 0 AND x.privilege_type = 'SELECT')
            )
        ORDER BY 2 LIMIT 100
    )
    UNION ALL
    SELECT 'untrusted_languages', pg_catalog.quote_ident(l.lanname), 1, 'functions of this language may do to the server''s machine what its user may', NULL,
        pg_catalog.json_build_object('language', l.lanname), NULL
    FROM pg_catalog.pg_language l WHERE NOT l.lanpltrusted AND l.lanname NOT IN ('internal', 'c')
    UNION ALL
    SELECT 'reaching_extensions', pg_catalog.quote_ident(e.extname), 1, 'the extension reaches other servers or files', NULL,
        pg_catalog.json_build_object('version', e.extversion), ARRAY['DROP EXTENSION ' || pg_catalog.quote_ident(e.extname)]
    FROM pg_catalog.pg_extension e WHERE e.extname IN ('dblink', 'postgres_fdw', 'file_fdw', 'adminpack', 'http', 'pg_net')
    UNION ALL
    -- Where the server listens to its own machine only, nothing can be read on the way.
    SELECT 'ssl_off', NULL, 1, 'connections cannot be encrypted: what they carry can be read on the way', NULL,
        pg_catalog.json_build_object('ssl', 'off', 'listen_addresses', pg_catalog.current_setting('listen_addresses')), NULL
    WHERE pg_catalog.current_setting('ssl') = 'off'
        AND EXISTS (
            SELECT FROM pg_catalog.regexp_split_to_table(pg_catalog.current_setting('listen_addresses'), '\s*,\s*') AS heard (address)
            WHERE heard.address NOT IN ('', 'localhost', '::1') AND NOT pg_catalog.starts_with(heard.address, '127.')
        )
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
