//! The crate's error: a variant for each thing that was being done, one table of kinds, one way to report it.
//!
//! Invariant: no variant shows a password, a connection string or more than a short excerpt of a parameter's value.

use std::{sync::Arc, time::Duration};

use pg_policy::{Refusal, Rule};

mod kind;
mod variation;

pub use kind::ErrorKind;

use crate::process::{STICK, elsewhere, not_open};
use crate::{BindError, Confirmation, ConnectError, DecodeError, ErrorReport, SqlError};

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument of an operation does not fit.
    #[error("{problem}")]
    Argument {
        /// What, why, and the right form.
        problem: String,
    },
    /// No connection has this name.
    #[error("unknown connection `{id}`")]
    UnknownConnection {
        /// The name given, empty where none was given and none could be chosen.
        id: String,
        /// The names that exist.
        known: Vec<String>,
    },
    /// A limit of the connection's policy stands against a call.
    #[error("{problem}")]
    Limited {
        /// The key of the configuration that says it.
        rule: &'static str,
        /// What was met.
        problem: String,
        /// What to do instead.
        instead: String,
        /// When to come back, where that is known.
        retry_after: Option<Duration>,
    },
    /// A change must be confirmed before it is made.
    #[error("{0}")]
    ConfirmationNeeded(Box<Confirmation>),
    /// Somebody was asked whether a change is to be made, and did not say yes.
    #[error("the change was not confirmed; nothing was changed")]
    Declined,
    /// The audit log is required and could not be written.
    #[error("nothing was run, because it could not be recorded: the audit log cannot be written")]
    Unrecorded {
        /// Why.
        problem: String,
    },
    /// The policy of the connection refused a statement.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// An error whose place in the caller's text is shown.
    #[error("{source}")]
    Pointed {
        /// The line with a caret.
        caret: String,
        /// The error.
        #[source]
        source: Box<Error>,
    },
    /// A statement needs more access than its connection has.
    #[error("this operation needs {needed} access, and the connection has {granted} access")]
    Access {
        /// What it needs.
        needed: pg_policy::Access,
        /// What the connection has.
        granted: pg_policy::Access,
    },
    /// The parameters do not fit the statement.
    #[error("{0}")]
    Bind(#[source] Box<BindError>),
    /// A value of the result could not be read.
    #[error("column `{column}` could not be decoded")]
    Decode {
        /// The column's name.
        column: String,
        /// What was wrong with its bytes.
        #[source]
        source: DecodeError,
    },
    /// One row alone is larger than an answer may be.
    #[error("one row is {bytes} bytes, more than the limit of {limit} bytes for an answer")]
    RowTooLarge {
        /// The size of the row as encoded.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The server began to send a row that is larger than any may be.
    #[error(
        "the server sent a row of {bytes} bytes, more than the {limit} bytes that one may have; none of it was taken in"
    )]
    MessageTooLarge {
        /// The size of the row as sent.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// A backend could not be reached or did not let us in.
    #[error("{0}")]
    Connect(#[source] Arc<ConnectError>),
    /// A pool that was lent could not open a backend; its owner's driver says why.
    #[error("the pool that was lent gives no backend: {problem}")]
    Lent {
        /// What the driver said.
        problem: String,
    },
    /// No backend of the pool became free in time, and none could be opened.
    #[error("no backend became free within {} ms: {}", waited.as_millis(), occupied(*in_use, *size))]
    CheckOut {
        /// How long the caller waited.
        waited: Duration,
        /// The pool's size.
        size: u32,
        /// Its backends that were in use.
        in_use: u32,
    },
    /// The connection was lost while a statement ran; nothing of it is kept.
    #[error("the connection to the server was lost while the statement ran")]
    Lost {
        /// The server's last words, if it said any.
        last_words: Option<String>,
    },
    /// The connection was lost while a commit was under way.
    #[error("the connection was lost while the commit was under way")]
    OutcomeUnknown,
    /// The same, of a transaction whose number in the server is known.
    #[error("the connection was lost while the commit was under way")]
    CommitUnknown {
        /// The transaction's number.
        transaction_id: String,
    },
    /// A call named a transaction that is not open.
    #[error("transaction `{transaction}` {}", not_open(transaction, why.as_deref().unwrap_or("is not known here: no such transaction was begun in this process")))]
    UnknownTransaction {
        /// The name given.
        transaction: String,
        /// What became of it, where that is remembered.
        why: Option<String>,
    },
    /// PostgreSQL refused or failed the statement.
    #[error("{}", .0.message)]
    Sql(Box<SqlError>),
    /// One of several statements failed.
    #[error("statement {index} failed")]
    At {
        /// Which, counted from 0.
        index: usize,
        /// Why.
        #[source]
        source: Box<Error>,
    },
    /// A record of an input failed.
    #[error("line {line} of the input failed")]
    Line {
        /// The line that the record begins on, counted from 1.
        line: u64,
        /// Why.
        #[source]
        source: Box<Error>,
    },
    /// An input could not be read.
    #[error("the input could not be read")]
    Read {
        /// The reader's error.
        #[source]
        source: std::io::Error,
    },
    /// A time limit was reached and the statement was stopped in the server.
    #[error("the statement was stopped after {} ms, its time limit", limit.as_millis())]
    Timeout {
        /// The limit.
        limit: Duration,
    },
    /// The caller cancelled, and the statement was stopped in the server.
    #[error("the call was cancelled, and its statement was stopped in the server")]
    Cancelled,
    /// A page was asked of a cursor that is no more.
    #[error(
        "cursor `{cursor}` {}",
        not_open(cursor, "is not open: it was used already, expired, or gave way to newer calls")
    )]
    UnknownCursor {
        /// The cursor given.
        cursor: String,
    },
    /// Rows could not be written to where the caller wanted them.
    #[error("the rows could not be written out")]
    Write {
        /// The writer's error.
        #[source]
        source: std::io::Error,
    },
    /// The result could not be written as JSON.
    #[error("the result could not be encoded")]
    Encode {
        /// The encoder's error.
        #[source]
        source: serde_json::Error,
    },
    /// A row of a catalog query did not have the expected columns.
    #[error("a catalog row could not be read")]
    Row {
        /// The decoder's error.
        #[source]
        source: serde_json::Error,
    },
    /// A column of a result could not be read into a caller's type.
    #[error("column `{column}` could not be read: {problem}")]
    Column {
        /// The column's name, or its place where there is none.
        column: String,
        /// What is in the way, and what to do about it.
        problem: String,
    },
    /// One row was wanted.
    #[error("the statement returned {found}, where {wanted} was wanted")]
    RowCount {
        /// What was wanted.
        wanted: &'static str,
        /// What came.
        found: &'static str,
    },
    /// The driver failed in a way that is neither the server's nor the network's.
    #[error("the driver failed: {problem}")]
    Driver {
        /// What the driver said.
        problem: String,
    },
    /// An error that belongs to a named connection.
    #[error("{source}")]
    On {
        /// The connection.
        connection_id: String,
        /// The error.
        #[source]
        source: Box<Error>,
    },
}

