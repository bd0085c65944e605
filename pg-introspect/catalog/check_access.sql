-- Checks of who may come in without proving who he is, by the server's access rules.
-- Parameters: none.
-- Since 13. Privileges: EXECUTE on pg_hba_file_rules.
WITH rule AS (
    SELECT
        h.line_number, h.type, h.address, h.auth_method, h.error,
        h.type <> 'local' AND h.address IS DISTINCT FROM 'localhost' AND h.address IS DISTINCT FROM '::1'
        AND NOT COALESCE(pg_catalog.starts_with(h.address, '127.'), false) AND h.address IS DISTINCT FROM 'samehost' AS remote
    FROM pg_catalog.pg_hba_file_rules() h
),
measured AS (
    SELECT 'hba_trust' AS check_id, 'line ' || r.line_number AS object,
        CASE WHEN r.error IS NOT NULL THEN 1 WHEN r.auth_method = 'trust' AND r.remote THEN 3 WHEN r.auth_method IN ('trust', 'password') AND r.remote THEN 2
            WHEN r.auth_method = 'trust' AND r.type <> 'local' THEN 2 ELSE 0 END AS value,
        CASE WHEN r.error IS NOT NULL THEN 'the access rule cannot be read'
            WHEN r.auth_method = 'trust' THEN 'the access rule lets everybody in' || CASE WHEN r.remote THEN ' from other machines' ELSE ' on this machine' END || ' as whoever he says he is'
            ELSE 'the access rule has passwords sent as they are' END AS message,
        NULL::text AS unknown,
        pg_catalog.json_build_object('line', r.line_number, 'type', r.type, 'method', r.auth_method, 'remote', r.remote) AS evidence,
        NULL::text[] AS mend
    FROM rule r ORDER BY r.line_number LIMIT 500
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text[] FROM measured
