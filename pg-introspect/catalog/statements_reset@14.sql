-- When the counters of pg_stat_statements were reset, and how many statements it had to forget for want of room.
-- Parameters: none.
-- Since 14, extension since 1.9. Privileges: none. The extension's schema must be on the search path.
SELECT i.stats_reset::timestamptz AS counted_since, i.dealloc::int8 AS forgotten
FROM pg_stat_statements_info i
ORDER BY 1
LIMIT 1
