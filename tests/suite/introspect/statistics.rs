//! Sections of the server's statistics: each answers on the server at hand and says what it cannot tell.
#![expect(clippy::disallowed_methods, reason = "tests seed what is counted on the bare driver")]

use pg_core::Access;
use pg_tests::Database;
use serde_json::{Value, json};

use super::Zoo;
use crate::support::service::{failed, service, told};
use crate::support::watch::until;

async fn section(database: &Database, arguments: Value) -> Value {
    told(&service(&database.url(), Access::Read), "get_statistics", arguments).await
}

#[tokio::test]
async fn every_section_answers_or_says_why_not() {
    let zoo = Zoo::new().await;
    for name in [
        "tables",
        "indexes",
        "databases",
        "vacuum",
        "progress",
        "replication",
        "wal",
        "io",
        "settings",
        "extensions",
        "roles",
    ] {
        let answer = section(&zoo.database, json!({"section": name, "schema": "zoo"})).await;
        let (count, notes) = (answer["count"].as_u64().unwrap(), answer["notes"].is_array());
        assert!(count > 0 || notes, "{name}: {answer}");
    }
    let answer = section(&zoo.database, json!({"section": "roles"})).await;
    let monitor = super::named(&answer["rows"], "shop_monitor");
    assert_eq!(monitor["member_of"], json!(["pg_monitor"]));
}

#[tokio::test]
async fn a_table_full_of_dead_rows_is_due_for_vacuum_and_a_clean_one_is_not() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE clean (id int) WITH (autovacuum_enabled = off);
             CREATE TABLE dead (id int) WITH (autovacuum_enabled = off);
             INSERT INTO clean SELECT generate_series(1, 1000);
             INSERT INTO dead SELECT generate_series(1, 1000);
             DELETE FROM dead;",
        )
        .await
        .unwrap();
    let told = async |table: &str| {
        let answer = section(&database, json!({"section": "vacuum"})).await;
        let rows = answer["rows"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["table_name"] == table).unwrap()
    };
    until("the dead rows are counted", async || told("dead").await["dead_rows"] == 1000).await;
    let dead = told("dead").await;
    assert_eq!((&dead["is_vacuum_due"], &dead["is_autovacuum_on"]), (&json!(true), &json!(false)));
    assert_eq!(told("clean").await["is_vacuum_due"], false);
}

#[tokio::test]
async fn settings_are_found_by_name_and_secrets_and_files_are_not_told() {
    let database = Database::empty().await;
    let answer = section(&database, json!({"section": "settings", "pattern": "work_mem"})).await;
    assert_eq!((&answer["count"], &answer["rows"][0]["unit"]), (&json!(1), &json!("kB")));
    for pattern in ["*file*", "*director*", "primary_conninfo", "*command*"] {
        let answer = section(&database, json!({"section": "settings", "pattern": pattern})).await;
        assert!(!answer["rows"].to_string().contains('/'), "{pattern}: {answer}");
    }
    let differing = section(&database, json!({"section": "settings"})).await;
    assert!(
        differing["rows"].as_array().unwrap().iter().any(|row| row["name"] == "wal_level"),
        "{differing}"
    );
}

#[tokio::test]
async fn a_budget_cuts_and_says_so_and_a_wrong_section_lists_the_right_ones() {
    let database = Database::empty().await;
    let answer = section(&database, json!({"section": "settings", "pattern": "*", "max_tokens": 200})).await;
    assert!(answer["notes"][0].as_str().unwrap().contains("max_tokens=200"), "{answer}");
    let reader = service(&database.url(), Access::Read);
    let report = failed(&reader, "get_statistics", json!({"section": "tabels"})).await.to_string();
    assert!(report.contains("`tables`"), "{report}");
}
