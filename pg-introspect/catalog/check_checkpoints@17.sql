-- Checks of checkpoints.
-- Parameters: none.
-- Since 17. Privileges: none.
WITH counted AS (
    SELECT b.num_timed AS timed, b.num_requested AS requested FROM pg_catalog.pg_stat_checkpointer b
),
measured AS (
    SELECT 'checkpoints_forced' AS check_id, NULL::text AS object, 100.0 * requested / (timed + requested) AS value,
        requested || ' of ' || (timed + requested) || ' checkpoints were forced before their time' AS message, NULL::text AS unknown,
        pg_catalog.json_build_object('timed', timed, 'requested', requested) AS evidence,
        'ALTER SYSTEM SET max_wal_size = ''4GB''; SELECT pg_reload_conf()' AS mend
    FROM counted WHERE timed + requested > 50
)
SELECT check_id::text, object::text, value::float8, message::text, unknown::text, evidence::json, mend::text FROM measured
