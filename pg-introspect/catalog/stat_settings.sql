-- Settings that are not at their built-in default or wait for a restart, with where they come from.
-- Parameters: $1 text, LIKE pattern for the name, or null for those that differ; $2 int8, most rows.
-- Since 13. Privileges: pg_read_all_settings for some. The files are not told.
SELECT
    s.name::text AS name,
    s.setting::text AS setting,
    s.unit::text AS unit,
    s.boot_val::text AS built_in,
    s.source::text AS source,
    s.context::text AS changed_by,
    s.pending_restart::bool AS waits_for_restart
FROM pg_catalog.pg_settings s
WHERE
    CASE
        WHEN $1::text IS NULL
            THEN s.pending_restart OR (s.setting IS DISTINCT FROM s.boot_val AND s.source NOT IN ('default', 'override', 'client', 'session'))
        ELSE s.name ILIKE $1::text
    END
    AND s.name NOT IN ('primary_conninfo', 'ssl_passphrase_command', 'archive_command', 'restore_command')
    AND s.category NOT LIKE 'File Locations%'
    AND COALESCE(s.setting, '') NOT LIKE '/%' AND s.name NOT LIKE '%keyfile' AND s.name NOT LIKE '%\_file' AND s.name NOT LIKE '%director%'
ORDER BY s.pending_restart DESC, s.name
LIMIT $2::int8
