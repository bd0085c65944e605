-- Rules of a table or view, without the one that makes a view a view.
-- Parameters: $1 int8, oid of pg_class.
-- Since 13. Privileges: none.
SELECT
    r.rulename::text AS name,
    (CASE r.ev_type
        WHEN '1' THEN 'select'
        WHEN '2' THEN 'update'
        WHEN '3' THEN 'insert'
        WHEN '4' THEN 'delete'
        ELSE r.ev_type::text
    END)::text AS event,
    r.is_instead::bool AS is_instead,
    (CASE r.ev_enabled
        WHEN 'O' THEN 'enabled'
        WHEN 'D' THEN 'disabled'
        WHEN 'R' THEN 'replica only'
        WHEN 'A' THEN 'always'
        ELSE r.ev_enabled::text
    END)::text AS state,
    pg_catalog.pg_get_ruledef(r.oid, true)::text AS definition,
    pg_catalog.obj_description(r.oid, 'pg_rewrite')::text AS comment
FROM pg_catalog.pg_rewrite r
WHERE r.ev_class = $1::int8::oid AND r.rulename <> '_RETURN'
ORDER BY r.rulename
