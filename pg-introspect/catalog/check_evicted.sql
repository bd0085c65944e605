-- That pg_stat_statements does not say how long it remembers.
-- Parameters: none.
-- Since 13. Privileges: none.
SELECT
    c.check_id::text AS check_id, NULL::text AS object, NULL::float8 AS value, NULL::text AS message,
    'pg_stat_statements tells it since PostgreSQL 14'::text AS unknown, NULL::json AS evidence, NULL::text[] AS mend
FROM (VALUES ('statements_evicted'), ('statements_reset_recent')) AS c (check_id)
