//! What an error becomes for a certain reader or place, and whether trying again may help.
//!
//! Separate from the list of errors and from what is told of each.

use std::sync::Arc;

use crate::{Error, Origin};

impl Error {
    /// Whether the same call may succeed later without anything being changed, and cannot do anything twice.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Connect(error) => error.is_transient(),
            Error::CheckOut { .. } | Error::Lost { .. } => true,
            Error::Limited { retry_after, .. } => retry_after.is_some(),
            // A serialization failure, a deadlock, a lock that is held, no more sessions.
            Error::Sql(sql) => matches!(sql.sqlstate.as_str(), "40001" | "40P01" | "55P03" | "53300"),
            Error::At { source, .. }
            | Error::Line { source, .. }
            | Error::On { source, .. }
            | Error::Pointed { source, .. } => source.is_retryable(),
            _ => false,
        }
    }

    /// The error without the names of this machine's files, where it is told to a caller over the network.
    pub(crate) fn told_to(self, origin: Origin) -> Self {
        match (self, origin) {
            (Error::Connect(error), Origin::Remote) => Error::Connect(Arc::new(error.without_files())),
            (error, _) => error,
        }
    }

    /// Another error in the place of a lost connection.
    pub(crate) fn if_lost(self, instead: impl FnOnce() -> Error) -> Self {
        match self {
            Error::Lost { .. } => instead(),
            Error::At { index, source } => Error::At { index, source: Box::new(source.if_lost(instead)) },
            other => other,
        }
    }
}
