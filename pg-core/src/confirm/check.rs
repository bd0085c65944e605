//! The end of a transaction that is looked at before it is kept: what it touched decides whether it is.
//!
//! Separate because it runs inside the transaction, on its session, and knows nothing of codes and callers. Invariant: a
//! transaction is kept only if its condition holds for what was counted inside it, after deferred constraints have run.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use pg_policy::Vetted;
use serde_json::Value;
use tokio_postgres::Client;

use super::touched::{TableChange, Tables, Touched};
use crate::{
    Error,
    row_encoder::Shape,
    session::classify,
    spans::Place,
    statement::{Cache, Kept, Past, run},
};

/// Rows of a sample.
pub(super) const SAMPLE_ROWS: u64 = 5;
/// Bytes of a sample.
pub(super) const SAMPLE_BYTES: usize = 16 << 10;
/// Tables of more pages than this (128 MiB) are not looked through for samples.
pub(super) const SAMPLED_PAGES: i64 = 16_384;

/// When a transaction is kept.
#[derive(Debug)]
pub(crate) enum Condition {
    /// Never: it is a preview.
    Never,
    /// If it touches at most so many rows.
    AtMost(u64),
    /// If it touches exactly this.
    Exactly(Vec<TableChange>),
}

/// A look at a transaction before its end.
#[derive(Debug)]
pub(crate) struct Check {
    condition: Condition,
    /// How rows are sampled that a table has after the change: the table as the statement names it, and the statement.
    samples: Vec<(String, Vetted)>,
    seen: Mutex<Seen>,
}

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    before: Option<Tables>,
    /// What was touched.
    pub touched: Vec<Touched>,
    /// The transaction's number, as rows carry it.
    pub transaction: String,
    /// Rows after the change, by table.
    pub after: Vec<(String, Vec<u8>)>,
    /// Whether it was kept.
    pub kept: bool,
}

impl Check {
    /// A look that keeps the transaction on this condition.
    pub(crate) fn new(condition: Condition, samples: Vec<(String, Vetted)>) -> Self {
        Self { condition, samples, seen: Mutex::default() }
    }

    /// What was seen, once the transaction has ended.
    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the transaction when it has just begun.
    pub(crate) async fn begin(&self, client: &Client, limit: Duration) -> Result<(), Error> {
        let before = Tables::count(client, limit).await?;
        *self.seen() = Seen { before: Some(before), ..Seen::default() };
        Ok(())
    }

    /// Looks at the transaction before its end; says whether it is to be kept.
    pub(crate) async fn decide(&self, client: &Client, limit: Duration) -> Result<bool, Error> {
        run_deferred(client).await.map_err(|error| classify(&error, limit))?;
        let now = Tables::count(client, limit).await?;
        // Without a count of the beginning everything counts: that is never less.
        let before = self.seen().before.take().unwrap_or_default();
        let touched = now.since(&before);
        let keep = match &self.condition {
            Condition::Never => false,
            Condition::AtMost(most) => {
                touched.iter().map(|touched| touched.change.rows()).sum::<u64>() <= *most
            }
            Condition::Exactly(expected) => touched.iter().map(|touched| &touched.change).eq(expected),
        };
        let mut after = Vec::new();
        let mut transaction = String::new();
        if !keep {
            transaction = number(client).await.map_err(|error| classify(&error, limit))?;
            after = self.sample(client, &touched, &transaction, limit).await;
        }
        let mut seen = self.seen();
        (seen.touched, seen.transaction, seen.after, seen.kept) = (touched, transaction, after, keep);
        Ok(keep)
    }

    /// Rows as the transaction leaves them. A sample that fails is left out, and what follows in a transaction that is
    /// rolled back with it.
    async fn sample(
        &self,
        client: &Client,
        touched: &[Touched],
        transaction: &str,
        limit: Duration,
    ) -> Vec<(String, Vec<u8>)> {
        let kept =
            Kept { shape: Shape::Objects, rows: SAMPLE_ROWS, bytes: SAMPLE_BYTES, past: Past::Counted };
        let mut cache = Cache::new(Place::default());
        let mut after = Vec::new();
        for (named, vetted) in &self.samples {
            let found = touched.iter().find(|touched| {
                let change = &touched.change;
                (touched.name == *named || change.table == *named)
                    && change.inserted + change.updated > 0
                    && touched.pages <= SAMPLED_PAGES
            });
            let Some(found) = found else { continue };
            let number = [Value::from(transaction)];
            let Ok(ran) = run(client, &mut cache, vetted, &number, kept, limit).await else { break };
            if ran.kept > 0 {
                after.push((found.change.table.clone(), ran.bytes));
            }
        }
        after
    }
}

/// Runs deferred triggers and checks deferred constraints now, so that what they do is counted.
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn run_deferred(client: &Client) -> Result<(), tokio_postgres::Error> {
    client.execute_typed("SET CONSTRAINTS ALL IMMEDIATE", &[]).await.map(drop)
}

/// The transaction's number as rows carry it: 32 bits.
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn number(client: &Client) -> Result<String, tokio_postgres::Error> {
    let row = client.query_typed_one("SELECT pg_catalog.txid_current_if_assigned()", &[]).await?;
    // One that changed nothing has none, and no row carries that.
    let number: Option<i64> = row.try_get(0)?;
    Ok(number.map_or_else(String::new, |number| (number & 0xffff_ffff).to_string()))
}
