//! Long results, page by page.

use pg_core::{Access, Call, ErrorKind, Service};
use serde_json::{Value, json};

use super::{database_with, rows};
use crate::support::service::{adjusted, ask, service};
use crate::support::watch;

const NUMBERS: &str =
    "CREATE TABLE numbers (n int PRIMARY KEY); INSERT INTO numbers SELECT generate_series(1, 2500)";

async fn page(service: &Service, arguments: Value) -> Result<Value, pg_core::ErrorReport> {
    ask(&Call::new(service).with_cursors(), "execute_query", arguments).await.map_err(|error| error.report())
}

async fn first_page(service: &Service) -> Value {
    page(service, json!({"query": "SELECT n FROM numbers ORDER BY n", "fetch_size": 400})).await.unwrap()
}

fn cursor(answer: &Value) -> Value {
    answer["truncated"]["next_cursor"].clone()
}

#[tokio::test]
async fn pages_hold_every_row_once_in_order_and_are_one_snapshot() {
    let database = database_with(NUMBERS).await;
    let admin = database.admin().await;
    let service = service(&database.owner_url(), Access::Read);
    let mut answer = first_page(&service).await;
    let mut seen: Vec<i64> = Vec::new();
    let mut pages = 0;
    loop {
        pages += 1;
        // Rows that would come before, between and after those to be read.
        let between = format!(
            "INSERT INTO numbers VALUES (-{pages}), (1000000 + {pages}); DELETE FROM numbers WHERE n = 2500 - {pages}"
        );
        admin.batch_execute(&between).await.unwrap();
        let rows = answer["rows"].as_array().unwrap();
        assert_eq!(answer["row_count"], json!(rows.len()));
        seen.extend(rows.iter().map(|row| row["n"].as_i64().unwrap()));
        if cursor(&answer).is_null() {
            assert!(answer["truncated"].is_null(), "{answer}");
            break;
        }
        assert_eq!(rows.len(), 400);
        answer = page(&service, json!({"cursor": cursor(&answer), "fetch_size": 400})).await.unwrap();
    }
    assert_eq!(seen, (1..=2500).collect::<Vec<i64>>());
    assert_eq!(pages, 7);
}

#[tokio::test]
async fn the_last_page_has_no_cursor_where_the_rows_end_with_it() {
    let database = database_with(NUMBERS).await;
    let service = service(&database.owner_url(), Access::Read);
    let whole = page(&service, json!({"query": "SELECT n FROM numbers", "fetch_size": 2500})).await.unwrap();
    assert_eq!(whole["row_count"], 2500);
    assert!(whole["truncated"].is_null(), "{}", whole["truncated"]);
    let less = page(&service, json!({"query": "SELECT n FROM numbers", "fetch_size": 2499})).await.unwrap();
    let last = page(&service, json!({"cursor": cursor(&less)})).await.unwrap();
    assert_eq!((&last["row_count"], &last["truncated"]), (&json!(1), &Value::Null));
}

#[tokio::test]
async fn a_cursor_is_good_for_one_page_and_an_unknown_one_is_an_error() {
    let database = database_with(NUMBERS).await;
    let service = service(&database.owner_url(), Access::Read);
    let used = cursor(&first_page(&service).await);
    page(&service, json!({"cursor": used})).await.unwrap();
    for wrong in [used, json!("00000000000000000000000000000000"), json!(""), json!("\u{0}'--")] {
        let report = page(&service, json!({"cursor": wrong})).await.unwrap_err();
        assert_eq!(report.kind, ErrorKind::Argument);
        assert!(report.message.contains("cursor"), "{report}");
        assert!(report.hint.as_deref().unwrap_or_default().contains("without `cursor`"), "{report}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_connection_is_told_where_it_belongs() {
    let database = database_with(NUMBERS).await;
    let service = service(&database.owner_url(), Access::Read);
    let held = cursor(&first_page(&service).await);
    let report = page(&service, json!({"cursor": held, "connection_id": "elsewhere"})).await.unwrap_err();
    assert!(report.message.contains("`default`"), "{report}");
    // It was only misnamed, so its pages are still there to be had.
    page(&service, json!({"cursor": held})).await.unwrap();
}

#[tokio::test]
async fn more_cursors_than_the_bound_end_the_oldest() {
    let database = database_with(NUMBERS).await;
    // Half of the backends may wait for a next page.
    let service = adjusted(&database.owner_url(), Access::Read, |entry| entry.pool_size = 4);
    let mut cursors = Vec::new();
    for _ in 0..3 {
        cursors.push(cursor(&first_page(&service).await));
    }
    let report = page(&service, json!({"cursor": cursors[0]})).await.unwrap_err();
    assert!(report.message.contains("not open"), "{report}");
    for kept in &cursors[1..] {
        let next = page(&service, json!({"cursor": kept, "fetch_size": 1})).await.unwrap();
        assert_eq!(next["rows"], json!([{"n": 401}]));
    }
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
}

#[tokio::test]
async fn a_cursor_ends_with_its_connection_and_leaves_no_transaction() {
    let database = database_with(NUMBERS).await;
    let admin = database.admin().await;
    let service = service(&database.owner_url(), Access::Read);
    let held = cursor(&first_page(&service).await);
    assert!(watch::running(&admin, "numbers").await == 1, "the transaction of a cursor stays open");
    ask(&Call::new(&service), "remove_connection", json!({"connection_id": "default"})).await.unwrap();
    watch::until_alone(&admin).await;
    assert!(page(&service, json!({"cursor": held})).await.is_err());
}

#[tokio::test]
async fn a_cursor_gives_its_backend_to_a_call_that_has_no_other() {
    let database = database_with(NUMBERS).await;
    let service = adjusted(&database.owner_url(), Access::Read, |entry| entry.pool_size = 1);
    let held = cursor(&first_page(&service).await);
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
    let report = page(&service, json!({"cursor": held})).await.unwrap_err();
    assert!(report.message.contains("gave way"), "{report}");
}
