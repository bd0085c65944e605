-- How many transactions and multixacts ago each database was last frozen, and where autovacuum begins to force it.
-- Parameters: $1 int8, most rows.
-- Since 13. Privileges: none.
SELECT
    d.datname::text AS database,
    pg_catalog.age(d.datfrozenxid)::int8 AS transaction_age,
    pg_catalog.mxid_age(d.datminmxid)::int8 AS multixact_age,
    pg_catalog.current_setting('autovacuum_freeze_max_age')::int8 AS freeze_max_age,
    pg_catalog.current_setting('autovacuum_multixact_freeze_max_age')::int8 AS multixact_freeze_max_age,
    d.datallowconn::bool AS allows_connections
FROM pg_catalog.pg_database d
ORDER BY GREATEST(pg_catalog.age(d.datfrozenxid), pg_catalog.mxid_age(d.datminmxid)) DESC, d.datname
LIMIT $1::int8
