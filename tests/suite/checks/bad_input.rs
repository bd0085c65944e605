//! Checks where little can be seen, where they are stopped, and behind a pooler: what was not examined is unknown, with what would
//! help, and never healthy.

use std::collections::BTreeSet;
use std::time::Duration;

use pg_core::Access;
use pg_tests::{Database, pgbouncer};
use serde_json::{Value, json};

use super::fault::Ground;
use crate::support::service::{adjusted, ask, service, told};

/// What a role without any privilege cannot see, where there is something to see.
const HIDDEN: [&str; 21] = [
    "archive_backlog",
    "autovacuum_saturated",
    "blocking_chain",
    "config_file_errors",
    "config_timeouts",
    "hba_trust",
    "idle_connections",
    "idle_in_transaction",
    "index_bloat",
    "int_pk_overflow",
    "jit_overhead",
    "long_query",
    "long_transaction",
    "repeated_queries",
    "sequence_exhaustion",
    "slow_queries",
    "table_bloat",
    "vacuum_blocked",
    "wait_events",
    "wal_volume",
    "xmin_horizon",
];

fn names(list: &Value) -> BTreeSet<&str> {
    list.as_array().unwrap().iter().map(|item| item["check"].as_str().or(item.as_str()).unwrap()).collect()
}

#[tokio::test]
async fn a_role_that_may_only_connect_gets_unknown_with_what_would_help() {
    let database = Database::empty().await;
    database
        .admin()
        .await
        .batch_execute(
            "CREATE EXTENSION pg_stat_statements;
             CREATE TABLE hidden (id serial PRIMARY KEY, filler text);
             INSERT INTO hidden (filler) SELECT repeat('x', 10) FROM generate_series(1, 500000);
             ANALYZE hidden",
        )
        .await
        .unwrap();
    let reader = service(&database.reader_url(), Access::Read);
    let answer = told(&reader, "check_database", json!({"max_tokens": 1_000_000})).await;
    let unknown = names(&answer["not_run"]);
    let missing: Vec<&str> = HIDDEN.into_iter().filter(|check| !unknown.contains(check)).collect();
    assert!(missing.is_empty(), "{missing:?} are not unknown: {}", answer["not_run"]);
    assert_eq!(unknown.intersection(&names(&answer["passed"])).count(), 0);
    for not_run in answer["not_run"].as_array().unwrap() {
        let reason = not_run["reason"].as_str().unwrap();
        let help = ["GRANT ", "must be granted", "superuser", "since PostgreSQL 14"];
        assert!(help.iter().any(|help| reason.contains(help)), "what would help is not said: {not_run}");
    }
    let counts = answer["summary"].as_object().unwrap().values();
    let all: u64 = counts.map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(all, pg_introspect::CHECKS.len() as u64);
    let alone =
        told(&reader, "check_database", json!({"checks": ["long_query", "idle_in_transaction"]})).await;
    assert_eq!(alone["summary"]["unknown"], 2, "{alone}");
    assert!(alone.get("score").is_none() && alone["status"] == "unknown", "{alone}");
}

#[tokio::test]
async fn a_check_that_is_not_done_in_time_is_unknown_and_the_others_stand() {
    let database = Database::empty().await;
    let holder = database.admin().await;
    holder.batch_execute("BEGIN; LOCK TABLE pg_publication IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let hasty = adjusted(&database.url(), Access::Read, |entry| {
        entry.limits.statement_timeout = Duration::from_secs(5);
    });
    let checks = ["no_primary_key", "constraint_not_valid", "policy_always_true", "superuser_roles"];
    let answer = told(&hasty, "check_database", json!({"checks": checks, "fail_on": "critical"})).await;
    assert_eq!(names(&answer["not_run"]), BTreeSet::from(["no_primary_key"]), "{answer}");
    assert_eq!(answer["summary"]["unknown"], 1, "{answer}");
    assert!(answer["score"].is_number() && answer["failed"] == false, "{answer}");
}

#[tokio::test]
async fn no_time_at_all_is_no_health() {
    let database = Database::empty().await;
    let hasty = adjusted(&database.url(), Access::Read, |entry| {
        entry.limits.statement_timeout = Duration::from_millis(1);
    });
    // Which of the checks are done in a millisecond is chance; that one that was not is called healthy is not.
    if let Ok(answer) = ask(&pg_core::Call::new(&hasty), "check_database", json!({})).await {
        assert_eq!(names(&answer["not_run"]).intersection(&names(&answer["passed"])).count(), 0, "{answer}");
    }
}

#[tokio::test]
async fn every_check_looks_behind_a_pooler() {
    let database = Database::empty().await;
    let Some(bouncer) = pgbouncer(&database, "pool_mode = transaction\ndefault_pool_size = 1") else {
        return;
    };
    let password = database.server().password();
    let url = format!("postgresql://postgres:{password}@127.0.0.1:{}/{}", bouncer.port(), database.name());
    let (pooled, direct) = (service(&url, Access::Read), service(&database.url(), Access::Read));
    let arguments = json!({"max_tokens": 1_000_000});
    let behind = told(&pooled, "check_database", arguments.clone()).await;
    let before = told(&direct, "check_database", arguments).await;
    assert_eq!(names(&behind["not_run"]), names(&before["not_run"]), "{behind}");
    assert_eq!(behind["summary"]["unknown"], before["summary"]["unknown"]);
}

#[tokio::test]
async fn statements_that_are_not_counted_are_unknown_and_say_so() {
    let database = Database::empty().await;
    let reader = service(&database.url(), Access::Read);
    let arguments = json!({"checks": ["queries"]});
    let answer = told(&reader, "check_database", arguments.clone()).await;
    statements_are_unknown(&answer, "statements_not_counted");
    let mut findings = answer["findings"].as_array().unwrap().iter();
    let found = findings.find(|finding| finding["check"] == "statements_not_counted").unwrap();
    assert_eq!(found["mend"][0]["sql"], "CREATE EXTENSION pg_stat_statements");
    // Installed where the connection does not look.
    let admin = database.admin().await;
    let install = "CREATE SCHEMA counters; CREATE EXTENSION pg_stat_statements SCHEMA counters";
    admin.batch_execute(install).await.unwrap();
    let answer = told(&reader, "check_database", arguments).await;
    statements_are_unknown(&answer, "search_path");
}

/// On a server that has the extension and did not load its library.
pub(super) async fn statements_are_not_loaded(ground: &Ground) {
    let answer = told(&ground.service(&[]), "check_database", json!({"checks": ["queries"]})).await;
    statements_are_unknown(&answer, "statements_not_counted");
    assert!(answer["findings"].to_string().contains("pg_stat_statements is not loaded"), "{answer}");
}

fn statements_are_unknown(answer: &Value, reason: &str) {
    let expected =
        ["jit_overhead", "repeated_queries", "slow_queries", "statements_evicted", "statements_reset_recent"];
    assert_eq!(names(&answer["not_run"]), BTreeSet::from(expected), "{answer}");
    for not_run in answer["not_run"].as_array().unwrap() {
        assert!(not_run["reason"].as_str().unwrap().contains(reason), "{not_run}");
    }
}
