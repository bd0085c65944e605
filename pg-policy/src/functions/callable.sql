-- One line for each name of a function that a statement can call: its worst volatility over all overloads.
SELECT proname, max(CASE provolatile WHEN 'v' THEN 3 WHEN 's' THEN 2 ELSE 1 END)
FROM pg_catalog.pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace
  AND NOT proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[]
  AND prorettype <> ALL (ARRAY['internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype,
      'language_handler'::regtype, 'fdw_handler'::regtype, 'index_am_handler'::regtype,
      'table_am_handler'::regtype, 'tsm_handler'::regtype]::oid[])
GROUP BY proname ORDER BY proname COLLATE "C";
