-- What the rows of a table must meet: its constraints, unique indexes beside them, and its partitions' bounds.
-- Parameters: $1 text, the table's name as SQL writes it.
-- Since 13. Privileges: none.
SELECT c.conname::text AS name, c.contype::text AS kind,
       (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
        FROM pg_catalog.unnest(c.conkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number) AS columns,
       pg_catalog.pg_get_constraintdef(c.oid) AS definition,
       c.condeferrable AS deferrable, r.nspname::text AS parent_schema, p.relname::text AS parent,
       (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
        FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number) AS parent_columns
FROM pg_catalog.pg_constraint c
LEFT JOIN pg_catalog.pg_class p ON p.oid = c.confrelid
LEFT JOIN pg_catalog.pg_namespace r ON r.oid = p.relnamespace
WHERE c.conrelid = pg_catalog.to_regclass($1::text) AND c.contype IN ('p', 'u', 'f', 'c', 'x')
UNION ALL
SELECT i.relname::text, 'u',
       (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
        FROM pg_catalog.unnest(x.indkey::int2[]) WITH ORDINALITY AS k (number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number
        WHERE k.place <= x.indnkeyatts),
       pg_catalog.pg_get_indexdef(x.indexrelid), false, NULL, NULL, NULL
FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
WHERE x.indrelid = pg_catalog.to_regclass($1::text) AND x.indisunique
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT c.relname::text, 'partition',
       (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
        FROM pg_catalog.pg_partitioned_table t, pg_catalog.unnest(t.partattrs::int2[]) WITH ORDINALITY AS k (number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = pg_catalog.to_regclass($1::text) AND a.attnum = k.number
        WHERE t.partrelid = h.inhparent),
       pg_catalog.pg_get_expr(c.relpartbound, 0), false, NULL, NULL, NULL
FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
WHERE h.inhparent = pg_catalog.to_regclass($1::text) AND c.relispartition
ORDER BY 2, 1
