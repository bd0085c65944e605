//! The task of an open transaction: holds its session, and does what its caller asks, one thing after the other.

use std::{sync::Arc, time::Duration};

use futures_util::{FutureExt, join};
use pg_policy::{Access, Vetted};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_postgres::{Transaction, types::Type};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{
    Asked, Demand, Done, Ended,
    registry::Place,
    savepoint::{self, Savepoints},
};
use crate::{
    Call, Connection, Error, Parameter,
    connect::{CancelHandle, MessageBound},
    given::Given,
    outcome::{known_by, transaction_id},
    read::{PageLimits, RowPages, Source},
    row_encoder::{RowEncoder, Shape},
    session::{Begin, Notices, Prepared, Session, Stop, classify, prepare, stoppable, why_lost},
    spans::StatementSpan,
    statement::{Cache, Kept, Past, Ran, run_prepared},
    transaction::asks_for_retry,
    write::{End, finish},
};

/// How a transaction begins, and what ends it.
pub(super) struct Job {
    pub(super) begin: Begin,
    /// How long its caller may leave it alone.
    pub(super) lease: Duration,
    /// Fires when the process stops.
    pub(super) stopping: CancellationToken,
    /// Fires when the client has gone that began it.
    pub(super) gone: Option<CancellationToken>,
}

/// An answer that is given once the transaction has ended.
type Last = (oneshot::Sender<Result<Done, Error>>, Result<Done, Error>);

/// Holds a transaction open until it ends.
pub(super) async fn serve(
    connection: Connection,
    call: Call,
    mut session: Session,
    job: Job,
    mut place: Place,
    opened: oneshot::Sender<Result<(), Error>>,
    mut asked: mpsc::Receiver<Asked>,
) {
    session.unsettle();
    // The server may have closed this session while it was idle: nothing was done on it, so another one will do.
    while !session.answers().await {
        if let Some(bound) = session.message_bound().filter(MessageBound::was_silent) {
            drop(place);
            let _told = opened.send(Err(bound.why_lost(Error::Lost { last_words: None })));
            return;
        }
        drop(session);
        session = match connection.check_out(&call).await {
            Ok(fresh) => fresh,
            Err(error) => {
                drop(place);
                let _told = opened.send(Err(error));
                return;
            }
        };
        session.unsettle();
    }
    let (cancel, notices, bound) = (session.cancel_handle(), session.notices(), session.message_bound());
    let limit = session.statement_timeout();
    let (ended, last) = match session.begin(job.begin).await {
        Ok((transaction, cache)) => {
            if opened.send(Ok(())).is_err() {
                (Ended::Cancelled, None)
            } else {
                let savepoints = Savepoints::default();
                let open = Open {
                    transaction,
                    cache,
                    cancel,
                    notices,
                    bound,
                    limit,
                    savepoints,
                    changed_schema: false,
                };
                open.serve(&job, &mut asked).await
            }
        }
        Err(error) => {
            let _told = opened.send(Err(error));
            (Ended::Lost, None)
        }
    };
    // Whoever hears the last answer and asks again is to hear how it ended.
    place.ends(ended);
    drop(place);
    if let Some((reply, result)) = last {
        let _told = reply.send(result);
    }
    match ended {
        // A cancel request may still be on its way to the backend: it is not used again.
        Ended::Cancelled => session.fall_quiet().await,
        Ended::Lost | Ended::Unknown => {}
        _ => drop(session.reset().await),
    }
}

/// A transaction with what is needed to work in it.
struct Open<'a> {
    transaction: Transaction<'a>,
    cache: &'a mut Cache,
    cancel: CancelHandle,
    notices: Notices,
    bound: Option<MessageBound>,
    limit: Duration,
    savepoints: Savepoints,
    changed_schema: bool,
}

