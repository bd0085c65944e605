//! Profiles of columns: from statistics, from a sample, and only what the policy lets out.
#![expect(clippy::disallowed_methods, reason = "tests make their tables on the bare driver")]

use pg_core::Access;
use pg_policy::{ColumnMask, MaskMethod};
use pg_tests::Database;
use serde_json::json;

use super::named;
use crate::support::service::{adjusted, service, told};

const TABLE: &str = "CREATE TABLE people (id int, mail text, \"Odd \"\"Name\" text, gone text, shop_id int, same int);
    INSERT INTO people SELECT n, 'p' || n || '@example.org', CASE WHEN n % 4 = 0 THEN NULL ELSE 'x' || n % 3 END, NULL, n % 7, 1
    FROM generate_series(1, 2000) n;";

#[tokio::test]
async fn a_sample_tells_of_a_table_that_was_never_analyzed() {
    let database = Database::empty().await;
    database
        .admin()
        .await
        .batch_execute(&format!("{TABLE} ALTER TABLE people SET (autovacuum_enabled = off)"))
        .await
        .unwrap();
    let answer =
        told(&service(&database.url(), Access::Read), "profile_table", json!({"table_name": "people"})).await;
    assert_eq!(answer["sampled_rows"], 1000);
    let columns = &answer["columns"];
    assert_eq!(named(columns, "mail")["pattern"], "e-mail address");
    assert_eq!(
        (&named(columns, "id")["minimum"], &named(columns, "id")["maximum"]),
        (&json!("1"), &json!("1000"))
    );
    assert_eq!(named(columns, "Odd \"Name")["null_share"], 0.25);
    assert_eq!(named(columns, "gone")["null_share"], 1.0);
    assert!(answer["notes"].to_string().contains("never analyzed"), "{answer}");
}

#[tokio::test]
async fn statistics_tell_shares_keys_and_common_values() {
    let database = Database::empty().await;
    database.admin().await.batch_execute(&format!("{TABLE} ANALYZE people")).await.unwrap();
    let arguments = json!({"table_name": "people", "sample_rows": 0});
    let answer = told(&service(&database.url(), Access::Read), "profile_table", arguments).await;
    let columns = &answer["columns"];
    assert_eq!(named(columns, "id")["traits"], json!(["candidate key"]));
    assert_eq!(named(columns, "same")["traits"], json!(["constant"]));
    assert_eq!(named(columns, "gone")["traits"], json!(["always null"]));
    assert_eq!(named(columns, "shop_id")["traits"], json!(["candidate foreign key"]));
    assert_eq!(named(columns, "shop_id")["distinct_estimate"], 7);
    let odd = named(columns, "Odd \"Name");
    assert_eq!((&odd["source"], odd["top_values"].as_array().unwrap().len()), (&json!("statistics"), 3));
    assert!(named(columns, "id")["histogram"].as_array().unwrap().len() <= 11);
}

#[tokio::test]
async fn a_policy_that_refuses_select_lets_no_value_out() {
    let database = Database::empty().await;
    database.admin().await.batch_execute(&format!("{TABLE} ANALYZE people")).await.unwrap();
    let closed = adjusted(&database.url(), Access::Read, |entry| {
        entry.policy.blocked_operations = "select".parse().unwrap();
    });
    let answer = told(&closed, "profile_table", json!({"table_name": "people"})).await;
    assert!(answer["notes"].to_string().contains("policy refuses"), "{answer}");
    assert!(
        !answer.to_string().contains("example.org") && !answer.to_string().contains("\"x1\""),
        "{answer}"
    );
}

#[tokio::test]
async fn a_policy_that_masks_lets_neither_values_nor_statements_of_others_out() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute(&format!("{TABLE} ANALYZE people")).await.unwrap();
    admin.batch_execute("BEGIN; SELECT count(*) FROM people WHERE mail = 'p7@example.org'").await.unwrap();
    let masked = adjusted(&database.url(), Access::Read, |entry| {
        entry.policy.masked_columns = vec![ColumnMask {
            schema: "public".to_owned(),
            relation: "people".to_owned(),
            column: "mail".to_owned(),
            method: MaskMethod::Null,
        }];
    });
    for (operation, arguments) in [
        ("profile_table", json!({"table_name": "people"})),
        ("profile_table", json!({"table_name": "people", "sample_rows": 0})),
        ("list_activity", json!({})),
        ("list_locks", json!({})),
        ("find_blocking", json!({})),
        ("lock_risk", json!({"query": "DROP TABLE people"})),
    ] {
        let answer = told(&masked, operation, arguments).await;
        assert!(!answer.to_string().contains("@example.org"), "{operation}: {answer}");
    }
    let open = told(&service(&database.url(), Access::Read), "list_activity", json!({})).await;
    assert!(open.to_string().contains("p7@example.org"), "without masks it is told: {open}");
}
