//! Advice on indexes: seeded with a scan that lacks one, and with one that does not.
#![expect(clippy::disallowed_methods, reason = "what is advised is tried on the bare driver")]

use pg_core::Access;
use pg_tests::Database;
use serde_json::json;

use crate::support::service::{service, told};

#[tokio::test]
async fn advises_what_is_missing_once_and_never_what_is_there() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE sale (id int PRIMARY KEY, shop int, day date, note text);
             INSERT INTO sale SELECT n, n % 2000, date '2026-01-01' + n % 365, 'x' FROM generate_series(1, 40000) n",
        )
        .await
        .unwrap();
    admin.batch_execute("VACUUM ANALYZE sale").await.unwrap();
    let reader = service(&database.url(), Access::Read);
    let arguments = json!({
        "query": "SELECT * FROM sale WHERE day > $1 AND shop = $2", "params": ["2026-06-01", 7],
        "more_queries": ["SELECT * FROM sale WHERE shop = 9", "SELECT * FROM sale WHERE id = 3", "SELECT * FROM sale"]
    });
    let answer = told(&reader, "advise_indexes", arguments.clone()).await;
    let advice = answer["advice"].as_array().unwrap();
    assert_eq!(advice.len(), 1, "the shorter key is a prefix of the longer: {answer}");
    assert_eq!((&advice[0]["columns"], &answer["judged_by"]), (&json!(["shop", "day"]), &json!("rule")));
    assert!(advice[0]["gains"][0]["spared_estimate"].as_f64().unwrap() > 100.0);
    admin.batch_execute(advice[0]["statement"].as_str().unwrap()).await.unwrap();
    let again = told(&reader, "advise_indexes", arguments).await;
    assert_eq!(again["advice"], json!([]), "{again}");
    admin.batch_execute(advice[0]["undo"].as_str().unwrap()).await.unwrap();
}

#[tokio::test]
async fn compares_two_plans() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute("CREATE TABLE sale (id int PRIMARY KEY, n int); INSERT INTO sale SELECT n, n FROM generate_series(1, 20000) n")
        .await
        .unwrap();
    admin.batch_execute("VACUUM ANALYZE sale").await.unwrap();
    let reader = service(&database.url(), Access::Read);
    let arguments = json!({
        "query": "SELECT * FROM sale WHERE n = 5", "compare_with": "SELECT * FROM sale WHERE id = 5", "format": "text"
    });
    let answer = told(&reader, "explain_query", arguments).await;
    let other = &answer["comparison"];
    assert!(other["cost_ratio"].as_f64().unwrap() < 0.5, "{answer}");
    assert!(
        other["text"].as_str().unwrap().contains("Index Scan")
            && other["verdict"].as_str().unwrap().contains("cheaper")
    );
    let analyzed = json!({"query": "SELECT 1", "compare_with": "SELECT 2", "analyze": true});
    assert!(told(&reader, "explain_query", analyzed).await["comparison"]["execution_time_ms"].is_number());
}
