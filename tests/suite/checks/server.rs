//! Faults of a whole server, on one of their own: what others do there is no part of them, and what they break is nobody else's.

use super::fault::Mended::{By, ByFinding, ByFindingThen, Closing, Later};
use super::fault::Step::{Hold, In, Many, Release, Repeat, Run, Until};
use super::fault::{Fault, fault};

/// How a server is set whose owner cares for it. What is written later in the file wins.
pub(super) const SENSIBLE: &str = "
max_connections = 30
shared_buffers = '160MB'
fsync = on
synchronous_commit = on
full_page_writes = on
max_wal_size = '1GB'
random_page_cost = 1.1
listen_addresses = '127.0.0.1'
idle_in_transaction_session_timeout = '10min'
log_lock_waits = on
log_checkpoints = on
password_encryption = 'scram-sha-256'
archive_mode = on
archive_command = 'true'
autovacuum_max_workers = 3
autovacuum_naptime = '1min'
autovacuum_vacuum_cost_delay = '2ms'
autovacuum_vacuum_cost_limit = -1
pg_stat_statements.max = 5000
shared_preload_libraries = 'pg_stat_statements'
include_if_exists = 'further.conf'
";

/// How a server is set that nobody cared for.
pub(super) const CARELESS: &str = "
shared_buffers = '1MB'
listen_addresses = 'localhost, 0.0.0.0'
autovacuum_max_workers = 1
autovacuum_naptime = '1s'
autovacuum_vacuum_cost_delay = '100ms'
autovacuum_vacuum_cost_limit = 1
pg_stat_statements.max = 100
";

/// What a server tells of itself that is well set and has just been started, and why that is as it should be.
pub(super) const HONEST: [(&str, &str); 6] = [
    ("recent_start", "it has just been started"),
    ("stats_reset_recent", "it has counted since then only"),
    ("statements_reset_recent", "it has counted statements since then only"),
    ("statements_evicted", "PostgreSQL 13 does not tell it, and the check says so"),
    ("version_eol", "the tests also run on versions whose support has ended"),
    ("version_minor", "the tests also run on installations that nobody brings up to date"),
];

/// As a server without care is made; gone once it is stopped, converted and started again.
pub(super) const WITHOUT_CHECKSUMS: &[Fault] = &[fault("data_checksums_off", "info", "", Later, &[])
    .only_if("SELECT current_setting('data_checksums') = 'off'")];

pub(super) const NOT_INSTALLED: &[Fault] =
    &[fault("statements_not_counted", "info", "", Later, &[]), fault("recent_start", "info", "", Later, &[])];

