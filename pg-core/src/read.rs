//! Reads: one vetted statement in a read-only transaction, its rows taken from a portal page by page.
//!
//! The transaction lives in a task of its own. A caller asks it for pages; when the caller goes away, cancels, or leaves
//! a page unasked for longer than the lease, the task ends the transaction. A cursor is nothing but such a task kept.
//!
//! Invariant: every page of one reading comes from one snapshot of one statement, and no row is cut or left out between
//! pages.

use std::{pin::Pin, sync::Arc, time::Duration};

use futures_util::TryStreamExt;
use pg_policy::Vetted;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::{Portal, RowStream, Transaction};
use tokio_util::sync::CancellationToken;

use crate::{
    Call, Connection, Error, Notice,
    row_encoder::{RowEncoder, Shape},
    session::{Backend, Column, Stop, classify, prepare, stoppable},
    statement::is_stale_plan,
    value,
};

/// How long a page may be left unasked before the transaction ends.
pub(crate) const LEASE: Duration = Duration::from_secs(300);
/// Rows of the first fetch of a portal; later ones follow from the size of the rows seen.
const FIRST_FETCH: i64 = 128;
/// Most rows of one fetch.
const LARGEST_FETCH: i64 = 8192;
/// Bytes that one fetch aims at.
const FETCH_BYTES: usize = 1 << 20;

/// How much a page may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageLimits {
    /// Rows at most.
    pub rows: u64,
    /// Encoded bytes at most.
    pub bytes: usize,
    /// Whether a row that alone exceeds the bytes is an error; where rows stream on it is not.
    pub strict: bool,
}

/// Why a page ended before the result did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The limit of rows.
    Rows,
    /// The limit of bytes.
    Bytes,
}

/// Some rows, encoded.
#[derive(Debug)]
pub(crate) struct Page {
    /// The rows in the reading's shape, separated but not enclosed.
    pub bytes: Vec<u8>,
    /// How many rows.
    pub rows: u64,
    /// Why more rows are left, if any are.
    pub cut: Option<Cut>,
    /// What the server said beside the rows.
    pub notices: Vec<Notice>,
}

/// A reading under way.
#[derive(Debug)]
pub(crate) struct Reading {
    demands: mpsc::Sender<Demand>,
    columns: Arc<[Column]>,
    header: Vec<u8>,
    token: CancellationToken,
    /// A page was asked for and has not come.
    waiting: bool,
}

impl Drop for Reading {
    /// A reading that is dropped while a page is on its way is stopped in the server. Otherwise the task sees that nobody
    /// can ask for another page, and ends its transaction in peace.
    fn drop(&mut self) {
        if self.waiting {
            self.token.cancel();
        }
    }
}

#[derive(Debug)]
struct Demand {
    limits: PageLimits,
    reply: oneshot::Sender<Result<Page, Error>>,
}

struct Opening {
    columns: Arc<[Column]>,
    header: Vec<u8>,
}

/// What is read.
struct Job {
    vetted: Vetted,
    parameters: Vec<Value>,
    shape: Shape,
}

impl Reading {
    /// Begins the transaction, binds the statement, and fetches nothing yet.
    pub(crate) async fn open(
        connection: &Connection,
        call: &Call,
        vetted: &Vetted,
        parameters: &[Value],
        shape: Shape,
    ) -> Result<Self, Error> {
        let job = Job { vetted: vetted.clone(), parameters: parameters.to_vec(), shape };
        let token = call.service().stopping().child_token();
        let guard = token.clone().drop_guard();
        let (opened, opening) = oneshot::channel();
        let (demands, asked) = mpsc::channel(1);
        let session = connection.check_out(call).await?;
        call.service().tasks().spawn(serve(
            connection.clone(),
            call.clone(),
            session,
            job,
            token.clone(),
            opened,
            asked,
        ));
        let Opening { columns, header } = tokio::select! {
            biased;
            opening = opening => opening.unwrap_or(Err(Error::Lost { last_words: None }))?,
            () = call.cancellation().cancelled() => return Err(Error::Cancelled),
        };
        guard.disarm();
        Ok(Self { demands, columns, header, token, waiting: false })
    }

