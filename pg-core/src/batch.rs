//! One statement with many rows of parameters: pipelined in one transaction; where failing rows are to be skipped, in
//! savepoints that are halved until the failing row stands alone.
//!
//! Invariant: with [`OnError::Abort`] all rows count or none; with [`OnError::Skip`] no good row is lost.

use std::{ops::Range, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::join_all};
use pg_policy::Vetted;
use serde_json::Value;
use tokio_postgres::{Client, Transaction};

use crate::{
    Call, Connection, Error, Parameter,
    session::{Backend, Begin, Prepared, classify, on_session, prepare},
    statement::is_stale_plan,
    value,
    write::{End, finish},
};

/// Rows sent before the first answer is waited for.
const PIPELINE: usize = 512;

/// What happens to a row that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnError {
    /// It ends the batch, and nothing is kept.
    Abort,
    /// It is left out and reported.
    Skip,
}

/// What a batch did.
#[derive(Debug, Default)]
pub(crate) struct Batched {
    /// Rows inserted, updated, deleted or merged.
    pub affected: u64,
    /// The rows of parameters that failed, by index counted from 0, in order.
    pub failed: Vec<(usize, Error)>,
}

/// Runs the statement once for each row of parameters.
pub(crate) async fn batch(
    connection: &Connection,
    call: &Call,
    vetted: &Vetted,
    rows: Vec<Vec<Value>>,
    on_error: OnError,
) -> Result<Batched, Error> {
    let vetted = vetted.clone();
    on_session(connection, call, move |backend| {
        async move {
            match attempt(backend, &vetted, &rows, on_error).await {
                Err(error) if is_stale_plan(&error) => {
                    backend.forget_prepared();
                    attempt(backend, &vetted, &rows, on_error).await
                }
                other => other,
            }
        }
        .boxed()
    })
    .await
}

async fn attempt(
    backend: &mut Backend,
    vetted: &Vetted,
    rows: &[Vec<Value>],
    on_error: OnError,
) -> Result<Batched, Error> {
    let limit = backend.statement_timeout();
    let (mut transaction, cache) = backend.begin(Begin::WRITE).await?;
    let prepared = prepare(transaction.client(), cache, vetted, limit).await?;
    let mut batched = Batched::default();
    let mut bound: Vec<(usize, Vec<Parameter>)> = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        match value::bind(row, prepared.statement.params()) {
            Ok(parameters) => bound.push((index, parameters)),
            Err(error) if on_error == OnError::Skip => batched.failed.push((index, error.into())),
            Err(error) => return Err(Error::from(error).at(index)),
        }
    }
    match on_error {
        OnError::Abort => abort(transaction.client(), &prepared, &bound, &mut batched, limit).await?,
        OnError::Skip => skip(&mut transaction, &prepared, &bound, &mut batched, limit).await?,
    }
    finish(transaction, End::Commit, limit).await?;
    batched.failed.sort_by_key(|(index, _)| *index);
    Ok(batched)
}

async fn abort(
    client: &Client,
    prepared: &Arc<Prepared>,
    bound: &[(usize, Vec<Parameter>)],
    batched: &mut Batched,
    limit: Duration,
) -> Result<(), Error> {
    for chunk in bound.chunks(PIPELINE) {
        batched.affected += send(client, prepared, chunk, limit).await?;
    }
    Ok(())
}

async fn skip(
    transaction: &mut Transaction<'_>,
    prepared: &Arc<Prepared>,
    bound: &[(usize, Vec<Parameter>)],
    batched: &mut Batched,
    limit: Duration,
) -> Result<(), Error> {
    let failed = |error: tokio_postgres::Error| classify(&error, limit);
    let mut open: Vec<Range<usize>> = (0..bound.len())
        .step_by(PIPELINE)
        .map(|start| start..(start + PIPELINE).min(bound.len()))
        .rev()
        .collect();
    while let Some(range) = open.pop() {
        let Some(chunk) = bound.get(range.clone()) else { continue };
        let savepoint = transaction.transaction().await.map_err(failed)?;
        match send(savepoint.client(), prepared, chunk, limit).await {
            Ok(affected) => {
                savepoint.commit().await.map_err(failed)?;
                batched.affected += affected;
            }
            Err(Error::At { index, source }) if matches!(*source, Error::Sql(_)) => {
                savepoint.rollback().await.map_err(failed)?;
                if chunk.len() == 1 {
                    batched.failed.push((index, *source));
                } else {
                    let middle = range.start + chunk.len() / 2;
                    open.push(middle..range.end);
                    open.push(range.start..middle);
                }
            }
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// Sends a chunk at once; the first failure in order is the one that counts, those after it only follow from it.
#[expect(clippy::disallowed_methods, reason = "the statement was prepared from vetted text")]
async fn send(
    client: &Client,
    prepared: &Prepared,
    chunk: &[(usize, Vec<Parameter>)],
    limit: Duration,
) -> Result<u64, Error> {
    let answers =
        join_all(chunk.iter().map(|(_, parameters)| client.execute_raw(&prepared.statement, parameters)))
            .await;
    let mut affected = 0;
    for ((index, _), answer) in chunk.iter().zip(answers) {
        affected += answer.map_err(|error| classify(&error, limit).at(*index))?;
    }
    Ok(affected)
}
