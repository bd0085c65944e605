//! The task of a reading: runs the statement, with one more try where the session was stale, then serves pages.

use std::{sync::Arc, time::Duration};

use futures_util::{FutureExt, join};
use pg_policy::Vetted;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use super::{
    Demand, LEASE, Opening, Page, PageLimits,
    rows::{Rows, Source},
};
use crate::{
    Call, Connection, Error, Parameter,
    connect::MessageBound,
    given::Given,
    row_encoder::{RowEncoder, Shape},
    session::{
        Backend, Begin, Notices, Prepared, Session, Stop, classify, is_stale_plan, prepare, stoppable,
        why_lost,
    },
    spans::StatementSpan,
};

/// What is read.
pub(super) struct Job {
    pub(super) vetted: Vetted,
    pub(super) parameters: Given,
    pub(super) shape: Shape,
    pub(super) first: PageLimits,
}

/// Where pages go: the first one with what the reading begins with, the others as they are asked for.
struct Desk {
    opened: Option<oneshot::Sender<Result<Opening, Error>>>,
    asked: mpsc::Receiver<Demand>,
    notices: Notices,
    /// How large a message of the server may be.
    bound: Option<MessageBound>,
    /// The operation as traces show it, and the statement, up to its first page.
    operation: Span,
    span: Option<StatementSpan>,
    /// Whether the server has begun with the statement: from then on it is not run again behind the caller's back, since
    /// somebody may have ended it on purpose.
    begun: bool,
}

/// Serves a reading to its end.
pub(super) async fn serve(
    connection: Connection,
    call: Call,
    mut session: Session,
    job: Job,
    token: CancellationToken,
    opened: oneshot::Sender<Result<Opening, Error>>,
    asked: mpsc::Receiver<Demand>,
) {
    let (notices, bound) = (session.notices(), session.message_bound());
    // Where this is begun, the operation waits for it.
    let operation = Span::current();
    let mut desk = Desk { opened: Some(opened), asked, notices, bound, operation, span: None, begun: false };
    let (mut stale_plans, mut dead_sessions) = (0, 0);
    loop {
        session.unsettle();
        (desk.notices, desk.bound) = (session.notices(), session.message_bound());
        let stop = Stop { token: token.clone(), cancel: session.cancel_handle() };
        let result = stoppable(&stop, read(&mut session, &job, &mut desk)).await;
        let stopped = stop.token.is_cancelled();
        let Err(error) = result else {
            // A cancel request may still be on its way to the backend: it is not used again.
            if stopped {
                session.fall_quiet().await;
            } else {
                finish(&mut session, &job).await;
            }
            return;
        };
        let error = why_lost(&desk.bound, error);
        if let Some(span) = desk.span.take() {
            span.failed(&error);
        }
        let stale = is_stale_plan(&error);
        if desk.opened.is_some() && !stale && session.learn(&error, [&job.vetted]) {
            let _reset = session.reset().await;
            continue;
        }
        // Where one session has waited in vain, the others would too.
        let silent = desk.bound.as_ref().is_some_and(MessageBound::was_silent);
        let unbegun = !desk.begun && !silent && matches!(error, Error::Lost { .. });
        stale_plans += u32::from(stale);
        dead_sessions += u32::from(unbegun);
        // Each session of the pool can be dead at most once.
        let again = (stale && stale_plans <= 2) || (unbegun && dead_sessions <= connection.pool_stats().size);
        if desk.opened.is_some() && again {
            if stale {
                session.forget_prepared();
                let _reset = session.reset().await;
            }
            drop(session);
            match connection.check_out(&call).await {
                Ok(fresh) => {
                    session = fresh;
                    continue;
                }
                Err(error) => return desk.refuse(error),
            }
        }
        let reusable =
            !stopped && !matches!(error, Error::Cancelled | Error::OutcomeUnknown | Error::Lost { .. });
        desk.refuse(error);
        if reusable {
            let _reset = session.reset().await;
        } else if stopped {
            session.fall_quiet().await;
        }
        return;
    }
}

/// After a rolled-back read that ran only built-in functions nothing of the session can have changed.
async fn finish(session: &mut Backend, job: &Job) {
    if job.vetted.only_built_in() {
        session.settle();
    } else {
        let _reset = session.reset().await;
    }
}

/// Runs the statement once, and serves its pages. The transaction's end is sent and not waited for: whatever comes next
/// on this backend comes after it.
async fn read(backend: &mut Backend, job: &Job, desk: &mut Desk) -> Result<(), Error> {
    let limit = backend.statement_timeout();
    let whole_session = backend.scope().is_session();
    let (client, cache) = backend.parts();
    if whole_session
        && let Some(prepared) = cache.get(job.vetted.key()).filter(|prepared| prepared.is_small()).cloned()
    {
        let parameters = prepared.bind(&job.parameters)?;
        desk.traces(&prepared);
        let way = if job.vetted.only_built_in() { Way::Alone } else { Way::Within };
        let mut rows = whole(client, &prepared, parameters, job.shape, limit, way).await?;
        desk.begun = true;
        desk.serve(&mut rows, &prepared, job.first).await?;
        if way == Way::Within {
            let _sent = roll_back(client).now_or_never();
        }
        return Ok(());
    }
    let failed = |error: tokio_postgres::Error| classify(&error, limit);
    let (transaction, cache) = backend.begin(Begin::READ).await?;
    let preparing = prepare(transaction.client(), cache, &job.vetted, limit);
    let prepared = preparing.instrument(desk.operation.clone()).await?;
    let parameters = prepared.bind(&job.parameters)?;
    desk.traces(&prepared);
    let encoder = RowEncoder::new(job.shape, Arc::clone(&prepared.columns));
    let portal = bind(&transaction, &prepared, parameters).await.map_err(failed)?;
    let mut rows = Rows::new(Source::Portal { transaction: &transaction, portal }, encoder, limit);
    desk.begun = true;
    desk.serve(&mut rows, &prepared, job.first).await
}

