SELECT count(*) FROM customers
-- ;;
SELECT count(*), count(DISTINCT customer_id), min(order_date), max(order_date) FROM orders
-- ;;
SELECT status, count(*) FROM orders GROUP BY status ORDER BY status
-- ;;
SELECT status, count(*), round(100.0 * count(*) / sum(count(*)) OVER (), 2) AS pct FROM orders GROUP BY 1 ORDER BY 2 DESC, 1
-- ;;
SELECT date_trunc('month', order_date) m, count(*) FROM orders GROUP BY 1 ORDER BY 1
-- ;;
SELECT date_trunc('week', order_date)::date w, count(*) FROM orders GROUP BY 1 ORDER BY 1 LIMIT 20
-- ;;
SELECT customer_id, order_id, row_number() OVER (PARTITION BY customer_id ORDER BY order_date, order_id) rn FROM orders ORDER BY customer_id, rn LIMIT 50
-- ;;
SELECT customer_id, order_id, rank() OVER w, dense_rank() OVER w, percent_rank() OVER w, cume_dist() OVER w FROM orders WINDOW w AS (PARTITION BY customer_id ORDER BY order_date) ORDER BY 1, 2 LIMIT 50
-- ;;
SELECT order_id, lag(order_date) OVER (ORDER BY order_id), lead(order_date, 2) OVER (ORDER BY order_id) FROM orders ORDER BY 1 LIMIT 30
-- ;;
SELECT order_id, first_value(status) OVER w, last_value(status) OVER w, nth_value(status, 2) OVER w FROM orders WINDOW w AS (ORDER BY order_id ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING) ORDER BY 1 LIMIT 30
-- ;;
SELECT order_id, sum(order_id) OVER (ORDER BY order_id ROWS UNBOUNDED PRECEDING) FROM orders ORDER BY 1 LIMIT 30
-- ;;
SELECT order_id, count(*) OVER (ORDER BY order_date RANGE BETWEEN INTERVAL '7 days' PRECEDING AND CURRENT ROW) FROM orders ORDER BY 1 LIMIT 30
-- ;;
SELECT order_id, count(*) OVER (ORDER BY status GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM orders ORDER BY 1 LIMIT 30
-- ;;
SELECT ntile(4) OVER (ORDER BY order_id) q, order_id FROM orders ORDER BY 2 LIMIT 20
-- ;;
SELECT status, date_part('year', order_date) y, count(*) FROM orders GROUP BY ROLLUP (1, 2) ORDER BY 1, 2
-- ;;
SELECT status, extract(dow FROM order_date) d, count(*), grouping(status, extract(dow FROM order_date)) FROM orders GROUP BY CUBE (1, 2) ORDER BY 1 NULLS FIRST, 2 NULLS FIRST
-- ;;
SELECT status, extract(month FROM order_date), count(*) FROM orders GROUP BY GROUPING SETS ((1), (2), ()) ORDER BY 1, 2
-- ;;
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY unit_price) FROM order_items
-- ;;
SELECT percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY unit_price) FROM order_items
-- ;;
SELECT percentile_cont(ARRAY[0.1, 0.9]::float8[]) WITHIN GROUP (ORDER BY unit_price) FROM order_items
-- ;;
SELECT mode() WITHIN GROUP (ORDER BY quantity) FROM order_items
-- ;;
SELECT rank(5) WITHIN GROUP (ORDER BY quantity), dense_rank(5) WITHIN GROUP (ORDER BY quantity) FROM order_items
-- ;;
SELECT avg(unit_price), stddev(unit_price), stddev_pop(unit_price), variance(unit_price), var_pop(unit_price) FROM order_items
-- ;;
SELECT corr(quantity, unit_price), covar_pop(quantity, unit_price), regr_slope(quantity, unit_price), regr_r2(quantity, unit_price) FROM order_items
-- ;;
SELECT avg(quantity), sum(quantity), sum(unit_price * quantity), bool_and(quantity > 0), bool_or(quantity > 10), every(quantity > 0) FROM order_items
-- ;;
SELECT bit_and(quantity), bit_or(quantity), bit_xor(quantity) FROM order_items
-- ;;
SELECT count(*) FILTER (WHERE quantity > 2), sum(unit_price) FILTER (WHERE quantity = 1) FROM order_items
-- ;;
SELECT string_agg(DISTINCT status::text, ', ' ORDER BY status::text) FROM orders
-- ;;
SELECT array_agg(order_id ORDER BY order_id DESC) FROM (SELECT order_id FROM orders ORDER BY order_id LIMIT 10) x
-- ;;
SELECT array_agg(ARRAY[order_id, customer_id] ORDER BY order_id) FROM (SELECT * FROM orders ORDER BY order_id LIMIT 3) x
-- ;;
SELECT json_agg(x ORDER BY order_id) FROM (SELECT order_id, status FROM orders ORDER BY order_id LIMIT 3) x
-- ;;
SELECT jsonb_object_agg(status, n) FROM (SELECT status::text, count(*) n FROM orders GROUP BY 1) x
-- ;;
SELECT json_object_agg(status, n ORDER BY status) FROM (SELECT status::text, count(*) n FROM orders GROUP BY 1) x
-- ;;
WITH RECURSIVE t(n, f) AS (SELECT 1, 1::numeric UNION ALL SELECT n + 1, f * (n + 1) FROM t WHERE n < 40) SELECT * FROM t
-- ;;
WITH RECURSIVE fib(a, b) AS (VALUES (0::bigint, 1::bigint) UNION ALL SELECT b, a + b FROM fib WHERE b < 1000000000000) SELECT a FROM fib
-- ;;
WITH RECURSIVE g(a, b) AS (VALUES (1, 2), (2, 3), (3, 1)), p(a, b) AS (SELECT a, b FROM g UNION SELECT p.a, g.b FROM p JOIN g ON p.b = g.a) SELECT * FROM p ORDER BY 1, 2
-- ;;
WITH RECURSIVE s(a, b) AS (VALUES (1, 2), (2, 3)), w(a, b) AS (SELECT * FROM s UNION ALL SELECT w.a, s.b FROM w JOIN s ON w.b = s.a) SEARCH DEPTH FIRST BY a SET o SELECT * FROM w ORDER BY o
-- ;;
WITH RECURSIVE s(a, b) AS (VALUES (1, 2), (2, 1)), w(a, b) AS (SELECT * FROM s UNION ALL SELECT s.a, s.b FROM w JOIN s ON w.b = s.a) CYCLE a SET c USING p SELECT * FROM w ORDER BY p
-- ;;
WITH a AS MATERIALIZED (SELECT * FROM orders WHERE order_id < 10), b AS NOT MATERIALIZED (SELECT * FROM a) SELECT count(*) FROM b
-- ;;
SELECT c.customer_id, x.n FROM customers c CROSS JOIN LATERAL (SELECT count(*) n FROM orders o WHERE o.customer_id = c.customer_id) x ORDER BY 1 LIMIT 20
-- ;;
SELECT c.customer_id, x.order_id FROM customers c LEFT JOIN LATERAL (SELECT order_id FROM orders o WHERE o.customer_id = c.customer_id ORDER BY order_id DESC LIMIT 2) x ON true ORDER BY 1, 2 LIMIT 40
-- ;;
SELECT * FROM customers c FULL JOIN orders o USING (customer_id) ORDER BY o.order_id, customer_id LIMIT 10
-- ;;
SELECT count(*) FROM customers NATURAL JOIN orders
-- ;;
SELECT a.customer_id FROM customers a EXCEPT SELECT customer_id FROM orders ORDER BY 1 LIMIT 10
-- ;;
SELECT customer_id FROM customers INTERSECT ALL SELECT customer_id FROM orders ORDER BY 1 LIMIT 10
-- ;;
(SELECT 1 AS a UNION SELECT 2) UNION ALL (SELECT 3 ORDER BY 1 LIMIT 1) ORDER BY a DESC
-- ;;
SELECT DISTINCT ON (customer_id) customer_id, order_id, order_date FROM orders ORDER BY customer_id, order_date DESC, order_id LIMIT 30
-- ;;
SELECT * FROM orders ORDER BY order_date DESC NULLS LAST, order_id FETCH FIRST 5 ROWS ONLY
-- ;;
SELECT status FROM orders ORDER BY status FETCH FIRST 1 ROW WITH TIES
-- ;;
SELECT * FROM orders ORDER BY order_id OFFSET 10 LIMIT 5
-- ;;
SELECT customer_id FROM orders GROUP BY customer_id HAVING count(*) > 5 ORDER BY count(*) DESC, 1 LIMIT 10
-- ;;
SELECT EXISTS (SELECT 1 FROM orders WHERE customer_id = 1), NOT EXISTS (SELECT FROM orders WHERE false)
-- ;;
SELECT (SELECT max(order_id) FROM orders), ARRAY(SELECT order_id FROM orders ORDER BY 1 LIMIT 3)
-- ;;
SELECT order_id FROM orders WHERE customer_id = ANY (SELECT customer_id FROM customers WHERE customer_id < 5) ORDER BY 1
-- ;;
SELECT order_id FROM orders WHERE (customer_id, order_id) IN (SELECT customer_id, max(order_id) FROM orders GROUP BY 1) ORDER BY 1 LIMIT 10
-- ;;
SELECT CASE status::text WHEN 'x' THEN 1 ELSE 2 END, coalesce(NULL, 3), nullif(1, 1), greatest(1, 2, NULL), least(3, 2) FROM orders LIMIT 3
-- ;;
SELECT width_bucket(unit_price, 0, 1000, 10) b, count(*) FROM order_items GROUP BY 1 ORDER BY 1
-- ;;
SELECT * FROM generate_series('2024-01-01'::date, '2024-01-10', '1 day') d
-- ;;
SELECT * FROM generate_series(1, 10, 3) WITH ORDINALITY
-- ;;
SELECT * FROM generate_series(1.5, 3.0, 0.5) g
-- ;;
SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a', 'b'])) AS t(a, b)
-- ;;
SELECT * FROM unnest(ARRAY[1, 2], ARRAY['x', 'y', 'z']) WITH ORDINALITY AS t(a, b, n)
-- ;;
SELECT d::date, count(o.order_id) FROM generate_series(current_date - 6, current_date, '1 day') d LEFT JOIN orders o ON o.order_date::date = d GROUP BY 1 ORDER BY 1
-- ;;
SELECT count(*) FROM order_items TABLESAMPLE BERNOULLI (100)
-- ;;
SELECT count(*) FROM order_items TABLESAMPLE SYSTEM (100) REPEATABLE (1)
-- ;;
VALUES (1, 'a', NULL), (2, 'b', true)
-- ;;
TABLE products ORDER BY 1 LIMIT 3
-- ;;
SELECT * FROM (VALUES (1, 'x'), (2, NULL)) AS t(id, name)
-- ;;
SELECT a.*, b FROM (SELECT 1 x, 2 y) a, (SELECT 3 z) b
-- ;;
SELECT ROW(1, 'a', NULL), ROW(1, 2) = ROW(1, 2), (ROW(1, 2)).*  WHERE false
-- ;;
SELECT 1 AS a, 2 AS a, 3 AS "A b", 4 AS "select"
-- ;;
SELECT
-- ;;
SELECT FROM customers LIMIT 3
-- ;;
SELECT 1;
-- ;;
SELECT 1 ; ;
-- ;;
-- a comment first
SELECT 1
-- ;;
SELECT /* inside /* nested */ */ 1 -- and last
-- ;;
SELECT 'it''s', E'tab\there', U&'d\0061t\+000061', $$dollar $ quoted$$, $q$a$$b$q$, B'101', X'1F', 'a'
  'b'
