-- Whether the server's log can be decoded.
-- Since 13. Privileges: none.
SELECT
  pg_catalog.current_setting('wal_level') AS wal_level,
  pg_catalog.pg_is_in_recovery() AS in_recovery
