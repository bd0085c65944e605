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
