-- Checks of partitioned tables: none, rows in the default partition, and no partition for what comes next.
-- Parameters: none.
-- Since 13. Privileges: none.
WITH parent AS (
    SELECT
        c.oid, (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)) AS name, t.partdefid,
        -- Partitions by ranges of one column of dates or times can be held against the clock.
        t.partstrat = 'r' AND t.partnatts = 1 AND a.atttypid IN (1082, 1114, 1184) AS by_time,
        (SELECT pg_catalog.count(*) FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid) AS partitions,
        (SELECT GREATEST(d.reltuples, pg_catalog.pg_stat_get_live_tuples(d.oid)) FROM pg_catalog.pg_class d WHERE d.oid = t.partdefid) AS in_default
    FROM pg_catalog.pg_partitioned_table t
    JOIN pg_catalog.pg_class c ON c.oid = t.partrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = t.partattrs[0]
),
bound AS (
    SELECT
        p.oid, p.name, p.partdefid,
        pg_catalog.regexp_match(pg_catalog.pg_get_expr(c.relpartbound, 0), '^FOR VALUES FROM \((.*)\) TO \((.*)\)$') AS ends
    FROM parent p
    JOIN pg_catalog.pg_inherits h ON h.inhparent = p.oid
    JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
    WHERE p.by_time AND c.oid <> p.partdefid
),
range AS (
    SELECT
        b.oid, b.name, b.partdefid,
        CASE WHEN b.ends[1] LIKE '''%''' THEN pg_catalog.btrim(b.ends[1], '''')::timestamptz ELSE '-infinity' END AS lower,
        CASE WHEN b.ends[2] LIKE '''%''' THEN pg_catalog.btrim(b.ends[2], '''')::timestamptz ELSE 'infinity' END AS upper
    FROM bound b
),
last AS (
    SELECT DISTINCT ON (r.oid) r.oid, r.name, r.partdefid, r.upper, r.upper - r.lower AS width
    FROM range r
    WHERE pg_catalog.isfinite(r.lower) AND pg_catalog.isfinite(r.upper)
        AND NOT EXISTS (SELECT FROM range other WHERE other.oid = r.oid AND other.upper = 'infinity')
    ORDER BY r.oid, r.upper DESC
),
measured AS (
    (
        SELECT 'partition_gaps' AS check_id, p.name AS object, CASE WHEN p.partitions = 0 THEN 2 ELSE 1 END AS value,
            CASE WHEN p.partitions = 0 THEN 'the partitioned table has no partition: every INSERT fails'
                ELSE 'the default partition holds rows that no other partition takes' END AS message, NULL::text AS unknown,
            pg_catalog.json_build_object('partitions', p.partitions, 'rows_in_default', p.in_default) AS evidence, NULL::text[] AS mend
        FROM parent p WHERE p.partitions = 0 OR p.in_default > 0 ORDER BY 2 LIMIT 100
    )
    UNION ALL
    (
        SELECT 'partition_gaps', l.name, CASE WHEN l.upper <= pg_catalog.now() AND l.partdefid = 0 THEN 2 ELSE 1 END,
            CASE WHEN l.upper > pg_catalog.now() THEN 'there is no partition for what comes after ' || l.upper
                ELSE 'there is no partition for the present: the last ended at ' || l.upper END, NULL,
            pg_catalog.json_build_object('last_ends', l.upper, 'width', l.width), NULL
        FROM last l
        -- A table whose last partition ended long ago is not written any more.
        WHERE l.upper < pg_catalog.now() + l.width AND l.upper > pg_catalog.now() - 10 * l.width ORDER BY 2 LIMIT 100
    )
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
