SELECT count(*), sum(x), avg(x), min(x), max(x), stddev(x), variance(x), array_agg(x ORDER BY y), string_agg(x, ',' ORDER BY y), bool_and(b), bool_or(b), every(b), bit_and(i), corr(a, b), regr_slope(a, b) FROM t
-- ;;
SELECT count(DISTINCT x) FILTER (WHERE y > 1) FROM t
-- ;;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x), percentile_disc(ARRAY[0.1, 0.9]) WITHIN GROUP (ORDER BY x), mode() WITHIN GROUP (ORDER BY x), rank(3) WITHIN GROUP (ORDER BY x) FROM t
-- ;;
SELECT row_number() OVER (PARTITION BY a ORDER BY b), rank() OVER w, dense_rank() OVER w, percent_rank() OVER w, cume_dist() OVER w, ntile(4) OVER w, lag(x, 1, 0) OVER w, lead(x) OVER w, first_value(x) OVER w, last_value(x) OVER w, nth_value(x, 2) OVER w, sum(x) OVER (w ROWS BETWEEN 6 PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM t WINDOW w AS (PARTITION BY a ORDER BY b)
-- ;;
SELECT generate_series(1, 10), unnest(ARRAY[1, 2]), generate_subscripts(ARRAY[1, 2], 1)
-- ;;
SELECT * FROM generate_series(now() - interval '1 day', now(), '1 hour') AS hour
-- ;;
SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b']) WITH ORDINALITY AS u(a, b, n)
-- ;;
SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a'])) AS r(a, b)
-- ;;
SELECT date_trunc('month', created_at), extract(epoch FROM now()), date_part('year', now()), age(now(), created_at), to_char(now(), 'YYYY-MM'), to_date('2024', 'YYYY'), make_date(2024, 1, 1), make_interval(days => 3), date_bin('15 minutes', created_at, timestamp '2001-01-01') FROM orders
-- ;;
SELECT now() AT TIME ZONE 'UTC', created_at AT TIME ZONE 'Europe/Berlin', timezone('UTC', now()), clock_timestamp(), statement_timestamp(), transaction_timestamp(), timeofday() FROM orders
-- ;;
SELECT (date '2024-01-01', date '2024-02-01') OVERLAPS (date '2024-01-15', interval '1 month')
-- ;;
SELECT lower(x), upper(x), initcap(x), trim(BOTH ' ' FROM x), substring(x FROM 1 FOR 3), substring(x SIMILAR 'a' ESCAPE '#'), position('a' IN x), overlay(x PLACING 'b' FROM 1), length(x), char_length(x), replace(x, 'a', 'b'), translate(x, 'a', 'b'), split_part(x, ',', 1), concat(a, b), concat_ws(',', a, b), format('%s %I %L', a, b, c), left(x, 1), right(x, 1), lpad(x, 3), repeat(x, 2), reverse(x), md5(x), encode(x::bytea, 'hex'), quote_ident(x), quote_literal(x), starts_with(x, 'a'), string_to_array(x, ','), array_to_string(a, ','), regexp_replace(x, 'a', 'b'), regexp_matches(x, 'a'), regexp_split_to_table(x, ','), ascii(x), chr(65), normalize(x) FROM t
-- ;;
SELECT abs(x), ceil(x), floor(x), round(x, 2), trunc(x), sqrt(x), power(x, 2), exp(x), ln(x), log(x), mod(x, 2), sign(x), random(), pi(), sin(x), width_bucket(x, 0, 10, 5), gcd(4, 6), div(7, 2), greatest(1, 2) FROM t
-- ;;
SELECT array_length(a, 1), cardinality(a), array_position(a, 1), array_remove(a, 1), array_cat(a, b), array_append(a, 1), array_dims(a), array_upper(a, 1) FROM t
-- ;;
SELECT json_build_object('a', 1), jsonb_agg(x), json_object_agg(a, b), row_to_json(t), to_jsonb(t), jsonb_set(j, '{a}', '1'), jsonb_path_query(j, '$.a'), jsonb_array_elements(j), jsonb_each_text(j), jsonb_object_keys(j), jsonb_pretty(j), jsonb_typeof(j), json_populate_record(NULL::t, j), jsonb_to_recordset(j) FROM t
-- ;;
SELECT * FROM jsonb_to_recordset('[{"a":1}]') AS r(a int, b text)
-- ;;
SELECT * FROM json_table('[{"a":1}]'::jsonb, '$[*]' COLUMNS (a int PATH '$.a', n FOR ORDINALITY, NESTED PATH '$.b[*]' COLUMNS (c text PATH '$')))
-- ;;
SELECT json_object('a': 1), json_array(1, 2), json_arrayagg(x), json_objectagg(k: v), json_exists(j, '$.a'), json_value(j, '$.a' RETURNING int), json_query(j, '$.a' WITH WRAPPER), json_scalar(1), json_serialize(j), json('{}') FROM t
-- ;;
SELECT * FROM xmltable('/a/b' PASSING x COLUMNS id int PATH '@id', n FOR ORDINALITY)
-- ;;
SELECT xmlelement(name a, xmlattributes(1 AS b), 'c'), xmlforest(a, b), xmlagg(x), xmlconcat(x, y), xmlparse(document '<a/>'), xmlserialize(content x AS text), xpath('/a', x), xmlexists('/a' PASSING x), xmlroot(x, version '1.0'), xmlpi(name php) FROM t
-- ;;
SELECT to_tsvector('english', body) @@ to_tsquery('english', $1), ts_rank(v, q), ts_headline(body, q), plainto_tsquery('a'), websearch_to_tsquery('a b'), setweight(v, 'A'), tsvector_to_array(v), numnode(q), phraseto_tsquery('x') FROM docs
-- ;;
SELECT version(), current_setting('work_mem'), current_setting('app.x', true), current_database(), current_schemas(true), pg_backend_pid(), pg_postmaster_start_time(), pg_conf_load_time(), pg_is_in_recovery(), inet_server_addr(), inet_client_addr()
-- ;;
SELECT pg_size_pretty(pg_total_relation_size('orders')), pg_relation_size('orders'), pg_table_size('orders'), pg_indexes_size('orders'), pg_database_size(current_database()), pg_tablespace_size('pg_default'), pg_column_size(x), pg_size_bytes('1 MB') FROM t
-- ;;
SELECT pg_get_viewdef('v'::regclass), pg_get_indexdef(1), pg_get_constraintdef(1), pg_get_functiondef(1), pg_get_triggerdef(1), pg_get_expr(a, b), pg_get_userbyid(1), pg_get_serial_sequence('t', 'id'), pg_get_ruledef(1), pg_get_partkeydef(1), pg_get_statisticsobjdef(1), format_type(1, 2), obj_description(1, 'pg_class'), col_description(1, 2), shobj_description(1, 'pg_database') FROM t
-- ;;
SELECT has_table_privilege('orders', 'SELECT'), has_schema_privilege('public', 'USAGE'), has_column_privilege('t', 'a', 'SELECT'), pg_has_role('x', 'MEMBER'), has_database_privilege('d', 'CONNECT'), row_security_active('t')
-- ;;
SELECT to_regclass('orders'), to_regtype('int'), 'orders'::regclass::oid, 'now'::regproc, to_regrole('x'), pg_typeof(1), pg_collation_for('a'), pg_table_is_visible(1)
-- ;;
SELECT currval('s'), lastval(), pg_sequence_last_value('s'), pg_sequence_parameters(1)
-- ;;
SELECT gen_random_uuid(), random(), random_normal(), uuidv7(), array_shuffle(ARRAY[1, 2])
-- ;;
SELECT pg_sleep(0.1)
-- ;;
SELECT pg_blocking_pids(1), pg_stat_get_activity(NULL), pg_stat_get_live_tuples(1), pg_stat_get_numscans(1), pg_stat_get_db_xact_commit(1), pg_lock_status(), pg_current_wal_lsn(), pg_wal_lsn_diff('0/1', '0/0'), pg_last_wal_replay_lsn(), txid_current_if_assigned(), pg_current_snapshot(), txid_status(1), pg_notification_queue_usage()
-- ;;
SELECT * FROM pg_partition_tree('orders'), pg_timezone_names(), pg_options_to_table(ARRAY['a=b']), aclexplode(NULL), pg_show_all_settings(), pg_get_keywords()
-- ;;
SELECT pg_catalog.now(), pg_catalog.count(*), pg_catalog.lower('A')
-- ;;
SELECT NOW(), Lower('A'), "lower"('A')
-- ;;
SELECT sha256('a'::bytea), digest.x, hashtext('a'), crc32('a'::bytea) FROM digest
-- ;;
SELECT int4(5), text(5), date(now()), float8(1), bool('t')
-- ;;
SELECT text 'a' || 'b', num_nulls(1, NULL), num_nonnulls(VARIADIC ARRAY[1]), lower_inc(int4range(1, 2)), isempty(int4range(1, 1)), range_agg(r), multirange(r), lower(r), upper(r) FROM t
-- ;;
SELECT host(a), network(a), masklen(a), broadcast(a), family(a), abbrev(a), set_masklen(a, 8), area(b), center(b), diameter(c), st.x FROM st
-- ;;
SELECT * FROM ts_debug('english', 'a b'), ts_parse('default', 'a'), ts_token_type('default')
-- ;;
SELECT information_schema._pg_expandarray(ARRAY[1, 2])
