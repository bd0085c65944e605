-- The statements that make an object again which is no relation.
-- Parameters: $1 text, class: function, type, trigger, constraint, policy, schema or extension; $2 int8, its oid.
-- Since 13. Privileges: none.
WITH statement (place, section, statement) AS (
    SELECT
        1, 'function',
        CASE
            WHEN p.prokind <> 'a' THEN pg_catalog.rtrim(pg_catalog.pg_get_functiondef(p.oid), E'\n')
            ELSE 'CREATE AGGREGATE ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname) || '('
                || pg_catalog.pg_get_function_arguments(p.oid) || ') (SFUNC = ' || a.aggtransfn::text || ', STYPE = '
                || pg_catalog.format_type(a.aggtranstype, NULL)
                || CASE WHEN a.aggfinalfn <> 0 THEN ', FINALFUNC = ' || a.aggfinalfn::text ELSE '' END
                || COALESCE(', INITCOND = ' || pg_catalog.quote_literal(a.agginitval), '') || ')'
        END
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    LEFT JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = p.oid
    WHERE $1::text = 'function' AND p.oid = $2::int8::oid
    UNION ALL
    SELECT
        2, 'comment',
        'COMMENT ON ' || CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END || ' '
        || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname) || '('
        || pg_catalog.pg_get_function_identity_arguments(p.oid) || ') IS ' || pg_catalog.quote_literal(pg_catalog.obj_description(p.oid, 'pg_proc'))
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE $1::text = 'function' AND p.oid = $2::int8::oid
    UNION ALL
    SELECT
        1, 'type',
        'CREATE ' || CASE t.typtype WHEN 'd' THEN 'DOMAIN ' ELSE 'TYPE ' END || pg_catalog.quote_ident(n.nspname) || '.'
        || pg_catalog.quote_ident(t.typname) || ' AS ' || CASE t.typtype
            WHEN 'e' THEN 'ENUM (' || (
                SELECT COALESCE(pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder), '')
                FROM pg_catalog.pg_enum e
                WHERE e.enumtypid = t.oid
            ) || ')'
            WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) || COALESCE(' DEFAULT ' || t.typdefault, '')
                || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
                || COALESCE((
                    SELECT pg_catalog.string_agg(
                        ' CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid), '' ORDER BY k.conname
                    )
                    FROM pg_catalog.pg_constraint k
                    WHERE k.contypid = t.oid AND k.contype = 'c'
                ), '')
            ELSE 'RANGE (SUBTYPE = ' || (
                SELECT pg_catalog.format_type(g.rngsubtype, NULL) FROM pg_catalog.pg_range g WHERE g.rngtypid = t.oid
            ) || ')'
        END
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE $1::text = 'type' AND t.oid = $2::int8::oid
    UNION ALL
    SELECT
        2, 'comment',
        'COMMENT ON ' || CASE t.typtype WHEN 'd' THEN 'DOMAIN ' ELSE 'TYPE ' END || pg_catalog.quote_ident(n.nspname) || '.'
        || pg_catalog.quote_ident(t.typname) || ' IS ' || pg_catalog.quote_literal(pg_catalog.obj_description(t.oid, 'pg_type'))
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE $1::text = 'type' AND t.oid = $2::int8::oid
    UNION ALL
    SELECT 1, 'trigger', pg_catalog.pg_get_triggerdef(t.oid)
    FROM pg_catalog.pg_trigger t
    WHERE $1::text = 'trigger' AND t.oid = $2::int8::oid
    UNION ALL
    SELECT
        1, 'constraint',
        'ALTER TABLE ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) || ' ADD CONSTRAINT '
        || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE $1::text = 'constraint' AND k.oid = $2::int8::oid
    UNION ALL
    SELECT
        1, 'policy',
        'CREATE POLICY ' || pg_catalog.quote_ident(p.polname) || ' ON ' || pg_catalog.quote_ident(n.nspname) || '.'
        || pg_catalog.quote_ident(c.relname) || CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END
        || CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' ELSE '' END
        || ' TO ' || (
            SELECT pg_catalog.string_agg(
                CASE WHEN u.role = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(u.role)) END, ', ' ORDER BY u.place
            )
            FROM pg_catalog.unnest(p.polroles) WITH ORDINALITY AS u (role, place)
        )
        || COALESCE(' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')', '')
        || COALESCE(' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
    FROM pg_catalog.pg_policy p
    JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE $1::text = 'policy' AND p.oid = $2::int8::oid
    UNION ALL
    SELECT 1, 'schema', 'CREATE SCHEMA ' || pg_catalog.quote_ident(n.nspname)
    FROM pg_catalog.pg_namespace n
    WHERE $1::text = 'schema' AND n.oid = $2::int8::oid
    UNION ALL
    SELECT
        2, 'comment',
        'COMMENT ON SCHEMA ' || pg_catalog.quote_ident(n.nspname) || ' IS ' || pg_catalog.quote_literal(pg_catalog.obj_description(n.oid, 'pg_namespace'))
    FROM pg_catalog.pg_namespace n
    WHERE $1::text = 'schema' AND n.oid = $2::int8::oid
    UNION ALL
    SELECT
        1, 'extension',
        'CREATE EXTENSION ' || pg_catalog.quote_ident(e.extname) || ' SCHEMA ' || pg_catalog.quote_ident(n.nspname) || ' VERSION '
        || pg_catalog.quote_literal(e.extversion)
    FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    WHERE $1::text = 'extension' AND e.oid = $2::int8::oid
)
SELECT
    s.place::int4 AS place,
    s.section::text AS section,
    s.statement::text AS statement
FROM statement s
WHERE s.statement IS NOT NULL
ORDER BY s.place, s.section
LIMIT 100
