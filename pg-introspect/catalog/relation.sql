-- One relation of any kind by its exact name.
-- Parameters: $1 text, schema; $2 text, name.
-- Since 13. Privileges: none; privileges lists what the role holds on the relation as a whole.
SELECT
    c.oid::int8 AS oid,
    n.nspname::text AS schema,
    c.relname::text AS name,
    (pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname))::text AS sql_name,
    (CASE c.relkind
        WHEN 'r' THEN 'table'
        WHEN 'p' THEN 'partitioned table'
        WHEN 'v' THEN 'view'
        WHEN 'm' THEN 'materialized view'
        WHEN 'f' THEN 'foreign table'
        WHEN 'i' THEN 'index'
        WHEN 'I' THEN 'partitioned index'
        WHEN 'S' THEN 'sequence'
        WHEN 'c' THEN 'composite type'
        WHEN 't' THEN 'TOAST table'
        ELSE c.relkind::text
    END)::text AS kind,
    (c.relkind IN ('r', 'p', 'v', 'm', 'f', 't'))::bool AS has_columns,
    (CASE c.relpersistence
        WHEN 'p' THEN 'permanent'
        WHEN 'u' THEN 'unlogged'
        WHEN 't' THEN 'temporary'
        ELSE c.relpersistence::text
    END)::text AS persistence,
    pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
    pg_catalog.obj_description(c.oid, 'pg_class')::text AS comment,
    pg_catalog.has_schema_privilege(n.oid, 'USAGE')::bool AS has_usage,
    ARRAY(
        SELECT p.name
        FROM pg_catalog.unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']::text[]) WITH ORDINALITY AS p (name, place)
        WHERE pg_catalog.has_table_privilege(c.oid, p.name)
        ORDER BY p.place
    )::text[] AS privileges,
    (CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid, true) END)::text AS view_definition,
    (
        SELECT s.srvname
        FROM pg_catalog.pg_foreign_table f
        JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
        WHERE f.ftrelid = c.oid
    )::text AS foreign_server,
    (CASE p.partstrat
        WHEN 'r' THEN 'range'
        WHEN 'l' THEN 'list'
        WHEN 'h' THEN 'hash'
        ELSE p.partstrat::text
    END)::text AS partition_strategy,
    (CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END)::text AS partition_key,
    c.relispartition::bool AS is_partition,
    (CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, 0) END)::text AS partition_bound,
    am.amname::text AS access_method,
    sp.spcname::text AS tablespace,
    c.reloptions::text[] AS storage_options,
    c.relrowsecurity::bool AS row_level_security,
    c.relforcerowsecurity::bool AS row_level_security_forced
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace sp ON sp.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = c.oid
WHERE n.nspname = $1::text AND c.relname = $2::text
