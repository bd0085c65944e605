-- Checks of definitions: constraints, triggers, types, views, extensions.
-- Parameters: none.
-- Since 13. Privileges: none.
WITH RECURSIVE relation AS (
    SELECT
        c.oid, c.relkind, c.relpersistence, c.relispopulated, c.relispartition, c.reltuples,
        (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)) AS name
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend e
            WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e'
        )
),
-- Which views read which views.
reads AS (
    SELECT DISTINCT w.ev_class AS view, d.refobjid AS read
    FROM pg_catalog.pg_rewrite w
    JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = w.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> w.ev_class
    JOIN relation r ON r.oid = d.refobjid AND r.relkind IN ('v', 'm')
    WHERE w.ev_class IN (SELECT v.oid FROM relation v WHERE v.relkind IN ('v', 'm'))
),
depth AS (
    SELECT v.oid, 1 AS levels FROM relation v WHERE v.relkind IN ('v', 'm')
    UNION
    SELECT r.view, d.levels + 1 FROM depth d JOIN reads r ON r.read = d.oid WHERE d.levels < 20
),
measured AS (
    -- Since 18 a constraint can be declared and not enforced: such a one is never validated.
    (
        SELECT 'constraint_not_valid' AS check_id, r.name || '.' || pg_catalog.quote_ident(k.conname) AS object, 1::float8 AS value,
            'the constraint holds for new rows only: old ones were never checked' AS message, NULL::text AS unknown,
            pg_catalog.json_build_object('definition', pg_catalog.pg_get_constraintdef(k.oid)) AS evidence,
            ARRAY['ALTER TABLE ' || r.name || ' VALIDATE CONSTRAINT ' || pg_catalog.quote_ident(k.conname)] AS mend
        FROM pg_catalog.pg_constraint k JOIN relation r ON r.oid = k.conrelid
        WHERE NOT k.convalidated AND k.conparentid = 0 AND COALESCE(pg_catalog.to_jsonb(k) ->> 'conenforced', 'true') = 'true'
        ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'constraint_not_valid', pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname) || '.' || pg_catalog.quote_ident(k.conname), 1,
            'the constraint of the domain holds for new values only: old ones were never checked', NULL,
            pg_catalog.json_build_object('definition', pg_catalog.pg_get_constraintdef(k.oid)),
            ARRAY['ALTER DOMAIN ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname)
                || ' VALIDATE CONSTRAINT ' || pg_catalog.quote_ident(k.conname)]
        FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_type t ON t.oid = k.contypid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        WHERE NOT k.convalidated ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'disabled_triggers', r.name || '.' || pg_catalog.quote_ident(g.tgname), 1, 'the trigger is disabled', NULL,
            pg_catalog.json_build_object('trigger', g.tgname, 'internal', g.tgisinternal),
            ARRAY['ALTER TABLE ' || r.name || ' ENABLE TRIGGER ' || CASE WHEN g.tgisinternal THEN 'ALL' ELSE pg_catalog.quote_ident(g.tgname) END]
        FROM pg_catalog.pg_trigger g JOIN relation r ON r.oid = g.tgrelid
        WHERE g.tgenabled = 'D' ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'bad_types', r.name || '.' || pg_catalog.quote_ident(a.attname), 1,
            pg_catalog.format_type(a.atttypid, a.atttypmod) || CASE a.atttypid
                WHEN 790 THEN ' changes its meaning with lc_monetary: use numeric'
                WHEN 1266 THEN ' cannot be placed on a day: use timestamptz'
                WHEN 1114 THEN ' does not say in which time zone it is: use timestamptz'
                WHEN 114 THEN ' keeps the text as it came and has no operators of equality: use jsonb'
                ELSE ' pads with blanks and ignores them: use text' END, NULL,
            pg_catalog.json_build_object('type', pg_catalog.format_type(a.atttypid, a.atttypmod)), NULL
        FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
        WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition AND a.attnum > 0 AND NOT a.attisdropped
            AND a.atttypid IN (790, 1266, 1114, 114, 1042) ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'reg_types_block_upgrade', r.name || '.' || pg_catalog.quote_ident(a.attname), 1,
            'pg_upgrade refuses tables with columns of the type ' || pg_catalog.format_type(a.atttypid, NULL), NULL,
            pg_catalog.json_build_object('type', pg_catalog.format_type(a.atttypid, NULL)),
            ARRAY['ALTER TABLE ' || r.name || ' ALTER COLUMN ' || pg_catalog.quote_ident(a.attname) || ' TYPE text']
        FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
        WHERE r.relkind IN ('r', 'm') AND a.attnum > 0 AND NOT a.attisdropped
            AND a.atttypid IN (24, 2202, 2203, 2204, 3734, 3769, 4089, 4191) ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'unlogged_tables', r.name, 1, 'the table is emptied after a crash and is not replicated', NULL,
            pg_catalog.json_build_object('rows', r.reltuples), ARRAY['ALTER TABLE ' || r.name || ' SET LOGGED']
        FROM relation r WHERE r.relkind = 'r' AND r.relpersistence = 'u' ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'unpopulated_matviews', r.name, 1, 'the materialized view was never filled: reading it fails', NULL,
            pg_catalog.json_build_object('populated', false), ARRAY['REFRESH MATERIALIZED VIEW ' || r.name]
        FROM relation r WHERE r.relkind = 'm' AND NOT r.relispopulated ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'nested_views', r.name, pg_catalog.max(d.levels), 'the view reads views through ' || pg_catalog.max(d.levels) || ' levels', NULL,
            pg_catalog.json_build_object('levels', pg_catalog.max(d.levels)), NULL
        FROM depth d JOIN relation r ON r.oid = d.oid GROUP BY r.name ORDER BY 3 DESC, 2 LIMIT 50
    )
    UNION ALL
    (
        SELECT 'extension_outdated', pg_catalog.quote_ident(e.extname), 1, 'version ' || e.extversion || ' is installed and ' || a.default_version || ' is there', NULL,
            pg_catalog.json_build_object('installed', e.extversion, 'available', a.default_version),
            ARRAY['ALTER EXTENSION ' || pg_catalog.quote_ident(e.extname) || ' UPDATE']
        FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname
        WHERE a.default_version <> e.extversion ORDER BY 2 LIMIT 100
    )
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
