//! CHECKs that only the server can judge: rows are shown to it before they are written, and drawn again where it says no.
//!
//! Separate from what is read off a CHECK. Invariant: a CHECK that rows do not meet in so many tries is told by its name, with the row.

use pg_core::{Call, Connection, Error, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};

use super::world::World;
use crate::migrate::text;

/// Rows that are shown at once.
const ROWS: u64 = 2_000;
/// How often a row is drawn.
const TRIES: u32 = 40;

#[derive(Deserialize)]
struct Place {
    place: i64,
}

/// Draws rows of a table, up to `most`, until the server takes them.
///
/// # Errors
/// An argument error for a CHECK that is not met; what asking gives.
pub(crate) async fn settle(
    call: &Call,
    connection: &Connection,
    world: &mut World,
    at: usize,
    most: u64,
) -> Result<(), Error> {
    let Some(filled) = world.tables.get(at) else { return Ok(()) };
    if filled.table.checks.is_empty() {
        return Ok(());
    }
    let rows = filled.rows.min(most);
    let columns = world.written(at);
    let names = |place: &usize| {
        filled
            .table
            .columns
            .get(*place)
            .map(|column| (text::name(&column.told.name), column.told.data_type.clone()))
    };
    let written: Vec<(String, String)> = columns.iter().filter_map(names).collect();
    let checks = filled.table.checks.clone();
    let conditions: Vec<String> = checks.iter().map(|(_, condition)| format!("({condition})")).collect();
    let arrays: Vec<String> = (1..=written.len()).map(|number| format!("${number}::text[]")).collect();
    let typed: Vec<String> = written
        .iter()
        .enumerate()
        .map(|(number, (name, kind))| format!("(u.c{number})::{kind} AS {name}"))
        .collect();
    let aliases: Vec<String> = (0..written.len()).map(|number| format!("c{number}")).collect();
    let query = format!(
        "SELECT s.\"toolkit place\" AS place FROM (SELECT {}, u.o AS \"toolkit place\" FROM unnest({}) WITH ORDINALITY AS u ({}, o)) AS s \
         WHERE NOT ({})",
        typed.join(", "),
        arrays.join(", "),
        aliases.join(", "),
        conditions.join(" AND ")
    );
    let vetted = match connection.vet(call, &query).await {
        Ok(vetted) => vetted,
        // A function that callers may not call, or a generated column: the server judges it when the rows are written.
        Err(error) if matches!(error.kind(), ErrorKind::Refused | ErrorKind::Sql) => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut begin = 0;
    while begin < rows {
        let end = (begin + ROWS).min(rows);
        let mut open: Vec<u64> = (begin..end).collect();
        for attempt in 0..=TRIES {
            let parameters: Vec<Value> = columns
                .iter()
                .map(|column| open.iter().map(|row| json!(world.value(at, *column, *row))).collect())
                .collect();
            let asked: Result<Vec<Place>, Error> = connection.fetch(call, &vetted, &parameters).await;
            let wrong = match asked {
                Ok(wrong) => wrong,
                Err(error) if matches!(error.kind(), ErrorKind::Sql) => return Ok(()),
                Err(error) => return Err(error),
            };
            let places = wrong.iter().filter_map(|wrong| usize::try_from(wrong.place - 1).ok());
            open = places.filter_map(|place| open.get(place).copied()).collect();
            let Some(first) = open.first().copied() else { break };
            if attempt == TRIES {
                return Err(never(world, at, &checks, first));
            }
            if let Some(filled) = world.tables.get_mut(at) {
                for row in &open {
                    *filled.again.entry(*row).or_default() += 1;
                }
            }
        }
        begin = end;
    }
    Ok(())
}

fn never(world: &World, at: usize, checks: &[(String, String)], row: u64) -> Error {
    let table = world.tables.get(at).map(|filled| filled.table.told()).unwrap_or_default();
    let told: Vec<String> =
        checks.iter().map(|(name, condition)| format!("{name} CHECK {condition}")).collect();
    Error::argument(format!(
        "{table}: {TRIES} draws of row {} did not meet {}; say in the plan which values its columns take (values, min, max). The last was {}",
        row + 1,
        told.join(" and "),
        super::build::sample(world, at, row)
    ))
}
