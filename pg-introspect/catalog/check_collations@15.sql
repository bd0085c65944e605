-- Checks of the versions of collations.
-- Parameters: none.
-- Since 15. Privileges: none.
WITH collation_version AS (
    SELECT
        c.oid, c.collversion AS recorded, pg_catalog.pg_collation_actual_version(c.oid) AS actual,
        (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.collname)) AS name
    FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
    WHERE c.collversion IS NOT NULL
),
measured AS (
    -- To say that the new version is known, before what the old one sorted is sorted anew, would hide the damage.
    SELECT 'collation_mismatch' AS check_id, v.name AS object, 1 AS value,
        'indexes were made with version ' || v.recorded || ' of the collation and the system has ' || v.actual || ': searches may miss rows' AS message,
        NULL::text AS unknown, pg_catalog.json_build_object('recorded', v.recorded, 'actual', v.actual) AS evidence,
        ARRAY(
            SELECT 'REINDEX INDEX CONCURRENTLY ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(x.relname)
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid AND x.relkind = 'i'
            JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace
            WHERE v.oid = ANY (i.indcollation::oid[]) ORDER BY 1
        ) || ARRAY['ALTER COLLATION ' || v.name || ' REFRESH VERSION'] AS mend
    FROM collation_version v
    WHERE v.recorded <> v.actual
    UNION ALL
    SELECT 'collation_mismatch', pg_catalog.quote_ident(d.datname), 1,
        'the database was made with version ' || d.datcollversion || ' of its collation and the system has '
        || pg_catalog.pg_database_collation_actual_version(d.oid) || ': searches may miss rows',
        NULL,
        pg_catalog.json_build_object('recorded', d.datcollversion, 'actual', pg_catalog.pg_database_collation_actual_version(d.oid)),
        ARRAY[
            'REINDEX DATABASE CONCURRENTLY ' || pg_catalog.quote_ident(d.datname),
            'ALTER DATABASE ' || pg_catalog.quote_ident(d.datname) || ' REFRESH COLLATION VERSION'
        ]
    FROM pg_catalog.pg_database d
    WHERE d.datname = pg_catalog.current_database() AND d.datcollversion IS NOT NULL
        AND d.datcollversion <> pg_catalog.pg_database_collation_actual_version(d.oid)
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured ORDER BY 2 LIMIT 100