impl From<Refusal> for Error {
    /// A text that is not SQL is an error of the statement, not a decision of the policy: the server would say the same.
    fn from(refusal: Refusal) -> Self {
        if refusal.rule() == Rule::Syntax {
            return Error::Sql(Box::new(SqlError::syntax(&refusal)));
        }
        Error::Refused(Box::new(refusal))
    }
}

impl From<BindError> for Error {
    fn from(error: BindError) -> Self {
        Error::Bind(Box::new(error))
    }
}

impl Error {
    /// An argument does not fit, in words that say what, why, and the right form.
    #[must_use]
    pub fn argument(problem: impl Into<String>) -> Self {
        Error::Argument { problem: problem.into() }
    }

    pub(crate) fn at(self, index: usize) -> Self {
        Error::At { index, source: Box::new(self) }
    }

    pub(crate) fn in_line(self, line: u64) -> Self {
        Error::Line { line, source: Box::new(self) }
    }

    pub(crate) fn on(self, connection_id: &str) -> Self {
        match self {
            already @ (Error::On { .. } | Error::UnknownConnection { .. }) => already,
            source => Error::On { connection_id: connection_id.to_owned(), source: Box::new(source) },
        }
    }

    /// The class of this error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Argument { .. }
            | Error::UnknownConnection { .. }
            | Error::UnknownCursor { .. }
            | Error::UnknownTransaction { .. }
            | Error::RowTooLarge { .. }
            | Error::MessageTooLarge { .. }
            | Error::RowCount { .. }
            | Error::Bind(_) => ErrorKind::Argument,
            Error::Refused(_) | Error::Access { .. } | Error::Limited { .. } | Error::Unrecorded { .. } => {
                ErrorKind::Refused
            }
            Error::ConfirmationNeeded(_) | Error::Declined => ErrorKind::ConfirmationNeeded,
            Error::Connect(_) | Error::Lent { .. } | Error::CheckOut { .. } | Error::Lost { .. } => {
                ErrorKind::Connection
            }
            Error::OutcomeUnknown | Error::CommitUnknown { .. } => ErrorKind::OutcomeUnknown,
            Error::Sql(_) => ErrorKind::Sql,
            Error::Timeout { .. } => ErrorKind::Timeout,
            Error::Cancelled => ErrorKind::Cancelled,
            Error::At { source, .. }
            | Error::Line { source, .. }
            | Error::On { source, .. }
            | Error::Pointed { source, .. } => source.kind(),
            Error::Decode { .. }
            | Error::Write { .. }
            | Error::Read { .. }
            | Error::Encode { .. }
            | Error::Row { .. }
            | Error::Column { .. }
            | Error::Driver { .. } => ErrorKind::Internal,
        }
    }

    /// The SQLSTATE, where the server gave one.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        match self {
            Error::Sql(error) => Some(&error.sqlstate),
            Error::At { source, .. }
            | Error::Line { source, .. }
            | Error::On { source, .. }
            | Error::Pointed { source, .. } => source.sqlstate(),
            _ => None,
        }
    }

    /// The server's error inside this one, to be mended.
    pub(crate) fn sql_mut(&mut self) -> Option<&mut SqlError> {
        match self {
            Error::Sql(error) => Some(error),
            Error::At { source, .. }
            | Error::Line { source, .. }
            | Error::On { source, .. }
            | Error::Pointed { source, .. } => source.sql_mut(),
            _ => None,
        }
    }

    /// What a caller is told.
    #[must_use]
    pub fn report(&self) -> ErrorReport {
        ErrorReport { retryable: self.is_retryable(), ..self.told() }
    }

    fn told(&self) -> ErrorReport {
        let plain = |this: &Error| ErrorReport::new(this.kind(), this.to_string());
        match self {
            Error::On { connection_id, source } => {
                let mut report = source.report();
                report.connection_id = Some(connection_id.clone());
                report
            }
            Error::Pointed { caret, source } => {
                let mut report = source.report();
                report.caret = Some(caret.clone());
                report
            }
            Error::Line { line, source } => {
                let mut report = source.report();
                report.message = format!("line {line}: {}", report.message);
                report
            }
            Error::Read { source } => ErrorReport::new(self.kind(), format!("{self}: {source}")),
            Error::At { index, source } => {
                let mut report = source.report();
                report.index = Some(*index);
                report
            }
            Error::Sql(error) => error.report(),
            Error::Refused(refusal) => refused(refusal),
            Error::UnknownConnection { id, known } => unknown_connection(id, known),
            Error::Access { granted, .. } => plain(self).with_hint(format!(
                "use a connection whose configuration says more than `access = \"{granted}\"`; an agent cannot raise it"
            )),
            Error::ConfirmationNeeded(confirmation) => {
                let mut report = plain(self);
                report.hint = Some(match (&confirmation.code, confirmation.expires_in_s) {
                    (Some(code), Some(seconds)) => format!(
                        "show this to whoever decides; to make the change, call again with the same arguments and `confirm`: \
                         \"{code}\", within {seconds} seconds"
                    ),
                    _ => "only a person may confirm this, and this client cannot ask one: use a client that can, or \
                          pg-cli on a terminal"
                        .to_owned(),
                });
                report.rule = Some("policy.confirm".to_owned());
                report.confirmation = Some(confirmation.clone());
                report
            }
            Error::Declined => plain(self).with_hint("ask what should be changed instead"),
            Error::Limited { rule, instead, retry_after, .. } => {
                let mut report = plain(self).with_hint(instead.clone());
                report.rule = Some((*rule).to_owned());
                report.retry_after_ms =
                    retry_after.map(|wait| u64::try_from(wait.as_millis() + 1).unwrap_or(u64::MAX));
                report
            }
            Error::Unrecorded { problem } => {
                let mut report = plain(self)
                    .with_hint("ask the person who runs this server to look at the audit log's disk and files");
                report.why = Some(problem.clone());
                report.rule = Some("audit.required".to_owned());
                report
            }
            Error::Connect(error) => connect_report(error),
            Error::CheckOut { .. } => plain(self)
                .with_hint("try again, run fewer calls at once, or raise `pool_size` of the connection"),
            Error::Lost { last_words } => {
                let mut report = plain(self)
                    .with_hint("nothing of it was kept; call again: the next call gets a new backend");
                report.detail.clone_from(last_words);
                report
            }
            Error::OutcomeUnknown => plain(self).with_hint(
                "it may or may not have been committed: read the rows it would have changed before trying again",
            ),
            Error::CommitUnknown { transaction_id } => plain(self).with_hint(format!(
                "it may or may not have been committed: `SELECT pg_xact_status('{transaction_id}')` says which, once it no longer \
                 says \"in progress\"; or read the rows it would have changed before trying again"
            )),
            Error::UnknownTransaction { transaction, .. } => plain(self)
                .with_hint(elsewhere(transaction).map_or("call begin_transaction for a new one", |_| STICK)),
            Error::Timeout { .. } => plain(self).with_hint(
                "narrow the statement (WHERE, fewer joins, an aggregate), look at explain_query, or raise \
                 `limits.statement_timeout_ms` of the connection",
            ),
            Error::UnknownCursor { cursor } => plain(self)
                .with_hint(elsewhere(cursor).map_or("run the query again without `cursor`", |_| STICK)),
            Error::RowTooLarge { .. } => plain(self)
                .with_hint("select fewer columns, or a part of the large one: left(column, 1000), substr(column, …)"),
            Error::MessageTooLarge { .. } => plain(self).with_hint(
                "select fewer columns, or a part of the large one: left(column, 1000), substr(column, …); or raise \
                 `limits.max_message_bytes` of the connection, which has to fit into memory",
            ),
            Error::Decode { source, column } => ErrorReport::new(self.kind(), format!("{self}: {source}"))
                .with_hint(format!("select \"{column}\"::text instead")),
            Error::Write { source } => ErrorReport::new(self.kind(), format!("{self}: {source}")),
            Error::Encode { source } | Error::Row { source } => {
                ErrorReport::new(self.kind(), format!("{self}: {source}"))
            }
            Error::Lent { .. } => {
                plain(self).with_hint("mend what its owner configured: host, user, password, TLS")
            }
            Error::Argument { .. }
            | Error::Bind(_)
            | Error::Cancelled
            | Error::Column { .. }
            | Error::RowCount { .. }
            | Error::Driver { .. } => plain(self),
        }
    }
}

fn occupied(in_use: u32, size: u32) -> String {
    if in_use >= size {
        format!("all {size} of the pool are in use")
    } else {
        format!("{in_use} of the pool's {size} are in use, and opening another one takes longer")
    }
}

fn refused(refusal: &Refusal) -> ErrorReport {
    let mut report = ErrorReport::new(ErrorKind::Refused, refusal.met().to_owned());
    report.why = Some(refusal.why().to_owned());
    report.hint = Some(refusal.instead().to_owned());
    report.rule = Some(refusal.rule().to_string());
    report.position = refusal.position();
    report
}

fn unknown_connection(id: &str, known: &[String]) -> ErrorReport {
    let message = if id.is_empty() {
        "`connection_id` is needed, because there is not exactly one connection".to_owned()
    } else {
        format!("there is no connection `{id}`")
    };
    let hint = if known.is_empty() {
        "no connection is configured: set DATABASE_URL, pass a configuration file, or call add_connection"
            .to_owned()
    } else {
        format!("known connections: {}", known.join(", "))
    };
    ErrorReport::new(ErrorKind::Argument, message).with_hint(hint)
}

fn connect_report(error: &ConnectError) -> ErrorReport {
    ErrorReport::new(ErrorKind::Connection, error.to_string())
}
