//! Runs that the database itself remembers, in its schema `toolkit`.
//!
//! Separate because it alone writes, and only where a caller asked for it and the connection may. Invariant: what cannot be kept is
//! said and loses no answer.

use pg_core::{Call, Connection, Error};
use pg_policy::Access;
use serde::Deserialize;
use serde_json::json;

use super::history::Run;
use crate::catalog::{self, ExistsRow};

const TABLES: [&str; 2] = [
    "CREATE SCHEMA IF NOT EXISTS toolkit",
    "CREATE TABLE IF NOT EXISTS toolkit.quality_runs (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    suite text NOT NULL, at timestamptz NOT NULL DEFAULT now(), run jsonb NOT NULL)",
];
const LAST: &str =
    "SELECT run::text AS run FROM toolkit.quality_runs WHERE suite = $1 ORDER BY number DESC LIMIT 30";
const KEEP: &str = "INSERT INTO toolkit.quality_runs (suite, run) VALUES ($1, $2::text::jsonb)";

#[derive(Deserialize)]
struct Kept {
    run: String,
}

async fn is_there(call: &Call, connection: &Connection) -> Result<bool, Error> {
    let rows: Vec<ExistsRow> =
        catalog::EXISTS.rows(call, connection, &[json!("toolkit.quality_runs")]).await?;
    Ok(rows.iter().any(|row| row.there))
}

/// The last runs of a suite, the oldest first; none where nothing was ever kept.
///
/// # Errors
/// What asking gives; an argument error for what is no run.
pub(crate) async fn last(call: &Call, connection: &Connection, suite: &str) -> Result<Vec<Run>, Error> {
    if !is_there(call, connection).await? {
        return Ok(Vec::new());
    }
    let rows: Vec<Kept> = connection.fetch(call, &connection.vet(call, LAST).await?, &[json!(suite)]).await?;
    let runs = rows.iter().rev().map(|row| {
        serde_json::from_str(&row.run).map_err(|error| {
            Error::argument(format!("a row of toolkit.quality_runs is no run of check_data_quality: {error}"))
        })
    });
    runs.collect()
}

/// Keeps a run; makes the table where it is not there.
///
/// # Errors
/// An argument error where the connection only reads, or may not make the table; what running the statements gives.
pub(crate) async fn keep(call: &Call, connection: &Connection, run: &Run) -> Result<(), Error> {
    if connection.access() < Access::Write {
        return Err(Error::argument("the connection has read access: give runs in `history` another way"));
    }
    if !is_there(call, connection).await? {
        if connection.access() < Access::Schema {
            return Err(Error::argument(format!(
                "the table of runs is not there; have it made once, or use a connection with schema access: {};",
                TABLES.join("; ")
            )));
        }
        for text in TABLES {
            connection.execute(call, &connection.vet(call, text).await?, &[]).await?;
        }
    }
    let text = serde_json::to_string(run)
        .map_err(|error| Error::argument(format!("the run cannot be written: {error}")))?;
    connection.execute(call, &connection.vet(call, KEEP).await?, &[&run.suite, &text]).await.map(drop)
}
