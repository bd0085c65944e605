SELECT app.dear()
-- ;;
SELECT * FROM app.dear()
-- ;;
SELECT * FROM app.dear_by_path()
-- ;;
SELECT * FROM app.over_dear
