-- Input and output by kind of process, object and context.
-- Parameters: $1 int8, most rows.
-- Since 13, where the server does not tell: no rows. Privileges: none.
SELECT
    NULL::text AS backend_type,
    NULL::text AS object,
    NULL::text AS context,
    NULL::int8 AS reads,
    NULL::float8 AS read_ms,
    NULL::int8 AS writes,
    NULL::float8 AS write_ms,
    NULL::int8 AS extends,
    NULL::int8 AS hits,
    NULL::int8 AS evictions,
    NULL::int8 AS fsyncs
WHERE false
ORDER BY 1
LIMIT $1::int8
