//! Faults of sessions and of what a database counts.

use super::fault::Mended::{By, ByFinding, Later};
use super::fault::Step::{Hold, In, Release, Repeat, Run, Start, Until};
use super::fault::{Fault, fault};

pub(super) const SESSIONS: &[Fault] = &[
    // The first, so that no other session is older than the one that it blames.
    fault(
        "vacuum_blocked",
        "warning",
        "public.looked_at",
        ByFinding,
        &[
            Run(&[
                "CREATE TABLE looked_at (id int PRIMARY KEY) WITH (autovacuum_enabled = off)",
                "INSERT INTO looked_at SELECT generate_series(1, 20000)",
            ]),
            Hold("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1"),
            Run(&["DELETE FROM looked_at WHERE id % 4 > 0", "VACUUM looked_at"]),
        ],
    ),
    fault(
        "idle_in_transaction",
        "warning",
        "'postgres' (pid {pid})",
        ByFinding,
        &[Hold("BEGIN; CREATE TABLE mine (id int)")],
    )
    .from(0.0),
    fault(
        "long_transaction",
        "warning",
        "'postgres' (pid {pid})",
        ByFinding,
        &[Hold("BEGIN"), In(0, "SELECT pg_sleep(1000)"), Until(SLEEPING)],
    )
    .from(0.0),
    fault(
        "long_query",
        "warning",
        "'postgres' (pid {pid})",
        ByFinding,
        &[Start("SELECT pg_sleep(1001)"), Until(SLEEPING)],
    )
    .from(0.0),
    // The root is found behind one that waits itself.
    fault(
        "blocking_chain",
        "warning",
        "pid {pid}",
        ByFinding,
        &[
            Run(&["CREATE TABLE wanted (id int)"]),
            Hold("BEGIN; LOCK TABLE wanted"),
            Start("BEGIN; SELECT FROM wanted"),
            Until("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'wanted'::regclass)"),
        ],
    )
    .from(0.0),
    fault(
        "xmin_horizon",
        "warning",
        "session 'postgres' (pid {pid})",
        ByFinding,
        &[
            Hold("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1"),
            Run(&["DO 'BEGIN FOR i IN 1..60 LOOP PERFORM txid_current(); COMMIT; END LOOP; END'"]),
        ],
    )
    .from(50.0),
    fault(
        "xmin_horizon",
        "warning",
        "prepared transaction old {database}",
        ByFinding,
        &[
            Run(&["BEGIN; CREATE TABLE held (id int); PREPARE TRANSACTION 'old {database}'"]),
            Run(&["DO 'BEGIN FOR i IN 1..60 LOOP PERFORM txid_current(); COMMIT; END LOOP; END'"]),
        ],
    )
    .from(50.0),
    fault(
        "prepared_xacts",
        "warning",
        "prepared {database}",
        ByFinding,
        &[Run(&["BEGIN; CREATE TABLE prepared (id int); PREPARE TRANSACTION 'prepared {database}'"])],
    )
    .from(0.0),
    fault(
        "vacuum_blocked",
        "warning",
        "public.locked",
        ByFinding,
        &[
            Run(&["CREATE TABLE locked (id int)"]),
            Hold("BEGIN; LOCK TABLE locked"),
            Start("VACUUM locked"),
            Until("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'locked'::regclass)"),
        ],
    ),
    fault(
        "deadlocks",
        "warning",
        "{database}",
        By(&["SELECT pg_stat_reset()"]),
        &[
            Run(&["CREATE TABLE crossed (id int PRIMARY KEY)", "INSERT INTO crossed VALUES (1), (2)"]),
            Hold("SET deadlock_timeout = '50ms'; BEGIN; DELETE FROM crossed WHERE id = 1"),
            Hold("SET deadlock_timeout = '50ms'; BEGIN; DELETE FROM crossed WHERE id = 2"),
            In(0, "DELETE FROM crossed WHERE id = 2"),
            In(1, "DELETE FROM crossed WHERE id = 1"),
            Until(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
                 AND state = 'idle in transaction (aborted)' AND query LIKE 'DELETE FROM crossed%')",
            ),
            Release,
        ],
    ),
    fault(
        "rollback_ratio",
        "critical",
        "{database}",
        By(&["SELECT pg_stat_reset()"]),
        &[Run(&["DO 'BEGIN FOR i IN 1..11000 LOOP PERFORM 1; ROLLBACK; END LOOP; END'"])],
    ),
    fault(
        "temp_files",
        "warning",
        "{database}",
        By(&["SELECT pg_stat_reset()"]),
        &[Run(&[
            "SET work_mem = '64kB'",
            "SELECT count(*) FROM (SELECT FROM generate_series(1, 200000) n ORDER BY random()) sorted",
        ])],
    )
    .from(1.0),
    fault("stats_reset_recent", "info", "{database}", Later, &[]),
];

const SLEEPING: &str = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep')";

/// What the extension counts, in a database that has it. Nested statements are counted too, so that a loop makes many.
pub(super) const STATEMENTS: &[Fault] = &[
    fault("statements_reset_recent", "info", "", Later, &[]).only_if(SINCE_14),
    fault("slow_queries", "warning", "query *", By(&["SELECT pg_stat_statements_reset()"]), &[Repeat(100, "SELECT pg_sleep(0.003);")]).from(2.0),
    fault(
        "repeated_queries",
        "info",
        "query *",
        By(&["SELECT pg_stat_statements_reset()"]),
        &[Run(&[
            "CREATE TABLE one_by_one (id int PRIMARY KEY)",
            "SET pg_stat_statements.track = 'all'",
            "DO 'BEGIN FOR i IN 1..11000 LOOP PERFORM id FROM one_by_one WHERE id = i; END LOOP; END'",
        ])],
    ),
    fault(
        "jit_overhead",
        "warning",
        "query *",
        By(&["SELECT pg_stat_statements_reset()"]),
        &[Run(&[
            "SET jit = on",
            "SET jit_above_cost = 0",
            "SET jit_inline_above_cost = 0",
            "SET jit_optimize_above_cost = 0",
            "SET pg_stat_statements.track = 'all'",
            "DO 'BEGIN FOR i IN 1..40 LOOP EXECUTE ''SELECT sum(relpages), max(relname), avg(reltuples), count(*) FROM pg_class WHERE relpages > 1 AND relname > $$a$$''; END LOOP; END'",
        ])],
    )
    .only_if("SELECT pg_jit_available() AND current_setting('server_version_num')::int >= 150000"),
];

const SINCE_14: &str = "SELECT current_setting('server_version_num')::int >= 140000";
