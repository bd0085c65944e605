//! Rows of which those that fail are left out: each chunk in a savepoint; one that fails is parted around the row that failed,
//! or halved where the server does not say which.
//!
//! Invariant: no good row is lost, and rows take effect in their order.

use std::{ops::Range, time::Duration};

use tokio_postgres::{Transaction, error::SqlState};

use super::{Row, Way};
use crate::{Error, session::classify};

/// A row that failed: its place among the caller's rows, and why.
pub(crate) type Failed = (usize, Error);

/// What is borne.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    /// Rows that may fail; the rows behind the last of them are not sent.
    pub failures: usize,
    /// How long a statement may run.
    pub time: Duration,
}

/// Sends all rows, and gives how many were affected.
pub(crate) async fn skip(
    transaction: &mut Transaction<'_>,
    way: &Way,
    rows: &[Row],
    failed: &mut Vec<Failed>,
    most: Most,
) -> Result<u64, Error> {
    let limit = most.time;
    let driver = |error: tokio_postgres::Error| classify(&error, limit);
    let mut affected = 0;
    let mut open: Vec<Range<usize>> = (0..rows.len())
        .step_by(way.chunk())
        .map(|start| start..(start + way.chunk()).min(rows.len()))
        .rev()
        .collect();
    while let Some(range) = open.pop() {
        let Some(chunk) = rows.get(range.clone()) else { continue };
        let savepoint = transaction.transaction().await.map_err(driver)?;
        let fault = match way.send(savepoint.client(), chunk, limit).await {
            Ok(done) => {
                savepoint.commit().await.map_err(driver)?;
                affected += done;
                continue;
            }
            Err(fault) => fault,
        };
        if !is_of_a_row(&fault.error) {
            return Err(fault.error);
        }
        savepoint.rollback().await.map_err(driver)?;
        if let [only] = chunk {
            failed.push((only.index, fault.error));
            if failed.len() >= most.failures {
                break;
            }
            continue;
        }
        match fault.at.filter(|at| *at < chunk.len()) {
            Some(at) => {
                let bad = range.start + at;
                open.extend([bad + 1..range.end, bad..bad + 1, range.start..bad]);
            }
            None => {
                let middle = range.start + chunk.len() / 2;
                open.extend([middle..range.end, range.start..middle]);
            }
        }
        open.retain(|range| !range.is_empty());
    }
    Ok(affected)
}

/// Whether an error says something of a row. A statement that somebody cancelled is not run again.
pub(super) fn is_of_a_row(error: &Error) -> bool {
    matches!(error, Error::Sql(sql) if sql.sqlstate != SqlState::QUERY_CANCELED.code())
}
