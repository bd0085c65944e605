-- Checks of how tables are read and written: scans, cache, updates, indexes by number and worth.
-- Parameters: none.
-- Since 13. Privileges: SELECT on a table shows the statistics of its columns.
WITH relation AS (
    SELECT
        c.oid, c.relname, n.nspname, c.relpages, c.reltoastrelid, c.reloptions,
        (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)) AS name,
        s.n_live_tup, s.n_tup_ins, s.n_tup_upd, s.n_tup_del, s.n_tup_hot_upd, s.seq_scan, s.seq_tup_read, s.idx_scan,
        pg_catalog.current_setting('block_size')::float8 / 1048576 AS page_mib
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid
    WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
        AND n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::text, 'pg_')
),
io AS (
    SELECT
        pg_catalog.sum(i.heap_blks_hit) AS hit, pg_catalog.sum(i.heap_blks_hit + i.heap_blks_read) AS asked,
        pg_catalog.sum(i.idx_blks_hit) AS index_hit, pg_catalog.sum(i.idx_blks_hit + i.idx_blks_read) AS index_asked
    FROM pg_catalog.pg_statio_user_tables i
),
crowded AS (
    SELECT r.*, (SELECT pg_catalog.count(*) FROM pg_catalog.pg_index i WHERE i.indrelid = r.oid) AS indexes
    FROM relation r
    WHERE r.n_tup_ins + r.n_tup_upd + r.n_tup_del > 10000
),
-- Indexes on one column that chooses little. Unique ones, those of constraints and partial ones have another purpose.
narrow AS (
    SELECT
        (pg_catalog.quote_ident(r.nspname) || '.' || pg_catalog.quote_ident(x.relname)) AS index_name, r.name,
        a.attname, x.relpages * r.page_mib AS mib, st.n_distinct, st.null_frac,
        st.most_common_freqs[pg_catalog.array_upper(st.most_common_freqs, 1)] AS rarest
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_am m ON m.oid = x.relam AND m.amname = 'btree'
    JOIN relation r ON r.oid = i.indrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    JOIN pg_catalog.pg_stats st
        ON st.schemaname = r.nspname AND st.tablename = r.relname AND st.attname = a.attname AND NOT st.inherited
    WHERE i.indnatts = 1 AND NOT i.indisunique AND NOT i.indisexclusion AND i.indpred IS NULL AND i.indisvalid
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = i.indrelid AND k.contype = 'f' AND k.conkey[1] = a.attnum)
),
measured AS (
    (
        SELECT 'hot_ratio' AS check_id, name AS object, 100.0 * n_tup_hot_upd / n_tup_upd AS value,
            'of ' || n_tup_upd || ' updates ' || n_tup_hot_upd || ' needed no new index entries' AS message, NULL::text AS unknown,
            pg_catalog.json_build_object('updates', n_tup_upd, 'hot', n_tup_hot_upd) AS evidence,
            CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_options_to_table(reloptions) o WHERE o.option_name = 'fillfactor')
                THEN ARRAY['ALTER TABLE ' || name || ' SET (fillfactor = 90)'] END AS mend
        FROM relation WHERE n_tup_upd > 100000 ORDER BY 3 LIMIT 20
    )
    UNION ALL
    (
        SELECT 'missing_index_candidates', name, seq_scan,
            'read from end to end ' || seq_scan || ' times, ' || (seq_tup_read / seq_scan) || ' rows each, and by index '
            || COALESCE(idx_scan, 0) || ' times', NULL,
            pg_catalog.json_build_object('sequential_scans', seq_scan, 'index_scans', idx_scan, 'rows', n_live_tup), NULL
        FROM relation WHERE seq_scan > COALESCE(idx_scan, 0) AND n_live_tup > 10000 AND seq_tup_read / GREATEST(seq_scan, 1) > 10000
        ORDER BY seq_tup_read DESC LIMIT 50
    )
    UNION ALL
    (
        SELECT 'unused_tables', name, relpages * page_mib, 'nobody read the table since statistics are counted', NULL,
            pg_catalog.json_build_object('mib', relpages * page_mib, 'rows', n_live_tup, 'writes', n_tup_ins + n_tup_upd + n_tup_del), NULL
        FROM relation WHERE seq_scan = 0 AND COALESCE(idx_scan, 0) = 0 ORDER BY relpages DESC LIMIT 50
    )
    UNION ALL
    (
        SELECT 'too_many_indexes', name, indexes,
            indexes || ' indexes, and ' || (n_tup_upd - n_tup_hot_upd) || ' of ' || n_tup_upd || ' updates changed all of them', NULL,
            pg_catalog.json_build_object('indexes', indexes, 'inserts', n_tup_ins, 'updates', n_tup_upd, 'hot', n_tup_hot_upd), NULL
        FROM crowded WHERE n_tup_hot_upd < 0.5 * n_tup_upd OR n_tup_upd = 0 ORDER BY indexes DESC LIMIT 20
    )
    UNION ALL
    (
        SELECT 'low_value_index', index_name, mib,
            CASE WHEN null_frac > 0.95 THEN pg_catalog.round((100 * null_frac)::numeric, 1) || ' % of its entries are NULL'
                ELSE 'its column ' || pg_catalog.quote_ident(attname) || ' has ' || n_distinct || ' values, each of them frequent' END, NULL,
            pg_catalog.json_build_object('table', name, 'column', attname, 'distinct', n_distinct, 'null_fraction', null_frac, 'mib', mib),
            ARRAY['DROP INDEX CONCURRENTLY ' || index_name]
        FROM narrow WHERE null_frac > 0.95 OR n_distinct > 0 AND n_distinct < 3 AND rarest > 0.1 ORDER BY mib DESC LIMIT 50
    )
    UNION ALL
    (
        SELECT 'large_toast', r.name, t.relpages * r.page_mib, 'long values take ' || pg_catalog.round((t.relpages * r.page_mib)::numeric, 1)
            || ' MiB beside ' || pg_catalog.round((r.relpages * r.page_mib)::numeric, 1) || ' MiB of rows', NULL,
            pg_catalog.json_build_object(
                'toast_mib', t.relpages * r.page_mib, 'mib', r.relpages * r.page_mib,
                'default_toast_compression', pg_catalog.current_setting('default_toast_compression', true)
            ), NULL
        FROM relation r JOIN pg_catalog.pg_class t ON t.oid = r.reltoastrelid
        WHERE t.relpages > r.relpages ORDER BY t.relpages DESC LIMIT 20
    )
    UNION ALL
    SELECT 'cache_hit_table', NULL, 100.0 * hit / asked, pg_catalog.round(100.0 * hit / asked, 2) || ' % of table blocks were in the cache', NULL,
        pg_catalog.json_build_object('hit', hit, 'asked', asked), NULL
    FROM io WHERE asked > 100000
    UNION ALL
    SELECT 'cache_hit_index', NULL, 100.0 * index_hit / index_asked,
        pg_catalog.round(100.0 * index_hit / index_asked, 2) || ' % of index blocks were in the cache', NULL,
        pg_catalog.json_build_object('hit', index_hit, 'asked', index_asked), NULL
    FROM io WHERE index_asked > 100000
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
