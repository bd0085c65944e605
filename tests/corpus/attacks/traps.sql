SELECT trap.strike()
-- ;;
SELECT "trap"."strike"()
-- ;;
SELECT trap."Strike Me"()
-- ;;
SELECT * FROM trap.strikes()
-- ;;
SELECT (trap.strikes()).*
-- ;;
SELECT b.hit FROM trap.box b
-- ;;
SELECT (b).hit FROM trap.box b
-- ;;
SELECT (b.*).hit FROM trap.box b
-- ;;
SELECT trap.hit(b) FROM trap.box b
-- ;;
SELECT public.lower(b) FROM trap.box b
-- ;;
SELECT public.abs('x')
-- ;;
SELECT trap.length('x')
-- ;;
SELECT b OPERATOR(public.+) 1 FROM trap.box b
-- ;;
SELECT b OPERATOR(trap.=) 1 FROM trap.box b
-- ;;
SELECT 'a' <~~> 'b'
-- ;;
SELECT 'a' OPERATOR(public.<~~>) 'b'
-- ;;
SELECT 'a' <~~> ANY (ARRAY['b'])
-- ;;
SELECT !!! 1
-- ;;
SELECT OPERATOR(public.!!!) 1
-- ;;
SELECT trap.box(1)
-- ;;
SELECT date(b) FROM trap.box b
-- ;;
SELECT b.date FROM trap.box b
-- ;;
SELECT trap.strike FROM trap.strike()
-- ;;
SELECT x FROM trap.strike() AS x
-- ;;
SELECT * FROM generate_series(1, trap.strike())
-- ;;
SELECT * FROM unnest(ARRAY[trap.strike()])
-- ;;
SELECT 1 FROM trap.box WHERE trap.strike(id)
-- ;;
SELECT $tag$ $tag$ || trap.strike()
-- ;;
SELECT trap . strike ( )
-- ;;
SELECT trap/**/./**/strike/**/()
-- ;;
SELECT U&"tr\0061p"."strike"()
-- ;;
SELECT U&"\0074rap".U&"strik\+000065"()
-- ;;
SELECT trap.with_default()
-- ;;
SELECT b.hit_public FROM trap.box b
-- ;;
SELECT (b).hit_public FROM trap.box b
-- ;;
SELECT (SELECT b FROM trap.box b LIMIT 1).hit_public
-- ;;
SELECT (ROW(1, 'x')::trap.box).hit_public
-- ;;
SELECT box.hit_public FROM trap.box
-- ;;
SELECT trap.box.hit_public FROM trap.box
-- ;;
SELECT 1 FROM trap.box b ORDER BY b.hit_public
-- ;;
SELECT 1 FROM trap.box b WHERE b.hit_public = 1
-- ;;
SELECT 1 FROM trap.box b GROUP BY b.hit_public
-- ;;
SELECT 1 FROM trap.box b JOIN trap.box c ON b.hit_public = c.hit_public
-- ;;
SELECT lower(b) FROM trap.box b
-- ;;
SELECT b.lower FROM trap.box b
-- ;;
SELECT abs('x'::text)
-- ;;
SELECT sum(word) FROM trap.box
-- ;;
SELECT sum(word) OVER () FROM trap.box
-- ;;
SELECT trap.total(id) FROM trap.box
-- ;;
SELECT trap.total(id) OVER (ORDER BY id) FROM trap.box
-- ;;
SELECT b + 1 FROM trap.box b
-- ;;
SELECT * FROM trap.view
-- ;;
SELECT * FROM trap.nested
-- ;;
SELECT struck FROM trap.view WHERE struck > 0
-- ;;
SELECT * FROM public.harmless_looking
-- ;;
SELECT count(*) FROM harmless_looking
-- ;;
TABLE trap.view
-- ;;
SELECT (v).struck FROM trap.view v
-- ;;
SELECT (SELECT max(score) FROM harmless_looking)
-- ;;
EXPLAIN ANALYZE SELECT * FROM trap.view
-- ;;
SELECT * FROM trap.xml
-- ;;
SELECT * FROM trap.passwords
-- ;;
SELECT * FROM pg_config
-- ;;
SELECT 1::trap.box
-- ;;
SELECT CAST(1 AS trap.box)
-- ;;
SELECT (1::trap.box).word
-- ;;
SELECT (b::date) FROM trap.box b
-- ;;
SELECT cast(b AS date) FROM trap.box b
-- ;;
SELECT 1::trap.guarded
-- ;;
SELECT CAST('1' AS trap.guarded)
-- ;;
SELECT trap.guarded '1'
-- ;;
SELECT ARRAY[1]::trap.guarded[]
-- ;;
SELECT '(1)'::trap.holder
-- ;;
SELECT ROW(1)::trap.holder
-- ;;
SELECT json_populate_record(NULL::trap.holder, '{"a": 1}')
-- ;;
SELECT * FROM json_to_record('{"a": 1}') AS x(a trap.guarded)
-- ;;
SELECT * FROM jsonb_to_recordset('[{"a": 1}]') AS x(a trap.guarded)
-- ;;
SELECT * FROM jsonb_populate_record(NULL::trap.held, '{"a": 1}')
-- ;;
SELECT * FROM xmltable('/a' PASSING xmlparse(document '<a>1</a>') COLUMNS a trap.guarded PATH '.')
-- ;;
SELECT $1::trap.guarded
-- ;;
SELECT * FROM trap.files
-- ;;
SELECT * FROM trap.rowrule
-- ;;
SELECT trap.guarded('1')
-- ;;
SELECT trap.guarded(1)
-- ;;
SELECT pg_input_is_valid('1', 'trap.guarded')
-- ;;
SELECT pg_input_error_info('1', 'trap.guarded')
-- ;;
SELECT b FROM trap.box b WHERE b BETWEEN 1 AND 2
-- ;;
SELECT CASE b WHEN 1 THEN 2 END FROM trap.box b
-- ;;
SELECT 1 FROM trap.box b WHERE b IN (1, 2)
-- ;;
SELECT 1 FROM trap.box b WHERE b IN (SELECT 1)
-- ;;
SELECT jsonb_populate_record(h, '{"a": 1}') FROM trap.held h
-- ;;
SELECT * FROM json_populate_recordset(NULL::trap.held, '[{"a": 1}]')
-- ;;
SELECT NULL::trap.guarded[] || '{1}'
-- ;;
SELECT '[1,2]'::trap.guarded
-- ;;
SELECT '{1}'::trap._guarded
-- ;;
SELECT (SELECT count(*) FROM trap.rowrule)
-- ;;
EXPLAIN ANALYZE TABLE trap.rowrule
-- ;;
SELECT * FROM trap.files TABLESAMPLE system (10)
-- ;;
SELECT XMLCAST('1' AS trap.guarded)
-- ;;
WITH v AS (SELECT 1::trap.box AS b) SELECT (b).word FROM v
-- ;;
VALUES (1::trap.guarded)
-- ;;
SELECT 1 ORDER BY 1::trap.guarded
-- ;;
SELECT 1 LIMIT 1::trap.guarded
