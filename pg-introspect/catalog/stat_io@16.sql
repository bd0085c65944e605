-- Input and output by kind of process, object and context.
-- Parameters: $1 int8, most rows.
-- Since 16, with pg_stat_io. Privileges: none.
SELECT
    i.backend_type::text AS backend_type,
    i.object::text AS object,
    i.context::text AS context,
    i.reads::int8 AS reads,
    i.read_time::float8 AS read_ms,
    i.writes::int8 AS writes,
    i.write_time::float8 AS write_ms,
    i.extends::int8 AS extends,
    i.hits::int8 AS hits,
    i.evictions::int8 AS evictions,
    i.fsyncs::int8 AS fsyncs
FROM pg_catalog.pg_stat_io i
WHERE COALESCE(i.reads, 0) + COALESCE(i.writes, 0) + COALESCE(i.extends, 0) + COALESCE(i.hits, 0) > 0
ORDER BY COALESCE(i.reads, 0) + COALESCE(i.writes, 0) + COALESCE(i.extends, 0) DESC, i.backend_type, i.object, i.context
LIMIT $1::int8