#[expect(clippy::disallowed_methods, reason = "the statement was prepared from vetted text")]
async fn bind(
    transaction: &tokio_postgres::Transaction<'_>,
    prepared: &Prepared,
    parameters: Vec<Parameter>,
) -> Result<tokio_postgres::Portal, tokio_postgres::Error> {
    transaction.bind_raw(&prepared.statement, parameters).await
}

/// How a statement that is sent whole gets its read-only transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// By itself: the transaction that the server makes for one statement, read-only because the session's transactions
    /// are by default. For statements that leave nothing that would have to be rolled back: a `BEGIN` and a `ROLLBACK` cost
    /// the server as much as a point query does.
    Alone,
    /// Between `START TRANSACTION READ ONLY` and `ROLLBACK`: what functions of users have set is undone.
    Within,
}

/// Runs the statement in a read-only transaction of its own in one round trip, for a result that is expected to fit into a
/// page. Should the BEGIN fail, the statement runs read-only all the same: that is the session's default.
#[expect(
    clippy::disallowed_methods,
    reason = "one text is a constant, the other statement was prepared from vetted text"
)]
async fn whole<'a>(
    client: &Client,
    prepared: &Prepared,
    parameters: Vec<Parameter>,
    shape: Shape,
    limit: Duration,
    way: Way,
) -> Result<Rows<'a>, Error> {
    let statement = client.query_raw(&prepared.statement, parameters);
    let stream = match way {
        Way::Alone => statement.await,
        Way::Within => {
            let (begun, stream) = join!(client.execute_typed("START TRANSACTION READ ONLY", &[]), statement);
            begun.and(stream)
        }
    };
    let stream = stream.map_err(|error| classify(&error, limit))?;
    let encoder = RowEncoder::new(shape, Arc::clone(&prepared.columns));
    Ok(Rows::new(Source::Stream, encoder, limit).with_stream(stream))
}

#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn roll_back(client: &Client) -> Result<u64, tokio_postgres::Error> {
    client.execute_typed("ROLLBACK", &[]).await
}

impl Desk {
    /// Hands out the first page and those that are asked for, until the rows end or nobody asks.
    async fn serve(
        &mut self,
        rows: &mut Rows<'_>,
        prepared: &Prepared,
        first: PageLimits,
    ) -> Result<(), Error> {
        let page = match rows.page(first).await {
            Ok(page) => page,
            // It may have run for long, and somebody may have ended it on purpose: it is not run again unasked.
            Err(error @ Error::Lost { .. }) => {
                self.refuse(error);
                return Err(Error::Lost { last_words: None });
            }
            Err(error) => return Err(prepared.relate(error)),
        };
        if let Some(span) = self.span.take() {
            span.returned(page.rows);
        }
        self.operation = Span::none();
        let mut more = page.cut.is_some();
        prepared.note_small(!more);
        let opening = Opening {
            columns: Arc::clone(&prepared.columns),
            page: Page { notices: self.notices.take(), ..page },
        };
        if let Some(opened) = self.opened.take() {
            // Nobody listens when the caller has gone away; then the next wait ends this task.
            let _told = opened.send(Ok(opening));
        }
        while more {
            let Ok(Some(Demand { limits, reply })) = timeout(LEASE, self.asked.recv()).await else { break };
            let page = rows.page(limits).await.map(|page| Page { notices: self.notices.take(), ..page });
            more = page.as_ref().is_ok_and(|page| page.cut.is_some());
            let lost = matches!(page, Err(Error::Lost { .. }));
            let _told = reply.send(page.map_err(|error| why_lost(&self.bound, error)));
            if lost {
                return Err(Error::Lost { last_words: None });
            }
        }
        // Rows still on their way would hold up whatever comes next on this backend: it is stopped and given up.
        if rows.has_rows_on_their_way() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Begins to show a statement in traces.
    fn traces(&mut self, prepared: &Prepared) {
        self.span = Some(self.operation.in_scope(|| StatementSpan::begin(&prepared.summary)));
    }

    /// Tells the caller who waits for the first page that there is none.
    fn refuse(&mut self, error: Error) {
        self.operation = Span::none();
        if let Some(opened) = self.opened.take() {
            // Nobody listens when the caller has gone away.
            let _told = opened.send(Err(why_lost(&self.bound, error)));
        }
    }
}
