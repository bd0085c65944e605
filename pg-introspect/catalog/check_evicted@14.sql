-- Checks of how long pg_stat_statements remembers: statements that it forgot, and since when it counts.
-- Parameters: none.
-- Since 14, extension since 1.9. Privileges: none. The extension's schema must be on the search path.
WITH kept AS (
    SELECT i.dealloc, i.stats_reset, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - i.stats_reset) / 86400 AS days
    FROM pg_stat_statements_info i
),
measured AS (
    SELECT 'statements_evicted' AS check_id, NULL::text AS object, k.dealloc / GREATEST(24 * k.days, 1) AS value,
        'pg_stat_statements forgot the least used statements ' || k.dealloc || ' times since ' || k.stats_reset AS message, NULL::text AS unknown,
        pg_catalog.json_build_object('evictions', k.dealloc, 'since', k.stats_reset, 'max', pg_catalog.current_setting('pg_stat_statements.max', true)) AS evidence,
        NULL::text[] AS mend
    FROM kept k
    UNION ALL
    SELECT 'statements_reset_recent', NULL, GREATEST(k.days, 0), 'statements are counted since ' || k.stats_reset || ' only', NULL,
        pg_catalog.json_build_object('since', k.stats_reset), NULL
    FROM kept k
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
