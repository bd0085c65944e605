//! Health checks: a real fault for each, found with its severity and object, and gone after its mend; nothing found where
//! nothing is wrong.
#![expect(
    clippy::disallowed_methods,
    reason = "tests seed their faults, and run the mends, on the bare driver"
)]

mod bad_input;
mod contents;
mod definitions;
mod fault;
mod server;
mod sessions;
mod standby;

use std::collections::BTreeSet;

use fault::Ground;
use pg_core::Access;
use pg_tests::{Database, Signal};
use serde_json::{Value, json};

use crate::support::service::{adjusted, failed, service, told};

/// Checks whose fault cannot be made on one machine, and why.
const UNSEEDED: [(&str, &str); 3] = [
    ("clock_skew", "both clocks are of one machine; its judgement has tests of its own"),
    ("version_eol", "a server is of its version or not: 13 and 14 tell it in runs of the suite on them"),
    (
        "version_minor",
        "a server is of its version or not: older installations tell it in runs of the suite on them",
    ),
];

async fn ground(database: &Database) -> Ground {
    Ground { url: database.url(), database: database.name().to_owned() }
}

#[tokio::test]
async fn faults_of_definitions_are_found_and_mended() {
    let database = Database::empty().await;
    ground(&database).await.try_all(definitions::DEFINITIONS).await;
}

#[tokio::test]
async fn faults_of_contents_are_found_and_mended() {
    let database = Database::empty().await;
    ground(&database).await.try_all(contents::CONTENTS).await;
}

#[tokio::test]
async fn faults_of_sessions_are_found_and_mended() {
    let database = Database::empty().await;
    ground(&database).await.try_all(sessions::SESSIONS).await;
}

/// One after the other on one server: as it is made, well set and clean, with faults, damaged and carelessly set, and well again.
#[tokio::test]
async fn faults_of_a_server_are_found_and_mended_and_a_clean_one_has_none() {
    let mut server = pg_tests::private_server();
    let coordinates = server.coordinates();
    let ground = Ground {
        url: coordinates.url("postgres", coordinates.password(), "checked"),
        database: "checked".to_owned(),
    };
    let postgres = Ground {
        url: coordinates.url("postgres", coordinates.password(), "postgres"),
        database: "postgres".to_owned(),
    };
    postgres.session().await.batch_execute("CREATE DATABASE checked TEMPLATE template0").await.unwrap();
    ground.try_all(server::WITHOUT_CHECKSUMS).await;

    server.stop(Signal::Interrupt).unwrap();
    server.configure(server::SENSIBLE).unwrap();
    // Where they are on already, the program says so and fails.
    let _ = server.run_on_data("pg_checksums", &["--enable"]);
    server.resume().unwrap();
    ground.try_all(server::NOT_INSTALLED).await;
    ground.session().await.batch_execute(WELL_MADE).await.unwrap();
    is_clean(&ground).await;

    ground.try_all(sessions::STATEMENTS).await;
    ground.try_all(server::SETTINGS).await;
    for alone in server::ALONE {
        ground.try_all(alone).await;
    }

    let admin = ground.session().await;
    admin.batch_execute("CREATE TABLE damaged AS SELECT 1 AS n; CHECKPOINT").await.unwrap();
    let file: String = admin.query_one("SELECT pg_relation_filepath('damaged')", &[]).await.unwrap().get(0);
    drop(admin);
    server.stop(Signal::Interrupt).unwrap();
    damage(&server.folder().join("data").join(file));
    server.configure(server::CARELESS).unwrap();
    server.resume().unwrap();
    ground.try_all(server::CARELESSNESS).await;

    server.stop(Signal::Interrupt).unwrap();
    server.configure("shared_preload_libraries = ''\n").unwrap();
    server.resume().unwrap();
    bad_input::statements_are_not_loaded(&ground).await;

    server.stop(Signal::Interrupt).unwrap();
    server.configure(server::SENSIBLE).unwrap();
    server.resume().unwrap();
    // What was made to be faulty is itself no faultless work.
    ground.session().await.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
    ground.session().await.batch_execute(WELL_MADE).await.unwrap();
    is_clean(&ground).await;
}

/// What a careful owner does with a new database; before 15 everybody may create objects in it.
const WELL_MADE: &str = "CREATE EXTENSION pg_stat_statements; REVOKE CREATE ON SCHEMA public FROM PUBLIC";

