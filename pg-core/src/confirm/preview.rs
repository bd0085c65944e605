//! A preview: what a change would touch, with a few rows before and after.
//!
//! Invariant: a row is shown only as the policy of the connection lets the caller read it, by a statement that passed the
//! same gate.

use serde::Serialize;
use serde_json::{Value, value::RawValue};

use super::{
    check::{SAMPLE_ROWS, SAMPLED_PAGES, Seen},
    touched::{TableChange, Touched},
};
use crate::{Call, Connection, Rows};

/// Tables of which rows are shown.
const MOST_SAMPLED: usize = 5;

/// What a change would touch; it was run and rolled back.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Preview {
    /// Rows that it touches in all tables, cascades and triggers included.
    pub rows: u64,
    /// What happens to each table.
    pub tables: Vec<TableChange>,
    /// A few of the rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Sample>,
    /// What the counts do not say.
    pub notes: Vec<String>,
}

/// A few rows of one table.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sample {
    /// The table, with its schema.
    pub table: String,
    /// The rows as they are: those that would be updated or deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Rows>,
    /// The rows as they would be: those updated or inserted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Rows>,
}

impl Preview {
    /// The preview of a plan, which cannot be tried.
    pub(crate) fn of_plan(summary: &str) -> Self {
        Self { rows: 0, tables: Vec::new(), samples: Vec::new(), notes: vec![summary.to_owned()] }
    }

    /// The preview of a change that has no transaction, and so cannot be tried.
    pub(super) fn untried(what: &str) -> Self {
        Self {
            rows: 0,
            tables: Vec::new(),
            samples: Vec::new(),
            notes: vec![format!(
                "{what} cannot run in a transaction, so it was not tried and nothing was counted: it takes effect at once \
                 and cannot be undone"
            )],
        }
    }

    /// The preview of work of many transactions, told in words.
    pub(super) fn told(rows: u64, notes: Vec<String>) -> Self {
        Self { rows, tables: Vec::new(), samples: Vec::new(), notes }
    }

    /// The preview of what was seen, with the rows that the policy lets this caller see.
    pub(super) async fn of(call: &Call, connection: &Connection, seen: Seen) -> Self {
        let Seen { touched, transaction, after, .. } = seen;
        let mut samples: Vec<Sample> = after
            .into_iter()
            .filter_map(|(table, rows)| {
                Some(Sample { table, before: None, after: Some(Rows::from_separated(rows).ok()?) })
            })
            .collect();
        let lost = |touched: &&Touched| touched.change.updated + touched.change.deleted > 0;
        for touched in touched.iter().filter(lost).take(MOST_SAMPLED) {
            let Some(rows) = before(call, connection, touched, &transaction).await else { continue };
            let table = &touched.change.table;
            match samples.iter_mut().find(|sample| sample.table == *table) {
                Some(sample) => sample.before = Some(rows),
                None => samples.push(Sample { table: table.clone(), before: Some(rows), after: None }),
            }
        }
        let tables: Vec<TableChange> = touched.into_iter().map(|touched| touched.change).collect();
        Self { rows: tables.iter().map(TableChange::rows).sum(), tables, samples, notes: notes() }
    }

    /// The counts in one sentence.
    pub(super) fn sentence(&self) -> String {
        if self.tables.is_empty() && self.rows > 0 {
            return format!("it writes about {} rows", self.rows);
        }
        if let ([], [only]) = (&*self.tables, &*self.notes) {
            // It was not tried, and this is all that can be said.
            return only.clone();
        }
        if self.tables.is_empty() {
            return "it touches no row".to_owned();
        }
        let parts: Vec<String> = self
            .tables
            .iter()
            .map(|change| {
                let counts =
                    [(change.inserted, "inserted"), (change.updated, "updated"), (change.deleted, "deleted")];
                let mut said: Vec<String> = counts
                    .iter()
                    .filter(|(count, _)| *count > 0)
                    .map(|(count, what)| format!("{count} {what}"))
                    .collect();
                if let Some(whole) = &change.whole {
                    let rows =
                        change.rows_before.map_or_else(String::new, |rows| format!(" (about {rows} rows)"));
                    said.push(format!("{whole}{rows}"));
                }
                format!("{}: {}", change.table, said.join(", "))
            })
            .collect();
        format!("it touches {}", parts.join("; "))
    }
}

fn notes() -> Vec<String> {
    vec![
        "it was run and rolled back; values that it drew from sequences stay drawn, and what functions or triggers did \
         outside of this database is not undone; NOTIFY is sent on commit only"
            .to_owned(),
        "rows of foreign tables are not counted".to_owned(),
    ]
}

/// Rows that the rolled-back transaction had updated or deleted: they still carry its number. Tables that are large are not
/// looked through, and rows that the policy keeps from this caller are not shown.
async fn before(call: &Call, connection: &Connection, touched: &Touched, transaction: &str) -> Option<Rows> {
    if touched.pages > SAMPLED_PAGES {
        return None;
    }
    let text = sample(&format!("{}.{}", quoted(&touched.schema), quoted(&touched.name)), "xmax");
    let vetted = connection.verdict(call, &text).await.ok()?;
    let rows: Vec<Box<RawValue>> = connection.fetch(call, &vetted, &[Value::from(transaction)]).await.ok()?;
    if rows.is_empty() {
        return None;
    }
    let separated: Vec<&str> = rows.iter().map(|row| row.get()).collect();
    Rows::from_separated(separated.join(",").into_bytes()).ok()
}

/// The statement for a few rows that carry a transaction's number. It is judged like a caller's.
pub(super) fn sample(table: &str, mark: &str) -> String {
    format!("SELECT * FROM {table} WHERE {mark}::text = $1 LIMIT {SAMPLE_ROWS}")
}

/// A name as an identifier.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
