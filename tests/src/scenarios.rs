//! The queries of the twelve use cases, with the connection and the parameters to run each with.
//!
//! Separate from the tests so that every front end is tested on the same list. Invariant: the list is
//! `demo/scenarios/index.json`, and each of its names has a file.
#![expect(clippy::panic, reason = "a broken list of scenarios is a fault of the project, not of a test")]

use std::path::PathBuf;

use serde_json::Value;
use xtask::shop::{self, NamedConnection};

/// One query of a use case.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The use case's number and the query's name, such as `2.1-daily-sales`.
    pub name: String,
    /// The connection that the use case runs it on: its role, access and search path.
    pub connection: NamedConnection,
    /// An example of its parameters.
    pub params: Vec<Value>,
    /// The query in a form that runs.
    pub sql: String,
    /// The query as the use case has it, where that differs.
    pub seed: Option<String>,
}

/// Reads all scenarios, in the order of the use cases.
///
/// # Panics
/// The list or a file of it cannot be read.
pub fn scenarios() -> Vec<Scenario> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../demo/scenarios");
    let read = |file: String| match std::fs::read_to_string(folder.join(&file)) {
        Ok(text) => text,
        Err(failure) => panic!("demo/scenarios/{file}: {failure}"),
    };
    let index = match serde_json::from_str::<Vec<Value>>(&read("index.json".to_owned())) {
        Ok(index) => index,
        Err(failure) => panic!("demo/scenarios/index.json: {failure}"),
    };
    index
        .iter()
        .map(|entry| {
            let word = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (name, connection) = (word("name"), word("connection"));
            let connection = match shop::CONNECTIONS.iter().find(|known| known.name == connection) {
                Some(known) => *known,
                None => panic!("scenario {name}: there is no connection {connection}"),
            };
            let params = entry.get("params").and_then(Value::as_array).cloned().unwrap_or_default();
            let sql = read(format!("{name}.sql"));
            let seed = std::fs::read_to_string(folder.join(format!("{name}.seed.sql"))).ok();
            Scenario { name, connection, params, sql, seed }
        })
        .collect()
}
