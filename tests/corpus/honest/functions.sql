SELECT date '2024-01-31' + interval '1 month', date '2024-03-01' - date '2024-02-01', age(timestamp '2024-03-15', timestamp '2020-02-29'), justify_interval('35 days 25 hours')
-- ;;
SELECT date_part('epoch', timestamp '2024-01-01'), extract(epoch FROM interval '1 day 2 hours'), extract(isodow FROM date '2024-01-07'), extract(week FROM date '2024-12-30'), extract(century FROM date '2000-01-01'), extract(julian FROM date '2024-01-01')
-- ;;
SELECT to_char(timestamp '2024-01-05 03:04:05.678', 'YYYY-MM-DD HH24:MI:SS.MS TZ Day Month Q IW'), to_char(1234567.891, 'FM9,999,999.00'), to_char(-5, 'S99'), to_char(interval '15h 2m', 'HH24:MI'), to_char(485, 'RN')
-- ;;
SELECT to_date('05 Dec 2000', 'DD Mon YYYY'), to_timestamp('2024-01-02 03', 'YYYY-MM-DD HH24'), to_timestamp(0), to_number('12,454.8-', '99G999D9S')
-- ;;
SELECT date_trunc('quarter', timestamp '2024-05-05'), date_bin('15 min', timestamp '2024-01-01 00:17', timestamp '2024-01-01'), make_date(2024, 2, 29), make_time(1, 2, 3.5), make_timestamp(2024, 1, 2, 3, 4, 5.6), isfinite(date 'infinity')
-- ;;
SELECT (date '2024-01-01', date '2024-02-01') OVERLAPS (date '2024-01-15', interval '1 day'), date '2024-01-01' + 5, time '12:00' + interval '90 min', timestamp '2024-01-01' - interval '1 sec'
-- ;;
SELECT upper('abc'), lower('ABC'), initcap('hello world'), length('äö'), octet_length('äö'), char_length('x'), reverse('abc'), repeat('ab', 3), lpad('1', 3, '0'), rpad('1', 3, '*'), left('abc', -1), right('abc', 2)
-- ;;
SELECT substring('Thomas' FROM 2 FOR 3), substring('Thomas' FROM '...$'), substring('Thomas' SIMILAR '%#"o_a#"_' ESCAPE '#'), position('om' IN 'Thomas'), strpos('abc', 'c'), overlay('Txxxxas' PLACING 'hom' FROM 2 FOR 4), trim(BOTH 'x' FROM 'xax'), ltrim(' a'), btrim('xyaxy', 'xy')
-- ;;
SELECT split_part('a,b,c', ',', 2), split_part('a,b,c', ',', -1), string_to_array('a,b,,c', ',', ''), array_to_string(ARRAY[1, NULL, 3], ',', '*'), concat('a', NULL, 1), concat_ws('-', 'a', NULL, 'b'), format('%s %I %L %1$s', 'x', 'a b', 'it''s'), translate('12345', '143', 'ax'), replace('abc', 'b', 'X')
-- ;;
SELECT regexp_replace('foobarbaz', 'b(..)', 'X\1Y', 'g'), regexp_match('foobarbeque', '(bar)(beque)'), regexp_split_to_array('a1b22c', '\d+'), regexp_count('ABCABC', 'b', 1, 'i'), regexp_instr('abcd', 'c'), regexp_like('Hello', 'h', 'i'), regexp_substr('abc123', '\d+')
-- ;;
SELECT regexp_matches('foobarbequebaz', 'ba.', 'g')
-- ;;
SELECT regexp_split_to_table('a b  c', '\s+'), string_to_table('x,y,z', ',')
-- ;;
SELECT 'abc' ~ '^a', 'abc' ~* 'B', 'abc' !~ 'z', 'abc' LIKE 'a%', 'ABC' ILIKE '_b_', 'abc' SIMILAR TO '(a|b)%', 'a_c' LIKE 'a\_c', 'abc' ^@ 'ab', starts_with('abc', 'a')
-- ;;
SELECT md5('a'), sha256('a'), encode('abc', 'base64'), decode('YWJj', 'base64'), encode('\x00ff', 'escape'), ascii('ä'), chr(228), to_hex(255), quote_ident('A b'), quote_literal('it''s'), quote_nullable(NULL), unistr('\0441'), normalize('é', NFD) = 'é', convert_to('ä', 'LATIN1'), convert_from('\xe4', 'LATIN1')
-- ;;
SELECT abs(-1.5), ceil(1.2), floor(-1.2), round(2.5), round(2.5::float8), round(1.2345, 2), trunc(1.29, 1), mod(7, 3), 7 % 3, div(7, 2), power(2, 10), 2 ^ 0.5, sqrt(2), cbrt(27), |/ 9, ||/ 8, exp(1), ln(2), log(100), log(2, 8), sign(-3), gcd(12, 18), lcm(4, 6), factorial(20), @ -5, 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 4, scale(1.230), min_scale(1.230), trim_scale(1.230)
-- ;;
SELECT sin(1), cos(1), tan(1), asin(1), atan2(1, 2), degrees(pi()), radians(180), sinh(1), cosd(60), cot(1), acosh(2)
-- ;;
SELECT 7 / 2, 7.0 / 2, 7 / 2.0, -7 / 2, 1 / 3.0, 2 * 3.50, 1e400::numeric * 0, 10 ^ 20::numeric
-- ;;
SELECT array_append(ARRAY[1], 2), array_prepend(0, ARRAY[1]), array_cat(ARRAY[1], ARRAY[2]), array_length(ARRAY[1, 2], 1), cardinality('{{1},{2}}'::int[]), array_dims('[0:1]={1,2}'::int[]), array_position(ARRAY['a', 'b'], 'b'), array_positions(ARRAY[1, 2, 1], 1), array_remove(ARRAY[1, 2, 1], 1), array_replace(ARRAY[1, 2], 2, 3), array_fill(0, ARRAY[2, 2]), array_upper(ARRAY[1, 2], 1), trim_array(ARRAY[1, 2, 3], 1), array_ndims('{{1}}'::int[])
-- ;;
SELECT ARRAY[1, 2] || 3, ARRAY[1, 2] @> ARRAY[1], ARRAY[1] <@ ARRAY[1, 2], ARRAY[1] && ARRAY[2], (ARRAY[1, 2, 3])[2:], (ARRAY[1, 2, 3])[1], (ARRAY[[1, 2], [3, 4]])[2][1], 1 = ANY (ARRAY[1]), 1 > ALL (ARRAY[0, 1])
-- ;;
SELECT int4range(1, 10) * int4range(5, 15), int4range(1, 5) + int4range(5, 8), int4range(1, 10) - int4range(5, 20), int4range(1, 3) @> 2, int4range(1, 3) && int4range(2, 5), lower(int4range(1, 5)), upper_inc(int4range(1, 5)), isempty('empty'::int4range), range_merge(int4range(1, 2), int4range(5, 6)), int4multirange(int4range(1, 2), int4range(4, 5)), range_agg(r) FROM (VALUES (int4range(1, 3)), (int4range(2, 5))) v(r)
-- ;;
SELECT unnest('{[1,2),[4,6)}'::int4multirange), range_intersect_agg(r) FROM (VALUES (int4range(1, 5))) v(r)
-- ;;
SELECT '{"a": {"b": [1, 2]}}'::jsonb -> 'a', '{"a": 1}'::json ->> 'a', '{"a": {"b": [1, 2]}}'::jsonb #> '{a,b,1}', '{"a": {"b": "x"}}'::jsonb #>> '{a,b}', '{"a": 1, "b": 2}'::jsonb @> '{"a": 1}', '{"a": 1}'::jsonb ? 'a', '{"a": 1}'::jsonb ?| ARRAY['b', 'a'], '{"a": 1}'::jsonb ?& ARRAY['a'], '{"a": 1}'::jsonb || '{"b": 2}', '[1, 2]'::jsonb - 0, '{"a": {"b": 1}}'::jsonb #- '{a,b}', ('{"a": [10, 20]}'::jsonb)['a'][1]
-- ;;
SELECT jsonb_path_query('{"a": [1, 2, 3]}', '$.a[*] ? (@ > 1)')
-- ;;
SELECT jsonb_path_exists('{"a": 1}', '$.a'), jsonb_path_query_array('[1, 2]', '$[*] ? (@ > 1)'), jsonb_path_query_first('[3]', '$[0]'), '[1]'::jsonb @? '$[0]', '[1]'::jsonb @@ '$[0] == 1', jsonb_path_match('{"a": 1}', '$.a == 1'), jsonb_path_query_tz('"2024-01-01"', '$.datetime()')
-- ;;
SELECT jsonb_build_object('a', 1, 'b', ARRAY[1, 2], 'c', NULL), json_build_array(1, 'x', NULL), json_object('{a,1,b,2}'), jsonb_object(ARRAY['a'], ARRAY['1']), to_json('x'::text), to_jsonb(1.50), array_to_json(ARRAY[1, 2]), row_to_json(ROW(1, 'a')), jsonb_set('{"a": 1}', '{a}', '2'), jsonb_insert('[1]', '{0}', '0'), jsonb_strip_nulls('{"a": null}'), jsonb_pretty('{"a":1}'), jsonb_typeof('1'), json_array_length('[1,2]')
-- ;;
SELECT * FROM jsonb_each('{"a": 1, "b": {"c": 2}}'), jsonb_each_text('{"x": "y"}') AS t(k, v)
-- ;;
SELECT * FROM json_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS t(a int, b text)
-- ;;
SELECT * FROM jsonb_populate_record(NULL::calc.point3, '{"x": 1, "z": "q"}')
-- ;;
SELECT jsonb_array_elements('[1, [2]]'), jsonb_array_elements_text('["a", "b"]'), jsonb_object_keys('{"a": 1, "b": 2}')
-- ;;
SELECT ts_rank(to_tsvector('english', 'the quick brown fox'), plainto_tsquery('english', 'quick fox')), ts_headline('english', 'the quick brown fox', to_tsquery('fox')), websearch_to_tsquery('english', '"quick brown" -dog or cat'), phraseto_tsquery('english', 'quick fox'), setweight(to_tsvector('english', 'x y'), 'A'), strip('a:1'::tsvector), numnode('a & b'::tsquery), querytree('a & !b'::tsquery), ts_delete('a:1 b:2'::tsvector, 'a'), tsvector_to_array('a b'::tsvector), 'a:1'::tsvector || 'b:1'::tsvector
-- ;;
SELECT to_tsvector('simple', 'a b') @@ to_tsquery('simple', 'a & b'), ts_rank_cd('a:1 b:2', 'a & b'), length('a b'::tsvector), get_current_ts_config()
-- ;;
SELECT alias, token FROM ts_debug('english', 'a cat')
-- ;;
SELECT * FROM ts_parse('default', 'foo - bar'), ts_token_type('default') LIMIT 5
-- ;;
SELECT xpath('/a/b/text()', '<a><b>1</b><b>2</b></a>'), xmlexists('//b' PASSING '<a><b/></a>'), xml_is_well_formed('<a>'), xmlconcat('<a/>', '<b/>'), xmlforest(1 AS x, 'y' AS z), xmlcomment('c'), xmlpi(name php), xmlserialize(CONTENT '<a/>' AS text), xmlroot('<a/>', version '1.0')
-- ;;
SELECT xmlagg(x ORDER BY n) FROM (VALUES (1, '<a/>'::xml), (2, '<b/>')) v(n, x)
-- ;;
SELECT * FROM xmltable('/r/i' PASSING '<r><i id="1">a</i><i id="2">b</i></r>' COLUMNS id int PATH '@id', n FOR ORDINALITY, v text PATH '.')
-- ;;
SELECT host('10.0.0.1/8'), network('10.1.2.3/8'), masklen('10.0.0.0/8'), broadcast('10.0.0.0/24'), netmask('10.0.0.0/24'), set_masklen('10.0.0.1/24', 16), inet '10.0.0.1' << inet '10.0.0.0/8', inet '10.0.0.1' + 5, family('::1'), abbrev(cidr '10.1.0.0/16'), trunc(macaddr '12:34:56:78:90:ab')
-- ;;
SELECT point '(1,2)' <-> point '(3,4)', area(box '(2,2),(0,0)'), center(circle '<(1,1),2>'), box '(1,1),(0,0)' && box '(2,2),(0.5,0.5)', length(path '[(0,0),(3,4)]'), npoints(polygon '((0,0),(1,1))'), diameter(circle '<(0,0),1>'), point(1, 2) + point(1, 1)
-- ;;
SELECT num_nulls(1, NULL), num_nonnulls(1, NULL), 1 IS DISTINCT FROM NULL, NULL IS NOT DISTINCT FROM NULL, true IS UNKNOWN, (1, NULL) IS NULL, ROW(1, NULL) IS NOT NULL, 5 BETWEEN SYMMETRIC 10 AND 1, 'a' < 'B' COLLATE "C", 'b' > 'a'
-- ;;
SELECT similarity('word', 'two words'), show_trgm('cat'), word_similarity('word', 'two words'), 'word' % 'words', 'word' <-> 'words', 'word' <% 'two words', strict_word_similarity('a', 'ab')
-- ;;
SELECT 'a=>1,b=>2'::hstore -> 'a', 'a=>1'::hstore || 'b=>2'::hstore, akeys('a=>1'::hstore), hstore('k', 'v'), hstore_to_json('a=>1'::hstore), 'a=>1'::hstore ? 'a', 'a=>1,b=>2'::hstore - 'a'::text, hstore(ROW(1, 2)), (each('a=>1,b=>2'::hstore)).*
-- ;;
SELECT 'Abc'::citext = 'aBC', 'A'::citext || 'b', 'a.b.c'::ltree @> 'a.b.c.d'::ltree, 'a.b.c'::ltree ~ '*.b.*'::lquery, subpath('a.b.c', 1), nlevel('a.b'), lca('a.b.c'::ltree, 'a.b.d'), text2ltree('x.y')
-- ;;
SELECT levenshtein('kitten', 'sitting'), soundex('Anne'), difference('Anne', 'Ann'), metaphone('Thompson', 4), dmetaphone('gumbo'), unaccent('Hôtel'), levenshtein_less_equal('a', 'bcd', 1)
-- ;;
SELECT count(*) FROM normal_rand(100, 5, 3)
-- ;;
SELECT digest('a', 'sha256'), hmac('a', 'k', 'md5'), crypt('x', '$1$abcdefgh$'), encode(digest('a', 'md5'), 'hex'), length(gen_random_bytes(8)), length(gen_random_uuid()::text), armor('a'), pgp_sym_decrypt(pgp_sym_encrypt('x', 'k'), 'k')
-- ;;
SELECT ARRAY[1, 2, 3] & ARRAY[2], sort(ARRAY[3, 1]), uniq(ARRAY[1, 1, 2]), idx(ARRAY[1, 2], 2), icount(ARRAY[1]), ARRAY[1, 2] @@ '1&2'::query_int, cube(1, 2), cube_distance('(1)', '(3)'), earth(), round(earth_distance(ll_to_earth(0, 0), ll_to_earth(1, 1))::numeric, 3), uuid_nil(), uuid_generate_v5(uuid_ns_dns(), 'a.b')
-- ;;
SELECT calc.net(119), calc.net(100, 0.25), calc.net(gross => 119, rate => 0.07), calc.grade(60), calc.product(x) FROM (VALUES (2::numeric), (3)) v(x)
-- ;;
SELECT * FROM calc.orders_of(1)
-- ;;
SELECT c.customer_id, x.* FROM customers c, calc.orders_of(c.customer_id) x WHERE c.customer_id < 5 ORDER BY 1, 2
-- ;;
SELECT 1.5::numeric OPERATOR(calc.~=~) 2.0::numeric, 1.5::numeric ~=~ 2.9
-- ;;
SELECT (ROW(1, 2, 'z')::calc.point3).x, (p).z FROM (SELECT ROW(1, 2, 'q')::calc.point3 p) s
-- ;;
SELECT 'ok'::calc.mood < 'happy', enum_range(NULL::calc.mood), enum_first(NULL::calc.mood), enum_last(NULL::calc.mood)
-- ;;
SELECT current_user, session_user, current_database(), current_schema, current_schemas(true), current_catalog, user
-- ;;
SELECT version() LIKE 'PostgreSQL%', current_setting('server_version_num')::int > 100000, current_setting('nosuch.setting', true), pg_backend_pid() > 0, inet_server_port() > 0
-- ;;
SELECT random() < 1, clock_timestamp() >= now(), statement_timestamp() >= transaction_timestamp(), timeofday() <> '', pg_sleep(0.001)
-- ;;
SELECT pg_size_pretty(123456789::bigint), pg_size_bytes('1 GB'), pg_column_size(1), pg_column_compression('a'::text), format_type(23, NULL), col_description('customers'::regclass, 1), obj_description('customers'::regclass)
-- ;;
SELECT has_table_privilege('customers', 'SELECT'), has_schema_privilege('public', 'USAGE'), has_column_privilege('customers', 'email', 'SELECT'), pg_has_role('pg_monitor', 'MEMBER'), to_regclass('nosuch'), to_regtype('int4'), to_regproc('nosuch'), txid_current_if_assigned(), pg_is_in_recovery()
-- ;;
SELECT hashtext('a'), hashint4(1), hash_array(ARRAY[1]), int4pl(1, 2), texteq('a', 'a'), btint4cmp(1, 2)
-- ;;
SELECT crc32 FROM (SELECT 1 AS crc32) x
