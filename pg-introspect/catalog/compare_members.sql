-- What belongs to a relation of all schemas but the system's, as a comparison of schemas reads it: constraints, indexes, triggers,
-- rules, policies, statistics objects.
-- Parameters: none.
-- Since 13. Privileges: none. What partitions and children inherit is left out: it comes with the parent's.
WITH mine AS (
    SELECT n.oid, n.nspname::text AS schema, pg_catalog.quote_ident(n.nspname) AS sql
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
relation AS (
    SELECT c.oid, c.relkind, c.relowner, n.schema, n.sql AS schema_sql, n.sql || '.' || pg_catalog.quote_ident(c.relname) AS sql
    FROM pg_catalog.pg_class c
    JOIN mine n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e'
        )
),
member (class, oid, kind, schema, name, bare, parent, attributes) AS (
    SELECT
        'pg_constraint', k.oid, 'constraint', r.schema,
        pg_catalog.quote_ident(k.conname) || ' ON ' || r.sql, pg_catalog.quote_ident(k.conname), r.sql,
        pg_catalog.json_build_object(
            'form', CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key' WHEN 'x' THEN 'exclusion' ELSE 'check' END,
            'definition', pg_catalog.pg_get_constraintdef(k.oid),
            'comment', pg_catalog.obj_description(k.oid, 'pg_constraint')
        )
    FROM pg_catalog.pg_constraint k
    JOIN relation r ON r.oid = k.conrelid
    WHERE k.contype IN ('p', 'u', 'f', 'x', 'c') AND k.conparentid = 0 AND (k.conislocal AND k.coninhcount = 0)
    UNION ALL
    SELECT
        'pg_class', i.indexrelid, 'index', r.schema,
        r.schema_sql || '.' || pg_catalog.quote_ident(ic.relname), pg_catalog.quote_ident(ic.relname), r.sql,
        pg_catalog.json_build_object(
            'definition', pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.indexrelid), '^(CREATE (UNIQUE )?INDEX .*) ON ONLY ', '\1 ON '),
            'shape', pg_catalog.replace(
                pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.indexrelid), '^(CREATE (UNIQUE )?INDEX .*) ON ONLY ', '\1 ON '),
                ' INDEX ' || pg_catalog.quote_ident(ic.relname) || ' ON ', ' INDEX ON '
            ),
            'unfinished', CASE WHEN NOT i.indisvalid AND r.relkind <> 'p' THEN 'yes' END,
            'clustered', CASE WHEN i.indisclustered THEN 'yes' END,
            'of_partitioned', CASE WHEN r.relkind = 'p' THEN 'yes' END,
            'comment', pg_catalog.obj_description(i.indexrelid, 'pg_class')
        )
    FROM pg_catalog.pg_index i
    JOIN relation r ON r.oid = i.indrelid
    JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid AND NOT ic.relispartition
    WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = r.oid AND k.contype IN ('p', 'u', 'x')
    )
    UNION ALL
    SELECT
        'pg_trigger', t.oid, 'trigger', r.schema,
        pg_catalog.quote_ident(t.tgname) || ' ON ' || r.sql, pg_catalog.quote_ident(t.tgname), r.sql,
        pg_catalog.json_build_object(
            'definition', pg_catalog.pg_get_triggerdef(t.oid),
            'enabled', CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END,
            'comment', pg_catalog.obj_description(t.oid, 'pg_trigger')
        )
    FROM pg_catalog.pg_trigger t
    JOIN relation r ON r.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgparentid = 0
    UNION ALL
    SELECT
        'pg_rewrite', w.oid, 'rule', r.schema,
        pg_catalog.quote_ident(w.rulename) || ' ON ' || r.sql, pg_catalog.quote_ident(w.rulename), r.sql,
        pg_catalog.json_build_object(
            'definition', pg_catalog.rtrim(pg_catalog.pg_get_ruledef(w.oid), ';'),
            'enabled', CASE w.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END,
            'comment', pg_catalog.obj_description(w.oid, 'pg_rewrite')
        )
    FROM pg_catalog.pg_rewrite w
    JOIN relation r ON r.oid = w.ev_class
    WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT
        'pg_policy', p.oid, 'policy', r.schema,
        pg_catalog.quote_ident(p.polname) || ' ON ' || r.sql, pg_catalog.quote_ident(p.polname), r.sql,
        pg_catalog.json_build_object(
            'definition',
            CASE WHEN p.polpermissive THEN 'AS PERMISSIVE' ELSE 'AS RESTRICTIVE' END
            || ' FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END
            || ' TO ' || (
                SELECT pg_catalog.string_agg(named.name, ', ' ORDER BY named.name)
                FROM (
                    SELECT CASE WHEN u.role = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(u.role)) END AS name
                    FROM pg_catalog.unnest(p.polroles) AS u (role)
                ) named
            )
            || COALESCE(' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')', '')
            || COALESCE(' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''),
            'comment', pg_catalog.obj_description(p.oid, 'pg_policy')
        )
    FROM pg_catalog.pg_policy p
    JOIN relation r ON r.oid = p.polrelid
    UNION ALL
    SELECT
        'pg_statistic_ext', s.oid, 'statistics', n.schema,
        n.sql || '.' || pg_catalog.quote_ident(s.stxname), pg_catalog.quote_ident(s.stxname), r.sql,
        pg_catalog.json_build_object(
            'definition', pg_catalog.pg_get_statisticsobjdef(s.oid),
            'owner', pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(s.stxowner)),
            'comment', pg_catalog.obj_description(s.oid, 'pg_statistic_ext')
        )
    FROM pg_catalog.pg_statistic_ext s
    JOIN relation r ON r.oid = s.stxrelid
    JOIN mine n ON n.oid = s.stxnamespace
)
SELECT
    m.class::text AS class,
    m.oid::int8 AS oid,
    0 AS sub,
    m.kind::text AS kind,
    m.schema,
    m.name,
    m.bare,
    m.parent,
    0 AS place,
    pg_catalog.json_strip_nulls(m.attributes) AS attributes
FROM member m
ORDER BY m.kind, m.name
LIMIT 1000000
