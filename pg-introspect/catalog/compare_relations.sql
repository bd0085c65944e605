-- Relations of all schemas but the system's, as a comparison of schemas reads them: tables, views, materialized views, sequences.
-- Parameters: none.
-- Since 13. Privileges: none. Members of extensions are left out, and so are sequences of identity columns: they belong to their column.
WITH mine AS (
    SELECT n.oid, n.nspname::text AS schema, pg_catalog.quote_ident(n.nspname) AS sql
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
)
SELECT
    'pg_class' AS class,
    c.oid::int8 AS oid,
    0 AS sub,
    CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind,
    n.schema,
    n.sql || '.' || pg_catalog.quote_ident(c.relname) AS name,
    pg_catalog.quote_ident(c.relname) AS bare,
    NULL::text AS parent,
    0 AS place,
    pg_catalog.json_strip_nulls(pg_catalog.json_build_object(
        'form', CASE c.relkind WHEN 'r' THEN 'ordinary' WHEN 'p' THEN 'partitioned' WHEN 'f' THEN 'foreign' END,
        'unlogged', CASE WHEN c.relpersistence = 'u' THEN 'yes' END,
        'partition_key', CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
        'partition_of', CASE WHEN c.relispartition THEN (
            SELECT pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(p.relname)
            FROM pg_catalog.pg_inherits i
            JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
            JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
            WHERE i.inhrelid = c.oid
        ) END,
        'bound', CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END,
        'inherits', CASE WHEN NOT c.relispartition THEN (
            SELECT pg_catalog.json_agg(pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(p.relname) ORDER BY i.inhseqno)
            FROM pg_catalog.pg_inherits i
            JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
            JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
            WHERE i.inhrelid = c.oid
        ) END,
        'options', (
            SELECT pg_catalog.json_agg(
                pg_catalog.split_part(o.o, '=', 1) || '=' || pg_catalog.quote_literal(pg_catalog.substr(o.o, pg_catalog.strpos(o.o, '=') + 1))
                ORDER BY o.o
            )
            FROM pg_catalog.unnest(c.reloptions) AS o (o)
        ),
        'row_security', CASE WHEN c.relrowsecurity THEN 'yes' END,
        'force_row_security', CASE WHEN c.relforcerowsecurity THEN 'yes' END,
        'replica_identity', CASE WHEN c.relkind IN ('r', 'p') THEN CASE c.relreplident
            WHEN 'f' THEN 'FULL'
            WHEN 'n' THEN 'NOTHING'
            WHEN 'i' THEN 'USING INDEX ' || (
                SELECT pg_catalog.quote_ident(ic.relname)
                FROM pg_catalog.pg_index i
                JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
                WHERE i.indrelid = c.oid AND i.indisreplident
            )
        END END,
        'access_method', CASE WHEN c.relkind IN ('r', 'm') THEN (
            SELECT m.amname::text FROM pg_catalog.pg_am m WHERE m.oid = c.relam AND m.amname <> 'heap'
        ) END,
        'server', (
            SELECT pg_catalog.quote_ident(s.srvname)
            FROM pg_catalog.pg_foreign_table f
            JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
            WHERE f.ftrelid = c.oid
        ),
        'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';') END,
        'columns', CASE WHEN c.relkind IN ('v', 'm') THEN (
            SELECT pg_catalog.json_agg(
                pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
                || COALESCE(' COLLATE ' || (
                    SELECT pg_catalog.quote_ident(l.collname) FROM pg_catalog.pg_collation l WHERE l.oid = a.attcollation AND l.collname <> 'default'
                ), '') ORDER BY a.attnum
            )
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        ) END,
        'type', pg_catalog.format_type(s.seqtypid, NULL),
        'increment', s.seqincrement::text,
        'minimum', s.seqmin::text,
        'maximum', s.seqmax::text,
        'start', s.seqstart::text,
        'cache', s.seqcache::text,
        'cycle', CASE WHEN s.seqcycle THEN 'yes' END,
        'owned_by', (
            SELECT pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(t.relname) || '.' || pg_catalog.quote_ident(a.attname)
            FROM pg_catalog.pg_depend d
            JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
            JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
            WHERE c.relkind = 'S' AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.objsubid = 0
                AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.deptype = 'a'
        ),
        'owner', pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)),
        'comment', pg_catalog.obj_description(c.oid, 'pg_class'),
        'grants', (
            SELECT pg_catalog.json_agg(g.said ORDER BY g.said)
            FROM (
                SELECT x.privilege_type || ' TO '
                    || CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END
                    || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS said
                FROM pg_catalog.aclexplode(c.relacl) x
                WHERE x.grantee <> c.relowner
            ) g
        )
    )) AS attributes
FROM pg_catalog.pg_class c
JOIN mine n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.objsubid = 0
            AND (d.deptype = 'e' OR (d.deptype = 'i' AND c.relkind = 'S'))
    )
ORDER BY n.schema, c.relname
LIMIT 1000000
