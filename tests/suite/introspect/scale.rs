//! Databases of thousands of tables: answers keep within their budget, pages lose nothing, and no statement runs into its
//! timeout.
//!
//! There are no timed asserts: the statement timeout of the connection is the bound that holds on every machine.
#![expect(clippy::disallowed_methods, reason = "tests make their tables on the bare driver")]

use std::collections::BTreeSet;

use pg_core::{Access, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::service::{service, told};

/// Bytes of JSON beside a list of 8,000 tokens: the envelope, notes, and what is told once.
const ENVELOPE: usize = 3_000;

/// So many tables with a primary key in one schema; each `step`th one has a foreign key to the one `step` before it.
async fn tables(count: u32, step: u32) -> (Database, Service) {
    let database = Database::empty().await;
    let make = format!(
        "DO $$ BEGIN
             FOR n IN 1..{count} LOOP
                 EXECUTE format('CREATE TABLE t_%s (id int PRIMARY KEY, before int)', n);
                 -- The locks of one transaction are those of the whole server.
                 IF n % 200 = 0 THEN COMMIT; END IF;
             END LOOP;
             FOR n IN 1..{count} - {step} BY {step} LOOP
                 EXECUTE format('ALTER TABLE t_%s ADD FOREIGN KEY (before) REFERENCES t_%s ON DELETE CASCADE', n + {step}, n);
                 IF n % 10 = 1 THEN COMMIT; END IF;
             END LOOP;
         END $$"
    );
    let admin = database.admin().await;
    admin.batch_execute(&make).await.unwrap();
    admin.batch_execute("VACUUM ANALYZE pg_class, pg_attribute, pg_constraint, pg_index").await.unwrap();
    // Its statement timeout is the default.
    let service = service(&database.url(), Access::Read);
    (database, service)
}

/// Every entry of a list, page by page, each page within its budget.
async fn paged(service: &Service, operation: &str, mut arguments: Value, lists: &[&str]) -> Vec<Value> {
    let mut entries = Vec::new();
    loop {
        let answer = told(service, operation, arguments.clone()).await;
        let budget = 3 * arguments["max_tokens"].as_u64().unwrap_or(8_000) as usize + ENVELOPE;
        assert!(answer.to_string().len() <= budget, "{operation}: {} bytes", answer.to_string().len());
        for list in lists {
            entries.extend(answer[list].as_array().unwrap().iter().cloned());
        }
        match answer["truncated"]["next_offset"].as_u64() {
            Some(next) => arguments["offset"] = json!(next),
            None => return entries,
        }
    }
}

/// How many different entries there are by these fields.
fn different(entries: &[Value], fields: &[&str]) -> usize {
    let names: BTreeSet<Vec<String>> =
        entries.iter().map(|entry| fields.iter().map(|field| entry[field].to_string()).collect()).collect();
    names.len()
}

async fn every_list_is_bounded_and_whole(count: u32, step: u32) {
    let (_database, service) = tables(count, step).await;
    let (all, keys) = (count as usize, ((count - 1) / step) as usize);
    // With the default budget the first page of each is bounded; larger pages make the walk short.
    for (operation, arguments) in [
        ("list_tables", json!({"limit": 5000, "detail": "full"})),
        ("search_objects", json!({"pattern": "t_", "limit": 5000})),
        ("list_indexes", json!({"limit": 5000})),
        ("describe_relationships", json!({"limit": 5000})),
        ("describe_relationships", json!({"table_name": "t_1", "limit": 5000})),
    ] {
        let answer = told(&service, operation, arguments.clone()).await;
        let bytes = answer.to_string().len();
        assert!(bytes <= 3 * 8_000 + ENVELOPE, "{operation} {arguments}: {bytes} bytes");
    }
    let large = |more: Value| -> Value {
        let mut arguments = json!({"limit": 5000, "max_tokens": 400_000});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    };
    let listed = paged(&service, "list_tables", large(json!({"detail": "names"})), &["tables"]).await;
    assert_eq!((listed.len(), different(&listed, &["name"])), (all, all));
    let found =
        paged(&service, "search_objects", large(json!({"pattern": "t_", "kind": "table"})), &["matches"])
            .await;
    assert_eq!((found.len(), different(&found, &["name"])), (all, all));
    let both = ["indexes", "missing_for_foreign_keys"];
    let indexes = paged(&service, "list_indexes", large(json!({})), &both).await;
    assert_eq!(indexes.len(), all + keys);
    assert_eq!(different(&indexes, &["table_name", "name", "foreign_key"]), all + keys);
    let related = paged(&service, "describe_relationships", large(json!({})), &["relationships"]).await;
    assert_eq!((related.len(), different(&related, &["from", "name"])), (keys, keys));
    let ends =
        json!({"table_name": "t_1", "to_table": format!("t_{}", 1 + 39 * step), "max_tokens": 400_000});
    let chain = told(&service, "describe_relationships", ends).await;
    assert_eq!(chain["join_path"].as_array().unwrap().len(), 39);
    let reached = told(
        &service,
        "describe_relationships",
        json!({"table_name": "t_1", "max_tokens": 8_000_000, "limit": 1}),
    )
    .await;
    assert_eq!(reached["delete_reaches"].as_array().unwrap().len(), keys);
    let checked = told(&service, "check_database", json!({})).await;
    let bytes = checked.to_string().len();
    assert!(bytes <= 3 * 8_000 + 4 * ENVELOPE, "check_database: {bytes} bytes");
    let late: Vec<&Value> = checked["not_run"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|check| check.to_string().contains("timeout"))
        .collect();
    assert!(late.is_empty(), "{late:?}");
}

#[tokio::test]
async fn three_thousand_tables_flood_nobody() {
    every_list_is_bounded_and_whole(3_000, 1).await;
}

#[tokio::test]
async fn ten_thousand_tables_flood_nobody() {
    every_list_is_bounded_and_whole(10_000, 10).await;
}
