//! Statements by their cost: where the server counts them, within a window, and where it does not.
#![expect(clippy::disallowed_methods, reason = "tests run what is counted on the bare driver")]

use pg_core::Access;
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::service::{failed, service, told};

fn with_text<'a>(answer: &'a Value, part: &str) -> Option<&'a Value> {
    answer["queries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|query| query["query"].as_str().is_some_and(|text| text.contains(part)))
}

#[tokio::test]
async fn tells_what_ran_since_a_snapshot_and_nothing_else() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute("CREATE EXTENSION pg_stat_statements; CREATE TABLE counted (id int)").await.unwrap();
    admin.batch_execute("SELECT max(id) AS before_the_window FROM counted").await.unwrap();
    let service = service(&database.url(), Access::Read);
    let first = told(&service, "top_queries", json!({"limit": 500})).await;
    assert_eq!(first["is_available"], true);
    assert!(with_text(&first, "before_the_window").is_some(), "{first}");
    for _ in 0..3 {
        admin.batch_execute("SELECT count(*) AS within_the_window FROM counted").await.unwrap();
    }
    let arguments = json!({"since": first["snapshot"], "limit": 500, "order_by": "calls"});
    let window = told(&service, "top_queries", arguments).await;
    assert!(with_text(&window, "before_the_window").is_none(), "{window}");
    let counted = with_text(&window, "within_the_window").unwrap();
    assert_eq!((&counted["calls"], &counted["is_new"]), (&json!(3), &json!(true)));
    assert!(window["window_seconds"].is_number());
    let report = failed(&service, "top_queries", json!({"since": "snapshot-x"})).await.to_string();
    assert!(report.contains("keeps no snapshot"), "{report}");
}

#[tokio::test]
async fn says_which_lines_install_what_is_missing() {
    let database = Database::empty().await;
    let service = service(&database.url(), Access::Read);
    let answer = told(&service, "top_queries", json!({})).await;
    assert_eq!((&answer["is_available"], &answer["queries"]), (&json!(false), &json!([])));
    assert!(answer["notes"][0].as_str().unwrap().contains("CREATE EXTENSION pg_stat_statements"), "{answer}");
    let elsewhere = "CREATE SCHEMA tools; CREATE EXTENSION pg_stat_statements SCHEMA tools";
    database.admin().await.batch_execute(elsewhere).await.unwrap();
    let answer = told(&service, "top_queries", json!({})).await;
    assert!(answer["notes"][0].as_str().unwrap().contains("schema \"tools\""), "{answer}");
}
