//! One statement, many rows of parameters, of which some are bad.

use pg_core::{Access, ErrorKind};
use serde_json::{Value, json};

use super::{count, database_with};
use crate::support::service::{failed, service, told};

const ITEMS: &str = "CREATE TABLE items (id int PRIMARY KEY, price numeric CHECK (price >= 0))";
const INSERT: &str = "INSERT INTO items VALUES ($1, $2)";

/// A thousand rows, three of them bad, each in another way: a repeated key, a text for a number, a negative price.
fn thousand() -> Vec<Value> {
    let mut rows: Vec<Value> = (0..1000).map(|id| json!([id, "1.50"])).collect();
    rows[10] = json!([9, "1.50"]);
    rows[500] = json!(["five hundred", "1.50"]);
    rows[999] = json!([999, "-1"]);
    rows
}

#[tokio::test]
async fn skipping_keeps_every_good_row_and_names_every_bad_one() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let arguments = json!({"query": INSERT, "params_list": thousand(), "on_error": "skip"});
    let answer = told(&service, "batch_execute", arguments).await;
    assert_eq!((&answer["success"], &answer["affected_rows"]), (&json!(false), &json!(997)));
    let failed = answer["failed"].as_array().unwrap();
    let indexes: Vec<&Value> = failed.iter().map(|row| &row["index"]).collect();
    assert_eq!(indexes, [&json!(10), &json!(500), &json!(999)]);
    assert_eq!(failed[0]["error"]["sqlstate"], "23505");
    assert_eq!(failed[1]["error"]["kind"], "argument");
    assert_eq!(failed[2]["error"]["sqlstate"], "23514");
    assert_eq!(count(&database, "items").await, 997);
}

#[tokio::test]
async fn aborting_keeps_nothing_and_names_the_first_bad_row() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let mut rows = thousand();
    rows[500] = json!([500, "1.50"]);
    for (rows, index, kind) in [(rows, 10, ErrorKind::Sql), (thousand(), 500, ErrorKind::Argument)] {
        let report = failed(&service, "batch_execute", json!({"query": INSERT, "params_list": rows})).await;
        assert_eq!((report.index, report.kind), (Some(index), kind), "{report}");
        assert_eq!(count(&database, "items").await, 0);
    }
}

#[tokio::test]
async fn a_batch_of_good_rows_is_done_whole() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let rows: Vec<Value> = (0..5000).map(|id| json!([id, "1.50"])).collect();
    for on_error in ["abort", "skip"] {
        database.admin().await.batch_execute("DELETE FROM items").await.unwrap();
        let arguments = json!({"query": INSERT, "params_list": rows, "on_error": on_error});
        let answer = told(&service, "batch_execute", arguments).await;
        assert_eq!((&answer["success"], &answer["affected_rows"]), (&json!(true), &json!(5000)));
        assert_eq!(count(&database, "items").await, 5000);
    }
}

#[tokio::test]
async fn a_batch_of_nothing_or_of_readings_is_told_what_to_use() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let report = failed(&service, "batch_execute", json!({"query": INSERT, "params_list": []})).await;
    assert!(report.message.contains("`params_list` is empty"), "{report}");
    let report =
        failed(&service, "batch_execute", json!({"query": "SELECT $1::int", "params_list": [[1]]})).await;
    assert!(report.message.contains("execute_query"), "{report}");
}
