//! One statement with many rows of parameters, in one transaction. Rows travel pipelined, or as arrays or a COPY where
//! the statement and its table allow that; where failing rows are to be skipped, in savepoints.
//!
//! Invariant: with [`OnError::Abort`] all rows count or none, and the first failing row is named; with [`OnError::Skip`] no
//! good row is lost.

use futures_util::FutureExt;
use pg_policy::{StatementKind, Vetted};
use postgres_types::Type;
use serde_json::Value;

use crate::{
    Call, Connection, Error,
    bulk::{Failed, Instead, Most, Row, Way, choose, skip},
    outcome::known_by,
    session::{Backend, Begin, on_session, prepare},
    write::{End, finish},
};

/// Fewer rows than this are not worth asking how they may travel.
const WORTH_ASKING: usize = 32;

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
    pub failed: Vec<Failed>,
}

/// Runs the statement once for each row of parameters.
pub(crate) async fn batch(
    connection: &Connection,
    call: &Call,
    vetted: &Vetted,
    rows: Vec<Vec<Value>>,
    on_error: OnError,
    end: End,
) -> Result<Batched, Error> {
    let instead = if rows.len() >= WORTH_ASKING && vetted.kind() == StatementKind::Insert {
        let types = parameter_types(connection, call, vetted).await?;
        choose(connection, call, vetted, &types).await?
    } else {
        None
    };
    let vetted = vetted.clone();
    on_session(connection, call, move |backend| {
        async move {
            let mut instead = instead.as_ref();
            let mut tries = 2;
            loop {
                match attempt(backend, &vetted, instead, &rows, on_error, &end).await {
                    Err(error) if tries > 0 && backend.learn(&error, [&vetted]) => tries -= 1,
                    // All at once, the server does not say which row it was; and a row that meets another of the same
                    // command (SQLSTATE 21000) may be good by itself. Nothing was kept, so it is told row by row.
                    Err(error) if instead.is_some() && is_of_rows(&error) => instead = None,
                    other => return other,
                }
            }
        }
        .boxed()
    })
    .await
}

/// The types that the server expects for the statement's parameters.
pub(crate) async fn parameter_types(
    connection: &Connection,
    call: &Call,
    vetted: &Vetted,
) -> Result<Vec<Type>, Error> {
    described(connection, call, vetted, Prepare::Once).await
}

/// The same, past what the session at hand remembers.
pub(crate) async fn parameter_types_anew(
    connection: &Connection,
    call: &Call,
    vetted: &Vetted,
) -> Result<Vec<Type>, Error> {
    described(connection, call, vetted, Prepare::Anew).await
}

/// Whether a statement that is prepared on a session will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prepare {
    Once,
    Anew,
}

async fn described(
    connection: &Connection,
    call: &Call,
    vetted: &Vetted,
    prepare_it: Prepare,
) -> Result<Vec<Type>, Error> {
    let vetted = vetted.clone();
    on_session(connection, call, move |backend| {
        async move {
            if prepare_it == Prepare::Anew {
                backend.forget_prepared();
            }
            let limit = backend.statement_timeout();
            let (transaction, cache) = backend.begin(Begin::READ).await?;
            let prepared = prepare(transaction.client(), cache, &vetted, limit).await?;
            let types = prepared.parameter_types().0.to_vec();
            drop(transaction);
            // Nothing ran.
            backend.settle();
            Ok(types)
        }
        .boxed()
    })
    .await
}

async fn attempt(
    backend: &mut Backend,
    vetted: &Vetted,
    instead: Option<&Instead>,
    rows: &[Vec<Value>],
    on_error: OnError,
    end: &End,
) -> Result<Batched, Error> {
    let limit = backend.statement_timeout();
    let (mut transaction, cache) = backend.begin(Begin::WRITE).await?;
    end.begin(transaction.client(), limit).await?;
    let one = prepare(transaction.client(), cache, vetted, limit).await?;
    let mut batched = Batched::default();
    let mut bound: Vec<Row> = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        match one.bind(row) {
            Ok(parameters) => bound.push(Row { index, parameters }),
            Err(error) if on_error == OnError::Skip => batched.failed.push((index, error.into())),
            Err(error) => return Err(Error::from(error).at(index)),
        }
    }
    let way = match instead {
        Some(Instead::Copy(copy)) => {
            Way::Copy { one, copy: prepare(transaction.client(), cache, copy, limit).await? }
        }
        Some(Instead::Arrays(arrays)) => {
            Way::Arrays { one, many: prepare(transaction.client(), cache, arrays, limit).await? }
        }
        None => Way::Pipelined(one),
    };
    match on_error {
        OnError::Abort => {
            for chunk in bound.chunks(way.chunk()) {
                let sent = way.send(transaction.client(), chunk, limit).await;
                batched.affected += sent.map_err(|fault| match fault.at.and_then(|at| chunk.get(at)) {
                    Some(row) => fault.error.at(row.index),
                    None => fault.error,
                })?;
            }
        }
        OnError::Skip => {
            let most = Most { failures: usize::MAX, time: limit };
            batched.affected = skip(&mut transaction, &way, &bound, &mut batched.failed, most).await?;
        }
    }
    let id = end.transaction_id(transaction.client(), limit).await?;
    finish(transaction, end, limit).await.map_err(|error| known_by(error, id))?;
    batched.failed.sort_by_key(|(index, _)| *index);
    Ok(batched)
}

/// Whether what the server says is about values, rows or the composed text, by its SQLSTATE's class: not about the session,
/// the server, or somebody who cancelled.
fn is_of_rows(error: &Error) -> bool {
    const CLASSES: [&str; 9] = ["21", "22", "23", "38", "39", "42", "44", "0A", "P0"];
    error.sqlstate().and_then(|code| code.get(..2)).is_some_and(|class| CLASSES.contains(&class))
}
