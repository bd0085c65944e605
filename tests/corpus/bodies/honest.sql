SELECT app.total(1), app.twice(2), app.nested(1), app.factorial(5), app.several()
-- ;;
SELECT app.of_path()
-- ;;
SELECT * FROM app.rows()
-- ;;
SELECT app.nothing()
-- ;;
SELECT app.in_plpgsql(1)
-- ;;
SELECT app.words(o) FROM app.orders o
-- ;;
SELECT 1 OPERATOR(app.+%) 2
-- ;;
SELECT app.dear()
