//! Several statements, all or nothing: pipelined on one session, tried again where PostgreSQL asks for that.
//!
//! Invariant: an error leaves nothing behind, and says which statement failed.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::{FutureExt, future::join_all, join};
use pg_policy::{Access, Vetted};
use serde_json::Value;
use tokio_postgres::error::SqlState;

use crate::{
    Call, Connection, Error, Notice,
    outcome::known_by,
    session::{Backend, Begin, Prepared, on_session, prepare},
    statement::{Kept, Ran, run_prepared},
    write::{End, finish},
};

/// Statements sent before the first answer is waited for.
const PIPELINE: usize = 256;
/// Attempts in all, where the server reports a serialization failure or a deadlock.
pub(crate) const ATTEMPTS: u32 = 5;
/// The first pause between attempts; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// One statement with its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// The statement.
    pub vetted: Vetted,
    /// Its parameters.
    pub parameters: Vec<Value>,
}

/// How a transaction is run.
#[derive(Clone, Debug)]
pub(crate) struct Mode {
    /// How it begins; it is read-only as well where every statement only reads.
    pub begin: Begin,
    /// How it ends when every statement succeeded.
    pub end: End,
    /// What is kept of returned rows, over all statements.
    pub kept: Kept,
}

/// What a transaction did.
#[derive(Debug)]
pub(crate) struct Transacted {
    /// A result for each statement.
    pub results: Vec<Ran>,
    /// How often it was tried.
    pub attempts: u32,
    /// What the server said beside its results.
    pub notices: Vec<Notice>,
}

/// Runs the steps in one transaction.
pub(crate) async fn transact(
    connection: &Connection,
    call: &Call,
    steps: Vec<Step>,
    mode: Mode,
) -> Result<Transacted, Error> {
    on_session(connection, call, move |backend| {
        async move {
            let mut attempts = 1;
            loop {
                let error = match attempt(backend, &steps, &mode).await {
                    Ok(results) => {
                        return Ok(Transacted { results, attempts, notices: backend.notices().take() });
                    }
                    Err(error) => error,
                };
                let learned = backend.learn(&error, steps.iter().map(|step| &step.vetted));
                if !(learned || asks_for_retry(&error)) || attempts >= ATTEMPTS {
                    return Err(error);
                }
                pause(attempts).await;
                attempts += 1;
            }
        }
        .boxed()
    })
    .await
}

/// Source: PostgreSQL documentation, "Serialization Failure Handling".
pub(crate) fn asks_for_retry(error: &Error) -> bool {
    error.sqlstate().is_some_and(|code| {
        code == SqlState::T_R_SERIALIZATION_FAILURE.code() || code == SqlState::T_R_DEADLOCK_DETECTED.code()
    })
}

/// Waits before the next attempt, the longer the more there were.
pub(crate) async fn pause(attempts: u32) {
    let pause = FIRST_PAUSE * 2_u32.saturating_pow(attempts.saturating_sub(1));
    tokio::time::sleep(pause + jitter(pause)).await;
}

/// Up to `pause` more, so that two transactions that collided do not collide again.
fn jitter(pause: Duration) -> Duration {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.subsec_nanos());
    pause.mul_f64(f64::from(nanos % 1000) / 1000.0)
}

async fn attempt(backend: &mut Backend, steps: &[Step], mode: &Mode) -> Result<Vec<Ran>, Error> {
    let limit = backend.statement_timeout();
    let reads_only = steps.iter().all(|step| step.vetted.access() == Access::Read);
    let begin = Begin { read_only: reads_only || mode.begin.read_only, ..mode.begin };
    let (transaction, cache) = backend.begin(begin).await?;
    let client = transaction.client();
    mode.end.begin(client, limit).await?;
    let mut results: Vec<Ran> = Vec::with_capacity(steps.len());
    let mut pipeline: Vec<(&Step, Arc<Prepared>)> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        // A text that is not prepared yet may need what an earlier statement makes: those run first.
        if pipeline.len() >= PIPELINE || !cache.contains(step.vetted.key()) {
            flush(client, &mut pipeline, &mut results, mode.kept, limit).await?;
        }
        let prepared = prepare(client, cache, &step.vetted, limit).await.map_err(|error| error.at(index))?;
        pipeline.push((step, prepared));
    }
    let (flushed, id) = join!(flush(client, &mut pipeline, &mut results, mode.kept, limit), async {
        if begin.read_only { Ok(None) } else { mode.end.transaction_id(client, limit).await }
    });
    flushed?;
    let id = id?;
    finish(transaction, &mode.end, limit).await.map_err(|error| known_by(error, id))?;
    Ok(results)
}

/// Sends what is queued at once, and collects the answers in order.
async fn flush(
    client: &tokio_postgres::Client,
    pipeline: &mut Vec<(&Step, Arc<Prepared>)>,
    results: &mut Vec<Ran>,
    kept: Kept,
    limit: Duration,
) -> Result<(), Error> {
    let used = results.iter().map(|ran| ran.bytes.len()).sum();
    let left = Kept { bytes: kept.bytes.saturating_sub(used), ..kept };
    let answers =
        join_all(pipeline.iter().map(|(step, prepared)| {
            run_prepared(client, prepared, &step.vetted, &step.parameters, left, limit)
        }))
        .await;
    pipeline.clear();
    for answer in answers {
        let index = results.len();
        results.push(answer.map_err(|error| error.at(index))?);
    }
    Ok(())
}
