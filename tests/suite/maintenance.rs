//! Maintenance on a real server: what the plan finds is there, what a run does is done, and whatever ends it early leaves nothing
//! half done.
#![expect(
    clippy::disallowed_methods,
    reason = "tests make what is to be mended, and look, on the bare driver"
)]

use std::{pin::pin, time::Duration};

use pg_core::{Access, Call, Service};
use pg_tests::Database;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support::{
    command,
    service::{adjusted, ask, failed, service, told},
};

const LOGS: &str = "CREATE TABLE audit_logs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, created_at timestamptz NOT NULL, what text);
    INSERT INTO audit_logs (created_at, what) SELECT now() - interval '120 days', 'old ' || n FROM generate_series(1, 5000) n;
    INSERT INTO audit_logs (created_at, what) SELECT now() - interval '1 day', 'new ' || n FROM generate_series(1, 3000) n;";

/// What the statistics know is what the test made.
const FLUSH: &str = "SELECT pg_stat_force_next_flush()";

/// Plans, and runs the plan with its code.
async fn run(service: &Service, mut arguments: Value) -> Value {
    let plan = told(service, "run_maintenance", arguments.clone()).await;
    assert_eq!(plan["state"], "planned", "{plan}");
    arguments["confirm"] = plan["code"].clone();
    told(service, "run_maintenance", arguments).await
}

async fn count(client: &Client, query: &str) -> i64 {
    client.query_one(query, &[]).await.unwrap_or_else(|error| panic!("{query}: {error:?}")).get(0)
}

