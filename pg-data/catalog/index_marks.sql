-- What a table's indexes have besides their definitions, as statements that give it to an index that is made anew.
-- Parameters: $1 text, the schema; $2 text, the table.
-- Since 13. Privileges: none.
SELECT
  i.relname::text AS name,
  i.relispartition::bool AS is_part,
  pg_catalog.array_remove(
    ARRAY[
      CASE WHEN s.spcname IS NOT NULL THEN
        pg_catalog.format('ALTER INDEX %I.%I SET TABLESPACE %I', n.nspname, i.relname, s.spcname)
      END,
      CASE WHEN x.indisclustered THEN
        pg_catalog.format('ALTER TABLE %I.%I CLUSTER ON %I', n.nspname, c.relname, i.relname)
      END,
      CASE WHEN pg_catalog.obj_description(i.oid, 'pg_class') IS NOT NULL THEN
        pg_catalog.format('COMMENT ON INDEX %I.%I IS %L', n.nspname, i.relname, pg_catalog.obj_description(i.oid, 'pg_class'))
      END
    ] || ARRAY(
      SELECT pg_catalog.format('ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s', n.nspname, i.relname, a.attnum, a.attstattarget)
      FROM pg_catalog.pg_attribute AS a
      WHERE a.attrelid = i.oid AND a.attstattarget >= 0
      ORDER BY a.attnum
    ),
    NULL
  )::text[] AS statements
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_index AS x ON x.indrelid = c.oid
JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
LEFT JOIN pg_catalog.pg_tablespace AS s ON s.oid = i.reltablespace
WHERE n.nspname = $1::text AND c.relname = $2::text
ORDER BY i.relname
