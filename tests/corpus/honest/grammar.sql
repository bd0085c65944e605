SELECT order_id, avg(order_id) OVER (ORDER BY order_id ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING EXCLUDE CURRENT ROW) FROM orders ORDER BY 1 LIMIT 20
-- ;;
SELECT customer_id, count(*) FILTER (WHERE status = 'paid') AS paid, count(*) FILTER (WHERE status <> 'paid') AS other FROM orders GROUP BY 1 ORDER BY 1 LIMIT 20
-- ;;
SELECT percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY order_id) FROM orders
-- ;;
SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY status) FROM orders
-- ;;
SELECT mode() WITHIN GROUP (ORDER BY status) FROM orders
-- ;;
SELECT rank(50) WITHIN GROUP (ORDER BY order_id), dense_rank(50) WITHIN GROUP (ORDER BY order_id), percent_rank(50) WITHIN GROUP (ORDER BY order_id), cume_dist(50) WITHIN GROUP (ORDER BY order_id) FROM orders
-- ;;
SELECT regr_slope(y, x), regr_intercept(y, x), regr_r2(y, x), regr_count(y, x), corr(y, x), covar_pop(y, x) FROM (SELECT g::float8 AS x, 2 * g + 1.0::float8 AS y FROM generate_series(1, 10) g) s
-- ;;
SELECT stddev_samp(order_id), stddev_pop(order_id), var_samp(order_id), variance(order_id) FROM orders
-- ;;
SELECT bit_and(g), bit_or(g), bool_and(g > 0), every(g < 100), string_agg(g::text, ',' ORDER BY g DESC) FROM generate_series(1, 5) g
-- ;;
SELECT d::date, count(o.order_id) FROM generate_series(date '2024-01-01', date '2024-01-10', interval '1 day') AS d LEFT JOIN orders o ON o.order_date::date = d::date GROUP BY 1 ORDER BY 1
-- ;;
SELECT to_char(d, 'IYYY-IW'), extract(isodow FROM d), extract(doy FROM d) FROM generate_series(timestamp '2024-12-28', timestamp '2025-01-03', interval '1 day') d
-- ;;
SELECT status, customer_id, count(*) FROM orders GROUP BY CUBE (status, customer_id) ORDER BY 1 NULLS FIRST, 2 NULLS FIRST LIMIT 25
-- ;;
SELECT status, grouping(status), count(*) FROM orders GROUP BY GROUPING SETS ((status), ()) ORDER BY 1 NULLS LAST
-- ;;
WITH RECURSIVE t(n, path) AS (SELECT 1, ARRAY[1] UNION ALL SELECT n + 1, path || (n + 1) FROM t WHERE n < 5) SELECT n, path FROM t
-- ;;
WITH RECURSIVE fib(a, b) AS (VALUES (0, 1) UNION ALL SELECT b, a + b FROM fib WHERE b < 100) SELECT array_agg(a ORDER BY a) FROM fib
-- ;;
WITH RECURSIVE tree(id, parent) AS (VALUES (1, NULL::int), (2, 1), (3, 1), (4, 2)), walk AS (SELECT id, parent, 0 AS depth FROM tree WHERE parent IS NULL UNION ALL SELECT t.id, t.parent, w.depth + 1 FROM tree t JOIN walk w ON t.parent = w.id) SELECT * FROM walk ORDER BY depth, id
-- ;;
WITH RECURSIVE g(a, b) AS (VALUES (1, 2), (2, 1)), r AS (SELECT 1 AS n UNION ALL SELECT g.b FROM r JOIN g ON g.a = r.n) CYCLE n SET looped USING way SELECT n, looped FROM r
-- ;;
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 4) SEARCH BREADTH FIRST BY n SET o SELECT n FROM r ORDER BY o
-- ;;
SELECT c.customer_id, l.order_id FROM customers c CROSS JOIN LATERAL (SELECT order_id FROM orders o WHERE o.customer_id = c.customer_id ORDER BY order_id DESC LIMIT 2) l ORDER BY 1, 2 LIMIT 20
-- ;;
SELECT c.customer_id, coalesce(l.n, 0) FROM customers c LEFT JOIN LATERAL (SELECT count(*) AS n FROM orders o WHERE o.customer_id = c.customer_id) l ON true ORDER BY 1 LIMIT 20
-- ;;
SELECT '{"a": {"b": [1, 2, {"c": 3}]}}'::jsonb #> '{a,b,2,c}', '{"a": [1, 2]}'::jsonb -> 'a' ->> 0
-- ;;
SELECT jsonb_path_query('{"items": [{"p": 5}, {"p": 15}]}', '$.items[*] ? (@.p > 10)')
-- ;;
SELECT jsonb_path_exists('{"a": 1}', '$.a ? (@ == 1)'), '{"a": 1}'::jsonb @? '$.a', '{"a": 1}'::jsonb @@ '$.a == 1'
-- ;;
SELECT jsonb_path_query_array('[1, 2, 3]', '$[*] ? (@ > $min)', '{"min": 1}')
-- ;;
SELECT key, value FROM jsonb_each_text('{"a": 1, "b": "x"}') ORDER BY key
-- ;;
SELECT * FROM jsonb_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS t(a int, b text)
-- ;;
SELECT jsonb_agg(jsonb_build_object('id', g, 'sq', g * g) ORDER BY g) FROM generate_series(1, 3) g
-- ;;
SELECT jsonb_set('{"a": {"b": 1}}', '{a,b}', '2'), jsonb_insert('[1, 3]', '{1}', '2'), jsonb_strip_nulls('{"a": null, "b": 1}'), '{"a": 1, "b": 2}'::jsonb - 'a'
-- ;;
SELECT json_object_agg(g, g * 2) FROM (SELECT g FROM generate_series(1, 3) g ORDER BY g) s
-- ;;
SELECT jsonb_pretty('{"a": [1, 2]}'), jsonb_typeof('[1]'), jsonb_array_length('[1, 2]')
-- ;;
SELECT to_tsvector('english', 'The quick brown foxes jumped') @@ to_tsquery('english', 'fox & jump')
-- ;;
SELECT ts_rank(to_tsvector('english', 'a fox, a fox'), plainto_tsquery('english', 'fox')) > 0, ts_headline('english', 'the fox ran', to_tsquery('english', 'fox'))
-- ;;
SELECT websearch_to_tsquery('english', '"quick fox" -dog or cat'), phraseto_tsquery('english', 'quick fox'), numnode('a & b'::tsquery)
-- ;;
SELECT word, lexemes FROM ts_debug('english', 'running foxes') AS d(alias, description, word, dictionaries, dictionary, lexemes) WHERE alias = 'asciiword'
-- ;;
SELECT x, i FROM unnest(ARRAY['a', 'b', 'c']) WITH ORDINALITY AS t(x, i)
-- ;;
SELECT * FROM ROWS FROM (unnest(ARRAY[1, 2]), unnest(ARRAY['x', 'y', 'z'])) WITH ORDINALITY AS t(a, b, n)
-- ;;
SELECT a, b FROM unnest(ARRAY[1, 2], ARRAY['p', 'q']) AS t(a, b)
-- ;;
SELECT count(*) <= 10000 FROM orders TABLESAMPLE bernoulli (50) REPEATABLE (7)
-- ;;
SELECT count(*) >= 0 FROM orders TABLESAMPLE system (10)
-- ;;
SELECT ARRAY[1, 2, 3] && ARRAY[3, 4], ARRAY[1, 2] <@ ARRAY[1, 2, 3], ARRAY[1] || ARRAY[2, 3], array_position(ARRAY['a', 'b'], 'b'), cardinality(ARRAY[[1, 2], [3, 4]])
-- ;;
SELECT (ARRAY[1, 2, 3, 4])[2:3], array_remove(ARRAY[1, 2, 1], 1), array_replace(ARRAY[1, 2], 2, 3), array_to_string(ARRAY[1, NULL, 3], ',', '*'), string_to_array('a,b', ',')
-- ;;
SELECT array_agg(DISTINCT status ORDER BY status) FROM orders
-- ;;
SELECT 5 = ANY (ARRAY[1, 5]), 5 > ALL (ARRAY[1, 2]), 1 IN (SELECT generate_series(1, 3))
-- ;;
SELECT int4range(1, 10) @> 5, int4range(1, 5) && int4range(4, 8), int4range(1, 5) * int4range(3, 8), upper(numrange(1.5, 2.5)), isempty(int4range(1, 1))
-- ;;
SELECT daterange('2024-01-01', '2024-02-01', '[]') -|- daterange('2024-02-02', '2024-03-01'), range_merge(int4range(1, 2), int4range(5, 6))
-- ;;
SELECT tstzrange('2024-01-01 00:00+00', '2024-01-02 00:00+00') @> timestamptz '2024-01-01 12:00+00'
-- ;;
SELECT interval '1 year 2 months' + interval '40 days', justify_interval(interval '35 days 25 hours'), age(date '2024-03-01', date '2023-01-15'), interval '1 day' * 1.5
-- ;;
SELECT make_interval(days => 3, hours => 4), make_date(2024, 2, 29), make_timestamptz(2024, 1, 1, 0, 0, 0, 'UTC') AT TIME ZONE 'UTC'
-- ;;
SELECT timestamptz '2024-06-01 12:00+00' AT TIME ZONE 'America/New_York', timestamp '2024-06-01 12:00' AT TIME ZONE 'Asia/Tokyo' AT TIME ZONE 'UTC'
-- ;;
SELECT date_trunc('quarter', timestamp '2024-05-15'), date_bin('15 minutes', timestamp '2024-01-01 10:07', timestamp '2024-01-01')
-- ;;
SELECT extract(epoch FROM interval '1 hour'), extract(quarter FROM date '2024-05-01'), date_part('week', date '2024-01-01')
-- ;;
SELECT (date '2024-01-01', date '2024-02-01') OVERLAPS (date '2024-01-15', date '2024-03-01')
-- ;;
SELECT 'abc' SIMILAR TO '%(b|d)%', 'abc' ~ '^a.c$', 'ABC' ~* 'abc', 'abc' !~ 'd', 'a%c' LIKE 'a\%c', 'a_c' LIKE 'a!_c' ESCAPE '!'
-- ;;
SELECT regexp_replace('2024-01-02', '(\d+)-(\d+)-(\d+)', '\3.\2.\1'), regexp_match('a1b2', '[a-z](\d)'), regexp_split_to_array('a, b,c', ',\s*')
-- ;;
SELECT m[1] FROM regexp_matches('a1b2c3', '([a-z])\d', 'g') AS m
-- ;;
SELECT 'b' < 'a' COLLATE "C", lower('ÄÖ' COLLATE "C"), max(status COLLATE "C") FROM orders
-- ;;
SELECT format('%s has %I and %L', 'x', 'A b', 'it''s'), quote_ident('A b'), quote_literal('it''s'), quote_nullable(NULL)
-- ;;
SELECT overlay('abcdef' PLACING 'zz' FROM 2 FOR 3), substring('abcdef' FROM 2 FOR 3), substring('foobar' SIMILAR 'f#"oo#"%' ESCAPE '#'), position('c' IN 'abc'), trim(BOTH 'x' FROM 'xaxx')
-- ;;
SELECT initcap('hello world'), lpad('7', 3, '0'), reverse('abc'), translate('abc', 'ab', 'xy'), split_part('a-b-c', '-', 2), repeat('ab', 3), ascii('A'), chr(66)
-- ;;
SELECT md5('x'), encode(sha256('x'::bytea), 'hex'), encode('abc'::bytea, 'base64'), decode('616263', 'hex'), convert_from('\x616263', 'UTF8'), length('ü'), octet_length('ü')
-- ;;
SELECT normalize('é', NFD) = 'é', 'é' IS NFC NORMALIZED
-- ;;
SELECT U&'d\0061t\+000061', E'tab\tnew\\n', $q$it's $1$q$, B'1010', X'1F'
-- ;;
SELECT width_bucket(5.35, 0.024, 10.06, 5), round(2.567, 1), trunc(-2.5), ceil(1.2), mod(10, 3), power(2, 10), sqrt(16::numeric), ln(1), sign(-5), gcd(12, 18), lcm(4, 6)
-- ;;
SELECT 7 / 2, 7 % 3, -7 / 2, 7.0 / 2, 2 ^ 3, |/ 25.0, @ -5, 5 & 3, 5 | 3, 5 # 3, ~ 5, 1 << 4
-- ;;
SELECT GREATEST(1, 2, NULL), LEAST(3, 1), COALESCE(NULL, 'x'), NULLIF(1, 1), num_nulls(1, NULL), num_nonnulls(1, NULL)
-- ;;
SELECT CASE status WHEN 'paid' THEN 1 ELSE 0 END AS is_paid, count(*) FROM orders GROUP BY 1 ORDER BY 1
-- ;;
SELECT o1.order_id FROM orders o1 WHERE NOT EXISTS (SELECT FROM orders o2 WHERE o2.customer_id = o1.customer_id AND o2.order_date > o1.order_date) ORDER BY 1 LIMIT 10
-- ;;
SELECT customer_id FROM customers EXCEPT SELECT customer_id FROM orders ORDER BY 1 LIMIT 10
-- ;;
SELECT customer_id FROM customers INTERSECT ALL SELECT customer_id FROM orders ORDER BY 1 LIMIT 10
-- ;;
(SELECT 1 AS a UNION ALL SELECT 2) UNION SELECT 2 ORDER BY a
-- ;;
SELECT DISTINCT ON (customer_id) customer_id, order_id FROM orders ORDER BY customer_id, order_date DESC, order_id DESC LIMIT 10
-- ;;
SELECT order_id FROM orders ORDER BY order_id FETCH FIRST 3 ROWS ONLY
-- ;;
SELECT order_id FROM orders ORDER BY order_id OFFSET 5 LIMIT 3
-- ;;
SELECT status FROM orders ORDER BY status FETCH FIRST 1 ROW WITH TIES
-- ;;
SELECT * FROM (VALUES (1, 'one'), (2, 'two')) AS t(n, word) NATURAL JOIN (VALUES (1), (2)) AS u(n) ORDER BY n
-- ;;
SELECT a.n, b.n FROM generate_series(1, 3) a(n) FULL JOIN generate_series(2, 4) b(n) ON a.n = b.n ORDER BY 1, 2
-- ;;
SELECT j.n FROM (generate_series(1, 2) a(n) JOIN generate_series(1, 2) b(n) USING (n)) AS j ORDER BY 1
-- ;;
VALUES (1, 'a'), (2, 'b') ORDER BY 1 DESC
-- ;;
TABLE customers ORDER BY customer_id LIMIT 3
-- ;;
SELECT row_to_json(t) FROM (SELECT 1 AS a, 'x' AS b) t
-- ;;
SELECT ROW(1, 2) < ROW(1, 3), (1, 'a') = (1, 'a'), ROW(1, NULL) IS NULL, ROW(1, 2) IS DISTINCT FROM ROW(1, NULL)
-- ;;
SELECT point(1, 2) <-> point(4, 6), box '((0,0),(2,2))' @> point '(1,1)', area(box '((0,0),(2,2))'), circle '<(0,0),1>' && circle '<(1,0),1>'
-- ;;
SELECT inet '10.0.0.5' << cidr '10.0.0.0/8', host(inet '10.0.0.5/8'), netmask('10.0.0.5/8'), broadcast(inet '10.0.0.0/24'), set_masklen(inet '10.1.2.3', 16)
-- ;;
SELECT '550e8400-e29b-41d4-a716-446655440000'::uuid, gen_random_uuid() IS NOT NULL
-- ;;
SELECT xpath('/a/b/text()', '<a><b>1</b><b>2</b></a>'::xml), xmlelement(name x, xmlattributes(1 AS y), 'z'), xml_is_well_formed('<a/>')
-- ;;
SELECT * FROM XMLTABLE('/r/v' PASSING '<r><v k="a">1</v><v k="b">2</v></r>'::xml COLUMNS k text PATH '@k', n int PATH '.', i FOR ORDINALITY)
-- ;;
SELECT 'orders'::regclass::text, 'int4'::regtype, 'lower(text)'::regprocedure, pg_typeof(1.5), to_regclass('nothing')
-- ;;
SELECT pg_size_pretty(123456789::bigint), pg_column_size('abc'::text) > 0, pg_relation_size('orders') >= 0
-- ;;
SELECT obj_description('orders'::regclass), has_table_privilege('orders', 'SELECT'), current_schema, current_database() = current_catalog
-- ;;
SELECT count(*) > 0 FROM information_schema.columns WHERE table_name = 'orders'
-- ;;
SELECT sum(n) OVER (PARTITION BY n % 2 ORDER BY n RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING), n FROM generate_series(1, 6) n ORDER BY n
-- ;;
SELECT n, count(*) OVER w, array_agg(n) OVER (w ROWS 1 PRECEDING) FROM generate_series(1, 4) n WINDOW w AS (ORDER BY n) ORDER BY n
-- ;;
SELECT status, string_agg(DISTINCT customer_id::text, ',' ORDER BY customer_id::text) FROM orders WHERE customer_id < 10 GROUP BY status ORDER BY status
-- ;;
SELECT calc.grade(60), calc.net(119), (calc.orders_of(1)).order_id FROM generate_series(1, 1) LIMIT 3
-- ;;
SELECT calc.product(n) FROM generate_series(1, 5) n
-- ;;
SELECT 'ok'::calc.mood < 'happy'::calc.mood, enum_range(NULL::calc.mood), 0.5::calc.share, (ROW(1, 2, 'z')::calc.point3).z
-- ;;
SELECT calc.prices(1, 5) @> 3.0, 10.0 OPERATOR(calc.~=~) 10.5
-- ;;
EXPLAIN (COSTS off) SELECT 1
-- ;;
SHOW server_encoding
-- ;;
SELECT 'a' || NULL IS NULL, 'x' || 1 || true, concat('a', NULL, 1), concat_ws('-', 'a', NULL, 'b')
-- ;;
SELECT sum(a.n * b.n) FROM generate_series(1, 100) a(n), generate_series(1, 100) b(n) WHERE a.n <> b.n
-- ;;
SELECT count(*) FROM orders o JOIN customers c USING (customer_id) WHERE o.order_date >= (SELECT max(order_date) - interval '30 days' FROM orders)
-- ;;
WITH monthly AS (SELECT date_trunc('month', order_date) AS m, count(*) AS n FROM orders GROUP BY 1) SELECT m, n, n - lag(n) OVER (ORDER BY m) AS change, round(100.0 * n / nullif(lag(n) OVER (ORDER BY m), 0), 1) AS pct FROM monthly ORDER BY m
-- ;;
WITH first AS (SELECT customer_id, min(date_trunc('month', order_date)) AS cohort FROM orders GROUP BY 1) SELECT f.cohort, count(DISTINCT o.customer_id) FROM first f JOIN orders o USING (customer_id) GROUP BY 1 ORDER BY 1
