//! An error that PostgreSQL reported, with everything a caller needs to mend the statement.

use crate::{Error, ErrorKind, ErrorReport};

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
    /// The column at fault, where the server names one.
    pub column: Option<String>,
    /// The number of the parameter whose value it could not read, as in `$2`.
    pub parameter: Option<usize>,
}

impl SqlError {
    pub(crate) fn from_server(error: &tokio_postgres::error::DbError) -> Self {
        use tokio_postgres::error::ErrorPosition;
        let position = match error.position() {
            Some(ErrorPosition::Original(position)) => usize::try_from(*position).ok(),
            Some(ErrorPosition::Internal { .. }) | None => None,
        };
        let mut told = Self {
            sqlstate: error.code().code().to_owned(),
            message: error.message().to_owned(),
            detail: error.detail().map(ToOwned::to_owned),
            hint: error.hint().map(ToOwned::to_owned),
            position,
            constraint: error.constraint().map(ToOwned::to_owned),
            column: error.column().map(ToOwned::to_owned),
            parameter: None,
        };
        if let Some(parameter) = error.where_().and_then(parameter) {
            told.parameter = parameter.trim_start_matches('$').parse().ok();
            told.add_hint(&format!("it is the value of parameter {parameter} that does not fit"));
        }
        told
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
            column: None,
            parameter: None,
        }
    }

    /// What a write is told on a standby, which refuses to begin its transaction: the SQLSTATE is that of a statement that writes
    /// in a read-only transaction, which this is.
    pub(crate) fn of_standby(said: Self) -> Self {
        let mut told = Self {
            sqlstate: "25006".to_owned(),
            message: "the server is a standby, and cannot be written to".to_owned(),
            detail: Some(said.message),
            ..said
        };
        told.add_hint(
            "write on the primary: name all servers in `host` of the connection, with `target_session_attrs = \"read-write\"`, which finds \
             it, also after a failover",
        );
        told
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

impl Error {
    /// What the server said, where the error is the server's.
    #[must_use]
    pub fn sql(&self) -> Option<&SqlError> {
        match self {
            Error::Sql(error) => Some(error),
            Error::At { source, .. }
            | Error::Line { source, .. }
            | Error::On { source, .. }
            | Error::Pointed { source, .. } => source.sql(),
            _ => None,
        }
    }

    /// The same error of the server in other words, of somebody who knows more about it; an error that is not the server's stays as
    /// it is.
    #[must_use]
    pub fn in_words(mut self, message: String, instead: &str) -> Self {
        if let Some(error) = self.sql_mut() {
            error.message = message;
            error.position = None;
            error.hint = Some(instead.to_owned());
        }
        self
    }
}

/// The parameter that the server was reading, as `$2`. From version 14 on it says so in the first line of the error's
/// context: `portal "p1" parameter $2`, or of an unnamed one, both with its value where the server is set to show it.
fn parameter(context: &str) -> Option<&str> {
    let (portal, found) = context.lines().next()?.split_once(" parameter ")?;
    if !(portal.starts_with("portal ") || portal == "unnamed portal") {
        return None;
    }
    let digits = found.strip_prefix('$')?.find(|c: char| !c.is_ascii_digit());
    found.get(..digits.map_or(found.len(), |end| end + 1)).filter(|parameter| parameter.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::parameter;

    #[test]
    fn finds_the_parameter_that_the_server_was_reading() {
        assert_eq!(parameter("unnamed portal parameter $2"), Some("$2"));
        assert_eq!(parameter("portal \"p1\" parameter $3"), Some("$3"));
        assert_eq!(parameter("unnamed portal parameter $12 = '...'"), Some("$12"));
        assert_eq!(parameter("PL/pgSQL function f() line 1 at RAISE"), None);
        assert_eq!(parameter("unnamed portal parameter $"), None);
    }
}
