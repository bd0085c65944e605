-- Checks of the versions of collations.
-- Parameters: none.
-- Since 15. Privileges: none.
SELECT 'collation_mismatch' AS check_id, (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.collname))::text AS object,
    1::float8 AS value,
    ('indexes were made with version ' || c.collversion || ' of the collation and the system has '
    || pg_catalog.pg_collation_actual_version(c.oid) || ': searches may miss rows')::text AS message,
    NULL::text AS unknown,
    pg_catalog.json_build_object('recorded', c.collversion, 'actual', pg_catalog.pg_collation_actual_version(c.oid))::json AS evidence,
    ('ALTER COLLATION ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.collname) || ' REFRESH VERSION')::text AS mend
FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
WHERE c.collversion IS NOT NULL AND c.collversion <> pg_catalog.pg_collation_actual_version(c.oid)
UNION ALL
SELECT 'collation_mismatch', pg_catalog.quote_ident(d.datname), 1,
    'the database was made with version ' || d.datcollversion || ' of its collation and the system has '
    || pg_catalog.pg_database_collation_actual_version(d.oid) || ': searches may miss rows',
    NULL,
    pg_catalog.json_build_object('recorded', d.datcollversion, 'actual', pg_catalog.pg_database_collation_actual_version(d.oid)),
    'ALTER DATABASE ' || pg_catalog.quote_ident(d.datname) || ' REFRESH COLLATION VERSION'
FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database() AND d.datcollversion IS NOT NULL
    AND d.datcollversion <> pg_catalog.pg_database_collation_actual_version(d.oid)
ORDER BY 2 LIMIT 100
