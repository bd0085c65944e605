//! An error that PostgreSQL reported, with everything a caller needs to mend the statement.

use crate::{ErrorKind, ErrorReport};

/// What the server said of a statement. Source: PostgreSQL documentation, "Error and Notice Message Fields".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SqlError {
    /// The five-character SQLSTATE.
    pub sqlstate: String,
    /// The primary message.
    pub message: String,
    /// The server's detail.
    pub detail: Option<String>,
    /// The server's hint, or ours where it gave none.
    pub hint: Option<String>,
    /// Where in the statement's text, in characters counted from 1.
    pub position: Option<usize>,
    /// The constraint that was violated.
    pub constraint: Option<String>,
}

impl SqlError {
    pub(crate) fn from_server(error: &tokio_postgres::error::DbError) -> Self {
        use tokio_postgres::error::ErrorPosition;
        let position = match error.position() {
            Some(ErrorPosition::Original(position)) => usize::try_from(*position).ok(),
            Some(ErrorPosition::Internal { .. }) | None => None,
        };
        Self {
            sqlstate: error.code().code().to_owned(),
            message: error.message().to_owned(),
            detail: error.detail().map(ToOwned::to_owned),
            hint: error.hint().map(ToOwned::to_owned),
            position,
            constraint: error.constraint().map(ToOwned::to_owned),
        }
    }

    /// What the parser said of a text that is not SQL.
    pub(crate) fn syntax(refusal: &pg_policy::Refusal) -> Self {
        Self {
            sqlstate: "42601".to_owned(),
            message: refusal.met().to_owned(),
            detail: None,
            hint: Some(refusal.instead().to_owned()),
            position: refusal.position(),
            constraint: None,
        }
    }

    /// Adds a hint of ours after the server's own.
    pub(crate) fn add_hint(&mut self, hint: &str) {
        match &mut self.hint {
            Some(own) => {
                own.push_str("; ");
                own.push_str(hint);
            }
            None => self.hint = Some(hint.to_owned()),
        }
    }

    pub(crate) fn report(&self) -> ErrorReport {
        let mut report = ErrorReport::new(ErrorKind::Sql, self.message.clone());
        report.sqlstate = Some(self.sqlstate.clone());
        report.detail.clone_from(&self.detail);
        report.hint.clone_from(&self.hint);
        report.position = self.position;
        report
    }
}
