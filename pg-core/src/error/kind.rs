//! The classes of errors: one table from class to exit code and to words.

use serde::Serialize;

use crate::Exit;

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
    /// A change waits to be confirmed; nothing of it was made.
    ConfirmationNeeded,
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
            ErrorKind::ConfirmationNeeded => Exit::Unconfirmed,
            ErrorKind::Sql | ErrorKind::Internal => Exit::Sql,
            ErrorKind::Connection | ErrorKind::OutcomeUnknown => Exit::Connection,
            ErrorKind::Timeout | ErrorKind::Cancelled => Exit::Stopped,
        }
    }

    /// The kind as reports write it.
    #[must_use]
    pub fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The words with which a report of this kind opens.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            ErrorKind::Argument => "bad argument",
            ErrorKind::Refused => "refused",
            ErrorKind::ConfirmationNeeded => "confirmation needed",
            ErrorKind::Sql => "SQL error",
            ErrorKind::Connection => "connection error",
            ErrorKind::OutcomeUnknown => "outcome unknown",
            ErrorKind::Timeout => "time limit reached",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::Internal => "internal error",
        }
    }
}