impl Open<'_> {
    /// Does what is asked, until the transaction ends. Dropped, it is rolled back.
    async fn serve(mut self, job: &Job, asked: &mut mpsc::Receiver<Asked>) -> (Ended, Option<Last>) {
        loop {
            let next = tokio::select! {
                biased;
                next = timeout(job.lease, asked.recv()) => next,
                () = job.stopping.cancelled() => return (Ended::Closed, None),
                () = cancelled(job.gone.as_ref()) => return (Ended::Closed, None),
            };
            let Asked { demand, token, reply, span } = match next {
                Ok(Some(asked)) => asked,
                Ok(None) => return (Ended::Closed, None),
                Err(_) => return (Ended::Expired(job.lease), None),
            };
            let demand = match demand {
                Demand::End(end) => {
                    let (ended, result) = self.end(end, job.begin.read_only).await;
                    return (ended, Some((reply, result)));
                }
                other => other,
            };
            let stop = Stop { token, cancel: self.cancel.clone() };
            let result = stoppable(&stop, self.act(demand).instrument(span)).await;
            if stop.token.is_cancelled() {
                let result = result.map_err(|error| match error {
                    Error::OutcomeUnknown => Error::Cancelled,
                    other => other,
                });
                return (Ended::Cancelled, Some((reply, result)));
            }
            match &result {
                Err(Error::Lost { .. }) => {
                    let result = result.map_err(|error| why_lost(&self.bound, error));
                    return (Ended::Lost, Some((reply, result)));
                }
                Err(error) if asks_for_retry(error) => {
                    return (Ended::Conflict, Some((reply, begin_anew(result))));
                }
                _ => {}
            }
            // Nobody listens when the caller has gone away; then the lease ends the transaction.
            let _told = reply.send(result);
        }
    }

    async fn act(&mut self, demand: Demand) -> Result<Done, Error> {
        let mut parameter_types = Vec::new();
        let (ran, more) = match demand {
            Demand::Run { vetted, parameters, shape, limits } => {
                let (ran, more) = self.run(&vetted, &parameters, shape, limits).await?;
                (Some(ran), more)
            }
            Demand::Describe(vetted) => {
                parameter_types = self.describe(&vetted).await?;
                (None, false)
            }
            Demand::Savepoint { name, action } => {
                self.savepoints.act(self.transaction.client(), name, action, self.limit).await?;
                (None, false)
            }
            // Served before.
            Demand::End(_) => (None, false),
        };
        Ok(Done {
            ran,
            more,
            parameter_types,
            savepoints: self.savepoints.names(),
            changed_schema: self.changed_schema,
            notices: self.notices.take(),
        })
    }

    /// The types of a statement's parameters. A failure goes back to a savepoint, as one of running it does.
    async fn describe(&mut self, vetted: &Vetted) -> Result<Vec<Type>, Error> {
        if let Some(prepared) = self.cache.get(vetted.key()) {
            return Ok(prepared.parameter_types().0.to_vec());
        }
        let client = self.transaction.client();
        let (set, prepared) =
            join!(savepoint::before(client), prepare(client, self.cache, vetted, self.limit));
        match set.map_err(|error| classify(&error, self.limit)).and(prepared) {
            Ok(prepared) => {
                let _sent = savepoint::after(client).now_or_never();
                Ok(prepared.parameter_types().0.to_vec())
            }
            Err(error @ Error::Lost { .. }) => Err(error),
            Err(error) => {
                savepoint::undo(client, self.limit).await?;
                Err(error)
            }
        }
    }

    /// Runs a statement after a savepoint, to which a failure goes back.
    async fn run(
        &mut self,
        vetted: &Vetted,
        parameters: &Given,
        shape: Shape,
        limits: PageLimits,
    ) -> Result<(Ran, bool), Error> {
        let mut tries = 2;
        loop {
            let (set, ran) = join!(
                savepoint::before(self.transaction.client()),
                run(&self.transaction, self.cache, vetted, parameters, shape, limits, self.limit)
            );
            let ran = set.map_err(|error| classify(&error, self.limit)).and(ran);
            match ran {
                Ok(ran) => {
                    // Sent and not waited for: what comes next on this session comes after it.
                    let _sent = savepoint::after(self.transaction.client()).now_or_never();
                    self.changed_schema |= vetted.access() >= Access::Schema;
                    return Ok(ran);
                }
                Err(error @ Error::Lost { .. }) => return Err(error),
                Err(error) => {
                    savepoint::undo(self.transaction.client(), self.limit).await?;
                    if tries == 0 || !self.cache.learn(&error, [vetted]) {
                        return Err(error);
                    }
                    tries -= 1;
                }
            }
        }
    }

    async fn end(self, end: End, read_only: bool) -> (Ended, Result<Done, Error>) {
        let id = match end {
            End::Commit if !read_only => transaction_id(self.transaction.client(), self.limit).await,
            _ => Ok(None),
        };
        let result = match id {
            Ok(id) => finish(self.transaction, &end, self.limit).await.map_err(|error| known_by(error, id)),
            Err(error) => Err(error),
        };
        let ended = match (&result, end) {
            (Ok(()), End::Commit) => Ended::Committed,
            (Ok(()), End::RollBack | End::Checked(_)) => Ended::RolledBack,
            (Err(Error::OutcomeUnknown | Error::CommitUnknown { .. }), _) => Ended::Unknown,
            (Err(Error::Lost { .. }), _) => Ended::Lost,
            (Err(error), _) if asks_for_retry(error) => Ended::Conflict,
            (Err(_), _) => Ended::Refused,
        };
        let (notices, changed_schema) = (self.notices.take(), self.changed_schema);
        let savepoints = Vec::new();
        let done = result.map(|()| Done {
            ran: None,
            more: false,
            parameter_types: Vec::new(),
            savepoints,
            changed_schema,
            notices,
        });
        (ended, if ended == Ended::Conflict { begin_anew(done) } else { done })
    }
}

