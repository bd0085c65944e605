-- What depends on what, as a comparison of schemas orders by it: objects of pg_depend, each led back to the object that it is part of.
-- Parameters: none.
-- Since 13. Privileges: none.
WITH raw AS (
    SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
    FROM pg_catalog.pg_depend d
    WHERE d.deptype IN ('n', 'a', 'i', 'P', 'S') AND d.refobjid >= 16384
),
-- A rule of a view is the view, a default its column, a row type its table, an array its element, an index of a constraint the constraint.
led (classid, objid, toclass, toid, tosub) AS (
    SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass::oid, w.oid, 'pg_class', w.ev_class, 0
    FROM pg_catalog.pg_rewrite w
    WHERE w.rulename = '_RETURN'
    UNION ALL
    SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, f.oid, 'pg_class', f.adrelid, f.adnum::int4
    FROM pg_catalog.pg_attrdef f
    UNION ALL
    SELECT
        'pg_catalog.pg_type'::pg_catalog.regclass, t.oid,
        CASE WHEN c.relkind <> 'c' THEN 'pg_class' ELSE 'pg_type' END,
        CASE WHEN c.relkind <> 'c' THEN c.oid WHEN e.oid IS NULL THEN t.oid ELSE e.oid END, 0
    FROM pg_catalog.pg_type t
    LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
    LEFT JOIN pg_catalog.pg_class c ON c.oid = COALESCE(e.typrelid, t.typrelid) AND c.oid <> 0
    WHERE c.relkind <> 'c' OR (e.oid IS NOT NULL)
    UNION ALL
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, 'pg_type', c.reltype, 0
    FROM pg_catalog.pg_class c
    WHERE c.relkind = 'c'
    UNION ALL
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, k.conindid, 'pg_constraint', k.oid, 0
    FROM pg_catalog.pg_constraint k
    WHERE k.contype IN ('p', 'u', 'x')
),
edge AS (
    SELECT
        COALESCE(a.toclass, (SELECT c.relname::text FROM pg_catalog.pg_class c WHERE c.oid = r.classid)) AS class,
        COALESCE(a.toid, r.objid)::int8 AS oid,
        COALESCE(a.tosub, r.objsubid) AS sub,
        COALESCE(b.toclass, (SELECT c.relname::text FROM pg_catalog.pg_class c WHERE c.oid = r.refclassid)) AS on_class,
        COALESCE(b.toid, r.refobjid)::int8 AS on_oid,
        CASE WHEN b.toid IS NULL OR b.tosub > 0 THEN COALESCE(b.tosub, r.refobjsubid) ELSE 0 END AS on_sub
    FROM raw r
    LEFT JOIN led a ON a.classid = r.classid AND a.objid = r.objid
    LEFT JOIN led b ON b.classid = r.refclassid AND b.objid = r.refobjid
)
SELECT DISTINCT e.class, e.oid, e.sub, e.on_class, e.on_oid, e.on_sub
FROM edge e
WHERE (e.class, e.oid, e.sub) IS DISTINCT FROM (e.on_class, e.on_oid, e.on_sub)
ORDER BY e.class, e.oid, e.sub, e.on_class, e.on_oid, e.on_sub
LIMIT 1000000
