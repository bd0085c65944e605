-- What a connection leads to: the server's version, and what the role may do that an agent should not.
-- Parameters: none. Since: 11. Privileges: none.
SELECT
  pg_catalog.current_setting('server_version')::text AS version,
  pg_catalog.current_setting('server_version_num')::int4 AS version_number,
  current_user::text AS role,
  pg_catalog.current_database()::text AS database,
  r.rolsuper::bool AS superuser,
  r.rolbypassrls::bool AS bypasses_row_security,
  r.rolcreaterole::bool AS creates_roles,
  r.rolreplication::bool AS replicates,
  pg_catalog.pg_is_in_recovery()::bool AS in_recovery,
  ARRAY(
    SELECT g.rolname::text
    FROM pg_catalog.pg_roles AS g
    WHERE g.rolname IN (
      'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files',
      'pg_write_all_data', 'pg_signal_backend', 'pg_maintain', 'pg_create_subscription'
    )
      AND pg_catalog.pg_has_role(current_user, g.oid, 'MEMBER')
      AND NOT r.rolsuper
    ORDER BY 1
  )::text[] AS powerful_memberships
FROM pg_catalog.pg_roles AS r
WHERE r.rolname OPERATOR(pg_catalog.=) current_user
