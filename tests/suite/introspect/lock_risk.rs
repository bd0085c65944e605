//! What a statement would lock, tried on tables that somebody uses.
#![expect(clippy::disallowed_methods, reason = "tests hold locks on the bare driver")]

use pg_core::Access;
use pg_tests::Database;
use serde_json::json;

use crate::support::service::{failed, service, told};

#[tokio::test]
async fn says_mode_work_gentler_way_and_who_is_in_the_way() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute("CREATE TABLE stock (id int, n int); INSERT INTO stock VALUES (1, 1)").await.unwrap();
    let reader = service(&database.url(), Access::Read);
    let rewrite = json!({"query": "ALTER TABLE stock ALTER COLUMN n TYPE bigint"});
    let free = told(&reader, "lock_risk", rewrite.clone()).await;
    assert_eq!((&free["risk"], free["locks"][0].get("in_the_way")), (&json!("medium"), None), "{free}");
    assert_eq!(
        (&free["locks"][0]["work"], &free["locks"][0]["stops"]),
        (&json!("rewrite"), &json!("readers and writers"))
    );
    assert!(free["locks"][0]["size_bytes"].as_i64().unwrap() > 0);
    assert!(free["locks"][0]["gentler"].is_string() && free["advice"].to_string().contains("lock_timeout"));
    admin.batch_execute("BEGIN; SELECT * FROM stock").await.unwrap();
    let held = told(&reader, "lock_risk", rewrite).await;
    assert_eq!(
        (&held["risk"], &held["locks"][0]["in_the_way"][0]["state"]),
        (&json!("high"), &json!("idle in transaction"))
    );
    let gentle = told(&reader, "lock_risk", json!({"query": "CREATE INDEX CONCURRENTLY ON stock (n)"})).await;
    assert_eq!((&gentle["risk"], gentle["locks"][0].get("in_the_way")), (&json!("low"), None), "{gentle}");
    let rows: i64 = database
        .admin()
        .await
        .query_one("SELECT count(*) FROM pg_indexes WHERE tablename = 'stock'", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(rows, 0, "nothing ran");
}

#[tokio::test]
async fn what_is_no_statement_is_refused_and_a_query_has_no_risk() {
    let database = Database::empty().await;
    let reader = service(&database.url(), Access::Read);
    assert_eq!(told(&reader, "lock_risk", json!({"query": "SELECT 1"})).await["risk"], "none");
    let missing = told(&reader, "lock_risk", json!({"query": "ALTER TABLE nothere ADD COLUMN a int"})).await;
    assert_eq!(missing["locks"][0].get("size_bytes"), None);
    let report = failed(&reader, "lock_risk", json!({"query": "ALTER TABLE"})).await.to_string();
    assert!(report.contains("syntax"), "{report}");
}
