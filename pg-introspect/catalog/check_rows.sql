-- Checks of row-level security.
-- Parameters: none.
-- Since 13. Privileges: none.
WITH relation AS (
    SELECT
        c.oid, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.reloptions, c.relacl,
        (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)) AS name
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
        AND c.relkind IN ('r', 'p', 'v')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend e
            WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e'
        )
),
-- Views that read a table by their owner's rights, whom its policies do not hold.
past AS (
    SELECT DISTINCT v.name, t.name AS table_name, pg_catalog.pg_get_userbyid(v.relowner) AS owner
    FROM relation v
    JOIN pg_catalog.pg_roles o ON o.oid = v.relowner
    JOIN pg_catalog.pg_rewrite w ON w.ev_class = v.oid
    JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = w.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    JOIN relation t ON t.oid = d.refobjid AND t.relrowsecurity AND t.relkind IN ('r', 'p')
    WHERE v.relkind = 'v'
        AND (o.rolsuper OR o.rolbypassrls OR v.relowner = t.relowner AND NOT t.relforcerowsecurity)
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_options_to_table(v.reloptions) x
            WHERE x.option_name = 'security_invoker' AND x.option_value::bool
        )
        AND EXISTS (SELECT FROM pg_catalog.aclexplode(v.relacl) a WHERE a.grantee <> v.relowner AND a.privilege_type = 'SELECT')
),
measured AS (
    (
        SELECT 'policy_without_rls' AS check_id, r.name AS object, 1::float8 AS value,
            'the table has row policies and row-level security is off: they do nothing' AS message, NULL::text AS unknown,
            pg_catalog.json_build_object('policies', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_policy p WHERE p.polrelid = r.oid)) AS evidence,
            ARRAY['ALTER TABLE ' || r.name || ' ENABLE ROW LEVEL SECURITY'] AS mend
        FROM relation r
        WHERE NOT r.relrowsecurity AND EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = r.oid) ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'rls_without_policy', r.name, 1, 'row-level security is on and there is no policy: only the owner sees rows', NULL,
            pg_catalog.json_build_object('policies', 0), ARRAY['ALTER TABLE ' || r.name || ' DISABLE ROW LEVEL SECURITY']
        FROM relation r
        WHERE r.relrowsecurity AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = r.oid) ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'policy_always_true', r.name || '.' || pg_catalog.quote_ident(p.polname), 1, 'the policy lets every row be written', NULL,
            pg_catalog.json_build_object('command', p.polcmd), ARRAY['DROP POLICY ' || pg_catalog.quote_ident(p.polname) || ' ON ' || r.name]
        FROM pg_catalog.pg_policy p JOIN relation r ON r.oid = p.polrelid
        WHERE p.polpermissive AND p.polcmd IN ('*', 'a', 'w', 'd')
            AND (pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true' OR pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) = 'true')
        ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'view_past_rls', v.name, 1,
            'whoever reads the view reads ' || v.table_name || ' with the rights of ' || v.owner || ', past its row policies', NULL,
            pg_catalog.json_build_object('table', v.table_name, 'owner', v.owner),
            -- security_invoker came with 15.
            CASE WHEN pg_catalog.current_setting('server_version_num')::int4 >= 150000
                THEN ARRAY['ALTER VIEW ' || v.name || ' SET (security_invoker = true)'] END
        FROM past v ORDER BY 2, v.table_name LIMIT 100
    )
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
