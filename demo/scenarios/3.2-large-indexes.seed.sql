SELECT
    schemaname,
    tablename,
    indexname,
    pg_relation_size(indexrelid) as index_size,
    pg_stat_get_blocks_fetched(indexrelid) -
    pg_stat_get_blocks_hit(indexrelid) as blocks_read
FROM pg_stat_user_indexes
WHERE pg_relation_size(indexrelid) > 100 * 1024 * 1024  -- 100MB+
ORDER BY blocks_read DESC
LIMIT 10