/// Waits for the token, for ever without one.
async fn cancelled(token: Option<&CancellationToken>) {
    match token {
        Some(token) => token.cancelled().await,
        None => std::future::pending().await,
    }
}

/// Tells who met a serialization failure or a deadlock what to do.
fn begin_anew(mut result: Result<Done, Error>) -> Result<Done, Error> {
    if let Some(sql) = result.as_mut().err().and_then(Error::sql_mut) {
        sql.add_hint("the transaction was rolled back: begin it anew, and do everything in it again");
    }
    result
}

/// Runs a statement. Of a read only the wanted rows are fetched; a write runs to its end.
async fn run(
    transaction: &Transaction<'_>,
    cache: &mut Cache,
    vetted: &Vetted,
    parameters: &Given,
    shape: Shape,
    limits: PageLimits,
    limit: Duration,
) -> Result<(Ran, bool), Error> {
    let client = transaction.client();
    let prepared = prepare(client, cache, vetted, limit).await?;
    if vetted.access() > Access::Read {
        let kept = Kept { shape, rows: limits.rows, bytes: limits.bytes, past: Past::Counted };
        let ran = run_prepared(client, &prepared, vetted, parameters, kept, limit).await?;
        let more = ran.returned > ran.kept;
        return Ok((ran, more));
    }
    let parameters = prepared.bind(parameters)?;
    let span = StatementSpan::begin(&prepared.summary);
    let ran = page(transaction, &prepared, parameters, shape, limits, limit).await;
    match &ran {
        Ok((ran, _)) => span.returned(ran.returned),
        Err(error) => span.failed(error),
    }
    ran
}

/// The wanted rows of a read.
async fn page(
    transaction: &Transaction<'_>,
    prepared: &Prepared,
    parameters: Vec<Parameter>,
    shape: Shape,
    limits: PageLimits,
    limit: Duration,
) -> Result<(Ran, bool), Error> {
    #[expect(clippy::disallowed_methods, reason = "the statement was prepared from vetted text")]
    let portal = transaction
        .bind_raw(&prepared.statement, parameters)
        .await
        .map_err(|error| prepared.relate(classify(&error, limit)))?;
    let encoder = RowEncoder::new(shape, Arc::clone(&prepared.columns));
    let mut rows = RowPages::new(Source::Portal { transaction, portal }, encoder, limit);
    let page = rows.page(limits).await.map_err(|error| prepared.relate(error))?;
    let columns = Arc::clone(&prepared.columns);
    let ran = Ran { columns, bytes: page.bytes, kept: page.rows, returned: page.rows, affected: 0 };
    Ok((ran, page.cut.is_some()))
}
