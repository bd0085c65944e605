//! Transactions that stay open from call to call.
//!
//! Such a transaction lives in a task of its own, which holds the session and does one thing after the other; a caller has
//! its name. The task ends the transaction when its caller leaves it alone for longer than the lease, or goes away.
//!
//! Invariant: a transaction that was not committed by its caller's own word is rolled back; a name that is no longer good
//! is told why.

mod registry;
mod savepoint;
mod serve;

use std::time::Duration;

use pg_policy::Vetted;
use postgres_types::Type;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

pub(crate) use self::registry::OpenTransactions;
use self::serve::{Job, serve};
use crate::{
    Call, Connection, Error, Notice, given::Given, read::PageLimits, row_encoder::Shape, session::Begin,
    statement::Ran, write::End,
};

/// What a call asks of an open transaction.
#[derive(Debug)]
pub(crate) enum Demand {
    /// Run a statement.
    Run {
        /// The statement.
        vetted: Vetted,
        /// Its parameters.
        parameters: Given,
        /// The shape of its rows.
        shape: Shape,
        /// How many of its rows are wanted.
        limits: PageLimits,
    },
    /// Tell the types of a statement's parameters.
    Describe(Vetted),
    /// Do something about a savepoint.
    Savepoint {
        /// The caller's name for it.
        name: String,
        /// What.
        action: SavepointAction,
    },
    /// End.
    End(End),
}

/// What can be done about a savepoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SavepointAction {
    /// Set it.
    Set,
    /// Undo what came after it.
    RollBackTo,
    /// Forget it, and keep what came after it.
    Release,
}

/// What came of a demand.
#[derive(Debug)]
pub(crate) struct Done {
    /// What a statement did, where one was run.
    pub ran: Option<Ran>,
    /// Whether more rows are there than were wanted.
    pub more: bool,
    /// The types of a statement's parameters, where they were asked for.
    pub parameter_types: Vec<Type>,
    /// The caller's savepoints that are set now, oldest first.
    pub savepoints: Vec<String>,
    /// Whether a statement of the transaction changed the schema.
    pub changed_schema: bool,
    /// What the server said beside its results.
    pub notices: Vec<Notice>,
}

/// A demand on its way to the task, with how it is stopped and where its answer goes.
#[derive(Debug)]
struct Asked {
    demand: Demand,
    token: CancellationToken,
    reply: oneshot::Sender<Result<Done, Error>>,
    /// What it is traced under.
    span: tracing::Span,
}

/// Where an open transaction is reached.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// The connection that it is open on.
    pub connection_id: String,
    /// Whether the server refuses to write in it.
    pub read_only: bool,
    asked: mpsc::Sender<Asked>,
}

/// Why a transaction is no longer open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Its caller committed it.
    Committed,
    /// Its caller rolled it back.
    RolledBack,
    /// Nobody asked anything of it for this long.
    Expired(Duration),
    /// The server refused to commit it.
    Refused,
    /// Its connection to the server was lost.
    Lost,
    /// The server asked to begin it anew: a serialization failure or a deadlock.
    Conflict,
    /// A statement in it was cancelled.
    Cancelled,
    /// Its connection was removed, or this process is stopping.
    Closed,
    /// Its commit was lost on its way.
    Unknown,
}

impl Ended {
    /// In words that follow "the transaction".
    pub(crate) fn in_words(self) -> String {
        match self {
            Ended::Committed => "was committed already".to_owned(),
            Ended::RolledBack => "was rolled back already, as its caller asked".to_owned(),
            Ended::Expired(after) => {
                format!("expired after {} s without a call, and was rolled back", after.as_secs_f64())
            }
            Ended::Refused => "was rolled back, because the server refused to commit it".to_owned(),
            Ended::Lost => "lost its connection to the server, which rolls it back".to_owned(),
            Ended::Conflict => "met a serialization failure or a deadlock, and was rolled back".to_owned(),
            Ended::Cancelled => "was rolled back when a call in it was cancelled".to_owned(),
            Ended::Closed => "was rolled back when its connection was removed or its client went".to_owned(),
            Ended::Unknown => "lost its connection while committing: it may be committed or not".to_owned(),
        }
    }
}

/// Begins a transaction that stays open; gives its name.
pub(crate) async fn open(connection: &Connection, call: &Call, begin: Begin) -> Result<String, Error> {
    let transactions = call.service().transactions();
    let (demands, asked) = mpsc::channel(1);
    let limits = connection.limits();
    let held = Held { connection_id: connection.id().to_owned(), read_only: begin.read_only, asked: demands };
    // A session besides is needed to ask the catalog about the statements in it.
    let bound = limits.open_transactions.min(connection.pool_stats().size.saturating_sub(1));
    // The place is taken before the session, so that callers who race for the last one do not both get it.
    let place = transactions.keep(held, bound)?;
    let session = connection.check_out(call).await?;
    let (opened, opening) = oneshot::channel();
    let name = place.name().to_owned();
    let job = Job {
        begin,
        lease: limits.transaction_lease,
        stopping: call.service().stopping().clone(),
        gone: call.caller_gone(),
    };
    // Not the caller's own call, which would keep its client here.
    let task = serve(connection.clone(), Call::new(call.service()), session, job, place, opened, asked);
    call.service().tasks().spawn(task);
    tokio::select! {
        biased;
        opened = opening => opened.unwrap_or(Err(Error::Lost { last_words: None }))?,
        // The task sees that nobody waits for its transaction, and ends it.
        () = call.cancellation().cancelled() => return Err(Error::Cancelled),
    }
    Ok(name)
}

/// Asks something of the open transaction with this name. Dropping the future, or the call's token, stops a statement in the
/// server.
pub(crate) async fn ask(call: &Call, name: &str, demand: Demand) -> Result<Done, Error> {
    let transactions = call.service().transactions();
    let held = transactions.find(name)?;
    let token = call.cancellation().child_token();
    let gone = token.clone().drop_guard();
    let (reply, answer) = oneshot::channel();
    let asked = Asked { demand, token, reply, span: tracing::Span::current() };
    let sent = tokio::select! {
        biased;
        sent = held.asked.send(asked) => sent,
        () = call.cancellation().cancelled() => return Err(Error::Cancelled),
    };
    if sent.is_err() {
        return Err(transactions.unknown(name));
    }
    let result = match answer.await {
        Ok(result) => result,
        Err(_) => Err(transactions.unknown(name)),
    };
    drop(gone.disarm());
    result
}
