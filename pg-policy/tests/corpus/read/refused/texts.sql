;
-- ;;
 -- nothing but a comment
-- ;;
/* nothing but a comment */
-- ;;
;;;
-- ;;
SELECT 1; SELECT 2
-- ;;
SELECT 1; DELETE FROM orders
-- ;;
SELECT 1;; DELETE FROM orders;
-- ;;
SELECT 1 /* ; */; /* x */ DROP TABLE orders -- y
-- ;;
SELCT 1
-- ;;
SELECT * FROM
-- ;;
SELECT 'open
-- ;;
SELECT "open
-- ;;
SELECT /* open
-- ;;
SELECT $x$ open
-- ;;
SELECT (1
-- ;;
DROP
-- ;;
\dt
-- ;;
SELECT * FROM orders WHERE id = :id
-- ;;
SELECT * FROM orders WHERE id = ?
-- ;;
SELECT * FROM `orders`
-- ;;
EXPLAIN ANALYZE EXPLAIN SELECT 1
-- ;;
RETURN 1
-- ;;
SELECT 123abc
