//! The crate's error: a variant for each thing that was being done, one table of kinds, one way to report it.
//!
//! Invariant: no variant holds a password, a connection string or a parameter's value beyond a short excerpt.

use serde::Serialize;

use crate::{ErrorReport, Exit};

/// The class of an error, by which callers branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument, a parameter or the configuration is wrong.
    Argument,
    /// The policy refused.
    Refused,
    /// PostgreSQL refused or failed the statement.
    Sql,
    /// No session could be had, or it was lost.
    Connection,
    /// The connection was lost while a commit was under way: done or not done, nobody here knows.
    OutcomeUnknown,
    /// A time limit was reached.
    Timeout,
    /// The caller cancelled.
    Cancelled,
    /// A fault of this program.
    Internal,
}

impl ErrorKind {
    /// The exit code of a command that ends with an error of this kind.
    #[must_use]
    pub fn exit(self) -> Exit {
        match self {
            ErrorKind::Argument => Exit::Usage,
            ErrorKind::Refused => Exit::Refused,
            ErrorKind::Sql | ErrorKind::Internal => Exit::Sql,
            ErrorKind::Connection | ErrorKind::OutcomeUnknown => Exit::Connection,
            ErrorKind::Timeout | ErrorKind::Cancelled => Exit::Stopped,
        }
    }

    /// The words with which a report of this kind opens.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            ErrorKind::Argument => "bad argument",
            ErrorKind::Refused => "refused",
            ErrorKind::Sql => "SQL error",
            ErrorKind::Connection => "connection error",
            ErrorKind::OutcomeUnknown => "outcome unknown",
            ErrorKind::Timeout => "time limit reached",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::Internal => "internal error",
        }
    }
}

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
    /// The result could not be written as JSON.
    #[error("the result could not be encoded")]
    Encode {
        /// The encoder's error.
        #[source]
        source: serde_json::Error,
    },
}

impl Error {
    /// The class of this error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::Argument { .. } => ErrorKind::Argument,
            Error::Encode { .. } => ErrorKind::Internal,
        }
    }

    /// What a caller is told.
    #[must_use]
    pub fn report(&self) -> ErrorReport {
        ErrorReport::new(self.kind(), self.to_string())
    }
}
