//! Reads: one vetted statement in a read-only transaction, its rows taken page by page.
//!
//! The transaction lives in a task of its own, once the caller has the first page. A caller asks it for pages; when the caller goes away, cancels, or leaves
//! a page unasked for longer than the lease, the task ends the transaction. A cursor is nothing but such a task kept.
//!
//! Invariant: every page of one reading comes from one snapshot of one statement, and no row is cut or left out between
//! pages.

mod rows;
mod serve;

pub(crate) use self::rows::{Rows as RowPages, Source};

use std::{sync::Arc, time::Duration};

use pg_policy::Vetted;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use self::serve::{Job, serve};
use crate::{
    Call, Connection, Error, Notice,
    given::Given,
    row_encoder::Shape,
    session::{Carried, Column},
};

/// How long a page may be left unasked before the transaction ends.
pub(crate) const LEASE: Duration = Duration::from_secs(300);

/// How much a page may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageLimits {
    /// Rows at most.
    pub rows: u64,
    /// Encoded bytes at most, unless one row alone exceeds them.
    pub bytes: usize,
    /// Encoded bytes of the largest row that is no error.
    pub largest: usize,
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

/// A page that a caller waits for.
#[derive(Debug)]
struct Demand {
    limits: PageLimits,
    reply: oneshot::Sender<Result<Page, Error>>,
}

/// What a reading begins with.
struct Opening {
    columns: Arc<[Column]>,
    page: Page,
}

impl Reading {
    /// Runs the statement as far as its first page. Dropping the future, or the call's token, stops it in the server.
    pub(crate) async fn open(
        connection: &Connection,
        call: &Call,
        vetted: &Vetted,
        parameters: impl Into<Given>,
        shape: Shape,
        first: PageLimits,
    ) -> Result<(Self, Page), Error> {
        let job = Job { vetted: vetted.clone(), parameters: parameters.into(), shape, first };
        let token = call.service().stopping().child_token();
        let guard = token.clone().drop_guard();
        let (opened, mut opening) = oneshot::channel();
        let (demands, asked) = mpsc::channel(1);
        let session = connection.check_out(call).await?;
        let work = serve(connection.clone(), call.clone(), session, job, token.clone(), opened, asked);
        let mut work = Carried::new(call.service().tasks(), work);
        let Opening { columns, page } = tokio::select! {
            biased;
            opening = work.until(&mut opening) => opening.unwrap_or(Err(Error::Lost { last_words: None }))?,
            () = call.cancellation().cancelled() => return Err(Error::Cancelled),
        };
        guard.disarm();
        Ok((Self { demands, columns, token, waiting: false }, page))
    }

    /// The columns of the result.
    pub(crate) fn columns(&self) -> &Arc<[Column]> {
        &self.columns
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
