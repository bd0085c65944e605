//! What the library promises of sessions: one snapshot over pages, backends that are replaced, statements that stop,
//! nothing that one call leaves to the next, transactions that are whole, results of any size.
//!
//! Tried on [`pg_core::Service`] itself, as a Rust service embeds it, against a real server watched from beside.
#![expect(clippy::disallowed_methods, reason = "tests prepare and look past the toolkit, on the bare driver")]

mod batches;
mod connections;
mod copies;
mod declared_types;
mod isolation;
mod lent;
mod one_row;
mod open_transactions;
mod pages;
mod results;
mod stopping;
mod transactions;
mod transfers;
mod typed;

use pg_core::{Access, ConnectionEntry, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::service::{adjusted, told};

/// A statement that runs for minutes, told from others by its mark.
fn slow(mark: &str) -> String {
    format!("SELECT count(*) FROM generate_series(1, 10000000) a, generate_series(1, 10000) b /* {mark} */")
}

/// A service whose one connection has a single backend, so that each call gets the session of the one before.
fn single(database: &Database, access: Access, adjust: impl FnOnce(&mut ConnectionEntry)) -> Service {
    adjusted(&database.owner_url(), access, |entry| {
        entry.pool_size = 1;
        adjust(entry);
    })
}

/// The process of the backend that answers.
async fn backend(service: &Service) -> Value {
    rows(service, "SELECT pg_backend_pid() AS pid").await[0]["pid"].clone()
}

/// The rows of a statement that must succeed.
async fn rows(service: &Service, query: &str) -> Value {
    told(service, "execute_query", json!({"query": query})).await["rows"].clone()
}

/// An empty database with these tables, which belong to the role that services connect as.
async fn database_with(tables: &str) -> Database {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute("SET ROLE shop_owner").await.unwrap();
    admin.batch_execute(tables).await.unwrap();
    database
}

/// How many rows a table has, as the server says.
async fn count(database: &Database, table: &str) -> i64 {
    let query = format!("SELECT count(*) FROM {table}");
    database.admin().await.query_one(&query, &[]).await.unwrap().get(0)
}
