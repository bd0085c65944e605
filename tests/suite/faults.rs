//! Faults that a caller cannot help: servers that restart, networks that fail, disks that are full, values that are odd or
//! huge. Nothing is lost, nothing is doubled, no session leaks, and the error says what happened.
//!
//! Separate from `sessions`, where the server is well. Invariant: a fault is brought about, never waited for by the clock.
#![expect(clippy::disallowed_methods, reason = "tests prepare and look past the toolkit, on the bare driver")]

mod copies;
mod leftovers;
mod network;
mod restarts;
mod server;
mod standby;
mod values;

use pg_core::Service;
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::service::told;

/// The rows of a statement that must succeed.
async fn rows(service: &Service, query: &str) -> Value {
    told(service, "execute_query", json!({"query": query})).await["rows"].clone()
}

/// Runs SQL as the role that services connect as.
async fn prepare(database: &Database, sql: &str) {
    let admin = database.admin().await;
    admin.batch_execute("SET ROLE shop_owner").await.unwrap();
    admin.batch_execute(sql).await.unwrap();
}

/// How many rows a table has, as the server says.
async fn count(database: &Database, table: &str) -> i64 {
    let query = format!("SELECT count(*) FROM {table}");
    database.admin().await.query_one(&query, &[]).await.unwrap().get(0)
}
