-- Triggers of a table that users made.
-- Parameters: $1 int8, oid of pg_class.
-- Since 13. Privileges: none.
SELECT
    t.tgname::text AS name,
    (CASE
        WHEN t.tgtype & 2 <> 0 THEN 'before'
        WHEN t.tgtype & 64 <> 0 THEN 'instead of'
        ELSE 'after'
    END)::text AS timing,
    ARRAY(
        SELECT e.name
        FROM (VALUES (4, 'insert'), (8, 'delete'), (16, 'update'), (32, 'truncate')) AS e (bit, name)
        WHERE t.tgtype & e.bit <> 0
        ORDER BY e.bit
    )::text[] AS events,
    (CASE WHEN t.tgtype & 1 <> 0 THEN 'row' ELSE 'statement' END)::text AS level,
    (pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(p.proname))::text AS function,
    (CASE t.tgenabled
        WHEN 'O' THEN 'enabled'
        WHEN 'D' THEN 'disabled'
        WHEN 'R' THEN 'replica only'
        WHEN 'A' THEN 'always'
        ELSE t.tgenabled::text
    END)::text AS state,
    pg_catalog.pg_get_triggerdef(t.oid, true)::text AS definition,
    pg_catalog.obj_description(t.oid, 'pg_trigger')::text AS comment
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
WHERE t.tgrelid = $1::int8::oid AND NOT t.tgisinternal
ORDER BY t.tgname
