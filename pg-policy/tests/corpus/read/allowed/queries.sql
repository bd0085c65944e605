SELECT 1
-- ;;
SELECT 1;
-- ;;
select 1 -- trailing comment
-- ;;
SELECT 1; -- trailing comment behind the semicolon
-- ;;
SELECT 1 /* open /* nested */ closed */
-- ;;
/* before */ SELECT 1
-- ;;
TABLE orders
-- ;;
VALUES (1, 'a'), (2, 'b')
-- ;;
VALUES (1), (2) ORDER BY 1 DESC LIMIT 1
-- ;;
(SELECT 1)
-- ;;
((SELECT 1) UNION (SELECT 2)) ORDER BY 1
-- ;;
SELECT
-- ;;
SELECT FROM orders
-- ;;
SELECT * FROM orders
-- ;;
SELECT o.* FROM shop.orders AS o
-- ;;
SELECT shop.orders.id FROM shop.orders
-- ;;
SELECT "Id", "select" FROM "Orders"
-- ;;
SELECT U&"\0069d" FROM orders
-- ;;
SELECT DISTINCT ON (customer_id) customer_id, total FROM orders ORDER BY customer_id, created_at DESC
-- ;;
SELECT * FROM orders WHERE status = 'paid' AND (total > 100 OR NOT shipped) ORDER BY created_at DESC NULLS LAST LIMIT 10 OFFSET 20
-- ;;
SELECT * FROM orders ORDER BY total FETCH FIRST 5 ROWS WITH TIES
-- ;;
SELECT * FROM orders WHERE id IN (1, 2, 3) AND status NOT IN (SELECT status FROM closed)
-- ;;
SELECT * FROM orders WHERE name LIKE $1 AND email ILIKE $2 AND code SIMILAR TO 'a%' AND note ~* 'x' AND note !~ 'y'
-- ;;
SELECT * FROM orders WHERE created_at BETWEEN $1 AND $2 AND total NOT BETWEEN SYMMETRIC 10 AND 1
-- ;;
SELECT * FROM orders WHERE (a, b) = (1, 2) AND ROW(a, b) < ROW(3, 4) AND a IS DISTINCT FROM b AND c IS NOT NULL
-- ;;
SELECT * FROM orders WHERE tags && ARRAY['a', 'b'] AND tags @> '{a}' AND id = ANY($1::int[]) AND id <> ALL(ARRAY[1, 2])
-- ;;
SELECT CASE WHEN total > 100 THEN 'big' ELSE 'small' END, CASE status WHEN 'a' THEN 1 END, COALESCE(a, b), NULLIF(a, 0), GREATEST(a, b), LEAST(a, b) FROM orders
-- ;;
SELECT a.id, b.name FROM a JOIN b ON a.id = b.a_id LEFT JOIN c USING (id) CROSS JOIN d NATURAL JOIN e FULL JOIN f ON true
-- ;;
SELECT * FROM a, LATERAL (SELECT * FROM b WHERE b.a_id = a.id LIMIT 3) AS top
-- ;;
SELECT * FROM orders WHERE EXISTS (SELECT 1 FROM items WHERE items.order_id = orders.id)
-- ;;
SELECT (SELECT max(total) FROM orders), ARRAY(SELECT id FROM orders), (SELECT 1) + 1
-- ;;
SELECT a FROM x UNION ALL SELECT b FROM y INTERSECT SELECT c FROM z EXCEPT SELECT d FROM w
-- ;;
WITH recent AS (SELECT * FROM orders WHERE created_at > now() - interval '7 days') SELECT count(*) FROM recent
-- ;;
WITH a AS MATERIALIZED (SELECT 1 AS x), b AS NOT MATERIALIZED (SELECT x + 1 AS y FROM a) SELECT * FROM a, b
-- ;;
WITH RECURSIVE tree(id, parent, depth) AS (SELECT id, parent, 0 FROM node WHERE parent IS NULL UNION ALL SELECT n.id, n.parent, t.depth + 1 FROM node n JOIN tree t ON n.parent = t.id) SELECT * FROM tree
-- ;;
WITH RECURSIVE g AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM g WHERE id < 10) SEARCH DEPTH FIRST BY id SET ord CYCLE id SET is_cycle USING path SELECT * FROM g
-- ;;
SELECT * FROM orders TABLESAMPLE SYSTEM (1) REPEATABLE (42)
-- ;;
SELECT * FROM orders TABLESAMPLE bernoulli (10)
-- ;;
SELECT * FROM ONLY parent
-- ;;
SELECT ctid, xmin, tableoid::regclass FROM orders
-- ;;
SELECT orders FROM orders
-- ;;
SELECT (address).city, (address).*, (matrix[1][2:3]) FROM customers
-- ;;
SELECT data -> 'a' ->> 'b', data #> '{a,b}', data #>> '{a,b}', data @> '{"a":1}', data ? 'a', data ?| ARRAY['a'], data ?& ARRAY['b'], data || '{}', data - 'a', data #- '{a}', data @? '$.a', data @@ '$.a > 1' FROM docs
-- ;;
SELECT data['a']['b'] FROM docs
-- ;;
SELECT $$a 'quoted' text$$, $tag$; DROP TABLE orders; --$tag$, E'\n', B'101', X'1F', U&'\0041', 1.5e3, .5, 1_000, 0x1F
-- ;;
SELECT 'it''s; DELETE FROM orders'
-- ;;
SELECT "drop table orders" FROM "delete from"
-- ;;
SELECT 1 AS "update", 2 AS delete, 3 AS truncate
-- ;;
SELECT insert, update, delete, set_config FROM audit
-- ;;
SELECT $1, $2::jsonb, CAST($3 AS numeric(10, 2))
-- ;;
SELECT '1'::int, 'a'::text COLLATE "C", date '2024-01-01', interval '1' DAY, timestamp with time zone 'now', int4 '5', point '(1,2)', '{1,2}'::int[], NULL::my_enum, 'x'::app.domain
-- ;;
SELECT 'SRID=4326;POINT(1 2)'::geometry, '[1,2,3]'::vector(3), 'a=>1'::hstore, 'A.B'::ltree, 'ABC'::citext
-- ;;
SELECT current_date, current_time, current_timestamp(3), localtime, localtimestamp, current_user, session_user, current_role, user, current_catalog, current_schema
-- ;;
SELECT x, count(*) FROM t GROUP BY ROLLUP (x), CUBE (a, b), GROUPING SETS ((c), ()) HAVING count(*) > 1
-- ;;
SELECT x, GROUPING(x) FROM t GROUP BY DISTINCT ROLLUP (x)
-- ;;
SELECT * FROM a WHERE x OPERATOR(pg_catalog.=) 1
-- ;;
SELECT * FROM orders ORDER BY id USING <
-- ;;
SELECT - 5, + 5, ~ 5, @ -5, |/ 25, ||/ 27, 2 ^ 3, 5 % 3, 5 & 1, 5 | 1, 5 # 1, 1 << 2, 8 >> 1
-- ;;
SELECT int4range(1, 5) && int4range(3, 7), '[1,5)'::int4range @> 3, point '(1,2)' <-> point '(3,4)', inet '10.0.0.1' << inet '10.0.0.0/8', box '(1,1),(0,0)' ?# box '(2,2),(0,0)'
-- ;;
SELECT 1 WHERE 'a' < ANY (SELECT x FROM t) AND ('b', 'c') IN (SELECT x, y FROM t)
-- ;;
SELECT true AND NOT false IS TRUE, null IS UNKNOWN, 1 ISNULL, 1 NOTNULL, x IS DOCUMENT, s IS NORMALIZED, j IS JSON OBJECT WITH UNIQUE KEYS FROM t
