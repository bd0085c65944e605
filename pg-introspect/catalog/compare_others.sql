-- Objects that are neither relations nor types nor routines, as a comparison of schemas reads them: schemas, extensions, event triggers,
-- casts, collations, operators, text search, foreign servers, default privileges, publications.
-- Parameters: none.
-- Since 13. Privileges: none. Options of wrappers and servers are left out, because they may be secrets.
WITH mine AS (
    SELECT n.*, n.nspname::text AS schema, pg_catalog.quote_ident(n.nspname) AS sql
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
object (class, oid, kind, schema, name, bare, owner, acl, attributes) AS (
    SELECT
        'pg_namespace', n.oid, 'schema', n.schema, n.sql, n.sql, n.nspowner, n.nspacl,
        pg_catalog.jsonb_build_object('comment', pg_catalog.obj_description(n.oid, 'pg_namespace'))
    FROM mine n
    UNION ALL
    SELECT
        'pg_extension', e.oid, 'extension', NULL, pg_catalog.quote_ident(e.extname), pg_catalog.quote_ident(e.extname), NULL, NULL,
        pg_catalog.jsonb_build_object(
            'in_schema', pg_catalog.quote_ident(n.nspname), 'version', e.extversion
        )
    FROM pg_catalog.pg_extension e
    JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname <> 'plpgsql'
    UNION ALL
    SELECT
        'pg_event_trigger', t.oid, 'event trigger', NULL, pg_catalog.quote_ident(t.evtname), pg_catalog.quote_ident(t.evtname), t.evtowner, NULL,
        pg_catalog.jsonb_build_object(
            'definition', 'CREATE EVENT TRIGGER ' || pg_catalog.quote_ident(t.evtname) || ' ON ' || t.evtevent
                || COALESCE(' WHEN TAG IN (' || (
                    SELECT pg_catalog.string_agg(pg_catalog.quote_literal(g.g), ', ' ORDER BY g.g) FROM pg_catalog.unnest(t.evttags) AS g (g)
                ) || ')', '') || ' EXECUTE FUNCTION ' || t.evtfoid::pg_catalog.regproc::text || '()',
            'enabled', CASE t.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END,
            'comment', pg_catalog.obj_description(t.oid, 'pg_event_trigger')
        )
    FROM pg_catalog.pg_event_trigger t
    UNION ALL
    SELECT
        'pg_cast', c.oid, 'cast', NULL,
        '(' || pg_catalog.format_type(c.castsource, NULL) || ' AS ' || pg_catalog.format_type(c.casttarget, NULL) || ')', 'cast', NULL, NULL,
        pg_catalog.jsonb_build_object(
            'definition', 'CREATE CAST (' || pg_catalog.format_type(c.castsource, NULL) || ' AS ' || pg_catalog.format_type(c.casttarget, NULL) || ') '
                || CASE c.castmethod WHEN 'i' THEN 'WITH INOUT' WHEN 'b' THEN 'WITHOUT FUNCTION'
                    ELSE 'WITH FUNCTION ' || c.castfunc::pg_catalog.regprocedure::text END
                || CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END,
            'comment', pg_catalog.obj_description(c.oid, 'pg_cast')
        )
    FROM pg_catalog.pg_cast c
    WHERE c.oid >= 16384
    UNION ALL
    SELECT
        'pg_collation', c.oid, 'collation', n.schema, n.sql || '.' || pg_catalog.quote_ident(c.collname), pg_catalog.quote_ident(c.collname),
        c.collowner, NULL,
        pg_catalog.jsonb_build_object(
            'definition', 'CREATE COLLATION ' || n.sql || '.' || pg_catalog.quote_ident(c.collname) || ' ('
                || 'PROVIDER = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END
                || CASE
                    WHEN c.collprovider = 'c' AND c.collcollate::text <> c.collctype::text
                        THEN ', LC_COLLATE = ' || pg_catalog.quote_literal(c.collcollate) || ', LC_CTYPE = ' || pg_catalog.quote_literal(c.collctype)
                    ELSE ', LOCALE = ' || pg_catalog.quote_literal(COALESCE(
                        pg_catalog.to_jsonb(c) ->> 'colliculocale', pg_catalog.to_jsonb(c) ->> 'colllocale', c.collcollate::text
                    ))
                END || CASE WHEN c.collisdeterministic THEN '' ELSE ', DETERMINISTIC = false' END || ')',
            'comment', pg_catalog.obj_description(c.oid, 'pg_collation')
        )
    FROM pg_catalog.pg_collation c
    JOIN mine n ON n.oid = c.collnamespace
    UNION ALL
    SELECT
        'pg_operator', o.oid, 'operator', n.schema,
        n.sql || '.' || o.oprname || ' (' || CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprleft, NULL) END || ', '
            || pg_catalog.format_type(o.oprright, NULL) || ')',
        o.oprname::text, o.oprowner, NULL,
        pg_catalog.jsonb_build_object(
            'definition', 'CREATE OPERATOR ' || n.sql || '.' || o.oprname || ' (FUNCTION = ' || o.oprcode::pg_catalog.regproc::text
                || CASE WHEN o.oprleft = 0 THEN '' ELSE ', LEFTARG = ' || pg_catalog.format_type(o.oprleft, NULL) END
                || ', RIGHTARG = ' || pg_catalog.format_type(o.oprright, NULL)
                || COALESCE((
                    SELECT ', COMMUTATOR = OPERATOR(' || pg_catalog.quote_ident(pn.nspname) || '.' || p.oprname || ')'
                    FROM pg_catalog.pg_operator p JOIN pg_catalog.pg_namespace pn ON pn.oid = p.oprnamespace WHERE p.oid = o.oprcom
                ), '')
                || CASE WHEN o.oprrest <> 0 THEN ', RESTRICT = ' || o.oprrest::pg_catalog.regproc::text ELSE '' END
                || CASE WHEN o.oprjoin <> 0 THEN ', JOIN = ' || o.oprjoin::pg_catalog.regproc::text ELSE '' END
                || CASE WHEN o.oprcanhash THEN ', HASHES' ELSE '' END || CASE WHEN o.oprcanmerge THEN ', MERGES' ELSE '' END || ')',
            'comment', pg_catalog.obj_description(o.oid, 'pg_operator')
        )
    FROM pg_catalog.pg_operator o
    JOIN mine n ON n.oid = o.oprnamespace
    WHERE o.oprcode <> 0
    UNION ALL
    SELECT
        'pg_ts_dict', d.oid, 'text search dictionary', n.schema, n.sql || '.' || pg_catalog.quote_ident(d.dictname),
        pg_catalog.quote_ident(d.dictname), d.dictowner, NULL,
        pg_catalog.jsonb_build_object(
            'definition', 'CREATE TEXT SEARCH DICTIONARY ' || n.sql || '.' || pg_catalog.quote_ident(d.dictname) || ' (TEMPLATE = '
                || pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(t.tmplname) || COALESCE(', ' || d.dictinitoption, '') || ')',
            'comment', pg_catalog.obj_description(d.oid, 'pg_ts_dict')
        )
    FROM pg_catalog.pg_ts_dict d
    JOIN mine n ON n.oid = d.dictnamespace
    JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace
    UNION ALL
    SELECT
        'pg_ts_config', f.oid, 'text search configuration', n.schema, n.sql || '.' || pg_catalog.quote_ident(f.cfgname),
        pg_catalog.quote_ident(f.cfgname), f.cfgowner, NULL,
        pg_catalog.jsonb_build_object(
            'definition', 'CREATE TEXT SEARCH CONFIGURATION ' || n.sql || '.' || pg_catalog.quote_ident(f.cfgname) || ' (PARSER = '
                || pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(p.prsname) || ')',
            'mappings', (
                SELECT pg_catalog.json_agg(m.line ORDER BY m.line)
                FROM (
                    SELECT tt.alias || ' WITH ' || pg_catalog.string_agg(m.mapdict::pg_catalog.regdictionary::text, ', ' ORDER BY m.mapseqno) AS line
                    FROM pg_catalog.pg_ts_config_map m
                    JOIN pg_catalog.ts_token_type(f.cfgparser) tt ON tt.tokid = m.maptokentype
                    WHERE m.mapcfg = f.oid
                    GROUP BY tt.alias
                ) m
            ),
            'comment', pg_catalog.obj_description(f.oid, 'pg_ts_config')
        )
    FROM pg_catalog.pg_ts_config f
    JOIN mine n ON n.oid = f.cfgnamespace
    JOIN pg_catalog.pg_ts_parser p ON p.oid = f.cfgparser
    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace
    UNION ALL
    SELECT
        'pg_foreign_data_wrapper', w.oid, 'foreign data wrapper', NULL, pg_catalog.quote_ident(w.fdwname), pg_catalog.quote_ident(w.fdwname),
        w.fdwowner, NULL,
        pg_catalog.jsonb_build_object(
            'definition', 'CREATE FOREIGN DATA WRAPPER ' || pg_catalog.quote_ident(w.fdwname)
                || CASE WHEN w.fdwhandler <> 0 THEN ' HANDLER ' || w.fdwhandler::pg_catalog.regproc::text ELSE '' END
                || CASE WHEN w.fdwvalidator <> 0 THEN ' VALIDATOR ' || w.fdwvalidator::pg_catalog.regproc::text ELSE '' END,
            'comment', pg_catalog.obj_description(w.oid, 'pg_foreign_data_wrapper')
        )
    FROM pg_catalog.pg_foreign_data_wrapper w
    UNION ALL
    SELECT
        'pg_foreign_server', s.oid, 'server', NULL, pg_catalog.quote_ident(s.srvname), pg_catalog.quote_ident(s.srvname), s.srvowner, NULL,
        pg_catalog.jsonb_build_object(
            'definition', 'CREATE SERVER ' || pg_catalog.quote_ident(s.srvname)
                || COALESCE(' TYPE ' || pg_catalog.quote_literal(s.srvtype), '') || COALESCE(' VERSION ' || pg_catalog.quote_literal(s.srvversion), '')
                || ' FOREIGN DATA WRAPPER ' || pg_catalog.quote_ident(w.fdwname),
            'comment', pg_catalog.obj_description(s.oid, 'pg_foreign_server')
        )
    FROM pg_catalog.pg_foreign_server s
    JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
    UNION ALL
    SELECT
        'pg_default_acl', a.oid, 'default privileges', n.nspname::text,
        'FOR ROLE ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.defaclrole)) || COALESCE(' IN SCHEMA ' || pg_catalog.quote_ident(n.nspname), '')
            || ' ON ' || CASE a.defaclobjtype
                WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS'
            END,
        'default', NULL, NULL,
        pg_catalog.jsonb_build_object('grants', (
            SELECT pg_catalog.json_agg(g.said ORDER BY g.said)
            FROM (
                SELECT x.privilege_type || ' TO '
                    || CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END
                    || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS said
                FROM pg_catalog.aclexplode(a.defaclacl) x
                WHERE x.grantee <> a.defaclrole
            ) g
        ))
    FROM pg_catalog.pg_default_acl a
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace
    UNION ALL
    SELECT
        'pg_publication', p.oid, 'publication', NULL, pg_catalog.quote_ident(p.pubname), pg_catalog.quote_ident(p.pubname), p.pubowner, NULL,
        pg_catalog.jsonb_build_object(
            'all_tables', CASE WHEN p.puballtables THEN 'yes' END,
            'tables', (
                SELECT pg_catalog.json_agg(t.line ORDER BY t.line)
                FROM (
                    SELECT pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(c.relname)
                        || COALESCE(' (' || (
                            SELECT pg_catalog.string_agg(pg_catalog.quote_ident(b.attname), ', ' ORDER BY b.attnum)
                            FROM pg_catalog.jsonb_array_elements_text(
                                CASE WHEN pg_catalog.jsonb_typeof(pg_catalog.to_jsonb(r) -> 'prattrs') = 'array'
                                    THEN pg_catalog.to_jsonb(r) -> 'prattrs' END
                            ) k (n)
                            JOIN pg_catalog.pg_attribute b ON b.attrelid = c.oid AND b.attnum = k.n::int4
                        ) || ')', '')
                        || COALESCE(' WHERE (' || (
                            SELECT pg_catalog.to_jsonb(v) ->> 'rowfilter'
                            FROM pg_catalog.pg_publication_tables v
                            WHERE v.pubname = p.pubname AND v.schemaname = tn.nspname AND v.tablename = c.relname
                        ) || ')', '') AS line
                    FROM pg_catalog.pg_publication_rel r
                    JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
                    JOIN pg_catalog.pg_namespace tn ON tn.oid = c.relnamespace
                    WHERE r.prpubid = p.oid
                ) t
            ),
            'publishes', pg_catalog.concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END),
            'via_root', CASE WHEN p.pubviaroot THEN 'yes' END,
            'comment', pg_catalog.obj_description(p.oid, 'pg_publication')
        )
    FROM pg_catalog.pg_publication p
)
SELECT
    o.class::text AS class,
    o.oid::int8 AS oid,
    0 AS sub,
    o.kind::text AS kind,
    o.schema::text AS schema,
    o.name::text AS name,
    o.bare::text AS bare,
    NULL::text AS parent,
    0 AS place,
    pg_catalog.jsonb_strip_nulls(o.attributes || CASE WHEN o.owner IS NULL THEN '{}' ELSE pg_catalog.jsonb_build_object(
        'owner', pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(o.owner)),
        'grants', (
            SELECT pg_catalog.json_agg(g.said ORDER BY g.said)
            FROM (
                SELECT x.privilege_type || ' TO '
                    || CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END
                    || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS said
                FROM pg_catalog.aclexplode(o.acl) x
                WHERE x.grantee <> o.owner
            ) g
        )
    ) END)::json AS attributes
FROM object o
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = ('pg_catalog.' || o.class)::pg_catalog.regclass AND d.objid = o.oid
        AND (d.deptype = 'e' OR (d.deptype = 'i' AND o.class = 'pg_cast'))
)
ORDER BY o.kind, o.name
LIMIT 1000000
