SELECT app.reads_file()
-- ;;
SELECT app.reads_file_too()
-- ;;
SELECT app.second()
-- ;;
SELECT app.works()
-- ;;
SELECT app.works_in_condition()
-- ;;
SELECT app.by_text()
-- ;;
SELECT * FROM app.passwords()
-- ;;
SELECT app.of_evil_path()
-- ;;
SELECT app.of_evil_lower()
-- ;;
SELECT app.shape(o) FROM app.orders o
-- ;;
SELECT 1 OPERATOR(app.!~!) 2
-- ;;
SELECT app.reads_in_plpgsql()
-- ;;
SELECT upper(o) FROM app.orders o
-- ;;
SELECT o.upper FROM app.orders o
-- ;;
SELECT * FROM app.over_function
-- ;;
WITH w AS (SELECT app.reads_file()) SELECT * FROM w
-- ;;
SELECT id FROM app.orders ORDER BY app.works()
