-- When the counters of pg_stat_statements were reset, and how many statements it had to forget for want of room: not told before
-- its version 1.9.
-- Parameters: none.
-- Since 13. Privileges: none.
SELECT NULL::timestamptz AS counted_since, NULL::int8 AS forgotten
ORDER BY 1
LIMIT 1
