SELECT
    -- 連線資訊
    (SELECT count(*) FROM pg_stat_activity WHERE state = 'active') as active_connections,
    (SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction') as idle_in_transaction,

    -- 查詢效能
    (SELECT avg(query_start - xact_start) FROM pg_stat_activity
     WHERE state = 'active' AND query_start IS NOT NULL) as avg_query_duration,

    -- 鎖資訊
    (SELECT count(*) FROM pg_locks WHERE NOT granted) as waiting_locks,

    -- I/O 統計
    (SELECT sum(blks_read) FROM pg_stat_database) as total_blocks_read,
    (SELECT sum(blks_hit) FROM pg_stat_database) as total_blocks_hit,

    -- 資料庫大小
    pg_database_size(current_database()) / 1024 / 1024 / 1024.0 as db_size_gb
