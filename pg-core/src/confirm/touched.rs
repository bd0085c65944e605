//! What a transaction has done to each table so far, by the server's own count: cascades and triggers included.
//!
//! Separate because it is a measurement, and knows nothing of what it is for. Invariant: what is counted is the difference
//! between two moments of one transaction, so that what the session did before does not count.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use tokio_postgres::{Client, Row};

use crate::{Error, session::classify};

const TOUCHED: &str = include_str!("../catalog/touched.sql");

/// What happens to one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TableChange {
    /// The table, with its schema.
    pub table: String,
    /// Rows inserted.
    pub inserted: u64,
    /// Rows updated.
    pub updated: u64,
    /// Rows deleted.
    pub deleted: u64,
    /// What happens to the table as a whole: created, dropped, or emptied or rewritten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<String>,
    /// About how many rows it had, where it is dropped, emptied or rewritten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_before: Option<u64>,
}

impl TableChange {
    /// Rows that it touches; all of them where the table as a whole is touched.
    pub(crate) fn rows(&self) -> u64 {
        self.inserted + self.updated + self.deleted + self.rows_before.unwrap_or_default()
    }
}

/// The tables of a database at one moment of a transaction.
#[derive(Debug, Default)]
pub(crate) struct Tables(BTreeMap<i64, Table>);

#[derive(Debug, Default)]
struct Table {
    schema: String,
    name: String,
    counts: [i64; 3],
    file: i64,
    rows: i64,
    pages: i64,
}

/// A table that was touched, by its names.
#[derive(Clone, Debug)]
pub(crate) struct Touched {
    pub schema: String,
    pub name: String,
    pub pages: i64,
    pub change: TableChange,
}

impl Tables {
    /// Counts now.
    pub(crate) async fn count(client: &Client, limit: Duration) -> Result<Self, Error> {
        let failed = |error: tokio_postgres::Error| classify(&error, limit);
        let rows = ask(client).await.map_err(failed)?;
        if let Some(row) = rows.first()
            && !row.try_get::<_, bool>("counted").map_err(failed)?
        {
            return Err(uncounted());
        }
        let tables = rows.iter().map(|row| {
            let table = Table {
                schema: row.try_get("schema")?,
                name: row.try_get("name")?,
                counts: [row.try_get("inserted")?, row.try_get("updated")?, row.try_get("deleted")?],
                file: row.try_get("file")?,
                rows: row.try_get("rows")?,
                pages: row.try_get("pages")?,
            };
            Ok((row.try_get("relation")?, table))
        });
        tables.collect::<Result<_, tokio_postgres::Error>>().map(Self).map_err(failed)
    }

    /// What happened since `before`, by table.
    pub(crate) fn since(&self, before: &Self) -> Vec<Touched> {
        let none = Table::default();
        let mut touched: Vec<Touched> = Vec::new();
        for (relation, now) in &self.0 {
            let was = before.0.get(relation);
            let [inserted, updated, deleted] = now.less(was.unwrap_or(&none));
            let whole = match was {
                None => Some("created"),
                Some(was) if was.file != now.file => Some("emptied or rewritten"),
                Some(_) => None,
            };
            if inserted + updated + deleted > 0 || whole.is_some() {
                let mut change = change(now, whole);
                (change.inserted, change.updated, change.deleted) = (inserted, updated, deleted);
                change.rows_before = was.filter(|_| whole.is_some()).map(|was| unsigned(was.rows));
                touched.push(Touched {
                    schema: now.schema.clone(),
                    name: now.name.clone(),
                    pages: was.map_or(now.pages, |was| was.pages),
                    change,
                });
            }
        }
        for was in before.0.iter().filter(|(relation, _)| !self.0.contains_key(relation)).map(|(_, was)| was)
        {
            let mut change = change(was, Some("dropped"));
            change.rows_before = Some(unsigned(was.rows));
            touched.push(Touched {
                schema: was.schema.clone(),
                name: was.name.clone(),
                pages: was.pages,
                change,
            });
        }
        touched.sort_by(|a, b| a.change.table.cmp(&b.change.table));
        touched
    }
}

impl Table {
    fn less(&self, before: &Self) -> [u64; 3] {
        let [a, b, c] = self.counts;
        let [x, y, z] = before.counts;
        [unsigned(a - x), unsigned(b - y), unsigned(c - z)]
    }
}

fn change(table: &Table, whole: Option<&str>) -> TableChange {
    TableChange {
        table: format!("{}.{}", table.schema, table.name),
        inserted: 0,
        updated: 0,
        deleted: 0,
        whole: whole.map(str::to_owned),
        rows_before: None,
    }
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

/// What cannot be counted cannot be shown, and a count of nothing would confirm anything.
fn uncounted() -> Error {
    Error::Limited {
        rule: "policy.confirm",
        problem: "the change cannot be counted, so that it can neither be shown nor confirmed: track_counts is off for this \
                  role, database or server"
            .to_owned(),
        instead: "let the administrator set track_counts = on, which is PostgreSQL's default".to_owned(),
        retry_after: None,
    }
}

#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn ask(client: &Client) -> Result<Vec<Row>, tokio_postgres::Error> {
    client.query_typed(TOUCHED, &[]).await
}
