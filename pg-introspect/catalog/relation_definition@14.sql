-- The statements that make a relation again, in order: sequences, the table, partitions, constraints, indexes, triggers, rules,
-- row security, comments, owner and privileges.
-- Parameters: $1 int8, oid of pg_class.
-- Since 14, which tells the compression of columns. Privileges: none. Options of foreign tables are not told, because they may be secrets.
WITH RECURSIVE tree (oid, depth) AS (
    SELECT c.oid, 0 FROM pg_catalog.pg_class c WHERE c.oid = $1::int8::oid
    UNION ALL
    SELECT i.inhrelid, t.depth + 1
    FROM tree t
    JOIN pg_catalog.pg_class p ON p.oid = t.oid AND p.relkind = 'p'
    JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid
),
rel AS (
    SELECT
        c.*, t.depth, n.nspname,
        pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS sql,
        (
            SELECT pg_catalog.string_agg(
                pg_catalog.split_part(o.o, '=', 1) || '=' || pg_catalog.quote_literal(pg_catalog.substr(o.o, pg_catalog.strpos(o.o, '=') + 1)),
                ', ' ORDER BY o.place
            )
            FROM pg_catalog.unnest(c.reloptions) WITH ORDINALITY AS o (o, place)
        ) AS options
    FROM tree t
    JOIN pg_catalog.pg_class c ON c.oid = t.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
),
sequence AS (
    SELECT
        s.seqrelid, d.refobjid AS table_oid, d.refobjsubid AS attnum, d.deptype,
        pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS sql,
        CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END AS persistence,
        ' INCREMENT BY ' || s.seqincrement || ' MINVALUE ' || s.seqmin || ' MAXVALUE ' || s.seqmax || ' START WITH ' || s.seqstart
        || ' CACHE ' || s.seqcache || CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END AS options,
        pg_catalog.format_type(s.seqtypid, NULL) AS type
    FROM pg_catalog.pg_sequence s
    JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_catalog.pg_class'::regclass
        AND d.deptype IN ('a', 'i') AND d.objsubid = 0
),
statement (place, section, sort, statement) AS (
    SELECT
        10, 'sequence', s.sql,
        'CREATE ' || s.persistence || 'SEQUENCE ' || s.sql || ' AS ' || s.type || s.options
    FROM sequence s
    WHERE s.seqrelid IN (SELECT r.oid FROM rel r) OR (s.table_oid IN (SELECT r.oid FROM rel r) AND s.deptype = 'a')
    UNION ALL
    SELECT
        20 + r.depth, CASE r.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'c' THEN 'type' ELSE 'table' END, r.sql,
        CASE
            WHEN r.relkind = 'v'
                THEN 'CREATE VIEW ' || r.sql || COALESCE(' WITH (' || r.options || ')', '') || E' AS\n'
                    || pg_catalog.rtrim(pg_catalog.pg_get_viewdef(r.oid), ';')
            WHEN r.relkind = 'm'
                THEN 'CREATE MATERIALIZED VIEW ' || r.sql || COALESCE(' WITH (' || r.options || ')', '') || E' AS\n'
                    || pg_catalog.rtrim(pg_catalog.pg_get_viewdef(r.oid), ';')
                    || CASE WHEN r.relispopulated THEN '' ELSE E'\nWITH NO DATA' END
            WHEN r.relkind = 'c'
                THEN 'CREATE TYPE ' || r.sql || E' AS (' || COALESCE((
                    SELECT pg_catalog.string_agg(
                        E'\n    ' || pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ',' ORDER BY a.attnum
                    )
                    FROM pg_catalog.pg_attribute a
                    WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
                ), '') || E'\n)'
            ELSE
                'CREATE ' || CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED ' WHEN 't' THEN 'TEMPORARY ' ELSE '' END
                || CASE r.relkind WHEN 'f' THEN 'FOREIGN ' ELSE '' END || 'TABLE ' || r.sql
                || CASE
                    WHEN r.relispartition
                        THEN ' PARTITION OF ' || (
                            SELECT pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(p.relname)
                            FROM pg_catalog.pg_inherits i
                            JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
                            JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
                            WHERE i.inhrelid = r.oid
                        ) || ' ' || pg_catalog.pg_get_expr(r.relpartbound, 0)
                    ELSE ' (' || COALESCE((
                        SELECT pg_catalog.string_agg(E'\n    ' || line.sql, ',' ORDER BY line.place, line.name)
                        FROM (
                            SELECT
                                a.attnum::int4 AS place, a.attname::text AS name,
                                pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
                                || CASE a.attcompression WHEN 'p' THEN ' COMPRESSION pglz' WHEN 'l' THEN ' COMPRESSION lz4' ELSE '' END
                                || COALESCE((
                                    SELECT ' COLLATE ' || pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname)
                                    FROM pg_catalog.pg_collation co
                                    JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
                                    WHERE co.oid = a.attcollation AND a.attcollation <> ty.typcollation
                                ), '')
                                || CASE a.attidentity
                                    WHEN '' THEN ''
                                    ELSE ' GENERATED ' || CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END || ' AS IDENTITY'
                                        || COALESCE((
                                            SELECT ' (SEQUENCE NAME ' || s.sql || s.options || ')'
                                            FROM sequence s
                                            WHERE s.table_oid = r.oid AND s.attnum = a.attnum AND s.deptype = 'i'
                                        ), '')
                                END
                                || COALESCE((
                                    SELECT CASE
                                        WHEN a.attgenerated = '' THEN ' DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, 0)
                                        ELSE ' GENERATED ALWAYS AS (' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || ')'
                                            || CASE a.attgenerated WHEN 's' THEN ' STORED' ELSE ' VIRTUAL' END
                                    END
                                    FROM pg_catalog.pg_attrdef d
                                    WHERE d.adrelid = r.oid AND d.adnum = a.attnum
                                ), '')
                                || CASE WHEN a.attnotnull THEN COALESCE((
                                    SELECT ' CONSTRAINT ' || pg_catalog.quote_ident(k.conname)
                                    FROM pg_catalog.pg_constraint k
                                    WHERE k.conrelid = r.oid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum]
                                ), '') || ' NOT NULL' ELSE '' END AS sql
                            FROM pg_catalog.pg_attribute a
                            JOIN pg_catalog.pg_type ty ON ty.oid = a.atttypid
                            WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attislocal
                            UNION ALL
                            SELECT
                                10000 + CASE k.contype WHEN 'p' THEN 0 WHEN 'u' THEN 1 ELSE 2 END, k.conname::text,
                                'CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
                            FROM pg_catalog.pg_constraint k
                            WHERE k.conrelid = r.oid AND k.contype IN ('p', 'u', 'x', 'c') AND k.conislocal AND k.convalidated
                        ) line
                    ), '') || E'\n)'
                END
                || COALESCE((
                    SELECT ' INHERITS (' || pg_catalog.string_agg(
                        pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(p.relname), ', ' ORDER BY i.inhseqno
                    ) || ')'
                    FROM pg_catalog.pg_inherits i
                    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
                    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
                    WHERE i.inhrelid = r.oid AND NOT r.relispartition
                ), '')
                || CASE WHEN r.relkind = 'p' THEN ' PARTITION BY ' || pg_catalog.pg_get_partkeydef(r.oid) ELSE '' END
                || COALESCE((
                    SELECT ' SERVER ' || pg_catalog.quote_ident(s.srvname)
                    FROM pg_catalog.pg_foreign_table f
                    JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
                    WHERE f.ftrelid = r.oid
                ), '')
                || COALESCE(' WITH (' || r.options || ')', '')
        END
    FROM rel r
    WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
    UNION ALL
    SELECT
        40, 'sequence', s.sql,
        'ALTER SEQUENCE ' || s.sql || ' OWNED BY ' || r.sql || '.' || pg_catalog.quote_ident(a.attname)
    FROM sequence s
    JOIN rel r ON r.oid = s.table_oid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = s.table_oid AND a.attnum = s.attnum
    WHERE s.deptype = 'a'
    UNION ALL
    SELECT
        41, 'storage', r.sql || a.attnum,
        'ALTER TABLE ' || r.sql || ' ALTER COLUMN ' || pg_catalog.quote_ident(a.attname) || ' SET STORAGE '
        || CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END
    FROM rel r
    JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type ty ON ty.oid = a.atttypid
    WHERE r.relkind IN ('r', 'p', 'm') AND NOT r.relispartition AND a.attstorage <> ty.typstorage
    UNION ALL
    SELECT
        42, 'statistics', r.sql || a.attnum,
        'ALTER TABLE ' || r.sql || ' ALTER COLUMN ' || pg_catalog.quote_ident(a.attname) || ' SET STATISTICS ' || a.attstattarget
    FROM rel r
    JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE a.attstattarget >= 0 AND r.relkind IN ('r', 'p', 'm', 'f')
    UNION ALL
    SELECT
        CASE WHEN i.indexrelid = $1::int8::oid THEN 20 ELSE 50 END, 'index', ic.relname::text,
        pg_catalog.regexp_replace(pg_catalog.pg_get_indexdef(i.indexrelid), '^(CREATE (UNIQUE )?INDEX .*) ON ONLY ', '\1 ON ')
    FROM (
        SELECT x.indexrelid FROM pg_catalog.pg_index x WHERE x.indexrelid = $1::int8::oid
        UNION ALL
        SELECT x.indexrelid
        FROM rel r
        JOIN pg_catalog.pg_index x ON x.indrelid = r.oid
        JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid AND NOT c.relispartition
        LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = x.indexrelid AND k.conrelid = r.oid AND k.contype IN ('p', 'u', 'x')
        WHERE k.oid IS NULL
    ) i
    JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
    UNION ALL
    SELECT
        60, 'constraint', k.conname::text,
        'ALTER TABLE ' || r.sql || ' ADD CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
    FROM pg_catalog.pg_constraint k
    JOIN rel r ON r.oid = k.conrelid
    WHERE (k.contype = 'f' AND k.conparentid = 0) OR (k.contype = 'c' AND k.conislocal AND NOT k.convalidated)
    UNION ALL
    SELECT 65, 'statistics', s.stxname::text, pg_catalog.pg_get_statisticsobjdef(s.oid)
    FROM pg_catalog.pg_statistic_ext s
    WHERE s.stxrelid IN (SELECT r.oid FROM rel r)
    UNION ALL
    SELECT 70, 'rule', w.rulename::text, pg_catalog.rtrim(pg_catalog.pg_get_ruledef(w.oid), ';')
    FROM pg_catalog.pg_rewrite w
    WHERE w.ev_class IN (SELECT r.oid FROM rel r) AND w.rulename <> '_RETURN'
    UNION ALL
    SELECT 80, 'trigger', t.tgname::text, pg_catalog.pg_get_triggerdef(t.oid)
    FROM pg_catalog.pg_trigger t
    WHERE t.tgrelid IN (SELECT r.oid FROM rel r) AND NOT t.tgisinternal AND t.tgparentid = 0
    UNION ALL
    SELECT
        81, 'trigger', t.tgname::text,
        'ALTER TABLE ' || r.sql || CASE t.tgenabled WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN ' ENABLE REPLICA' ELSE ' ENABLE ALWAYS' END
        || ' TRIGGER ' || pg_catalog.quote_ident(t.tgname)
    FROM pg_catalog.pg_trigger t
    JOIN rel r ON r.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgenabled <> 'O'
    UNION ALL
    SELECT 90, 'row security', '', 'ALTER TABLE ' || r.sql || ' ENABLE ROW LEVEL SECURITY' FROM rel r WHERE r.relrowsecurity
    UNION ALL
    SELECT 91, 'row security', '', 'ALTER TABLE ' || r.sql || ' FORCE ROW LEVEL SECURITY' FROM rel r WHERE r.relforcerowsecurity
    UNION ALL
    SELECT
        92, 'policy', p.polname::text,
        'CREATE POLICY ' || pg_catalog.quote_ident(p.polname) || ' ON ' || r.sql || CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END
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
    JOIN rel r ON r.oid = p.polrelid
    UNION ALL
    SELECT
        93, 'replica identity', '',
        'ALTER TABLE ' || r.sql || ' REPLICA IDENTITY ' || CASE r.relreplident
            WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX ' || (
                SELECT pg_catalog.quote_ident(ic.relname)
                FROM pg_catalog.pg_index i
                JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
                WHERE i.indrelid = r.oid AND i.indisreplident
            )
        END
    FROM rel r
    WHERE r.relkind IN ('r', 'p') AND r.relreplident <> 'd'
    UNION ALL
    SELECT
        100, 'comment', '',
        'COMMENT ON ' || CASE r.relkind
            WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE'
            WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' WHEN 'c' THEN 'TYPE' ELSE 'TABLE'
        END || ' ' || r.sql || ' IS ' || pg_catalog.quote_literal(d.description)
    FROM rel r
    JOIN pg_catalog.pg_description d ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
    UNION ALL
    SELECT
        101, 'comment', pg_catalog.lpad(a.attnum::text, 5, '0'),
        'COMMENT ON COLUMN ' || r.sql || '.' || pg_catalog.quote_ident(a.attname) || ' IS ' || pg_catalog.quote_literal(d.description)
    FROM rel r
    JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_description d ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = a.attnum
    UNION ALL
    SELECT
        102, 'comment', k.conname::text,
        'COMMENT ON CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ON ' || r.sql || ' IS ' || pg_catalog.quote_literal(d.description)
    FROM rel r
    JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid
    JOIN pg_catalog.pg_description d ON d.objoid = k.oid AND d.classoid = 'pg_catalog.pg_constraint'::regclass
    UNION ALL
    SELECT
        110, 'owner', r.sql,
        'ALTER ' || CASE r.relkind
            WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE'
        END || ' ' || r.sql || ' OWNER TO ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(r.relowner))
    FROM rel r
    WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
        -- A sequence that a column owns belongs to the column's owner.
        AND NOT EXISTS (SELECT FROM sequence s WHERE s.seqrelid = r.oid AND s.table_oid IS NOT NULL)
    UNION ALL
    SELECT
        111, 'privileges', r.sql || g.grantee::text,
        'GRANT ' || pg_catalog.string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type) || ' ON '
        || CASE r.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END || r.sql || ' TO '
        || CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END
        || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM rel r
    CROSS JOIN LATERAL pg_catalog.aclexplode(r.relacl) g
    WHERE g.grantee <> r.relowner AND r.relkind <> 'c'
    GROUP BY r.oid, r.sql, r.relkind, g.grantee, g.is_grantable
    UNION ALL
    SELECT
        112, 'privileges', r.sql || a.attnum || g.grantee::text,
        'GRANT ' || g.privilege_type || ' (' || pg_catalog.quote_ident(a.attname) || ') ON ' || r.sql || ' TO '
        || CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) END
        || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM rel r
    JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND NOT a.attisdropped
    CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) g
)
SELECT
    s.place::int4 AS place,
    s.section::text AS section,
    s.statement::text AS statement
FROM statement s
WHERE s.statement IS NOT NULL
ORDER BY s.place, s.sort, s.statement
LIMIT 10000
