-- Checks of definitions: keys, constraints, sequences, triggers, types, views.
-- Parameters: none.
-- Since 13. Privileges: SELECT or USAGE on sequences shows how far they are.
WITH relation AS (
    SELECT
        c.oid, c.relkind, c.relpersistence, c.relispopulated, c.relreplident, c.relispartition, c.reltuples,
        (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)) AS name
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend e
            WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e'
        )
),
sequence AS (
    SELECT
        r.name, q.seqmax, q.seqmin, q.seqincrement, q.seqcycle, d.refobjid, d.refobjsubid,
        CASE WHEN pg_catalog.has_sequence_privilege(r.oid, 'SELECT, USAGE') THEN pg_catalog.pg_sequence_last_value(r.oid) END AS last_value,
        pg_catalog.has_sequence_privilege(r.oid, 'SELECT, USAGE') AS visible
    FROM relation r
    JOIN pg_catalog.pg_sequence q ON q.seqrelid = r.oid
    LEFT JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = r.oid AND d.deptype IN ('a', 'i')
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0
    WHERE r.relkind = 'S'
),
foreign_key AS (
    SELECT k.oid, k.conname, k.conrelid, k.confrelid, k.conkey, k.confkey, r.name
    FROM pg_catalog.pg_constraint k JOIN relation r ON r.oid = k.conrelid
    WHERE k.contype = 'f' AND k.conparentid = 0
),
measured AS (
    (
        SELECT 'sequence_exhaustion' AS check_id, name AS object,
            CASE WHEN seqincrement > 0 THEN 100.0 * (last_value::numeric - seqmin) / GREATEST(seqmax::numeric - seqmin, 1)
                ELSE 100.0 * (seqmax::numeric - last_value) / GREATEST(seqmax::numeric - seqmin, 1) END AS value,
            'the sequence is at ' || last_value || ' of ' || CASE WHEN seqincrement > 0 THEN seqmax ELSE seqmin END AS message, NULL::text AS unknown,
            pg_catalog.json_build_object('last_value', last_value, 'max', seqmax, 'increment', seqincrement) AS evidence,
            'ALTER SEQUENCE ' || name || ' AS bigint MAXVALUE 9223372036854775807' AS mend
        FROM sequence WHERE last_value IS NOT NULL AND NOT seqcycle ORDER BY 3 DESC LIMIT 100
    )
    UNION ALL
    SELECT check_id, NULL, NULL, NULL, hidden.sequences || ' sequences may not be read; GRANT SELECT ON ALL SEQUENCES IN SCHEMA … TO '
        || pg_catalog.quote_ident(CURRENT_USER::text), NULL, NULL
    FROM (SELECT pg_catalog.count(*) AS sequences FROM sequence WHERE NOT visible) hidden
    CROSS JOIN (VALUES ('sequence_exhaustion'), ('int_pk_overflow')) AS c (check_id)
    WHERE hidden.sequences > 0
    UNION ALL
    (
        SELECT 'int_pk_overflow', t.name || '.' || pg_catalog.quote_ident(a.attname),
            100.0 * s.last_value / CASE a.atttypid WHEN 21 THEN 32767 ELSE 2147483647 END,
            'the key is at ' || s.last_value || ' of the ' || CASE a.atttypid WHEN 21 THEN 32767 ELSE 2147483647 END
            || ' that its type ' || pg_catalog.format_type(a.atttypid, NULL) || ' holds', NULL,
            pg_catalog.json_build_object('last_value', s.last_value, 'type', pg_catalog.format_type(a.atttypid, NULL)),
            'ALTER TABLE ' || t.name || ' ALTER COLUMN ' || pg_catalog.quote_ident(a.attname) || ' TYPE bigint'
        FROM sequence s
        JOIN relation t ON t.oid = s.refobjid
        JOIN pg_catalog.pg_attribute a ON a.attrelid = s.refobjid AND a.attnum = s.refobjsubid
        WHERE a.atttypid IN (21, 23) AND s.last_value IS NOT NULL ORDER BY 3 DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'fk_type_mismatch', f.name || '.' || pg_catalog.quote_ident(f.conname), 1,
            'the column ' || pg_catalog.quote_ident(l.attname) || ' is ' || pg_catalog.format_type(l.atttypid, l.atttypmod)
            || ' and refers to ' || pg_catalog.format_type(r.atttypid, r.atttypmod), NULL,
            pg_catalog.json_build_object('type', pg_catalog.format_type(l.atttypid, l.atttypmod), 'referenced_type', pg_catalog.format_type(r.atttypid, r.atttypmod)),
            'ALTER TABLE ' || f.name || ' ALTER COLUMN ' || pg_catalog.quote_ident(l.attname) || ' TYPE '
            || pg_catalog.format_type(r.atttypid, r.atttypmod)
        FROM foreign_key f
        CROSS JOIN LATERAL pg_catalog.generate_subscripts(f.conkey, 1) AS place
        JOIN pg_catalog.pg_attribute l ON l.attrelid = f.conrelid AND l.attnum = f.conkey[place]
        JOIN pg_catalog.pg_attribute r ON r.attrelid = f.confrelid AND r.attnum = f.confkey[place]
        WHERE l.atttypid <> r.atttypid ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'no_primary_key', r.name, 1, 'the table has no primary key', NULL, pg_catalog.json_build_object('rows', r.reltuples), NULL
        FROM relation r
        WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition AND r.relpersistence <> 't'
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = r.oid AND k.contype = 'p')
        ORDER BY r.reltuples DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'no_replica_identity', r.name, 1, 'the table is published and its rows cannot be told apart: UPDATE and DELETE fail', NULL,
            pg_catalog.json_build_object('replica_identity', r.relreplident), 'ALTER TABLE ' || r.name || ' REPLICA IDENTITY FULL'
        FROM relation r
        WHERE r.relkind = 'r'
            AND EXISTS (
                SELECT FROM pg_catalog.pg_publication_tables p
                JOIN pg_catalog.pg_publication u ON u.pubname = p.pubname
                WHERE (u.pubupdate OR u.pubdelete)
                    AND pg_catalog.quote_ident(p.schemaname) || '.' || pg_catalog.quote_ident(p.tablename) = r.name
            )
            AND (
                r.relreplident = 'n'
                OR r.relreplident = 'd' AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = r.oid AND i.indisprimary)
                OR r.relreplident = 'i' AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = r.oid AND i.indisreplident)
            )
        ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'constraint_not_valid', r.name || '.' || pg_catalog.quote_ident(k.conname), 1,
            'the constraint holds for new rows only: old ones were never checked', NULL,
            pg_catalog.json_build_object('definition', pg_catalog.pg_get_constraintdef(k.oid)),
            'ALTER TABLE ' || r.name || ' VALIDATE CONSTRAINT ' || pg_catalog.quote_ident(k.conname)
        FROM pg_catalog.pg_constraint k JOIN relation r ON r.oid = k.conrelid
        WHERE NOT k.convalidated AND k.conparentid = 0 ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'duplicate_fk', f.name || '.' || pg_catalog.quote_ident(f.conname), 1,
            'the foreign key is the same as ' || pg_catalog.quote_ident(twin.conname), NULL,
            pg_catalog.json_build_object('same_as', twin.conname), 'ALTER TABLE ' || f.name || ' DROP CONSTRAINT ' || pg_catalog.quote_ident(f.conname)
        FROM foreign_key f
        JOIN foreign_key twin
            ON twin.conrelid = f.conrelid AND twin.confrelid = f.confrelid AND twin.conkey = f.conkey AND twin.confkey = f.confkey
            AND twin.oid < f.oid
        ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'disabled_triggers', r.name || '.' || pg_catalog.quote_ident(g.tgname), 1, 'the trigger is disabled', NULL,
            pg_catalog.json_build_object('trigger', g.tgname, 'internal', g.tgisinternal),
            'ALTER TABLE ' || r.name || ' ENABLE TRIGGER ' || CASE WHEN g.tgisinternal THEN 'ALL' ELSE pg_catalog.quote_ident(g.tgname) END
        FROM pg_catalog.pg_trigger g JOIN relation r ON r.oid = g.tgrelid
        WHERE g.tgenabled = 'D' ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'bad_types', r.name || '.' || pg_catalog.quote_ident(a.attname), 1,
            pg_catalog.format_type(a.atttypid, a.atttypmod) || CASE a.atttypid
                WHEN 790 THEN ' changes its meaning with lc_monetary: use numeric'
                WHEN 1266 THEN ' cannot be placed on a day: use timestamptz'
                WHEN 114 THEN ' keeps the text as it came and has no operators of equality: use jsonb'
                ELSE ' pads with blanks and ignores them: use text' END, NULL,
            pg_catalog.json_build_object('type', pg_catalog.format_type(a.atttypid, a.atttypmod)), NULL
        FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
        WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition AND a.attnum > 0 AND NOT a.attisdropped
            AND a.atttypid IN (790, 1266, 114, 1042) ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'reg_types_block_upgrade', r.name || '.' || pg_catalog.quote_ident(a.attname), 1,
            'pg_upgrade refuses tables with columns of the type ' || pg_catalog.format_type(a.atttypid, NULL), NULL,
            pg_catalog.json_build_object('type', pg_catalog.format_type(a.atttypid, NULL)),
            'ALTER TABLE ' || r.name || ' ALTER COLUMN ' || pg_catalog.quote_ident(a.attname) || ' TYPE text'
        FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
        WHERE r.relkind IN ('r', 'm') AND a.attnum > 0 AND NOT a.attisdropped
            AND a.atttypid IN (24, 2202, 2203, 2204, 3734, 3769, 4191) ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'unlogged_tables', r.name, 1, 'the table is emptied after a crash and is not replicated', NULL,
            pg_catalog.json_build_object('rows', r.reltuples), 'ALTER TABLE ' || r.name || ' SET LOGGED'
        FROM relation r WHERE r.relkind = 'r' AND r.relpersistence = 'u' ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'unpopulated_matviews', r.name, 1, 'the materialized view was never filled: reading it fails', NULL,
            pg_catalog.json_build_object('populated', false), 'REFRESH MATERIALIZED VIEW ' || r.name
        FROM relation r WHERE r.relkind = 'm' AND NOT r.relispopulated ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'partition_gaps', r.name, CASE WHEN p.partitions = 0 THEN 2 ELSE 1 END,
            CASE WHEN p.partitions = 0 THEN 'the partitioned table has no partition: every INSERT fails'
                ELSE 'the default partition holds rows that no other partition takes' END, NULL,
            pg_catalog.json_build_object('partitions', p.partitions, 'rows_in_default', d.reltuples), NULL
        FROM relation r
        JOIN pg_catalog.pg_partitioned_table t ON t.partrelid = r.oid
        LEFT JOIN pg_catalog.pg_class d ON d.oid = t.partdefid
        CROSS JOIN LATERAL (SELECT pg_catalog.count(*) AS partitions FROM pg_catalog.pg_inherits h WHERE h.inhparent = r.oid) p
        WHERE p.partitions = 0 OR d.reltuples > 0 ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'extension_outdated', e.extname, 1, 'version ' || e.extversion || ' is installed and ' || a.default_version || ' is there', NULL,
            pg_catalog.json_build_object('installed', e.extversion, 'available', a.default_version),
            'ALTER EXTENSION ' || pg_catalog.quote_ident(e.extname) || ' UPDATE'
        FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname
        WHERE a.default_version <> e.extversion ORDER BY 2 LIMIT 100
    )
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text FROM measured
