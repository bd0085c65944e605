-- Types and routines of all schemas but the system's, as a comparison of schemas reads them.
-- Parameters: none.
-- Since 13. Privileges: none. Base types are left out: they are functions of a library.
WITH mine AS (
    SELECT n.oid, n.nspname::text AS schema, pg_catalog.quote_ident(n.nspname) AS sql
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
object (class, oid, kind, schema, name, bare, parent, owner, acl, acl_form, attributes) AS (
    SELECT
        'pg_type', t.oid,
        CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'composite' END,
        n.schema, n.sql || '.' || pg_catalog.quote_ident(t.typname), pg_catalog.quote_ident(t.typname), NULL::text,
        t.typowner, t.typacl, 'T'::"char",
        pg_catalog.jsonb_build_object(
            'labels', CASE t.typtype WHEN 'e' THEN (
                SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid
            ) END,
            'base', CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END,
            'collation', CASE t.typtype WHEN 'd' THEN (
                SELECT pg_catalog.quote_ident(ln.nspname) || '.' || pg_catalog.quote_ident(l.collname)
                FROM pg_catalog.pg_collation l
                JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
                JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
                WHERE l.oid = t.typcollation AND t.typcollation <> b.typcollation
            ) END,
            'default', CASE t.typtype WHEN 'd' THEN COALESCE(pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault) END,
            'not_null', CASE WHEN t.typtype = 'd' AND t.typnotnull THEN 'yes' END,
            'subtype', (
                SELECT pg_catalog.format_type(g.rngsubtype, NULL)
                    || COALESCE(', SUBTYPE_DIFF = ' || CASE WHEN g.rngsubdiff <> 0 THEN g.rngsubdiff::pg_catalog.regproc::text END, '')
                FROM pg_catalog.pg_range g
                WHERE g.rngtypid = t.oid
            ),
            'fields', CASE t.typtype WHEN 'c' THEN (
                SELECT COALESCE(pg_catalog.json_agg(
                    pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum
                ), '[]')
                FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
            ) END,
            'comment', pg_catalog.obj_description(t.oid, 'pg_type')
        )
    FROM pg_catalog.pg_type t
    JOIN mine n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('e', 'd', 'r')
        OR (t.typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
    UNION ALL
    SELECT
        'pg_constraint', k.oid, 'domain constraint',
        n.schema, pg_catalog.quote_ident(k.conname) || ' ON ' || n.sql || '.' || pg_catalog.quote_ident(t.typname),
        pg_catalog.quote_ident(k.conname), n.sql || '.' || pg_catalog.quote_ident(t.typname),
        NULL, NULL, NULL,
        pg_catalog.jsonb_build_object(
            'definition', pg_catalog.pg_get_constraintdef(k.oid),
            'comment', pg_catalog.obj_description(k.oid, 'pg_constraint')
        )
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_type t ON t.oid = k.contypid
    JOIN mine n ON n.oid = t.typnamespace
    WHERE k.contype = 'c'
    UNION ALL
    SELECT
        'pg_proc', p.oid, CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
        n.schema, n.sql || '.' || pg_catalog.quote_ident(p.proname) || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')',
        pg_catalog.quote_ident(p.proname), NULL,
        p.proowner, p.proacl, 'f',
        pg_catalog.jsonb_build_object(
            'definition', CASE
                WHEN p.prokind <> 'a' THEN pg_catalog.rtrim(pg_catalog.pg_get_functiondef(p.oid), E'\n')
                ELSE 'CREATE AGGREGATE ' || n.sql || '.' || pg_catalog.quote_ident(p.proname) || '('
                    || pg_catalog.pg_get_function_arguments(p.oid) || ') (SFUNC = ' || a.aggtransfn::pg_catalog.regproc::text || ', STYPE = '
                    || pg_catalog.format_type(a.aggtranstype, NULL)
                    || CASE WHEN a.aggtransspace <> 0 THEN ', SSPACE = ' || a.aggtransspace ELSE '' END
                    || CASE WHEN a.aggfinalfn <> 0 THEN ', FINALFUNC = ' || a.aggfinalfn::pg_catalog.regproc::text ELSE '' END
                    || CASE WHEN a.aggfinalextra THEN ', FINALFUNC_EXTRA' ELSE '' END
                    || CASE WHEN a.aggcombinefn <> 0 THEN ', COMBINEFUNC = ' || a.aggcombinefn::pg_catalog.regproc::text ELSE '' END
                    || CASE WHEN a.aggserialfn <> 0 THEN ', SERIALFUNC = ' || a.aggserialfn::pg_catalog.regproc::text ELSE '' END
                    || CASE WHEN a.aggdeserialfn <> 0 THEN ', DESERIALFUNC = ' || a.aggdeserialfn::pg_catalog.regproc::text ELSE '' END
                    || COALESCE(', INITCOND = ' || pg_catalog.quote_literal(a.agginitval), '')
                    || CASE WHEN a.aggmtransfn <> 0 THEN ', MSFUNC = ' || a.aggmtransfn::pg_catalog.regproc::text || ', MINVFUNC = '
                        || a.aggminvtransfn::pg_catalog.regproc::text || ', MSTYPE = ' || pg_catalog.format_type(a.aggmtranstype, NULL) ELSE '' END
                    || CASE WHEN a.aggmfinalfn <> 0 THEN ', MFINALFUNC = ' || a.aggmfinalfn::pg_catalog.regproc::text ELSE '' END
                    || COALESCE(', MINITCOND = ' || pg_catalog.quote_literal(a.aggminitval), '')
                    || CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = RESTRICTED' ELSE '' END
                    || CASE WHEN a.aggkind = 'h' THEN ', HYPOTHETICAL' ELSE '' END || ')'
            END,
            'result', pg_catalog.pg_get_function_result(p.oid),
            'arguments', pg_catalog.regexp_replace(pg_catalog.pg_get_function_arguments(p.oid), ' DEFAULT .*$', ''),
            'defaults', p.pronargdefaults::text,
            'comment', pg_catalog.obj_description(p.oid, 'pg_proc')
        )
    FROM pg_catalog.pg_proc p
    JOIN mine n ON n.oid = p.pronamespace
    LEFT JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = p.oid
)
SELECT
    o.class::text AS class,
    o.oid::int8 AS oid,
    0 AS sub,
    o.kind::text AS kind,
    o.schema,
    o.name,
    o.bare,
    o.parent,
    0 AS place,
    pg_catalog.jsonb_strip_nulls(o.attributes || pg_catalog.jsonb_build_object(
        'owner', CASE WHEN o.owner IS NOT NULL THEN pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(o.owner)) END,
        'grants', CASE WHEN o.owner IS NOT NULL THEN (
            SELECT pg_catalog.json_agg(g.said ORDER BY g.said)
            FROM (
                SELECT x.privilege_type || ' TO '
                    || CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END
                    || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS said
                FROM pg_catalog.aclexplode(COALESCE(o.acl, pg_catalog.acldefault(o.acl_form, o.owner))) x
                WHERE x.grantee <> o.owner
            ) g
        ) END
    ))::json AS attributes
FROM object o
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = ('pg_catalog.' || o.class)::pg_catalog.regclass AND d.objid = o.oid
        -- The constructors of a range are made with it.
        AND (d.deptype = 'e' OR (d.deptype = 'i' AND o.class = 'pg_proc'))
)
ORDER BY o.kind, o.name
LIMIT 1000000