/// Nothing is found that the server does not honestly tell of itself, and nothing was left unexamined.
async fn is_clean(ground: &Ground) {
    let service = ground.service(&[]);
    let arguments = json!({"max_tokens": 1_000_000, "fail_on": "info"});
    fault::ask_until(&service, &arguments, "not clean", |answer| {
        let findings = answer["findings"].as_array().unwrap().iter();
        let honest = |check: &Value| server::HONEST.iter().any(|(known, _)| check == known);
        // The installation may have no program that switches checksums on.
        let found =
            findings.filter(|finding| !honest(&finding["check"]) && finding["check"] != "data_checksums_off");
        found
            .map(|finding| format!("{} {} {}", finding["check"], finding["object"], finding["message"]))
            .collect()
    })
    .await;
}

/// Turns a byte in the rows of a page around.
fn damage(file: &std::path::Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let place = bytes.len() - 4;
    bytes[place] ^= 0xff;
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn every_check_has_a_fault_or_a_reason_why_not() {
    let alone = server::ALONE.iter().flat_map(|faults| faults.iter());
    let tables = [
        definitions::DEFINITIONS,
        contents::CONTENTS,
        sessions::SESSIONS,
        sessions::STATEMENTS,
        server::WITHOUT_CHECKSUMS,
        server::NOT_INSTALLED,
        server::SETTINGS,
        server::CARELESSNESS,
    ];
    let seeded = tables.into_iter().flatten().chain(alone).map(|fault| fault.check);
    let seeded: BTreeSet<&str> = seeded.chain(standby::SEEDED).collect();
    let reasons: BTreeSet<&str> = UNSEEDED.iter().map(|(check, _)| *check).collect();
    let checks: BTreeSet<&str> = pg_introspect::CHECKS.iter().map(|check| check.id).collect();
    let named: BTreeSet<&str> = seeded.union(&reasons).copied().collect();
    assert_eq!(checks, named);
    assert_eq!(seeded.intersection(&reasons).count(), 0);
}

/// What concerns a database and not the server, which other tests share.
const OF_A_DATABASE: [&str; 2] = ["tables", "indexes"];

#[tokio::test]
async fn a_fresh_database_has_nothing_to_mend() {
    let database = Database::empty().await;
    let reader = service(&database.url(), Access::Read);
    let answer =
        told(&reader, "check_database", json!({"checks": OF_A_DATABASE, "min_severity": "unknown"})).await;
    assert_eq!((&answer["findings"], &answer["score"]), (&json!([]), &json!(100)), "{answer}");
    assert_eq!(answer["failed"], false);
}

#[tokio::test]
async fn an_open_transaction_is_found_from_the_configured_number_on() {
    let database = Database::empty().await;
    let forgetful = database.admin().await;
    forgetful.batch_execute("BEGIN; CREATE TABLE mine (id int)").await.unwrap();
    let pid: i32 = forgetful.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    let strict = adjusted(&database.url(), Access::Read, |entry| {
        let mut options = pg_core::CheckOptions::default();
        options.critical = Some(0.0);
        entry.checks.insert("idle_in_transaction".to_owned(), options);
        let mut off = pg_core::CheckOptions::default();
        off.enabled = false;
        entry.checks.insert("long_query".to_owned(), off);
    });
    let answer =
        told(&strict, "check_database", json!({"checks": ["idle_in_transaction", "long_query"]})).await;
    let findings = answer["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["evidence"]["pid"] == pid);
    let found = found.unwrap_or_else(|| panic!("{pid} is not in {answer}"));
    assert_eq!(found["severity"], "critical");
    assert_eq!(found["mend"][0]["sql"], format!("SELECT pg_terminate_backend({pid})"));
    assert!(answer["not_run"].to_string().contains("configuration switches it off"), "{answer}");
}

#[tokio::test]
async fn a_database_that_is_down_is_critical_and_the_others_are_checked() {
    let database = Database::empty().await;
    let (mut configuration, environment) = crate::support::service::configured(&database.url(), Access::Read);
    let gone = configuration.connections["default"].clone();
    let other = crate::support::service::configured(&database.role_url("nobody_here"), Access::Read).0;
    configuration.connections.insert("gone".to_owned(), other.connections["default"].clone());
    configuration.connections.insert("up".to_owned(), gone);
    let all = pg_core::Service::new(configuration, environment).unwrap();
    let answer = told(&all, "check_databases", json!({"checks": ["tables"]})).await;
    assert_eq!((&answer["unreachable"], &answer["status"]), (&json!(1), &json!("critical")), "{answer}");
    assert_eq!(answer["databases"][0]["connection_id"], "gone");
    assert_eq!(answer["databases"][2]["health"]["success"], true, "{answer}");
}

#[tokio::test]
async fn a_wrong_check_is_an_error_that_names_the_nearest() {
    let database = Database::empty().await;
    let reader = service(&database.url(), Access::Read);
    let report = failed(&reader, "check_database", json!({"checks": ["no_primary_keys"]})).await.to_string();
    assert!(report.contains("`no_primary_key`"), "{report}");
}
