-- Since when the server counts what it tells in statistics, and which node counts.
-- Parameters: none.
-- Since 13. Privileges: none.
SELECT
    COALESCE(d.stats_reset, pg_catalog.pg_postmaster_start_time())::timestamptz AS counted_since,
    (d.stats_reset IS NOT NULL)::bool AS was_reset,
    GREATEST(
        0,
        pg_catalog.date_part(
            'epoch', pg_catalog.statement_timestamp() - COALESCE(d.stats_reset, pg_catalog.pg_postmaster_start_time())
        ) / 86400
    )::float8 AS days,
    pg_catalog.pg_is_in_recovery()::bool AS is_standby
FROM pg_catalog.pg_stat_database d
WHERE d.datname = pg_catalog.current_database()
ORDER BY d.datid
LIMIT 1
