-- Columns of tables, and of views where they have a comment, of all schemas but the system's, as a comparison of schemas reads them.
-- Parameters: none.
-- Since 13. Privileges: none. Of inherited columns only what differs from the parent's is told.
WITH mine AS (
    SELECT n.oid, n.nspname::text AS schema, pg_catalog.quote_ident(n.nspname) AS sql
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
told AS (
    SELECT
        a.*, c.relkind, n.schema, n.sql || '.' || pg_catalog.quote_ident(c.relname) AS relation,
        pg_catalog.row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum)::int4 AS place,
        pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression,
        a.attinhcount > 0 AS inherited
    FROM pg_catalog.pg_class c
    JOIN mine n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e'
        )
)
SELECT
    'pg_class' AS class,
    t.attrelid::int8 AS oid,
    t.attnum::int4 AS sub,
    'column' AS kind,
    t.schema,
    t.relation || '.' || pg_catalog.quote_ident(t.attname) AS name,
    pg_catalog.quote_ident(t.attname) AS bare,
    t.relation AS parent,
    t.place,
    CASE WHEN t.relkind IN ('v', 'm') THEN pg_catalog.json_build_object('of_view', 'yes', 'comment', pg_catalog.col_description(t.attrelid, t.attnum))
    ELSE pg_catalog.json_strip_nulls(pg_catalog.json_build_object(
        'inherited', CASE WHEN t.inherited THEN 'yes' END,
        'type', CASE WHEN NOT t.inherited THEN pg_catalog.format_type(t.atttypid, t.atttypmod) END,
        'collation', CASE WHEN NOT t.inherited THEN (
            SELECT pg_catalog.quote_ident(ln.nspname) || '.' || pg_catalog.quote_ident(l.collname)
            FROM pg_catalog.pg_collation l
            JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
            WHERE l.oid = t.attcollation AND t.attcollation <> ty.typcollation
        ) END,
        'not_null', CASE WHEN t.attnotnull AND NOT COALESCE(parent.attnotnull, false) THEN 'yes' END,
        'default', CASE
            WHEN t.attgenerated <> '' THEN NULL
            WHEN t.inherited AND t.expression IS NOT DISTINCT FROM parent.expression THEN NULL
            WHEN t.inherited AND t.expression IS NULL THEN 'NULL'
            ELSE t.expression
        END,
        'generated', CASE WHEN t.attgenerated <> '' AND NOT t.inherited
            THEN '(' || t.expression || ')' || CASE t.attgenerated WHEN 's' THEN ' STORED' ELSE ' VIRTUAL' END END,
        'identity', CASE WHEN NOT t.inherited THEN CASE t.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END END,
        'identity_options', CASE WHEN NOT t.inherited AND t.attidentity <> '' THEN (
            SELECT 'INCREMENT BY ' || s.seqincrement || ' MINVALUE ' || s.seqmin || ' MAXVALUE ' || s.seqmax || ' START WITH ' || s.seqstart
                || ' CACHE ' || s.seqcache || CASE WHEN s.seqcycle THEN ' CYCLE' ELSE ' NO CYCLE' END
            FROM pg_catalog.pg_depend d
            JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid
            WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = t.attrelid AND d.refobjsubid = t.attnum
                AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'i'
        ) END,
        'storage', CASE WHEN t.attstorage <> ty.typstorage AND (NOT t.inherited OR t.attstorage <> parent.attstorage)
            THEN CASE t.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
        'statistics', CASE WHEN t.attstattarget >= 0 THEN t.attstattarget::text END,
        'options', (SELECT pg_catalog.json_agg(o.o ORDER BY o.o) FROM pg_catalog.unnest(t.attoptions) AS o (o)),
        'comment', pg_catalog.col_description(t.attrelid, t.attnum),
        'grants', (
            SELECT pg_catalog.json_agg(g.said ORDER BY g.said)
            FROM (
                SELECT x.privilege_type || ' TO '
                    || CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END
                    || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS said
                FROM pg_catalog.aclexplode(t.attacl) x
            ) g
        )
    )) END AS attributes
FROM told t
JOIN pg_catalog.pg_type ty ON ty.oid = t.atttypid
LEFT JOIN LATERAL (
    SELECT p.expression, p.attnotnull, p.attstorage
    FROM pg_catalog.pg_inherits i
    JOIN told p ON p.attrelid = i.inhparent AND p.attname = t.attname
    WHERE i.inhrelid = t.attrelid AND t.inherited
    ORDER BY i.inhseqno
    LIMIT 1
) parent ON true
WHERE t.relkind NOT IN ('v', 'm') OR pg_catalog.col_description(t.attrelid, t.attnum) IS NOT NULL
ORDER BY t.relation, t.place
LIMIT 1000000
