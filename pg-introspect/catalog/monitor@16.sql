-- One look at a server: sessions, waits, locks, replication, and the counters that rates are made of.
-- Parameters: $1 bool, whether statements may be told; $2 float8, seconds from which on one is slow; $3 bool, whether to measure the database's size.
-- Since 16, with pg_stat_io. Privileges: pg_read_all_stats for the sessions of other roles; hidden_sessions counts those that are not shown.
WITH session AS MATERIALIZED (
    SELECT
        a.pid, a.state, a.wait_event_type, a.wait_event, a.query,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start) AS transaction_s,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.query_start) AS statement_s
    FROM pg_catalog.pg_stat_activity a
    WHERE a.backend_type = 'client backend' OR a.backend_type IS NULL
),
counted AS (
    SELECT
        pg_catalog.count(*) AS connections,
        pg_catalog.count(*) FILTER (WHERE s.state = 'active' AND s.pid <> pg_catalog.pg_backend_pid()) AS active,
        pg_catalog.count(*) FILTER (WHERE s.state = 'idle') AS idle,
        pg_catalog.count(*) FILTER (WHERE s.state LIKE 'idle in transaction%') AS idle_in_transaction,
        pg_catalog.count(*) FILTER (WHERE s.state IS NULL) AS hidden,
        pg_catalog.max(s.transaction_s) FILTER (WHERE s.pid <> pg_catalog.pg_backend_pid()) AS transaction_s,
        pg_catalog.count(*) FILTER (WHERE s.state = 'active' AND s.statement_s >= $2::float8 AND s.pid <> pg_catalog.pg_backend_pid()) AS slow
    FROM session s
),
work AS (
    SELECT
        pg_catalog.sum(d.xact_commit) AS commits, pg_catalog.sum(d.xact_rollback) AS rollbacks,
        pg_catalog.sum(d.blks_hit) AS hit, pg_catalog.sum(d.blks_read) AS read, pg_catalog.sum(d.temp_bytes) AS temp_bytes,
        pg_catalog.sum(d.deadlocks) AS deadlocks, pg_catalog.max(d.stats_reset) AS reset
    FROM pg_catalog.pg_stat_database d
),
position AS (
    SELECT
        CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END AS lsn
),
standby AS (
    SELECT
        pg_catalog.count(*) AS standbys, pg_catalog.max(pg_catalog.pg_wal_lsn_diff(position.lsn, r.replay_lsn)) AS bytes,
        pg_catalog.max(pg_catalog.date_part('epoch', r.replay_lag)) AS seconds
    FROM pg_catalog.pg_stat_replication r CROSS JOIN position
)
SELECT
    pg_catalog.clock_timestamp()::timestamptz AS taken_at,
    pg_catalog.current_database()::text AS database,
    pg_catalog.pg_is_in_recovery()::bool AS is_standby,
    pg_catalog.current_setting('max_connections')::int8 AS max_connections,
    c.connections::int8 AS connections,
    c.active::int8 AS active_connections,
    c.idle::int8 AS idle_connections,
    c.idle_in_transaction::int8 AS idle_in_transaction,
    c.hidden::int8 AS hidden_sessions,
    c.transaction_s::float8 AS longest_transaction_s,
    c.slow::int8 AS slow_statements,
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_locks l WHERE NOT l.granted)::int8 AS waiting_locks,
    w.commits::int8 AS commits,
    w.rollbacks::int8 AS rollbacks,
    w.hit::int8 AS blocks_hit,
    w.read::int8 AS blocks_read,
    w.temp_bytes::int8 AS temporary_bytes,
    w.deadlocks::int8 AS deadlocks,
    w.reset::text AS counted_since,
    pg_catalog.pg_wal_lsn_diff(position.lsn, '0/0'::pg_lsn)::int8 AS wal_bytes,
    (SELECT b.checkpoints_timed FROM pg_catalog.pg_stat_bgwriter b)::int8 AS checkpoints_timed,
    (SELECT b.checkpoints_req FROM pg_catalog.pg_stat_bgwriter b)::int8 AS checkpoints_requested,
    (SELECT pg_catalog.sum(i.reads) FROM pg_catalog.pg_stat_io i)::int8 AS io_reads,
    (SELECT pg_catalog.sum(i.writes) FROM pg_catalog.pg_stat_io i)::int8 AS io_writes,
    standby.standbys::int8 AS standbys,
    CASE WHEN pg_catalog.pg_is_in_recovery() THEN
        pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn()) ELSE standby.bytes
    END::int8 AS replication_lag_bytes,
    CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN standby.seconds
        WHEN pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() THEN 0
        ELSE pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())
    END::float8 AS replication_lag_s,
    (CASE WHEN $3::bool AND pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CONNECT') THEN pg_catalog.pg_database_size(pg_catalog.current_database()) END)::int8 AS size_bytes,
    ARRAY(
        SELECT s.wait_event_type || ': ' || s.wait_event || ' ' || pg_catalog.count(*)
        FROM session s
        WHERE s.state = 'active' AND s.wait_event IS NOT NULL
        GROUP BY s.wait_event_type, s.wait_event
        ORDER BY pg_catalog.count(*) DESC, s.wait_event_type, s.wait_event
        LIMIT 5
    )::text[] AS waits,
    ARRAY(
        SELECT 'pid ' || s.pid || ', ' || pg_catalog.round(s.statement_s::numeric, 1) || ' s'
            || CASE WHEN $1::bool THEN ': ' || pg_catalog.left(s.query, 200) ELSE '' END
        FROM session s
        WHERE s.state = 'active' AND s.statement_s >= $2::float8 AND s.pid <> pg_catalog.pg_backend_pid()
        ORDER BY s.statement_s DESC, s.pid
        LIMIT 5
    )::text[] AS slowest
FROM counted c CROSS JOIN work w CROSS JOIN position CROSS JOIN standby
