SELECT * FROM pg_authid
-- ;;
SELECT rolpassword FROM pg_catalog.pg_authid
-- ;;
TABLE pg_shadow
-- ;;
SELECT passwd FROM "pg_shadow"
-- ;;
SELECT * FROM U&"pg\005fshadow"
-- ;;
SELECT (SELECT passwd FROM pg_shadow LIMIT 1)
-- ;;
WITH x AS (TABLE pg_shadow) SELECT * FROM x
-- ;;
WITH pg_shadow AS (SELECT * FROM pg_shadow) SELECT * FROM pg_shadow
-- ;;
WITH pg_shadow AS (SELECT 1) SELECT * FROM pg_catalog.pg_shadow
-- ;;
SELECT * FROM (WITH pg_shadow AS (SELECT 1) SELECT 1) AS x, pg_shadow
-- ;;
SELECT * FROM orders JOIN pg_authid ON true
-- ;;
SELECT * FROM pg_authid TABLESAMPLE system (100)
-- ;;
SELECT * FROM ONLY pg_authid
-- ;;
SELECT * FROM shop.pg_catalog.pg_authid
-- ;;
SELECT * FROM pg_user_mapping
-- ;;
SELECT umoptions FROM pg_user_mappings
-- ;;
SELECT * FROM information_schema.user_mapping_options
-- ;;
SELECT subconninfo FROM pg_subscription
-- ;;
SELECT * FROM pg_hba_file_rules
-- ;;
SELECT * FROM pg_file_settings
-- ;;
SELECT data FROM pg_largeobject
-- ;;
SELECT * FROM pg_toast.pg_toast_1234
-- ;;
EXPLAIN SELECT * FROM pg_authid
-- ;;
SELECT 1 UNION ALL SELECT passwd FROM pg_shadow
