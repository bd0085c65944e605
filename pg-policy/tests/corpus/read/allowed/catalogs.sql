SELECT * FROM pg_stat_activity WHERE state = 'active'
-- ;;
SELECT * FROM pg_stat_user_tables ORDER BY n_dead_tup DESC
-- ;;
SELECT * FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid)
-- ;;
SELECT * FROM pg_locks l JOIN pg_stat_activity a ON l.pid = a.pid WHERE NOT granted
-- ;;
SELECT * FROM pg_settings WHERE name LIKE 'autovacuum%'
-- ;;
SELECT * FROM pg_roles
-- ;;
SELECT usename FROM pg_user
-- ;;
SELECT query, calls, total_exec_time FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 10
-- ;;
SELECT * FROM pg_stats WHERE tablename = 'orders'
-- ;;
SELECT relname, reltuples FROM pg_catalog.pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relkind = 'r'
-- ;;
SELECT * FROM information_schema.columns WHERE table_name = 'orders'
-- ;;
SELECT * FROM information_schema.table_constraints
-- ;;
SELECT * FROM pg_stat_replication
-- ;;
SELECT * FROM pg_replication_slots
-- ;;
SELECT * FROM pg_stat_database
-- ;;
SELECT * FROM pg_stat_bgwriter
-- ;;
SELECT * FROM pg_stat_io
-- ;;
SELECT * FROM pg_stat_wal
-- ;;
SELECT * FROM pg_extension
-- ;;
SELECT * FROM pg_available_extensions
-- ;;
SELECT * FROM pg_indexes
-- ;;
SELECT * FROM pg_sequences
-- ;;
SELECT * FROM pg_publication
-- ;;
SELECT subname FROM pg_stat_subscription
-- ;;
SELECT * FROM app.pg_shadow
-- ;;
WITH pg_shadow AS (SELECT 1) SELECT * FROM pg_shadow
-- ;;
SELECT proname, prosrc FROM pg_proc
-- ;;
SELECT relacl FROM pg_class
-- ;;
SELECT * FROM pg_stat_progress_vacuum
-- ;;
SELECT * FROM pg_prepared_xacts
