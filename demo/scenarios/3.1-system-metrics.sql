SELECT
    current_database(),
    pg_database_size(current_database()) / 1024 / 1024 / 1024.0 as db_size_gb,
    (SELECT count(*) FROM pg_stat_activity WHERE state = 'active') as active_connections,
    (SELECT count(*) FROM pg_stat_activity) as total_connections,
    (SELECT setting::int FROM pg_settings WHERE name = 'max_connections') as max_connections