/// Waits until a query counts something, a minute at most: a commit may wait so long for a disk that others use.
async fn until(client: &Client, query: &str) {
    for _ in 0..6_000 {
        if count(client, query).await > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to be: {query}");
}

fn steps(answer: &Value) -> Vec<(&str, &str, &str)> {
    let text = |step: &'_ Value, name: &str| step[name].as_str().map(str::len).map(|_| ()).is_some();
    answer["steps"]
        .as_array()
        .unwrap()
        .iter()
        .inspect(|step| {
            assert!(text(step, "reason") && text(step, "lock") && step["estimated_s"].is_number(), "{step}");
        })
        .map(|step| {
            (
                step["action"].as_str().unwrap(),
                step["object"].as_str().unwrap(),
                step["state"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_clean_database_has_nothing_to_do_and_a_plan_changes_nothing() {
    let database = Database::empty().await;
    let owner = service(&database.url(), Access::Admin);
    let answer = told(&owner, "run_maintenance", json!({})).await;
    assert_eq!((&answer["state"], &answer["steps"]), (&json!("nothing_to_do"), &json!([])), "{answer}");
    let admin = database.admin().await;
    admin.batch_execute(LOGS).await.unwrap();
    let rules = json!({"retention": ["audit_logs.created_at older than 90 days"]});
    let plan = told(&owner, "run_maintenance", rules).await;
    assert!(steps(&plan).contains(&("delete_old_rows", "public.audit_logs", "planned")), "{plan}");
    assert_eq!(plan["steps"][0]["rows"], 5000);
    assert!(plan["code"].is_string());
    assert_eq!(count(&admin, "SELECT count(*) FROM audit_logs").await, 8000);
}

#[tokio::test]
async fn dead_tuples_are_removed_and_the_gain_is_told() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(&format!(
            "CREATE TABLE dirty (id int PRIMARY KEY, pad text) WITH (autovacuum_enabled = off);
             INSERT INTO dirty SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n;
             DELETE FROM dirty WHERE id > 5000; {FLUSH}"
        ))
        .await
        .unwrap();
    until(&admin, "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'dirty'").await;
    let owner = service(&database.url(), Access::Admin);
    let answer = run(&owner, json!({"tasks": ["vacuum"]})).await;
    assert_eq!(answer["state"], "done", "{answer}");
    assert_eq!(steps(&answer), [("vacuum", "public.dirty", "done")]);
    assert_eq!(answer["steps"][0]["sql"], "VACUUM (ANALYZE) public.dirty");
    assert_eq!(answer["gained"]["dead_rows"], 15_000, "{answer}");
    assert!(answer["gained"]["bytes"].as_i64().unwrap() > 1_000_000, "{answer}");
    assert_eq!(count(&admin, "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'dirty'").await, 0);
    let again = told(&owner, "run_maintenance", json!({"tasks": ["vacuum"]})).await;
    assert_eq!(again["state"], "nothing_to_do", "{again}");
}

#[tokio::test]
async fn an_invalid_index_of_a_cancelled_build_is_rebuilt_and_a_leftover_dropped() {
    let database = Database::empty().await;
    let (admin, blocker, builder) = (database.admin().await, database.admin().await, database.admin().await);
    admin.batch_execute("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT n, n FROM generate_series(1, 100) n; CREATE INDEX t_n ON t (n)").await.unwrap();
    for statement in ["CREATE INDEX CONCURRENTLY t_broken ON t (n)", "REINDEX INDEX CONCURRENTLY t_n"] {
        // Whoever writes keeps the build waiting, and then it is cancelled.
        blocker.batch_execute("BEGIN; UPDATE t SET n = n WHERE id = 1").await.unwrap();
        let cancel = builder.cancel_token();
        let waited_for = async {
            until(&admin, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%CONCURRENTLY%' AND wait_event_type = 'Lock'").await;
            until(&admin, "SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid = 't'::regclass")
                .await;
        };
        let mut build = pin!(builder.batch_execute(statement));
        tokio::select! {
            ended = &mut build => panic!("{statement} did not wait: {ended:?}"),
            () = waited_for => cancel.cancel_query(tokio_postgres::NoTls).await.unwrap(),
        }
        let built = build.await;
        assert!(built.is_err(), "{statement} went through");
        blocker.batch_execute("ROLLBACK").await.unwrap();
    }
    let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid = 't'::regclass";
    assert_eq!(count(&admin, invalid).await, 2);
    let owner = service(&database.url(), Access::Admin);
    let answer = run(&owner, json!({"tasks": ["reindex"]})).await;
    assert_eq!(
        steps(&answer),
        [("drop_leftover", "public.t_n_ccnew", "done"), ("reindex", "public.t_broken", "done")],
        "{answer}"
    );
    assert_eq!(count(&admin, invalid).await, 0);
    assert_eq!(count(&admin, "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass").await, 3);
}

#[tokio::test]
async fn a_rebuild_whose_window_ends_leaves_no_invalid_index_behind() {
    let database = Database::empty().await;
    let (admin, blocker) = (database.admin().await, database.admin().await);
    admin.batch_execute("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT n, n FROM generate_series(1, 100) n; CREATE INDEX t_n ON t (n);
        UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_n'::regclass").await.unwrap();
    let owner = adjusted(&database.url(), Access::Admin, |entry| {
        entry.maintenance.lock_timeout = Duration::from_secs(60);
    });
    let plan = told(&owner, "run_maintenance", json!({"tasks": ["reindex"], "window_s": 1})).await;
    blocker.batch_execute("BEGIN; UPDATE t SET n = n WHERE id = 1").await.unwrap();
    let call = Call::new(&owner);
    let confirmed = json!({"tasks": ["reindex"], "window_s": 1, "confirm": plan["code"]});
    let (answer, ()) = tokio::join!(ask(&call, "run_maintenance", confirmed), async {
        // The writer keeps the rebuild waiting until the window has closed; then its leftover can be dropped.
        until(&admin, "SELECT count(*) FROM pg_class WHERE relname = 't_n_ccnew'").await;
        until(&admin, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'DROP INDEX CONCURRENTLY%' AND state = 'active'").await;
        blocker.batch_execute("ROLLBACK").await.unwrap();
    });
    let answer = answer.unwrap();
    assert_eq!(answer["state"], "stopped", "{answer}");
    assert!(answer["stopped"].as_str().unwrap().contains("window"), "{answer}");
    assert_eq!(steps(&answer), [("reindex", "public.t_n", "left")]);
    assert_eq!(count(&admin, "SELECT count(*) FROM pg_class WHERE relname LIKE 't\\_n\\_cc%'").await, 0);
}

#[tokio::test]
async fn retention_deletes_exactly_the_old_rows_in_batches_while_others_write() {
    let database = Database::empty().await;
    let (admin, writer) = (database.admin().await, database.admin().await);
    admin.batch_execute(LOGS).await.unwrap();
    // Another session holds one old row and makes it young, and writes new ones.
    writer
        .batch_execute("BEGIN; UPDATE audit_logs SET created_at = now() WHERE id = 7; INSERT INTO audit_logs (created_at, what) VALUES (now(), 'beside')")
        .await
        .unwrap();
    let owner = adjusted(&database.url(), Access::Admin, |entry| entry.maintenance.batch_rows = 700);
    let rules = json!({"tasks": ["retention"], "retention": ["audit_logs.created_at older than 90 days"]});
    let answer = run(&owner, rules.clone()).await;
    assert_eq!(answer["state"], "done", "{answer}");
    assert_eq!(answer["gained"]["deleted_rows"], 4999, "{answer}");
    writer.batch_execute("COMMIT").await.unwrap();
    assert_eq!(count(&admin, "SELECT count(*) FROM audit_logs WHERE what LIKE 'old%'").await, 1);
    assert_eq!(
        count(&admin, "SELECT count(*) FROM audit_logs WHERE what LIKE 'new%' OR what = 'beside'").await,
        3001
    );
    let again = told(&owner, "run_maintenance", rules).await;
    assert_eq!(again["state"], "nothing_to_do", "{again}");
}

#[tokio::test]
async fn retention_without_a_key_or_a_time_is_told_and_not_done() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE keyless (at timestamptz); CREATE TABLE timeless (id int PRIMARY KEY, at text)",
        )
        .await
        .unwrap();
    let owner = service(&database.url(), Access::Admin);
    let rules = [
        "keyless.at older than 1 days",
        "timeless.at older than 1 days",
        "nothing.at older than 1 days",
        "timeless.when older than 1 days",
    ];
    let answer = told(&owner, "run_maintenance", json!({"tasks": ["retention"], "retention": rules})).await;
    assert_eq!(answer["state"], "nothing_to_do", "{answer}");
    let notes = answer["notes"].to_string();
    for why in ["no primary key", "tells no time", "no table or view", "has no column"] {
        assert!(notes.contains(why), "{why}: {notes}");
    }
    let report = failed(&owner, "run_maintenance", json!({"retention": ["audit_logs"]})).await.to_string();
    assert!(report.contains("older than 90 days"), "{report}");
}

#[tokio::test]
async fn partitions_are_made_ahead_and_old_ones_dropped_or_detached() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    for name in ["events", "visits"] {
        admin
            .batch_execute(&format!(
                "CREATE TABLE {name} (at timestamptz NOT NULL, n int) PARTITION BY RANGE (at);
                 CREATE TABLE {name}_old PARTITION OF {name} FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
                 INSERT INTO {name} SELECT '2020-01-05', n FROM generate_series(1, 1000) n"
            ))
            .await
            .unwrap();
    }
    let owner = service(&database.url(), Access::Admin);
    let rules = json!({"tasks": ["partitions"], "partitions": ["events by month, 2 ahead, drop after 12", "visits by day, 0 ahead, detach after 30"]});
    let answer = run(&owner, rules.clone()).await;
    assert_eq!(answer["state"], "done", "{answer}");
    let actions: Vec<&str> = steps(&answer).into_iter().map(|(action, _, _)| action).collect();
    assert_eq!(
        actions,
        [
            "create_partition",
            "create_partition",
            "create_partition",
            "create_partition",
            "detach_partition",
            "drop_partition"
        ]
    );
    let children = "SELECT count(*) FROM pg_inherits WHERE inhparent = ";
    assert_eq!(count(&admin, &format!("{children}'events'::regclass")).await, 3);
    assert_eq!(count(&admin, &format!("{children}'visits'::regclass")).await, 1);
    assert_eq!(count(&admin, "SELECT count(*) FROM pg_class WHERE relname = 'events_old'").await, 0);
    assert_eq!(count(&admin, "SELECT count(*) FROM visits_old").await, 1000);
    admin.batch_execute("INSERT INTO events VALUES (now() + interval '1 month', 1)").await.unwrap();
    let again = told(&owner, "run_maintenance", rules).await;
    assert_eq!(again["state"], "nothing_to_do", "{again}");
}

#[tokio::test]
async fn nothing_runs_without_a_yes_and_a_code_is_good_for_its_plan_only() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute(LOGS).await.unwrap();
    let owner = service(&database.url(), Access::Admin);
    let rules = json!({"tasks": ["retention"], "retention": ["audit_logs.created_at older than 90 days"]});
    let mut unasked = rules.clone();
    unasked["run"] = json!(true);
    let report = serde_json::to_value(failed(&owner, "run_maintenance", unasked).await).unwrap();
    assert!(report.to_string().contains("confirm"), "{report}");
    let plan = told(&owner, "run_maintenance", rules).await;
    let wider = json!({"tasks": ["retention"], "retention": ["audit_logs.created_at older than 0 days"], "confirm": plan["code"]});
    let report = failed(&owner, "run_maintenance", wider).await.to_string();
    assert!(report.contains("another change"), "{report}");
    let reader = service(&database.url(), Access::Read);
    let refused = told(
        &reader,
        "run_maintenance",
        json!({"tasks": ["retention"], "retention": ["audit_logs.created_at older than 90 days"]}),
    )
    .await;
    assert_eq!(
        (&refused["steps"][0]["state"], &refused["code"]),
        (&json!("refused"), &Value::Null),
        "{refused}"
    );
    assert_eq!(count(&admin, "SELECT count(*) FROM audit_logs").await, 8000);
}

#[tokio::test]
async fn a_policy_that_wants_confirmation_is_not_satisfied_by_yes_alone() {
    let database = Database::empty().await;
    database.admin().await.batch_execute(LOGS).await.unwrap();
    let file = crate::support::configuration::file(&format!(
        "[connections.logs]\nurl = {:?}\naccess = \"write\"\n[connections.logs.policy]\nconfirm = {{ writes = true }}\n[maintenance]\nretention = [\"audit_logs.created_at older than 90 days\"]\n",
        database.url()
    ));
    let ended: command::Ended = command::command([])
        .args(["maintain", "retention", "--yes", "--format", "json", "--config"])
        .arg(&file)
        .output()
        .expect("pg-cli starts")
        .into();
    assert_eq!(ended.code, Some(7), "{ended:?}");
    let admin = database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM audit_logs").await, 8000);
}

#[tokio::test]
async fn a_run_that_is_killed_is_finished_by_the_next() {
    let database = Database::empty().await;
    let (admin, blocker) = (database.admin().await, database.admin().await);
    admin.batch_execute(LOGS).await.unwrap();
    admin
        .batch_execute("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT n, n FROM generate_series(1, 100) n; CREATE INDEX t_n ON t (n);
            UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_n'::regclass")
        .await
        .unwrap();
    let arguments = [
        "maintain",
        "retention",
        "reindex",
        "--yes",
        "--access",
        "admin",
        "--format",
        "json",
        "--retention",
        "audit_logs.created_at older than 90 days",
    ];
    blocker.batch_execute("BEGIN; UPDATE t SET n = n WHERE id = 1").await.unwrap();
    let mut command = command::command([("DATABASE_URL", database.url())]);
    let mut child = command.args(arguments).spawn().expect("pg-cli starts");
    until(&admin, "SELECT count(*) FROM pg_class WHERE relname = 't_n_ccnew'").await;
    child.kill().expect("a child");
    child.wait().expect("a child");
    // The server notices only when the statement waits no longer; until then somebody has to end it.
    admin.batch_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'REINDEX%'").await.unwrap();
    blocker.batch_execute("ROLLBACK").await.unwrap();
    until(&admin, "SELECT (count(*) = 0)::int::int8 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'REINDEX%'").await;
    let ended = command::on(&database.url(), &arguments);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let answer = ended.json();
    assert_eq!(answer["state"], "done", "{answer}");
    assert_eq!(count(&admin, "SELECT count(*) FROM pg_index WHERE NOT indisvalid").await, 0);
    assert_eq!(count(&admin, "SELECT count(*) FROM pg_class WHERE relname LIKE 't\\_n\\_cc%'").await, 0);
    assert_eq!(count(&admin, "SELECT count(*) FROM audit_logs").await, 3000);
}

#[tokio::test]
async fn a_call_that_is_cancelled_stops_between_batches_and_tells_what_was_done() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute(LOGS).await.unwrap();
    let owner = adjusted(&database.url(), Access::Admin, |entry| entry.maintenance.batch_rows = 50);
    let rules = json!({"tasks": ["retention"], "retention": ["audit_logs.created_at older than 90 days"]});
    let plan = told(&owner, "run_maintenance", rules.clone()).await;
    let mut confirmed = rules.clone();
    confirmed["confirm"] = plan["code"].clone();
    let call = Call::new(&owner);
    let token = call.cancellation().clone();
    let call = call.with_progress(move |progress| {
        if progress.step.is_some_and(|step| step.contains("200 rows deleted")) {
            token.cancel();
        }
    });
    let answer = ask(&call, "run_maintenance", confirmed).await.unwrap();
    assert_eq!(
        (&answer["state"], &answer["gained"]["deleted_rows"]),
        (&json!("stopped"), &json!(200)),
        "{answer}"
    );
    assert_eq!(count(&admin, "SELECT count(*) FROM audit_logs").await, 7800);
    assert_eq!(run(&owner, rules).await["gained"]["deleted_rows"], 4800);
}

#[tokio::test]
async fn behind_pgbouncer_the_plan_says_what_cannot_run_and_deletes_old_rows_all_the_same() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute(&format!("SET ROLE shop_owner; {LOGS}")).await.unwrap();
    let settings = "pool_mode = transaction\ndefault_pool_size = 2";
    let Some(bouncer) = pg_tests::pgbouncer(&database, settings) else { return };
    let url = format!(
        "postgresql://shop_owner:{}@127.0.0.1:{}/{}",
        database.server().password(),
        bouncer.port(),
        database.name()
    );
    let owner = service(&url, Access::Admin);
    let rules = json!({"retention": ["audit_logs.created_at older than 90 days"]});
    let answer = run(&owner, rules).await;
    assert!(answer["steps"].to_string().contains("a pooler is in between"), "{answer}");
    assert_eq!(
        (&answer["state"], &answer["gained"]["deleted_rows"]),
        (&json!("done"), &json!(5000)),
        "{answer}"
    );
    assert_eq!(count(&admin, "SELECT count(*) FROM audit_logs").await, 3000);
}