pub(super) const SETTINGS: &[Fault] = &[
    fault(
        "config_durability",
        "critical",
        "fsync",
        ByFinding,
        &[Run(&["ALTER SYSTEM SET fsync = off", RELOAD])],
    ),
    fault(
        "config_durability",
        "critical",
        "full_page_writes",
        ByFinding,
        &[Run(&["ALTER SYSTEM SET full_page_writes = off", RELOAD])],
    ),
    fault(
        "config_durability",
        "warning",
        "synchronous_commit",
        ByFinding,
        &[Run(&["ALTER SYSTEM SET synchronous_commit = off", RELOAD])],
    ),
    fault(
        "config_logging",
        "info",
        "log_lock_waits",
        ByFinding,
        &[Run(&["ALTER SYSTEM SET log_lock_waits = off", RELOAD])],
    ),
    fault(
        "config_planner",
        "info",
        "random_page_cost",
        ByFinding,
        &[Run(&["ALTER SYSTEM SET random_page_cost = 4", RELOAD])],
    ),
    fault(
        "config_timeouts",
        "info",
        "idle_in_transaction_session_timeout",
        ByFinding,
        &[Run(&["ALTER SYSTEM SET idle_in_transaction_session_timeout = 0", RELOAD])],
    ),
    fault(
        "password_encryption",
        "warning",
        "password_encryption",
        ByFinding,
        &[Run(&["ALTER SYSTEM SET password_encryption = 'md5'", RELOAD])],
    ),
    fault(
        "autovacuum_off",
        "critical",
        "",
        ByFinding,
        &[Run(&["ALTER SYSTEM SET autovacuum = off", RELOAD])],
    ),
    fault(
        "pending_restart",
        "warning",
        "max_connections",
        By(&["ALTER SYSTEM RESET max_connections", RELOAD]),
        &[Run(&["ALTER SYSTEM SET max_connections = 31", RELOAD])],
    ),
    fault(
        "config_file_errors",
        "critical",
        "work_mem",
        By(&[
            "DO $$BEGIN EXECUTE format('COPY (SELECT 1 WHERE false) TO %L', current_setting('data_directory') || '/further.conf'); END$$",
        ]),
        &[Run(&[
            "DO $$BEGIN EXECUTE format('COPY (SELECT ''work_mem = nonsense'') TO %L', current_setting('data_directory') || '/further.conf'); END$$",
        ])],
    ),
    // Written, and not yet in force: nobody reloads.
    fault(
        "hba_trust",
        "critical",
        "line *",
        By(&[
            "DO $$BEGIN EXECUTE format('COPY (SELECT rule FROM rules) TO %L', current_setting('hba_file')); END$$",
        ]),
        &[Run(&[
            "CREATE TABLE rules AS SELECT rule FROM regexp_split_to_table(pg_read_file(current_setting('hba_file')), '\\n') rule",
            "DO $$BEGIN EXECUTE format('COPY (SELECT rule FROM rules UNION ALL SELECT ''host all all 0.0.0.0/0 trust'') TO %L', \
             current_setting('hba_file')); END$$",
        ])],
    ),
    fault(
        "superuser_roles",
        "warning",
        "too_strong",
        ByFinding,
        &[Run(&["CREATE ROLE too_strong LOGIN SUPERUSER"])],
    ),
    fault(
        "bypassrls_roles",
        "info",
        "sees_all",
        ByFinding,
        &[Run(&["CREATE ROLE sees_all LOGIN BYPASSRLS"])],
    ),
    fault(
        "slot_inactive",
        "info",
        "forgotten",
        ByFinding,
        &[Run(&["SELECT pg_create_physical_replication_slot('forgotten', true)"])],
    ),
    fault(
        "logical_subscription",
        "warning",
        "followed",
        ByFindingThen(&["DROP SUBSCRIPTION followed"]),
        &[Run(&[
            "CREATE TABLE followed (id int PRIMARY KEY)",
            "CREATE PUBLICATION followed FOR TABLE followed",
            "SELECT pg_create_logical_replication_slot('followed', 'pgoutput')",
            "CREATE SUBSCRIPTION followed CONNECTION '{url}' PUBLICATION followed WITH (create_slot = false, enabled = false, copy_data = false)",
        ])],
    ),
    fault(
        "locks_count",
        "warning",
        "",
        Closing,
        &[Hold("SELECT count(pg_advisory_lock(n)) FROM generate_series(1, 1800) n")],
    ),
    fault(
        "wait_events",
        "info",
        "Lock",
        Closing,
        &[
            Run(&["CREATE TABLE queued (id int)"]),
            Hold("BEGIN; LOCK TABLE queued"),
            Many(6, "SET lock_timeout = 0"),
            In(1, "SELECT FROM queued"),
            In(2, "SELECT FROM queued"),
            In(3, "SELECT FROM queued"),
            In(4, "SELECT FROM queued"),
            In(5, "SELECT FROM queued"),
            In(6, "SELECT FROM queued"),
        ],
    ),
    fault(
        "checkpoints_forced",
        "warning",
        "",
        ByFindingThen(&[FORGET_CHECKPOINTS]),
        &[Repeat(52, "CHECKPOINT;")],
    ),
    fault(
        "last_checkpoint_age",
        "warning",
        "",
        ByFinding,
        &[Run(&["SELECT pg_logical_emit_message(false, 'filler', repeat('x', 20000000)) IS NOT NULL"])],
    )
    .from(0.000_001),
];

/// What takes the whole server, or all of its connections.
pub(super) const ALONE: &[&[Fault]] = &[
    &[
        fault("connection_usage", "warning", "", Closing, &[Many(21, "SELECT 1")]),
        fault("idle_connections", "warning", "", Closing, &[]).from(20.0),
    ],
    &[
        fault(
            "archiver_failing",
            "critical",
            "*",
            By(&["ALTER SYSTEM RESET archive_command", RELOAD, WRITE, "SELECT pg_switch_wal()"]),
            &[
                Run(&[
                    "ALTER SYSTEM SET archive_command = 'false'",
                    "ALTER SYSTEM SET min_wal_size = '32MB'",
                    "ALTER SYSTEM SET max_wal_size = '48MB'",
                    RELOAD,
                ]),
                Until("SELECT current_setting('archive_command') = 'false'"),
                Repeat(12, "SELECT pg_logical_emit_message(true, 'filler', 'x'); SELECT pg_switch_wal();"),
                Until("SELECT failed_count > 0 FROM pg_stat_archiver"),
            ],
        ),
        fault("archive_backlog", "info", "", By(&["ALTER SYSTEM RESET archive_command"]), &[]),
        fault(
            "wal_volume",
            "warning",
            "",
            By(&["ALTER SYSTEM RESET max_wal_size", "ALTER SYSTEM RESET min_wal_size", RELOAD]),
            &[],
        ),
    ],
    &[fault(
        "sync_rep_risk",
        "critical",
        "",
        ByFinding,
        &[Run(&["ALTER SYSTEM SET synchronous_standby_names = 'nobody'", RELOAD])],
    )],
    &[
        fault("xid_wraparound_db", "warning", "{database}", ByFinding, &[Run(&[MANY_TRANSACTIONS])])
            .from(0.003),
        fault(
            "mxid_wraparound",
            "warning",
            "{database}",
            ByFinding,
            &[
                Run(&["CREATE TABLE shared_row (id int PRIMARY KEY)", "INSERT INTO shared_row VALUES (1)"]),
                Hold("BEGIN; SELECT FROM shared_row FOR KEY SHARE"),
                Run(&[
                    "DO 'BEGIN FOR i IN 1..50 LOOP PERFORM FROM shared_row FOR SHARE; COMMIT; END LOOP; END'",
                ]),
                Release,
            ],
        )
        .from(0.000_02),
    ],
    &[fault(
        "xid_wraparound_table",
        "warning",
        "public.aging",
        ByFinding,
        &[Run(&[
            "CREATE TABLE aging (id int PRIMARY KEY)",
            "INSERT INTO aging VALUES (1)",
            MANY_TRANSACTIONS,
        ])],
    )
    .from(0.001_5)],
];

