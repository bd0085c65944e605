-- The bytes and dead rows of a table, with those of its partitions.
-- Parameters: $1 int8, oid of the table.
-- Since 13. Privileges: none. Waits for the lock of whoever changes the table's shape.
SELECT
    COALESCE(pg_catalog.sum(pg_catalog.pg_total_relation_size(k.oid)), 0)::int8 AS bytes,
    COALESCE(pg_catalog.sum(pg_catalog.pg_stat_get_dead_tuples(k.oid)), 0)::int8 AS dead_rows
FROM (
    SELECT c.oid FROM pg_catalog.pg_class c WHERE c.oid = $1::int8::oid AND c.relkind <> 'p'
    UNION ALL
    SELECT c.oid
    FROM pg_catalog.pg_partition_tree($1::int8::oid::regclass) tree
    JOIN pg_catalog.pg_class c ON c.oid = tree.relid
    WHERE tree.isleaf AND c.oid <> $1::int8::oid
) k (oid)
