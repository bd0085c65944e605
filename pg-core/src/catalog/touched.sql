-- What the current transaction has done to each table of users so far, attempts that it undid itself included.
-- Parameters: none. Since: 11. Privileges: none.
SELECT
  c.oid::int8 AS relation,
  n.nspname::text AS schema,
  c.relname::text AS name,
  pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid)::int8 AS inserted,
  pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)::int8 AS updated,
  pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid)::int8 AS deleted,
  coalesce(pg_catalog.pg_relation_filenode(c.oid), 0)::int8 AS file,
  greatest(c.reltuples::int8, pg_catalog.pg_stat_get_live_tuples(c.oid), 0::int8)::int8 AS rows,
  c.relpages::int8 AS pages,
  pg_catalog.current_setting('track_counts')::bool AS counted
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,m,p}'::"char"[])
  AND n.nspname OPERATOR(pg_catalog.<>) ALL ('{pg_catalog,information_schema,pg_toast}'::name[])