/// On the server that nobody cared for.
pub(super) const CARELESSNESS: &[Fault] = &[
    fault("config_memory", "info", "shared_buffers", Later, &[]),
    fault("ssl_off", "warning", "", Later, &[]),
    fault(
        "statements_evicted",
        "info",
        "",
        By(&["SELECT pg_stat_statements_reset()"]),
        &[Run(&["DO $$BEGIN SET pg_stat_statements.track = 'all'; FOR i IN 1..300 LOOP EXECUTE 'SELECT 1' || repeat(', 1', i); END LOOP; END$$"])],
    )
    .only_if("SELECT current_setting('server_version_num')::int >= 140000"),
    // The table is larger than the cache by far: who reads it finds nothing there, and who writes it makes room himself.
    fault(
        "bgwriter_pressure",
        "warning",
        "",
        ByFindingThen(&[FORGET_WRITES]),
        &[Run(&[
            "CREATE TABLE larger (id int, filler text) WITH (fillfactor = 10, autovacuum_enabled = off)",
            "INSERT INTO larger SELECT n, repeat('x', 800) FROM generate_series(1, 11000) n",
            "UPDATE larger SET filler = repeat('y', 800)",
        ])],
    )
    .from(20.0),
    fault(
        "cache_hit_table",
        "warning",
        "",
        By(&["SELECT pg_stat_reset()"]),
        &[Run(&["DO 'BEGIN FOR i IN 1..10 LOOP PERFORM count(*) FROM larger; END LOOP; END'"])],
    ),
    fault(
        "cache_hit_index",
        "warning",
        "",
        By(&["SELECT pg_stat_reset()"]),
        &[Run(&[
            "CREATE TABLE looked_up (id int PRIMARY KEY)",
            "INSERT INTO looked_up SELECT generate_series(1, 300000)",
            "VACUUM looked_up",
            "SET enable_seqscan = off",
            "DO 'BEGIN FOR i IN 1..60000 LOOP PERFORM id FROM looked_up WHERE id = (i * 7919) % 300000; END LOOP; END'",
        ])],
    )
    .from(97.0),
    // The damage was done while the server was stopped.
    fault(
        "checksum_failures",
        "critical",
        "{database}",
        By(&["DROP TABLE damaged", "SELECT pg_stat_reset()"]),
        &[Run(&["DO 'BEGIN PERFORM FROM damaged; EXCEPTION WHEN data_corrupted THEN NULL; END'"])],
    )
    .only_if("SELECT current_setting('data_checksums') = 'on'"),
    fault(
        "autovacuum_saturated",
        "info",
        "",
        Later,
        &[Run(&["CREATE TABLE worked_on (id int, filler text) WITH (fillfactor = 10)", "INSERT INTO worked_on SELECT n, repeat('x', 800) FROM generate_series(1, 2000) n", "DELETE FROM worked_on"])],
    ),
];

const RELOAD: &str = "SELECT pg_reload_conf()";
const WRITE: &str = "SELECT pg_logical_emit_message(true, 'filler', 'x')";
const MANY_TRANSACTIONS: &str =
    "DO 'BEGIN FOR i IN 1..5000 LOOP PERFORM txid_current(); COMMIT; END LOOP; END'";
const FORGET_CHECKPOINTS: &str = "DO $$BEGIN PERFORM pg_stat_reset_shared(CASE WHEN current_setting('server_version_num')::int >= 170000 \
    THEN 'checkpointer' ELSE 'bgwriter' END); END$$";
const FORGET_WRITES: &str = "DO $$BEGIN PERFORM pg_stat_reset_shared(CASE WHEN current_setting('server_version_num')::int >= 170000 \
    THEN 'io' ELSE 'bgwriter' END); END$$";
