-- Schemas: owner, comment, how many relations of each kind, a size estimate, what the role may do there.
-- Parameters: $1 bool, system schemas too; $2 int8, most rows; $3 int8, rows to leave out first.
-- Since 13. Privileges: none. Takes no locks on relations: the size is what the last vacuum or analyze wrote down.
WITH held AS (
    SELECT
        c.relnamespace AS schema_oid,
        pg_catalog.count(*) FILTER (WHERE c.relkind = 'r' AND NOT c.relispartition) AS tables,
        pg_catalog.count(*) FILTER (WHERE c.relkind = 'p' AND NOT c.relispartition) AS partitioned_tables,
        pg_catalog.count(*) FILTER (WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f')) AS partitions,
        pg_catalog.count(*) FILTER (WHERE c.relkind = 'v') AS views,
        pg_catalog.count(*) FILTER (WHERE c.relkind = 'm') AS materialized_views,
        pg_catalog.count(*) FILTER (WHERE c.relkind = 'f' AND NOT c.relispartition) AS foreign_tables,
        pg_catalog.count(*) FILTER (WHERE c.relkind = 'S') AS sequences,
        pg_catalog.sum(
            CASE WHEN c.relkind IN ('r', 'm', 'i', 't', 'S') THEN c.relpages::int8 ELSE 0 END
            + COALESCE(toast.relpages, 0)::int8
        ) AS pages
    FROM pg_catalog.pg_class c
    LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid
    GROUP BY c.relnamespace
)
SELECT
    n.nspname::text AS name,
    pg_catalog.pg_get_userbyid(n.nspowner)::text AS owner,
    pg_catalog.obj_description(n.oid, 'pg_namespace')::text AS comment,
    (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::text, 'pg_'))::bool AS is_system,
    pg_catalog.has_schema_privilege(n.oid, 'USAGE')::bool AS has_usage,
    pg_catalog.has_schema_privilege(n.oid, 'CREATE')::bool AS has_create,
    COALESCE(h.tables, 0)::int8 AS tables,
    COALESCE(h.partitioned_tables, 0)::int8 AS partitioned_tables,
    COALESCE(h.partitions, 0)::int8 AS partitions,
    COALESCE(h.views, 0)::int8 AS views,
    COALESCE(h.materialized_views, 0)::int8 AS materialized_views,
    COALESCE(h.foreign_tables, 0)::int8 AS foreign_tables,
    COALESCE(h.sequences, 0)::int8 AS sequences,
    (COALESCE(h.pages, 0) * pg_catalog.current_setting('block_size')::int8)::int8 AS size_bytes_estimate,
    (pg_catalog.count(*) OVER ())::int8 AS total
FROM pg_catalog.pg_namespace n
LEFT JOIN held h ON h.schema_oid = n.oid
WHERE $1::bool OR NOT (n.nspname = 'information_schema' OR pg_catalog.starts_with(n.nspname::text, 'pg_'))
ORDER BY n.nspname
LIMIT $2::int8 OFFSET $3::int8
