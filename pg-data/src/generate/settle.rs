//! CHECKs that only the server can judge: rows are shown to it before they are written, and drawn again where it says no.
//!
//! Separate from what is read off a CHECK. Invariant: a CHECK that rows do not meet in so many tries is told by its name, with the row.

use std::collections::BTreeSet;

use pg_core::{Call, Connection, Error, ErrorKind};
use pg_policy::Vetted;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{check, shape::Table, world::World};
use crate::migrate::text;

/// Rows that are shown at once.
const ROWS: u64 = 2_000;
/// Rows on which conditions fail, of those that are shown at once, that are told from those around them.
const FAILING: usize = 40;
/// How often a row is drawn.
const TRIES: u32 = 120;

#[derive(Deserialize)]
struct Place {
    place: i64,
    /// The CHECKs that are not met, by their places.
    unmet: Vec<usize>,
}

/// Which columns are named by the same CHECKs, directly or by way of others.
pub(super) fn groups(table: &Table) -> Vec<Option<usize>> {
    let mut groups = vec![None; table.columns.len()];
    for (number, (_, condition)) in table.checks.iter().enumerate() {
        let named = check::named(table, condition);
        let met: BTreeSet<usize> = named.iter().filter_map(|place| *groups.get(*place)?).collect();
        let key = |place: &usize| {
            let keys = table.foreign.iter().filter(|key| key.columns.contains(place));
            keys.flat_map(|key| &key.columns).copied().chain([*place]).collect::<Vec<_>>()
        };
        let own: BTreeSet<usize> = named.iter().flat_map(key).collect();
        for (place, group) in groups.iter_mut().enumerate() {
            if own.contains(&place) || group.is_some_and(|group| met.contains(&group)) {
                *group = Some(number);
            }
        }
    }
    groups
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
            .map(|column| (text::name(&column.told.name), column.told.base_type.clone()))
    };
    let written: Vec<(String, String)> = columns.iter().filter_map(names).collect();
    let checks = filled.table.checks.clone();
    let unmet: Vec<String> = checks
        .iter()
        .enumerate()
        .map(|(number, (_, condition))| format!("CASE WHEN NOT ({condition}) THEN {number} END"))
        .collect();
    let groups: Vec<Option<usize>> = checks
        .iter()
        .map(|(_, condition)| {
            check::named(&filled.table, condition).first().and_then(|place| *filled.groups.get(*place)?)
        })
        .collect();
    let conditions: Vec<String> = checks.iter().map(|(_, condition)| format!("({condition})")).collect();
    let arrays: Vec<String> = (1..=written.len()).map(|number| format!("${number}::text[]")).collect();
    let typed: Vec<String> = written
        .iter()
        .enumerate()
        .map(|(number, (name, kind))| format!("(u.c{number})::{kind} AS {name}"))
        .collect();
    let aliases: Vec<String> = (0..written.len()).map(|number| format!("c{number}")).collect();
    let query = format!(
        "SELECT s.\"toolkit place\" AS place, array_remove(ARRAY[{}], NULL) AS unmet FROM (SELECT {}, u.o AS \"toolkit place\" FROM unnest({}) WITH ORDINALITY AS u ({}, o)) AS s \
         WHERE NOT ({})",
        unmet.join(", "),
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
    // What cannot be asked for no rows cannot be asked at all.
    let none: Vec<Value> = columns.iter().map(|_| json!([])).collect();
    match connection.fetch::<Place>(call, &vetted, &none).await {
        Ok(_) => {}
        Err(error) if matches!(error.kind(), ErrorKind::Sql) => return Ok(()),
        Err(error) => return Err(error),
    }
    let mut begin = 0;
    while begin < rows {
        let end = (begin + ROWS).min(rows);
        let mut open: Vec<u64> = (begin..end).collect();
        for attempt in 0..=TRIES {
            let next = judged(call, connection, &vetted, world, at, &columns, &open, checks.len()).await?;
            let Some((first, unmet)) = next.first() else { break };
            if attempt == TRIES {
                return Err(never(world, at, &checks, *first, unmet));
            }
            if let Some(filled) = world.tables.get_mut(at) {
                for (row, unmet) in &next {
                    let again: BTreeSet<usize> =
                        unmet.iter().filter_map(|check| *groups.get(*check)?).collect();
                    for group in again {
                        *filled.again.entry((*row, group)).or_default() += 1;
                    }
                }
            }
            open = next.into_iter().map(|(row, _)| row).collect();
        }
        begin = end;
    }
    Ok(())
}

/// The rows that the server does not take, each with the CHECKs that it does not meet; a row on which they fail meets none.
#[expect(clippy::too_many_arguments, reason = "one call, and each is another thing")]
async fn judged(
    call: &Call,
    connection: &Connection,
    vetted: &Vetted,
    world: &World,
    at: usize,
    columns: &[usize],
    rows: &[u64],
    checks: usize,
) -> Result<Vec<(u64, Vec<usize>)>, Error> {
    let (mut wrong, mut failed) = (Vec::new(), 0);
    let mut open = vec![rows];
    while let Some(rows) = open.pop() {
        let parameters: Vec<Value> = columns
            .iter()
            .map(|column| rows.iter().map(|row| json!(world.value(at, *column, *row))).collect())
            .collect();
        let asked: Result<Vec<Place>, Error> = connection.fetch(call, vetted, &parameters).await;
        match (asked, rows) {
            (Ok(places), _) => wrong.extend(places.into_iter().filter_map(|place| {
                let row = usize::try_from(place.place - 1).ok().and_then(|place| rows.get(place));
                Some((*row?, place.unmet))
            })),
            (Err(error), rows)
                if matches!(error.kind(), ErrorKind::Sql) && (rows.len() == 1 || failed > FAILING) =>
            {
                failed += rows.len();
                wrong.extend(rows.iter().map(|row| (*row, (0..checks).collect())));
            }
            (Err(error), _) if matches!(error.kind(), ErrorKind::Sql) => {
                let (first, second) = rows.split_at(rows.len() / 2);
                open.extend([second, first]);
            }
            (Err(error), _) => return Err(error),
        }
    }
    wrong.sort_by_key(|(row, _)| *row);
    Ok(wrong)
}

fn never(world: &World, at: usize, checks: &[(String, String)], row: u64, unmet: &[usize]) -> Error {
    let table = world.tables.get(at).map(|filled| filled.table.told()).unwrap_or_default();
    let unmet = unmet.iter().filter_map(|unmet| checks.get(*unmet));
    let told: Vec<String> = unmet.map(|(name, condition)| format!("{name} CHECK {condition}")).collect();
    Error::argument(format!(
        "{table}: {TRIES} draws of row {} did not meet {}; say in the plan which values its columns take (values, min, max). The last was {}",
        row + 1,
        told.join(" and "),
        super::build::sample(world, at, row)
    ))
}