-- ;;
SELECT "customers"."customer_id" FROM "public"."customers" ORDER BY 1 LIMIT 1
-- ;;
SELECT x.customer_id FROM public.customers AS x(customer_id) ORDER BY 1 LIMIT 1
-- ;;
SELECT order_total(1), order_total(order_id) FROM orders ORDER BY order_id LIMIT 5
-- ;;
SELECT * FROM daily_revenue ORDER BY 1 LIMIT 10
-- ;;
SELECT * FROM inventory_view ORDER BY 1, 2 LIMIT 10
-- ;;
SELECT * FROM leads ORDER BY 1 LIMIT 10
-- ;;
SELECT * FROM audit_logs ORDER BY log_id LIMIT 5
-- ;;
SELECT tableoid::regclass, count(*) FROM audit_logs GROUP BY 1 ORDER BY 1::text
-- ;;
SELECT * FROM customers ORDER BY customer_id LIMIT 20
-- ;;
SELECT * FROM orders ORDER BY order_id LIMIT 20
-- ;;
SELECT * FROM order_items ORDER BY 1, 2 LIMIT 20
-- ;;
SELECT * FROM products ORDER BY 1
-- ;;
SELECT * FROM inventory ORDER BY 1, 2 LIMIT 20
-- ;;
SELECT * FROM suppliers ORDER BY 1
-- ;;
SELECT * FROM warehouses ORDER BY 1
-- ;;
SELECT * FROM type_samples ORDER BY 1
-- ;;
SELECT * FROM customer_profiles ORDER BY 1 LIMIT 5
-- ;;
SELECT * FROM customer_notes ORDER BY 1 LIMIT 5
-- ;;
SELECT customers FROM customers ORDER BY customer_id LIMIT 3
-- ;;
SELECT row_to_json(o) FROM orders o ORDER BY order_id LIMIT 3
-- ;;
SELECT to_jsonb(o) - 'status' FROM orders o ORDER BY order_id LIMIT 3
