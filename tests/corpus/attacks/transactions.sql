COMMIT
-- ;;
ROLLBACK
-- ;;
BEGIN
-- ;;
START TRANSACTION READ WRITE
-- ;;
END
-- ;;
ABORT
-- ;;
COMMIT AND CHAIN
-- ;;
ROLLBACK AND CHAIN
-- ;;
SAVEPOINT a
-- ;;
RELEASE a
-- ;;
ROLLBACK TO a
-- ;;
PREPARE TRANSACTION 'x'
-- ;;
COMMIT PREPARED 'x'
-- ;;
ROLLBACK PREPARED 'x'
-- ;;
SET TRANSACTION READ WRITE
-- ;;
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
-- ;;
SET TRANSACTION SNAPSHOT '00000003-0000001B-1'
-- ;;
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE
-- ;;
SET LOCAL transaction_read_only = off
-- ;;
SET transaction_read_only TO off
-- ;;
SET default_transaction_read_only = off
-- ;;
SET SESSION AUTHORIZATION shop_owner
-- ;;
RESET SESSION AUTHORIZATION
-- ;;
SET ROLE shop_owner
-- ;;
SET LOCAL ROLE NONE
-- ;;
RESET ROLE
-- ;;
RESET ALL
-- ;;
SET search_path = trap
-- ;;
SET LOCAL statement_timeout = 0
-- ;;
SET statement_timeout TO DEFAULT
-- ;;
SET TIME ZONE 'UTC'
-- ;;
SET NAMES 'LATIN1'
-- ;;
SET XML OPTION DOCUMENT
-- ;;
SET CONSTRAINTS ALL DEFERRED
-- ;;
SET SCHEMA 'trap'
-- ;;
SET standard_conforming_strings = off
-- ;;
SET log_statement = 'none'
-- ;;
SET SEED TO 0.5
-- ;;
SELECT set_config('transaction_read_only', 'off', false)
-- ;;
SELECT set_config('search_path', 'trap', true)
-- ;;
SELECT pg_catalog.set_config('statement_timeout', '0', false)
-- ;;
SELECT "set_config"('statement_timeout', '0', false)
-- ;;
SELECT U&"set\005fconfig"('statement_timeout', '0', false)
-- ;;
SELECT U&"set!005fconfig" UESCAPE '!' ('statement_timeout', '0', false)
-- ;;
SELECT Set_Config('statement_timeout', '0', false)
-- ;;
SELECT /**/ set_config /* x */ (/**/ 'statement_timeout', '0', false)
-- ;;
SELECT set_config(name, setting, false) FROM pg_settings WHERE name = 'work_mem'
-- ;;
UPDATE pg_settings SET setting = '0' WHERE name = 'statement_timeout'
-- ;;
UPDATE pg_catalog.pg_settings SET setting = 'off' WHERE name = 'transaction_read_only'
-- ;;
SELECT setseed(0.5)
-- ;;
DISCARD ALL
-- ;;
DISCARD PLANS
-- ;;
DISCARD TEMP
-- ;;
PREPARE p AS SELECT 1
-- ;;
PREPARE p AS DELETE FROM customers
-- ;;
EXECUTE p
-- ;;
DEALLOCATE ALL
-- ;;
DEALLOCATE p
-- ;;
DECLARE c CURSOR FOR SELECT 1
-- ;;
DECLARE c CURSOR WITH HOLD FOR SELECT trap.strike()
-- ;;
FETCH ALL FROM c
-- ;;
MOVE c
-- ;;
CLOSE ALL
-- ;;
LISTEN x
-- ;;
UNLISTEN *
-- ;;
NOTIFY x, 'y'
-- ;;
SELECT pg_notify('x', 'y')
-- ;;
LOAD '$libdir/plugins/x'
-- ;;
LOAD 'auto_explain'
-- ;;
SELECT pg_advisory_lock(1)
-- ;;
SELECT pg_advisory_lock(1, 2)
-- ;;
SELECT pg_advisory_lock_shared(1)
-- ;;
SELECT pg_try_advisory_lock(1)
-- ;;
SELECT pg_try_advisory_lock_shared(1, 2)
-- ;;
SELECT pg_advisory_xact_lock(1)
-- ;;
SELECT pg_try_advisory_xact_lock(1)
-- ;;
SELECT pg_advisory_unlock_all()
-- ;;
SELECT pg_export_snapshot()
-- ;;
SELECT txid_current()
-- ;;
SELECT pg_current_xact_id()
-- ;;
SELECT cursor_to_xml('c', 1, true, true, '')
-- ;;
SELECT dblink_connect('dbname=shop')
-- ;;
SELECT lo_open(424242, 262144)
