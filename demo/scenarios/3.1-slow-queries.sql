-- The seed names total_time, mean_time and stddev_time. PostgreSQL 13 split each in two, for planning and for
-- executing: total_exec_time, mean_exec_time and stddev_exec_time are what the old names meant.
SELECT
    query,
    calls,
    total_exec_time,
    mean_exec_time,
    stddev_exec_time,
    rows
FROM pg_stat_statements
WHERE mean_exec_time > 1000
ORDER BY mean_exec_time DESC
LIMIT 10
