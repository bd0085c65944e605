//! The writing side of a transfer with a stage: batch by batch in the transaction of a range.
//!
//! Invariant: a row that the target refuses is told from a target that takes no rows at all: only the first is ever left out.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_postgres::Transaction;

use super::{Batch, Stage, StageTarget, UnderWay, parameters};
use crate::{
    Error,
    bulk::{Instead, Most, Row, Way, skip},
    session::prepare,
    statement::Cache,
    transfer::{ledger::Ledger, plan::TargetPlan, ranges::Range, source::Piece, target::Brought},
};

/// Where the rows of a range are written.
pub(in crate::transfer) struct Desk<'a, 'b> {
    transaction: &'a mut Transaction<'b>,
    cache: &'a mut Cache,
    way: Option<&'a Way>,
    limit: Duration,
}

/// Rows that are being cleaned by a stage.
#[derive(Debug)]
pub(super) struct Cleaning<S: Stage> {
    pub stage: Arc<S>,
    pub task: JoinHandle<Batch<S::Rejected>>,
}

#[async_trait]
impl<S: Stage> UnderWay for Cleaning<S> {
    async fn write(self: Box<Self>, desk: &mut Desk<'_, '_>) -> Result<u64, Error> {
        let Self { stage, task } = *self;
        let cleaned = task.await;
        let mut batch = cleaned.map_err(|error| Error::Driver { problem: error.to_string() })?;
        let mut target = StageTarget::session(desk.transaction.client(), desk.cache, desk.limit);
        stage.resolve(&mut target, &mut batch).await?;
        let mut refused = Vec::new();
        let mut written = 0;
        if let Some(way) = desk.way.filter(|_| !batch.rows.is_empty()) {
            let rows: Vec<Row> = batch
                .rows
                .iter()
                .enumerate()
                .map(|(index, row)| Row { index, parameters: parameters(row) })
                .collect();
            let failures = if stage.bears_refusals() { usize::MAX } else { 1 };
            let most = Most { failures, time: desk.limit };
            written = skip(desk.transaction, way, &rows, &mut refused, most).await?;
            if let Some(at) =
                refused.iter().position(|(_, error)| !stage.bears_refusals() || !is_of_values(error))
            {
                let (index, error) = refused.swap_remove(at);
                return Err(match batch.rows.get(index) {
                    Some(row) if is_of_values(&error) => stage.named(error, row),
                    // A full disk, a lock, a target that goes away: no row is at fault.
                    _ => error,
                });
            }
        }
        let mut target = StageTarget::session(desk.transaction.client(), desk.cache, desk.limit);
        stage.settle(&mut target, batch, refused).await?;
        Ok(written)
    }
}

/// Writes the rows of a range, and remembers it.
pub(in crate::transfer) async fn staged(
    transaction: &mut Transaction<'_>,
    cache: &mut Cache,
    plan: &TargetPlan,
    ledger: Option<&Ledger>,
    range: &Range,
    mut pieces: mpsc::Receiver<Piece>,
    limit: Duration,
) -> Result<Brought, Error> {
    if let Some(ledger) = ledger {
        ledger.hold(transaction.client(), cache, limit).await?;
    }
    let way = match &plan.insert {
        None => None,
        Some(insert) => {
            let one = prepare(transaction.client(), cache, insert, limit).await?;
            Some(match &plan.instead {
                Some(Instead::Copy(copy)) => {
                    Way::Copy { one, copy: prepare(transaction.client(), cache, copy, limit).await? }
                }
                Some(Instead::Arrays(arrays)) => {
                    Way::Arrays { one, many: prepare(transaction.client(), cache, arrays, limit).await? }
                }
                None => Way::Pipelined(one),
            })
        }
    };
    let mut affected = 0;
    let brought = loop {
        match pieces.recv().await {
            Some(Piece::Staged(under_way)) => {
                let mut desk =
                    Desk { transaction: &mut *transaction, cache: &mut *cache, way: way.as_ref(), limit };
                affected += under_way.write(&mut desk).await?;
            }
            Some(Piece::End { rows, .. }) => break Brought { read: rows, affected },
            Some(Piece::Rows(_) | Piece::Bytes(_)) => {
                return Err(Error::Driver { problem: "rows came in two forms".to_owned() });
            }
            None => return Err(Error::Lost { last_words: None }),
        }
    };
    if let Some(ledger) = ledger {
        ledger.add(transaction.client(), cache, range, brought.affected, limit).await?;
    }
    Ok(brought)
}

/// Whether an error is about the values of a row, by its SQLSTATE's class: not about the statement, a privilege or the disk.
/// Source: PostgreSQL documentation, "PostgreSQL Error Codes".
fn is_of_values(error: &Error) -> bool {
    const CLASSES: [&str; 5] = ["21", "22", "23", "44", "P0"];
    error.sqlstate().and_then(|code| code.get(..2)).is_some_and(|class| CLASSES.contains(&class))
}