    /// The columns of the result.
    pub(crate) fn columns(&self) -> &Arc<[Column]> {
        &self.columns
    }

    /// What a stream of lines begins with.
    pub(crate) fn header(&self) -> &[u8] {
        &self.header
    }

    /// The next rows. Dropping the future, or the call's token, stops the statement in the server.
    pub(crate) async fn page(&mut self, call: &Call, limits: PageLimits) -> Result<Page, Error> {
        let (reply, answer) = oneshot::channel();
        self.waiting = true;
        if self.demands.send(Demand { limits, reply }).await.is_err() {
            return Err(Error::Lost {
                last_words: Some("the reading ended before this page was asked for".into()),
            });
        }
        let page = tokio::select! {
            biased;
            page = answer => page.unwrap_or(Err(Error::Lost { last_words: None })),
            () = call.cancellation().cancelled() => return Err(Error::Cancelled),
        };
        self.waiting = false;
        page
    }
}

/// The task: opens, with one more try on a fresh session where the first one was stale, then serves pages.
async fn serve(
    connection: Connection,
    call: Call,
    mut session: crate::session::Session,
    job: Job,
    token: CancellationToken,
    opened: oneshot::Sender<Result<Opening, Error>>,
    mut asked: mpsc::Receiver<Demand>,
) {
    let mut opened = Some(opened);
    let mut tries = 0;
    loop {
        session.unsettle();
        let stop = Stop { token: token.clone(), cancel: session.cancel_handle() };
        let result = stoppable(&stop, read(&mut session, &job, &mut opened, &mut asked)).await;
        let stopped = stop.token.is_cancelled();
        let Err(error) = result else {
            // A cancel request may still be on its way to the backend: it is not used again.
            if !stopped {
                finish(&mut session, &job).await;
            }
            return;
        };
        let stale = matches!(error, Error::Lost { .. }) || is_stale_plan(&error);
        if opened.is_some() && stale && tries < 2 {
            tries += 1;
            if is_stale_plan(&error) {
                session.forget_prepared();
                let _reset = session.reset().await;
            }
            drop(session);
            match connection.check_out(&call).await {
                Ok(fresh) => {
                    session = fresh;
                    continue;
                }
                Err(error) => {
                    tell(opened, error);
                    return;
                }
            }
        }
        let reusable = !stopped && !matches!(error, Error::Cancelled | Error::Lost { .. });
        tell(opened, error);
        if reusable {
            let _reset = session.reset().await;
        }
        return;
    }
}

