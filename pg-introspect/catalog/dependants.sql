-- What stands on a relation: views, at any depth; functions; policies of other tables; columns of its row type; sequences that
-- it owns; publications.
-- Parameters: $1 int8, oid of pg_class; $2 int8, most rows.
-- Since 13. Privileges: none. PostgreSQL does not record what a function's body names where the body is a string; such are found
-- by a word in the body, and told apart.
WITH RECURSIVE target AS (
    SELECT c.oid, c.relname, c.reltype
    FROM pg_catalog.pg_class c
    WHERE c.oid = $1::int8::oid
),
above (oid, depth) AS (
    SELECT t.oid, 0
    FROM target t
    UNION
    SELECT r.ev_class, a.depth + 1
    FROM above a
    JOIN pg_catalog.pg_depend d ON
        d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = a.oid
        AND d.classid = 'pg_catalog.pg_rewrite'::regclass
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> a.oid
    WHERE a.depth < 16
),
reading (oid, depth) AS (
    SELECT a.oid, pg_catalog.min(a.depth)
    FROM above a
    WHERE a.depth > 0
    GROUP BY a.oid
),
found (kind, schema, name, how, depth) AS (
    SELECT
        CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table with a rule' END,
        n.nspname::text,
        c.relname::text,
        CASE WHEN v.depth = 1 THEN 'reads it' ELSE 'reads it through other views' END,
        v.depth
    FROM reading v
    JOIN pg_catalog.pg_class c ON c.oid = v.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid <> $1::int8::oid
    UNION
    SELECT
        CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
        n.nspname::text,
        (p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')')::text,
        CASE WHEN d.refclassid = 'pg_catalog.pg_type'::regclass THEN 'takes or gives its row type' ELSE 'its body uses it' END,
        1
    FROM target t
    JOIN pg_catalog.pg_depend d ON
        d.classid = 'pg_catalog.pg_proc'::regclass
        AND (
            (d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = t.oid)
            OR (d.refclassid = 'pg_catalog.pg_type'::regclass AND t.reltype <> 0 AND d.refobjid = t.reltype)
        )
    JOIN pg_catalog.pg_proc p ON p.oid = d.objid
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    UNION
    SELECT
        CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END,
        n.nspname::text,
        (p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')')::text,
        'the text of its body names it',
        1
    FROM target t
    JOIN pg_catalog.pg_proc p ON
        p.prosrc ~* ('(^|[^[:alnum:]_$])' || pg_catalog.regexp_replace(t.relname::text, '([^[:alnum:]_ ])', '\\\1', 'g') || '([^[:alnum:]_$]|$)')
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('internal', 'c')
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    UNION
    SELECT 'policy', n.nspname::text, (c.relname || '.' || pol.polname)::text, 'its expression reads it', 1
    FROM target t
    JOIN pg_catalog.pg_depend d ON
        d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = t.oid AND d.classid = 'pg_catalog.pg_policy'::regclass
    JOIN pg_catalog.pg_policy pol ON pol.oid = d.objid AND pol.polrelid <> t.oid
    JOIN pg_catalog.pg_class c ON c.oid = pol.polrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    UNION
    SELECT 'column', n.nspname::text, (c.relname || '.' || a.attname)::text, 'is of its row type', 1
    FROM target t
    JOIN pg_catalog.pg_type ty ON ty.oid = t.reltype OR ty.typelem = t.reltype
    JOIN pg_catalog.pg_attribute a ON a.atttypid = ty.oid AND NOT a.attisdropped AND a.attnum > 0
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE t.reltype <> 0
    UNION
    SELECT 'sequence', n.nspname::text, c.relname::text, 'belongs to its column ' || a.attname, 1
    FROM target t
    JOIN pg_catalog.pg_depend d ON
        d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = t.oid AND d.classid = 'pg_catalog.pg_class'::regclass
        AND d.deptype IN ('a', 'i')
    JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    UNION
    SELECT 'publication', NULL::text, pub.pubname::text, CASE WHEN pub.puballtables THEN 'publishes all tables' ELSE 'publishes it' END, 1
    FROM pg_catalog.pg_publication pub
    JOIN target t ON true
    JOIN pg_catalog.pg_class c ON c.oid = t.oid AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
    WHERE
        pub.puballtables
        OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel pr WHERE pr.prpubid = pub.oid AND pr.prrelid = t.oid)
)
SELECT
    f.kind::text AS kind,
    f.schema::text AS schema,
    f.name::text AS name,
    f.how::text AS how,
    f.depth::int4 AS depth,
    pg_catalog.count(*) OVER ()::int8 AS total
FROM found f
ORDER BY f.depth, f.kind, f.schema, f.name, f.how
LIMIT $2::int8
