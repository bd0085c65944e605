-- The server's clock, to be held against the one here.
-- Parameters: none.
-- Since 13. Privileges: none.
SELECT
    'clock_skew'::text AS check_id, NULL::text AS object, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp())::float8 AS value,
    NULL::text AS message, NULL::text AS unknown, NULL::json AS evidence, NULL::text[] AS mend