fn tell(opened: Option<oneshot::Sender<Result<Opening, Error>>>, error: Error) {
    if let Some(opened) = opened {
        // Nobody listens when the caller has gone away.
        let _told = opened.send(Err(error));
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

#[expect(clippy::disallowed_methods, reason = "the statement was prepared from vetted text")]
async fn read(
    backend: &mut Backend,
    job: &Job,
    opened: &mut Option<oneshot::Sender<Result<Opening, Error>>>,
    asked: &mut mpsc::Receiver<Demand>,
) -> Result<(), Error> {
    let limit = backend.statement_timeout();
    let notices = backend.notices();
    let failed = |error: tokio_postgres::Error| classify(&error, limit);
    let (client, cache) = backend.parts();
    let transaction = client.build_transaction().read_only(true).start().await.map_err(failed)?;
    let prepared = prepare(transaction.client(), cache, &job.vetted, limit).await?;
    let parameters = value::bind(&job.parameters, prepared.statement.params())?;
    let portal = transaction.bind_raw(&prepared.statement, parameters).await.map_err(failed)?;
    let encoder = RowEncoder::new(job.shape, Arc::clone(&prepared.columns));
    let header = encoder.header();
    if let Some(opened) = opened.take() {
        // Nobody listens when the caller has gone away; then the next wait ends this task.
        let _told = opened.send(Ok(Opening { columns: Arc::clone(&prepared.columns), header }));
    }
    let mut rows = Rows {
        transaction: &transaction,
        portal,
        encoder,
        limit,
        stream: None,
        seen_bytes: 0,
        seen_rows: 0,
        held: None,
        ended: false,
    };
    loop {
        let Ok(Some(Demand { limits, reply })) = tokio::time::timeout(LEASE, asked.recv()).await else {
            break;
        };
        let page = rows.page(limits).await.map(|page| Page { notices: notices.take(), ..page });
        let last = page.as_ref().map_or(true, |page| page.cut.is_none());
        let failure = page.as_ref().err().map(|error| matches!(error, Error::Lost { .. }));
        let _told = reply.send(page);
        match failure {
            Some(true) => return Err(Error::Lost { last_words: None }),
            _ if last => break,
            _ => {}
        }
    }
    // Rows still on their way would hold up whatever comes next on this backend: it is stopped and given up.
    if rows.stream.is_some() {
        return Err(Error::Cancelled);
    }
    drop(rows);
    transaction.rollback().await.map_err(failed)
}

/// The rows of one portal.
struct Rows<'a> {
    transaction: &'a Transaction<'a>,
    portal: Portal,
    encoder: RowEncoder,
    limit: Duration,
    /// The fetch under way.
    stream: Option<Pin<Box<RowStream>>>,
    seen_bytes: usize,
    seen_rows: usize,
    /// A row that did not fit into the last page.
    held: Option<Vec<u8>>,
    ended: bool,
}

impl Rows<'_> {
    async fn page(&mut self, limits: PageLimits) -> Result<Page, Error> {
        let mut bytes = Vec::new();
        let mut rows = 0;
        let cut = loop {
            let end = bytes.len();
            if rows > 0 {
                bytes.extend_from_slice(self.encoder.separator());
            }
            let start = bytes.len();
            if !self.next(limits.rows.saturating_sub(rows), &mut bytes).await? {
                bytes.truncate(end);
                break None;
            }
            let size = bytes.len() - start;
            if limits.strict && rows == 0 && size > limits.bytes {
                return Err(Error::RowTooLarge { bytes: size, limit: limits.bytes });
            }
            let cut = if rows >= limits.rows {
                Some(Cut::Rows)
            } else if rows > 0 && bytes.len() > limits.bytes {
                Some(Cut::Bytes)
            } else {
                None
            };
            if cut.is_some() {
                self.held = Some(bytes.split_off(start));
                bytes.truncate(end);
                break cut;
            }
            rows += 1;
        };
        Ok(Page { bytes, rows, cut, notices: Vec::new() })
    }

    /// Appends the next row, from what was held back, the fetch under way, or a new fetch. False at the end.
    async fn next(&mut self, wanted: u64, out: &mut Vec<u8>) -> Result<bool, Error> {
        if let Some(row) = self.held.take() {
            out.extend_from_slice(&row);
            return Ok(true);
        }
        while !self.ended {
            let stream = match self.stream.as_mut() {
                Some(stream) => stream,
                None => {
                    let count = i32::try_from(self.fetch_size(wanted)).unwrap_or(i32::MAX);
                    let stream = self.transaction.query_portal_raw(&self.portal, count).await;
                    self.stream.insert(Box::pin(stream.map_err(|error| classify(&error, self.limit))?))
                }
            };
            match stream.try_next().await {
                Ok(Some(row)) => {
                    self.seen_bytes += row.raw_size_bytes();
                    self.seen_rows += 1;
                    self.encoder.row(&row, out)?;
                    return Ok(true);
                }
                Ok(None) => {
                    // A portal that has more says "suspended" and gives no count.
                    self.ended = stream.rows_affected().is_some();
                    self.stream = None;
                }
                Err(error) => {
                    self.stream = None;
                    self.ended = true;
                    return Err(classify(&error, self.limit));
                }
            }
        }
        Ok(false)
    }

    /// As many rows as are wanted and one more, which tells whether any are left; fewer while rows are large.
    fn fetch_size(&self, wanted: u64) -> i64 {
        let wanted = i64::try_from(wanted).unwrap_or(LARGEST_FETCH).saturating_add(1);
        let by_size = match self.seen_bytes.checked_div(self.seen_rows) {
            None => FIRST_FETCH,
            Some(average) => i64::try_from(FETCH_BYTES / average.max(1)).unwrap_or(LARGEST_FETCH),
        };
        wanted.min(by_size.clamp(1, LARGEST_FETCH))
    }
}
