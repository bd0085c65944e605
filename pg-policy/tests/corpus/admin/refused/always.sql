BEGIN
-- ;;
COMMIT
-- ;;
ROLLBACK
-- ;;
SAVEPOINT s
-- ;;
SET ROLE postgres
-- ;;
SET SESSION AUTHORIZATION postgres
-- ;;
SET search_path = x
-- ;;
SET LOCAL work_mem = '1GB'
-- ;;
SET TRANSACTION READ WRITE
-- ;;
RESET ALL
-- ;;
DISCARD ALL
-- ;;
PREPARE p AS SELECT 1
-- ;;
EXECUTE p
-- ;;
DEALLOCATE p
-- ;;
DECLARE c CURSOR FOR SELECT 1
-- ;;
FETCH c
-- ;;
CLOSE c
-- ;;
LISTEN x
-- ;;
UNLISTEN x
-- ;;
LOAD 'x'
-- ;;
COPY orders TO STDOUT
-- ;;
COPY orders FROM STDIN
-- ;;
COPY orders TO '/tmp/x'
-- ;;
COPY orders FROM '/tmp/x'
-- ;;
COPY orders TO PROGRAM 'x'
-- ;;
COPY orders FROM PROGRAM 'x'
-- ;;
SELECT pg_read_file('x')
-- ;;
SELECT set_config('a', 'b', false)
-- ;;
SELECT lo_import('/etc/passwd')
-- ;;
SELECT * FROM dblink('x', 'y') AS t(a int)
-- ;;
SELECT pg_advisory_lock(1)
-- ;;
CREATE TEMP TABLE t (id int)
-- ;;
SELECT 1; SELECT 2
-- ;;
CREATE VIEW v AS SELECT pg_read_file('x')
