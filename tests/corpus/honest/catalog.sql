SELECT relname, relkind, reltuples::bigint, pg_relation_size(oid), pg_table_size(oid), pg_indexes_size(oid), pg_total_relation_size(oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname
-- ;;
SELECT schemaname, tablename, tableowner, hasindexes FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2
-- ;;
SELECT * FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname
-- ;;
SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1
-- ;;
SELECT matviewname, definition FROM pg_matviews ORDER BY 1
-- ;;
SELECT * FROM pg_sequences ORDER BY 1, 2
-- ;;
SELECT * FROM pg_policies ORDER BY 1, 2, 3
-- ;;
SELECT rolname, rolsuper, rolcanlogin FROM pg_roles WHERE rolname LIKE 'shop%' ORDER BY 1
-- ;;
SELECT usename, usesuper FROM pg_user WHERE usename LIKE 'shop%' ORDER BY 1
-- ;;
SELECT datname, pg_encoding_to_char(encoding), datcollate, datallowconn, datacl FROM pg_database WHERE datname = current_database()
-- ;;
SELECT nspname, nspacl FROM pg_namespace ORDER BY 1
-- ;;
SELECT extname, extversion, nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace ORDER BY 1
-- ;;
SELECT name, setting, unit, context, vartype FROM pg_settings WHERE name IN ('work_mem', 'shared_buffers', 'max_connections') ORDER BY 1
-- ;;
SELECT * FROM pg_stat_user_tables WHERE false
-- ;;
SELECT relname, n_live_tup >= 0, last_vacuum IS NULL OR true FROM pg_stat_user_tables ORDER BY schemaname, relname
-- ;;
SELECT indexrelname, idx_scan >= 0 FROM pg_stat_user_indexes ORDER BY schemaname, indexrelname
-- ;;
SELECT relname, heap_blks_read >= 0 FROM pg_statio_user_tables ORDER BY schemaname, relname
-- ;;
SELECT datname FROM pg_stat_database WHERE datname = current_database()
-- ;;
SELECT count(*) > 0 FROM pg_stat_activity
-- ;;
SELECT count(*) >= 0 FROM pg_stat_activity a CROSS JOIN LATERAL unnest(pg_blocking_pids(a.pid)) b
-- ;;
SELECT count(*) > 0 FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
-- ;;
SELECT checkpoints_timed >= 0 FROM pg_stat_bgwriter
-- ;;
SELECT wal_records >= 0 FROM pg_stat_wal
-- ;;
SELECT count(*) >= 0 FROM pg_stat_replication
-- ;;
SELECT count(*) >= 0 FROM pg_stat_progress_vacuum
-- ;;
SELECT count(*) >= 0 FROM pg_replication_slots
-- ;;
SELECT count(*) >= 0 FROM pg_prepared_xacts
-- ;;
SELECT archived_count >= 0 FROM pg_stat_archiver
-- ;;
SELECT count(*) >= 0 FROM pg_stat_ssl
-- ;;
SELECT count(*) >= 0 FROM pg_stat_statements
-- ;;
SELECT sum(total_exec_time) >= 0, max(mean_exec_time) >= 0 FROM pg_stat_statements
-- ;;
SELECT name FROM pg_available_extensions WHERE name = 'hstore'
-- ;;
SELECT attname, n_distinct, null_frac, most_common_vals::text FROM pg_stats WHERE tablename = 'orders' ORDER BY 1
-- ;;
SELECT pg_get_viewdef('inventory_view'::regclass, true), pg_get_indexdef('customers_pkey'::regclass), pg_get_functiondef('order_total'::regproc), pg_get_userbyid(10)
-- ;;
SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'orders'::regclass ORDER BY 1
-- ;;
SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1
-- ;;
SELECT proname, pg_get_function_arguments(oid), pg_get_function_result(oid), pg_get_function_identity_arguments(oid) FROM pg_proc WHERE pronamespace IN ('public'::regnamespace, 'calc'::regnamespace) AND prokind = 'f' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_proc.oid AND deptype = 'e') ORDER BY 1, 2
-- ;;
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1
-- ;;
SELECT pg_get_partkeydef('audit_logs'::regclass), pg_get_serial_sequence('customers', 'customer_id')
-- ;;
SELECT relid::text, parentrelid::text, isleaf, level FROM pg_partition_tree('audit_logs') ORDER BY 1
-- ;;
SELECT inhrelid::regclass::text, pg_get_expr(relpartbound, c.oid) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'audit_logs'::regclass ORDER BY 1
-- ;;
SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = 'customers'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
-- ;;
SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 2
-- ;;
SELECT column_name, data_type, is_nullable, column_default, character_maximum_length, numeric_precision FROM information_schema.columns WHERE table_name = 'customers' ORDER BY ordinal_position
-- ;;
SELECT constraint_name, constraint_type FROM information_schema.table_constraints WHERE table_schema = 'public' ORDER BY 1, 2
-- ;;
SELECT tc.table_name, kcu.column_name, ccu.table_name FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu USING (constraint_schema, constraint_name) JOIN information_schema.constraint_column_usage ccu USING (constraint_schema, constraint_name) WHERE constraint_type = 'FOREIGN KEY' ORDER BY 1, 2, 3
-- ;;
SELECT routine_name FROM information_schema.routines WHERE routine_schema = 'public' AND routine_name LIKE 'order%' ORDER BY 1
-- ;;
SELECT grantee, privilege_type FROM information_schema.role_table_grants WHERE table_name = 'customers' ORDER BY 1, 2
-- ;;
SELECT schema_name FROM information_schema.schemata ORDER BY 1
-- ;;
SELECT view_definition FROM information_schema.views WHERE table_name = 'leads'
-- ;;
SELECT (aclexplode(relacl)).* FROM pg_class WHERE relname = 'customers' ORDER BY 1, 2, 3
-- ;;
SELECT relacl, reloptions, relpartbound IS NULL FROM pg_class WHERE relname = 'customers'
-- ;;
SELECT c.relname, i.indisunique, i.indkey, i.indkey::text, ARRAY(SELECT pg_get_indexdef(i.indexrelid, k + 1, true) FROM generate_subscripts(i.indkey, 1) k) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'orders'::regclass ORDER BY 1
-- ;;
SELECT enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid ORDER BY t.typname, enumsortorder
-- ;;
SELECT relname, age(relfrozenxid) > 0, mxid_age(relminmxid) >= 0 FROM pg_class WHERE relname = 'customers'
-- ;;
SELECT ceil(reltuples * 100 / 8192)::bigint AS est, relpages, round(100 * (relpages - ceil(reltuples * 100 / 8192))::numeric / nullif(relpages, 0), 1) AS bloat FROM pg_class WHERE relname = 'orders'
-- ;;
SELECT current_setting('block_size')::int, bs.v FROM (SELECT current_setting('block_size')::numeric AS v) bs
-- ;;
SELECT classid::regclass, objsubid, deptype FROM pg_depend WHERE refobjid = 'inventory_view'::regclass ORDER BY 1, 2, 3
-- ;;
SELECT pg_describe_object('pg_class'::regclass, 'customers'::regclass, 0), (pg_identify_object('pg_class'::regclass, 'customers'::regclass, 0)).*
-- ;;
SELECT amname FROM pg_am ORDER BY 1
-- ;;
SELECT collname FROM pg_collation WHERE collname IN ('C', 'POSIX') ORDER BY 1
-- ;;
SELECT name, abbrev, utc_offset, is_dst FROM pg_timezone_names WHERE name = 'Asia/Kolkata'
-- ;;
SELECT * FROM pg_timezone_abbrevs WHERE abbrev = 'UTC'
-- ;;
SELECT word, catcode FROM pg_get_keywords() WHERE word = 'select'
-- ;;
SELECT count(*) FROM pg_cursors WHERE name = 'x'
-- ;;
SELECT * FROM pg_rules ORDER BY 1, 2, 3
-- ;;
SELECT xmin::text::bigint > 0, ctid IS NOT NULL, tableoid::regclass FROM customers ORDER BY customer_id LIMIT 2
-- ;;
SELECT funcid FROM pg_stat_user_functions WHERE false
-- ;;
SELECT pg_postmaster_start_time() < now(), pg_conf_load_time() < now(), pg_current_wal_lsn() > '0/0', pg_wal_lsn_diff('0/10', '0/0'), pg_walfile_name('0/1000000')
-- ;;
SELECT s.name FROM pg_shmem_allocations s WHERE false
-- ;;
SHOW server_version_num
-- ;;
SHOW search_path
-- ;;
SHOW work_mem
-- ;;
SHOW timezone
-- ;;
SHOW transaction_isolation
-- ;;
SHOW TIME ZONE
-- ;;
SHOW SESSION AUTHORIZATION
-- ;;
EXPLAIN (COSTS off) SELECT * FROM orders WHERE order_id = 1
-- ;;
EXPLAIN (COSTS off, FORMAT json) SELECT 1
-- ;;
EXPLAIN (COSTS off, FORMAT yaml) SELECT 1
-- ;;
EXPLAIN (COSTS off, FORMAT xml) SELECT 1
-- ;;
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) SELECT count(*) FROM orders
-- ;;
EXPLAIN (COSTS off) DELETE FROM orders
-- ;;
EXPLAIN (VERBOSE, COSTS off) SELECT customer_id FROM customers
