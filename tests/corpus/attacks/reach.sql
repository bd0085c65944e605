SELECT pg_read_file('/etc/passwd')
-- ;;
SELECT pg_read_file('postgresql.conf', 0, 100)
-- ;;
SELECT pg_read_binary_file('/etc/passwd')
-- ;;
SELECT pg_catalog.pg_read_file('PG_VERSION')
-- ;;
SELECT "pg_read_file"('PG_VERSION')
-- ;;
SELECT U&"pg\005Fread\005Ffile"('PG_VERSION')
-- ;;
SELECT PG_READ_FILE('PG_VERSION')
-- ;;
SELECT * FROM pg_read_file('PG_VERSION')
-- ;;
SELECT * FROM ROWS FROM (pg_read_file('PG_VERSION'))
-- ;;
SELECT convert_from(pg_read_binary_file('PG_VERSION'), 'UTF8')
-- ;;
SELECT encode(pg_read_binary_file('global/pg_control'), 'hex')
-- ;;
SELECT ('PG_VERSION'::text).pg_read_file
-- ;;
SELECT (x).pg_read_file FROM (SELECT 'PG_VERSION'::text) x
-- ;;
SELECT x.pg_read_file FROM (SELECT 'PG_VERSION'::text AS f) x
-- ;;
SELECT pg_ls_dir('/')
-- ;;
SELECT * FROM pg_ls_dir('.')
-- ;;
SELECT * FROM pg_ls_logdir()
-- ;;
SELECT * FROM pg_ls_waldir()
-- ;;
SELECT * FROM pg_ls_tmpdir()
-- ;;
SELECT * FROM pg_ls_archive_statusdir()
-- ;;
SELECT * FROM pg_ls_logicalmapdir()
-- ;;
SELECT * FROM pg_ls_replslotdir('x')
-- ;;
SELECT pg_stat_file('/etc/passwd')
-- ;;
SELECT * FROM pg_stat_file('PG_VERSION')
-- ;;
SELECT pg_current_logfile()
-- ;;
SELECT pg_relation_filepath('customers')
-- ;;
SELECT pg_tablespace_location(1663)
-- ;;
SELECT * FROM pg_config()
-- ;;
SELECT * FROM pg_hba_file_rules
-- ;;
SELECT * FROM pg_hba_file_rules()
-- ;;
SELECT * FROM pg_file_settings
-- ;;
SELECT * FROM pg_show_all_file_settings()
-- ;;
SELECT * FROM pg_ident_file_mappings
-- ;;
SELECT pg_file_write('x', 'y', false)
-- ;;
SELECT pg_file_unlink('PG_VERSION')
-- ;;
SELECT pg_file_rename('a', 'b')
-- ;;
SELECT pg_file_sync('PG_VERSION')
-- ;;
SELECT pg_logdir_ls()
-- ;;
SELECT get_raw_page('customers', 0)
-- ;;
SELECT * FROM heap_page_items(get_raw_page('pg_authid', 0))
-- ;;
SELECT * FROM pg_authid
-- ;;
SELECT rolpassword FROM pg_catalog.pg_authid
-- ;;
SELECT * FROM "pg_authid"
-- ;;
SELECT * FROM U&"pg\005Fauthid"
-- ;;
TABLE pg_authid
-- ;;
SELECT * FROM PG_AUTHID
-- ;;
SELECT * FROM ONLY pg_authid
-- ;;
SELECT (SELECT rolpassword FROM pg_authid LIMIT 1)
-- ;;
SELECT pg_authid FROM pg_authid
-- ;;
WITH pg_authid AS (SELECT 1) SELECT * FROM pg_catalog.pg_authid
-- ;;
WITH x AS (SELECT * FROM pg_authid), pg_authid AS (SELECT 1) SELECT * FROM x
-- ;;
WITH pg_authid AS (SELECT * FROM pg_authid) SELECT * FROM pg_authid
-- ;;
SELECT * FROM (WITH pg_authid AS (SELECT 1) SELECT 1) a, pg_authid
-- ;;
SELECT * FROM pg_authid TABLESAMPLE system (100)
-- ;;
SELECT * FROM pg_shadow
-- ;;
SELECT passwd FROM pg_catalog.pg_shadow
-- ;;
SELECT * FROM pg_user_mapping
-- ;;
SELECT * FROM pg_user_mappings
-- ;;
SELECT * FROM information_schema.user_mapping_options
-- ;;
SELECT * FROM information_schema._pg_user_mappings
-- ;;
SELECT * FROM pg_subscription
-- ;;
SELECT subconninfo FROM pg_subscription
-- ;;
SELECT * FROM pg_largeobject
-- ;;
SELECT * FROM pg_toast.pg_toast_1260
-- ;;
SELECT query_to_xml('SELECT * FROM pg_authid', true, true, '')
-- ;;
SELECT query_to_xml_and_xmlschema('SELECT trap.strike()', true, true, '')
-- ;;
SELECT query_to_xmlschema('SELECT 1', true, true, '')
-- ;;
SELECT table_to_xml('pg_authid', true, true, '')
-- ;;
SELECT schema_to_xml('trap', true, true, '')
-- ;;
SELECT database_to_xml(true, true, '')
-- ;;
SELECT xpath('//rolpassword/text()', query_to_xml('SELECT * FROM pg_authid', true, false, ''))
-- ;;
SELECT * FROM ts_stat('SELECT trap.strike()::text::tsvector')
-- ;;
SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, trap.strike()::text::tsquery')
-- ;;
SELECT * FROM crosstab('SELECT trap.strike()::text, 1, 2') AS t(a text, b int, c int)
-- ;;
SELECT * FROM connectby('trap.box', 'id', 'id', '1', 0) AS t(a int, b int, c int)
-- ;;
SELECT * FROM dblink('host=127.0.0.1 dbname=shop', 'SELECT 1') AS t(a int)
-- ;;
SELECT dblink_exec('dbname=shop', 'DELETE FROM customers')
-- ;;
SELECT dblink_send_query('a', 'SELECT 1')
-- ;;
SELECT dblink_connect_u('a', 'dbname=shop')
-- ;;
SELECT public.dblink_connect('host=169.254.169.254')
-- ;;
SELECT dblink_get_connections()
-- ;;
SELECT dblink_build_sql_insert('trap.box', '1', 1, '{1}', '{2}')
-- ;;
SELECT postgres_fdw_get_connections()
-- ;;
SELECT postgres_fdw_disconnect_all()
-- ;;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
-- ;;
SELECT pg_cancel_backend(1)
-- ;;
SELECT pg_terminate_backend(pg_backend_pid())
-- ;;
SELECT pid FROM pg_stat_activity WHERE pg_terminate_backend(pid)
-- ;;
SELECT pg_log_backend_memory_contexts(1)
-- ;;
SELECT pg_reload_conf()
-- ;;
SELECT pg_rotate_logfile()
-- ;;
SELECT pg_switch_wal()
-- ;;
SELECT pg_create_restore_point('x')
-- ;;
SELECT pg_backup_start('x')
-- ;;
SELECT pg_backup_stop()
-- ;;
SELECT pg_promote()
-- ;;
SELECT pg_wal_replay_pause()
-- ;;
SELECT pg_stat_reset()
-- ;;
SELECT pg_stat_reset_shared('bgwriter')
-- ;;
SELECT pg_stat_reset_single_table_counters('customers'::regclass)
-- ;;
SELECT pg_stat_reset_slru(NULL)
-- ;;
SELECT pg_stat_reset_replication_slot(NULL)
-- ;;
SELECT pg_stat_statements_reset()
-- ;;
SELECT pg_create_physical_replication_slot('x')
-- ;;
SELECT pg_create_logical_replication_slot('x', 'test_decoding')
-- ;;
SELECT pg_create_logical_replication_slot('x', 'pgoutput', true)
-- ;;
SELECT pg_drop_replication_slot('x')
-- ;;
SELECT pg_replication_slot_advance('x', '0/0')
-- ;;
SELECT * FROM pg_logical_slot_get_changes('x', NULL, NULL)
-- ;;
SELECT * FROM pg_logical_slot_peek_changes('x', NULL, NULL)
-- ;;
SELECT pg_logical_emit_message(false, 'a', 'b')
-- ;;
SELECT pg_logical_emit_message(true, 'a', 'b')
-- ;;
SELECT pg_replication_origin_create('x')
-- ;;
SELECT pg_replication_origin_session_setup('x')
-- ;;
SELECT pg_stop_making_pinned_objects()
-- ;;
SELECT pg_nextoid('pg_class', 'oid', 'pg_class_oid_index')
-- ;;
SELECT binary_upgrade_set_next_pg_type_oid(1::oid)
-- ;;
SELECT fmgr_c_validator(1)
-- ;;
SELECT plpgsql_validator(1)
-- ;;
SELECT currtid2('pg_authid', '(0,1)')
