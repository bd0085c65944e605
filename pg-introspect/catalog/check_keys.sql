-- Checks of keys: sequences and types that end, foreign keys, primary keys, replica identities.
-- Parameters: none.
-- Since 13. Privileges: SELECT or USAGE on sequences shows how far they are, SELECT on tables how far keys without one are.
WITH relation AS (
    SELECT
        c.oid, c.relname, n.nspname, c.relkind, c.relpersistence, c.relreplident, c.relispartition, c.reltuples,
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
        r.name, q.seqmax, q.seqmin, q.seqincrement, q.seqcycle, q.seqtypid, d.refobjid, d.refobjsubid,
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
owned AS (
    SELECT s.refobjid, s.refobjsubid, pg_catalog.max(s.last_value) AS last_value
    FROM sequence s WHERE s.refobjid IS NOT NULL GROUP BY s.refobjid, s.refobjsubid
),
-- How far a narrow key is: by its sequence, else by the largest value that ANALYZE met.
narrow_key AS (
    SELECT
        t.name, t.nspname, t.relname, a.attname, a.atttypid,
        CASE a.atttypid WHEN 21 THEN 32767 ELSE 2147483647 END AS most, o.last_value AS counted
    FROM relation t
    JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN (21, 23)
    LEFT JOIN owned o ON o.refobjid = t.oid AND o.refobjsubid = a.attnum
    LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p' AND k.conkey = ARRAY[a.attnum]
    WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND (o.refobjid IS NOT NULL OR k.oid IS NOT NULL)
),
reached AS (
    SELECT
        k.*,
        COALESCE(k.counted, (
            SELECT (st.histogram_bounds::text::int8[])[pg_catalog.array_upper(st.histogram_bounds::text::int8[], 1)]
            FROM pg_catalog.pg_stats st
            WHERE st.schemaname = k.nspname AND st.tablename = k.relname AND st.attname = k.attname AND NOT st.inherited
        )) AS highest
    FROM narrow_key k
),
measured AS (
    (
        SELECT 'sequence_exhaustion' AS check_id, name AS object,
            CASE WHEN seqincrement > 0 THEN 100.0 * (last_value::numeric - seqmin) / GREATEST(seqmax::numeric - seqmin, 1)
                ELSE 100.0 * (seqmax::numeric - last_value) / GREATEST(seqmax::numeric - seqmin, 1) END AS value,
            'the sequence is at ' || last_value || ' of ' || CASE WHEN seqincrement > 0 THEN seqmax ELSE seqmin END AS message, NULL::text AS unknown,
            pg_catalog.json_build_object('last_value', last_value, 'max', seqmax, 'min', seqmin, 'increment', seqincrement) AS evidence,
            -- At the end of bigint nothing widens it any more.
            CASE WHEN seqincrement > 0 AND seqmax < 9223372036854775807
                    THEN ARRAY['ALTER SEQUENCE ' || name || ' AS bigint MAXVALUE 9223372036854775807']
                WHEN seqincrement < 0 AND seqmin > -9223372036854775808
                    THEN ARRAY['ALTER SEQUENCE ' || name || ' AS bigint MINVALUE -9223372036854775808'] END AS mend
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
        SELECT 'int_pk_overflow', r.name || '.' || pg_catalog.quote_ident(r.attname), 100.0 * r.highest / r.most,
            'the key is at ' || pg_catalog.round(100.0 * r.highest / r.most, 1) || ' % of the ' || r.most
            || ' that its type ' || pg_catalog.format_type(r.atttypid, NULL) || ' holds', NULL,
            pg_catalog.json_build_object('type', pg_catalog.format_type(r.atttypid, NULL), 'sequence_at', r.counted),
            ARRAY['ALTER TABLE ' || r.name || ' ALTER COLUMN ' || pg_catalog.quote_ident(r.attname) || ' TYPE bigint']
        FROM reached r WHERE r.highest IS NOT NULL ORDER BY 3 DESC LIMIT 100
    )
    UNION ALL
    (
        SELECT 'fk_type_mismatch', f.name || '.' || pg_catalog.quote_ident(f.conname), 1,
            'the column ' || pg_catalog.quote_ident(l.attname) || ' is ' || pg_catalog.format_type(l.atttypid, l.atttypmod)
            || ' and refers to ' || pg_catalog.format_type(r.atttypid, r.atttypmod), NULL,
            pg_catalog.json_build_object('type', pg_catalog.format_type(l.atttypid, l.atttypmod), 'referenced_type', pg_catalog.format_type(r.atttypid, r.atttypmod)),
            ARRAY['ALTER TABLE ' || f.name || ' ALTER COLUMN ' || pg_catalog.quote_ident(l.attname) || ' TYPE '
                || pg_catalog.format_type(r.atttypid, r.atttypmod)]
        FROM foreign_key f
        CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(f.conkey), pg_catalog.unnest(f.confkey)) AS pair (here, there)
        JOIN pg_catalog.pg_attribute l ON l.attrelid = f.conrelid AND l.attnum = pair.here
        JOIN pg_catalog.pg_attribute r ON r.attrelid = f.confrelid AND r.attnum = pair.there
        WHERE l.atttypid <> r.atttypid ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'duplicate_fk', f.name || '.' || pg_catalog.quote_ident(f.conname), 1,
            'the foreign key is the same as ' || pg_catalog.quote_ident(twin.conname), NULL,
            pg_catalog.json_build_object('same_as', twin.conname), ARRAY['ALTER TABLE ' || f.name || ' DROP CONSTRAINT ' || pg_catalog.quote_ident(f.conname)]
        FROM foreign_key f
        JOIN foreign_key twin
            ON twin.conrelid = f.conrelid AND twin.confrelid = f.confrelid AND twin.conkey = f.conkey AND twin.confkey = f.confkey
            AND twin.oid < f.oid
        ORDER BY 2 LIMIT 100
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
    -- A deferrable key does not serve: the server takes an immediate one only.
    (
        SELECT 'no_replica_identity', r.name, 1, 'the table is published and its rows cannot be told apart: UPDATE and DELETE fail', NULL,
            pg_catalog.json_build_object('replica_identity', r.relreplident), ARRAY['ALTER TABLE ' || r.name || ' REPLICA IDENTITY FULL']
        FROM (
            SELECT DISTINCT p.schemaname, p.tablename
            FROM pg_catalog.pg_publication_tables p JOIN pg_catalog.pg_publication u ON u.pubname = p.pubname
            WHERE u.pubupdate OR u.pubdelete
        ) published
        JOIN relation r ON r.nspname = published.schemaname AND r.relname = published.tablename
        LEFT JOIN (
            SELECT
                i.indrelid, pg_catalog.bool_or(i.indisprimary AND i.indimmediate) AS by_key, pg_catalog.bool_or(i.indisreplident) AS by_index
            FROM pg_catalog.pg_index i GROUP BY i.indrelid
        ) told ON told.indrelid = r.oid
        WHERE r.relkind = 'r'
            AND CASE r.relreplident
                WHEN 'n' THEN true WHEN 'd' THEN told.by_key IS NOT TRUE WHEN 'i' THEN told.by_index IS NOT TRUE ELSE false END
        ORDER BY 2 LIMIT 100
    )
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
