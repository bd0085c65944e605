SELECT pg_read_file('/etc/passwd')
-- ;;
SELECT pg_catalog.pg_read_file('/etc/passwd')
-- ;;
SELECT "pg_read_file"('/etc/passwd')
-- ;;
SELECT PG_READ_FILE('/etc/passwd')
-- ;;
SELECT U&"pg\005fread\005ffile"('/etc/passwd')
-- ;;
SELECT U&"pg!005fread!005ffile" UESCAPE '!' ('/etc/passwd')
-- ;;
SELECT pg_read_file /* comment */ ('/etc/passwd')
-- ;;
SELECT * FROM pg_read_file('/etc/passwd') AS f
-- ;;
SELECT * FROM ROWS FROM (pg_read_file('/etc/passwd'), generate_series(1, 2))
-- ;;
SELECT * FROM t, LATERAL pg_ls_dir('.') AS d
-- ;;
SELECT count(*) FILTER (WHERE pg_read_file('x') = 'y') FROM t
-- ;;
SELECT sum(length(pg_read_file('x'))) OVER () FROM t
-- ;;
SELECT 1 ORDER BY pg_read_file('x')
-- ;;
SELECT 1 LIMIT length(pg_read_file('x'))
-- ;;
SELECT 1 OFFSET length(pg_read_file('x'))
-- ;;
SELECT CASE WHEN true THEN pg_read_file('x') END
-- ;;
SELECT ARRAY[pg_read_file('x')]
-- ;;
SELECT ROW(pg_read_file('x'))
-- ;;
SELECT (pg_read_file('x'))::text
-- ;;
SELECT COALESCE(pg_read_file('x'), 'y')
-- ;;
SELECT GREATEST(pg_read_file('x'), 'y')
-- ;;
SELECT a[length(pg_read_file('x'))] FROM t
-- ;;
SELECT 1 WHERE 'a' IN (pg_read_file('x'))
-- ;;
SELECT 1 WHERE 'a' = ANY (ARRAY[pg_read_file('x')])
-- ;;
SELECT 1 WHERE pg_read_file('x') LIKE '%root%'
-- ;;
SELECT 1 WHERE pg_read_file('x') IS NOT NULL
-- ;;
SELECT 1 GROUP BY pg_read_file('x')
-- ;;
SELECT 1 HAVING pg_read_file('x') <> ''
-- ;;
SELECT 1 WINDOW w AS (ORDER BY pg_read_file('x'))
-- ;;
SELECT xmlelement(name a, pg_read_file('x'))
-- ;;
SELECT xmlserialize(content xmlparse(content pg_read_file('x')) AS text)
-- ;;
SELECT json_object('a': pg_read_file('x'))
-- ;;
SELECT json_value(pg_read_file('x')::jsonb, '$.a')
-- ;;
SELECT json_value('{}'::jsonb, '$.a' DEFAULT pg_read_file('x') ON EMPTY)
-- ;;
SELECT * FROM json_table('[]'::jsonb, '$' PASSING pg_read_file('x') AS v COLUMNS (a int))
-- ;;
SELECT percentile_cont(length(pg_read_file('x'))) WITHIN GROUP (ORDER BY 1)
-- ;;
SELECT mode() WITHIN GROUP (ORDER BY pg_read_file('x'))
-- ;;
SELECT string_agg('a', ',' ORDER BY pg_read_file('x'))
-- ;;
SELECT make_interval(days => length(pg_read_file('x')))
-- ;;
SELECT * FROM t TABLESAMPLE system (1) REPEATABLE (length(pg_read_file('x')))
-- ;;
VALUES (pg_read_file('x'))
-- ;;
EXPLAIN SELECT pg_read_file('x')
-- ;;
EXPLAIN DELETE FROM t WHERE pg_read_file('x') = ''
-- ;;
SELECT pg_read_binary_file('x')
-- ;;
SELECT pg_ls_logdir(), pg_ls_waldir()
-- ;;
SELECT pg_stat_file('x')
-- ;;
SELECT lo_import('/etc/passwd')
-- ;;
SELECT lo_export(1, '/tmp/x')
-- ;;
SELECT lo_get(1)
-- ;;
SELECT lo_unlink(1)
-- ;;
SELECT lo_from_bytea(0, 'x')
-- ;;
SELECT loread(lo_open(1, 262144), 10)
-- ;;
SELECT query_to_xml('DELETE FROM orders', true, true, '')
-- ;;
SELECT table_to_xml('pg_authid', true, true, '')
-- ;;
SELECT schema_to_xml('public', true, true, '')
-- ;;
SELECT database_to_xml(true, true, '')
-- ;;
SELECT cursor_to_xml('c', 1, true, true, '')
-- ;;
SELECT * FROM ts_stat('SELECT vector FROM docs')
-- ;;
SELECT ts_rewrite('a'::tsquery, 'SELECT 1')
-- ;;
SELECT * FROM dblink('host=evil', 'SELECT 1') AS t(a int)
-- ;;
SELECT dblink_exec('DROP TABLE orders')
-- ;;
SELECT dblink_connect('host=evil')
-- ;;
SELECT * FROM crosstab('DELETE FROM orders RETURNING 1, 2, 3') AS c(a int)
-- ;;
SELECT * FROM connectby('t', 'a', 'b', '1', 0) AS c(a text)
-- ;;
SELECT xpath_table('a', 'b', 'c', 'd', 'e')
-- ;;
SELECT http_get('http://evil')
-- ;;
SELECT content FROM http('x')
-- ;;
SELECT set_config('search_path', 'evil', false)
-- ;;
SELECT pg_catalog.set_config('role', 'postgres', true)
-- ;;
SELECT * FROM set_config('transaction_read_only', 'off', true)
-- ;;
SELECT setseed(0.5)
-- ;;
SELECT nextval('orders_id_seq')
-- ;;
SELECT setval('orders_id_seq', 1)
-- ;;
SELECT pg_advisory_lock(1)
-- ;;
SELECT pg_try_advisory_xact_lock(1)
-- ;;
SELECT pg_advisory_unlock_all()
-- ;;
SELECT pg_notify('a', 'b')
-- ;;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
-- ;;
SELECT pg_cancel_backend(1)
-- ;;
SELECT pg_reload_conf()
-- ;;
SELECT pg_rotate_logfile()
-- ;;
SELECT pg_switch_wal()
-- ;;
SELECT pg_create_restore_point('x')
-- ;;
SELECT pg_promote()
-- ;;
SELECT pg_backup_start('x')
-- ;;
SELECT pg_create_logical_replication_slot('a', 'b')
-- ;;
SELECT * FROM pg_logical_slot_peek_changes('s', NULL, NULL)
-- ;;
SELECT * FROM pg_logical_slot_get_changes('s', NULL, NULL)
-- ;;
SELECT pg_drop_replication_slot('s')
-- ;;
SELECT pg_replication_origin_create('x')
-- ;;
SELECT pg_logical_emit_message(true, 'a', 'b')
-- ;;
SELECT pg_export_snapshot()
-- ;;
SELECT pg_import_system_collations('public')
-- ;;
SELECT pg_stat_reset()
-- ;;
SELECT pg_stat_reset_shared('io')
-- ;;
SELECT pg_stat_statements_reset()
-- ;;
SELECT pg_log_backend_memory_contexts(1)
-- ;;
SELECT * FROM pg_hba_file_rules()
-- ;;
SELECT * FROM pg_show_all_file_settings()
-- ;;
SELECT binary_upgrade_set_next_pg_authid_oid(1)
-- ;;
SELECT txid_current()
-- ;;
SELECT pg_current_xact_id()
-- ;;
SELECT pg_nextoid('a', 'b', 'c')
-- ;;
SELECT brin_summarize_new_values('i')
-- ;;
SELECT gin_clean_pending_list('i')
-- ;;
SELECT pg_prewarm('orders')
-- ;;
SELECT get_raw_page('orders', 0)
-- ;;
SELECT pg_wal_replay_pause()
-- ;;
SELECT pg_clear_relation_stats('public', 'orders')
-- ;;
SELECT my_function(1)
-- ;;
SELECT app.my_function(1)
-- ;;
SELECT pg_catalog.function_of_a_newer_server()
-- ;;
SELECT * FROM t TABLESAMPLE my_method (1)
-- ;;
SELECT evil.lower('a')
-- ;;
SELECT t.lo_unlink FROM (SELECT 1::oid) AS t
-- ;;
SELECT (t).pg_notify FROM t
-- ;;
SELECT ((t).a).set_config FROM t
-- ;;
SELECT a <==> b FROM items
-- ;;
SELECT a OPERATOR(evil.=) b FROM t
-- ;;
SELECT a OPERATOR(evil.+) ANY (ARRAY[1]) FROM t
-- ;;
SELECT 1 WHERE (1, 2) OPERATOR(evil.=) (SELECT 1, 2)
-- ;;
SELECT 1 ORDER BY 1 USING OPERATOR(evil.<)
-- ;;
SELECT &&& 5
