//! A run of a suite: its checks by table, those that judge rows in one scan, the others each in its own statement.
//!
//! Invariant: a check is `ok` only where its own figures said so.

use pg_core::{Error, Severity};
use pg_introspect::GetTableSchemaOutput;

use super::{
    ask::{Asked, Missed},
    drift::Buckets,
    history::{Counted, Run},
    kind::Kind,
    outcome::CheckedRule,
    suite::{Spec, Suite},
    table::{self, PreparedTable},
    whole,
};

/// How a suite is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running<'a> {
    pub asked: Asked<'a>,
    /// The share of pages that is read.
    pub sample_percent: Option<f64>,
    /// Failing rows that are told of each check.
    pub failing_rows: u32,
    /// Earlier runs, the oldest first.
    pub earlier: &'a [&'a Run],
}

impl Running<'_> {
    /// What the last run that could look counted of a check.
    pub(crate) fn before(&self, name: &str) -> Option<&Counted> {
        self.earlier.iter().rev().find_map(|run| run.checks.get(name))
    }
}

/// What a run found, and what there is to know of it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub checks: Vec<CheckedRule>,
    pub notes: Vec<String>,
}

/// Runs a suite.
///
/// # Errors
/// What ends the whole: a lost connection, a caller who goes.
pub(crate) async fn run(running: &Running<'_>, suite: &Suite) -> Result<Found, Error> {
    let mut found = Found::default();
    let mut tables: Vec<&str> = Vec::new();
    for spec in &suite.checks {
        match spec.table.as_deref() {
            Some(table) if !tables.contains(&table) => tables.push(table),
            Some(_) => {}
            None => found.checks.push(whole::check(running, spec).await?),
        }
    }
    for name in tables {
        let specs: Vec<&Spec> =
            suite.checks.iter().filter(|spec| spec.table.as_deref() == Some(name)).collect();
        match table::prepare(running, name).await? {
            Ok(table) => {
                found.notes.extend(table.note.clone());
                found.checks.extend(checked(running, &table, &specs).await?);
            }
            Err(why) => {
                found.checks.extend(specs.iter().map(|spec| CheckedRule::unknown(spec, why.clone())));
            }
        }
    }
    for check in &mut found.checks {
        check.failing_before = running.before(&check.name).and_then(|counted| counted.failing);
    }
    let place = |check: &CheckedRule| suite.checks.iter().position(|spec| spec.name() == check.name);
    found.checks.sort_by_key(|check| (std::cmp::Reverse(check.status), place(check)));
    Ok(found)
}

/// The checks of one table.
async fn checked(
    running: &Running<'_>,
    table: &PreparedTable,
    specs: &[&Spec],
) -> Result<Vec<CheckedRule>, Error> {
    let mut checks = Vec::new();
    let mut wanted = Vec::new();
    for &spec in specs {
        match table.wanted(running, spec).await? {
            Ok(one) => wanted.push((spec, one)),
            Err(why) => checks.push(CheckedRule::unknown(spec, why)),
        }
    }
    // Ages and numbers of rows are of the whole table also where the rest is sampled.
    let (sampled, all): (Vec<_>, Vec<_>) =
        wanted.into_iter().partition(|(spec, _)| !matches!(spec.kind(), Kind::Fresh | Kind::RowCount));
    let one_scan = table.from == table.whole;
    let parts = if one_scan {
        vec![(&table.from, sampled.into_iter().chain(all).collect::<Vec<_>>())]
    } else {
        vec![(&table.from, sampled), (&table.whole, all)]
    };
    for (from, part) in parts {
        let expressions: Vec<Vec<String>> = part.iter().map(|(_, one)| one.expressions.clone()).collect();
        let figures = running.asked.folded(from, &expressions).await?;
        for ((spec, one), figures) in part.into_iter().zip(figures) {
            let check = match figures {
                Ok(figures) => table.judged(running, spec, one, &figures).await?,
                Err(Missed { why, .. }) => CheckedRule::unknown(spec, why),
            };
            checks.push(check);
        }
    }
    Ok(checks)
}

/// What a check of a table wants of the scan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub expressions: Vec<String>,
    /// What holds of a row that fails.
    pub fails: String,
    /// The table that a reference leads to, quoted, and its columns.
    pub to: Option<(String, Vec<String>)>,
    pub buckets: Option<Buckets>,
}

/// The columns that a table does not have, with those that may have been meant.
pub(crate) fn missing(shape: &GetTableSchemaOutput, columns: &[&str]) -> Option<String> {
    let there = || shape.columns.iter().map(|column| column.name.as_str());
    let unknown = columns.iter().find(|column| !there().any(|name| name == **column))?;
    let near = pg_core::closest(unknown, there(), 1);
    let lead = near.first().map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    Some(format!("{} has no column {unknown}{lead}", shape.table_name))
}

/// The worst status of checks.
pub(crate) fn worst(checks: &[CheckedRule]) -> Severity {
    checks.iter().map(|check| check.status).max().unwrap_or(Severity::Unknown)
}
