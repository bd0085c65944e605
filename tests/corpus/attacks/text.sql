SELECT 1; DELETE FROM trap.box
-- ;;
SELECT 1;; DELETE FROM trap.box;
-- ;;
; DELETE FROM trap.box
-- ;;
SELECT 1; -- harmless
DELETE FROM trap.box
-- ;;
SELECT 1 /* ; */ ; COMMIT
-- ;;
SELECT 1 -- ;
; DROP TABLE trap.box
-- ;;
/* /* nested */ */ DELETE FROM trap.box
-- ;;
/* SELECT */ DELETE FROM trap.box -- SELECT
-- ;;
-- SELECT 1
DELETE FROM trap.box
-- ;;
SELECT 'a\'; DELETE FROM trap.box; --'
-- ;;
SELECT E'a\'; DELETE FROM trap.box; --
-- ;;
SELECT $a$ $a$; DELETE FROM trap.box
-- ;;
SELECT $$;$$; COMMIT; DELETE FROM trap.box
-- ;;
SELECT "a;b"; DELETE FROM trap.box
-- ;;
SELECT 1 \; DELETE FROM trap.box
-- ;;
SELECT 1\g
DELETE FROM trap.box
-- ;;
\! touch /tmp/struck
-- ;;
\copy trap.box to /tmp/x
-- ;;
SELECT 1;DELETE FROM trap.box
-- ;;
ЅELECT 1; DELETE FROM trap.box
-- ;;
SELECT 1；DELETE FROM trap.box
-- ;;
DELETE﻿ FROM trap.box
-- ;;
﻿DELETE FROM trap.box
-- ;;
DELETE FROM trap.box
-- ;;
DELETE FROM trap.box
-- ;;
ＤＥＬＥＴＥ FROM trap.box
-- ;;
/*! DELETE FROM trap.box */ DELETE FROM trap.box
-- ;;
SELECT 1 AS "x"; COMMIT; BEGIN; DELETE FROM trap.box; --"
-- ;;
(DELETE FROM trap.box)
-- ;;
((SELECT 1)); ((DELETE FROM trap.box))
-- ;;
BEGIN; DELETE FROM trap.box; COMMIT
-- ;;
ROLLBACK; DELETE FROM trap.box
-- ;;
COMMIT; DELETE FROM trap.box; BEGIN READ ONLY
-- ;;
EXPLAIN SELECT 1; DELETE FROM trap.box
-- ;;
BEGIN ATOMIC DELETE FROM trap.box; END
-- ;;
SELECT 1 UNION ALL DELETE FROM trap.box RETURNING 1
-- ;;
SELECT * FROM (DELETE FROM trap.box RETURNING *) x
-- ;;
deLEte/**/FrOm/**/trap.box
-- ;;
	DELETE
FROM trap.box
