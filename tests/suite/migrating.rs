//! Migrations: the use case of an old ERP and a new one, whole; killed at any moment; with everything that can be wrong.
#![expect(clippy::disallowed_methods, reason = "tests ask the server past the toolkit")]

mod again;
mod anonymized;
mod cleaned;
mod exact;
mod faults;
mod followed;
mod killed;
mod made;
mod scenario;

use std::path::{Path, PathBuf};

use pg_core::{Configuration, Overrides, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::configuration::file;

/// A configuration in which `old_erp` is read and `new_erp` filled, both of one shop.
fn configuration(database: &Database) -> PathBuf {
    file(&format!(
        "[connections.old_erp]\nurl = {0:?}\nsearch_path = [\"old_erp\"]\n[connections.new_erp]\nurl = {0:?}\n\
         search_path = [\"new_erp\"]\naccess = \"schema\"\nlimits.lock_timeout_ms = 120000\n",
        database.owner_url()
    ))
}

fn service(path: &Path) -> Service {
    let environment = std::iter::empty::<(&str, &str)>().collect();
    let configuration = Configuration::load(Some(path), &environment, Overrides::default()).unwrap();
    Service::new(configuration, environment).unwrap()
}

/// A plan with these tables between the two.
fn plan(head: &str, tables: &str) -> Value {
    json!({"plan": format!("name = \"m\"\nsource = \"old_erp\"\ntarget = \"new_erp\"\n{head}\n{tables}")})
}

/// What a query gives as one text.
async fn text(database: &Database, query: &str) -> String {
    database
        .admin()
        .await
        .query_one(query, &[])
        .await
        .unwrap()
        .get::<_, Option<String>>(0)
        .unwrap_or_default()
}
