//! Why a connection could not be opened, in words that say what to change.
//!
//! Invariant: holds what may be shown to any caller: no password, no connection string, and no driver error, which might.

use std::fmt;

use crate::settings::Told;

/// What kind of failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ConnectErrorKind {
    /// The host's name is not known.
    NameNotFound,
    /// Nothing listens there, or there is no way there.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// What listens there does not speak PostgreSQL's protocol, or hung up.
    Protocol,
    /// The server is starting, stopping or recovering.
    StartingUp,
    /// The server has no connection left to give.
    TooManyConnections,
    /// The server is not one of those asked for by `target_session_attrs`.
    WrongServer,
    /// The server does not offer TLS.
    TlsNotOffered,
    /// TLS could not be agreed on.
    Tls,
    /// The server's certificate is not signed by a trusted authority, or not valid now.
    CertificateNotTrusted,
    /// The server's certificate is for another name.
    CertificateName,
    /// A certificate or key file of ours cannot be used.
    ClientFile,
    /// The server wants a password and there is none.
    PasswordMissing,
    /// The password's file or command failed.
    PasswordSource,
    /// The server's `pg_hba.conf` has no entry that lets this connection in.
    NotPermitted,
    /// The role does not exist or may not log in.
    RoleNotFound,
    /// The database does not exist.
    DatabaseNotFound,
    /// The password or other proof was not accepted.
    AuthenticationFailed,
    /// Another error that the server reported.
    Server,
}

impl ConnectErrorKind {
    /// Whether trying again later may help without changing anything.
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::TimedOut
                | Self::StartingUp
                | Self::TooManyConnections
                | Self::WrongServer
        )
    }
}

/// One server that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectFailure {
    /// The server, as host and port or as path of a socket.
    pub target: String,
    /// What kind of failure it was.
    pub kind: ConnectErrorKind,
    /// What happened; it may name files of this machine.
    pub what: String,
    /// The same without them, where it names any.
    pub(super) what_remotely: Option<String>,
    /// What to change.
    pub advice: String,
    /// The SQLSTATE, where the server gave one.
    pub sqlstate: Option<String>,
}

impl ConnectFailure {
    /// A failure that has to do with files of this machine.
    pub(super) fn naming(target: String, kind: ConnectErrorKind, told: Told, advice: &str) -> Self {
        Self {
            target,
            kind,
            what: told.local,
            what_remotely: Some(told.remote),
            advice: advice.to_owned(),
            sqlstate: None,
        }
    }

    /// Adds to what happened.
    pub(super) fn add(&mut self, told: &Told) {
        let what = Told {
            remote: self.what_remotely.take().unwrap_or_else(|| self.what.clone()),
            local: std::mem::take(&mut self.what),
        };
        let mut what = what;
        what.push(", and ", told);
        (self.what, self.what_remotely) = (what.local, Some(what.remote));
    }
}

/// No connection could be opened: what happened at each server, and what to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectError {
    first: ConnectFailure,
    more: Vec<ConnectFailure>,
}

impl ConnectError {
    /// One failure, or several of which the decisive one is found.
    pub(super) fn new(first: ConnectFailure) -> Self {
        Self { first, more: Vec::new() }
    }

    /// Adds the failure of another server.
    pub(super) fn push(&mut self, failure: ConnectFailure) {
        // A host with several addresses that fail alike is one failure to the reader.
        if !self.failures().any(|known| *known == failure) {
            self.more.push(failure);
        }
    }

    /// The same error without the names of files of this machine, for a caller over the network.
    #[must_use]
    pub fn without_files(&self) -> Self {
        let without = |failure: &ConnectFailure| ConnectFailure {
            what: failure.what_remotely.clone().unwrap_or_else(|| failure.what.clone()),
            ..failure.clone()
        };
        Self { first: without(&self.first), more: self.more.iter().map(without).collect() }
    }

    /// What happened at each server, in the order of trying.
    pub fn failures(&self) -> impl Iterator<Item = &ConnectFailure> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// The failure that got furthest, which is the one to mend first.
    pub fn decisive(&self) -> &ConnectFailure {
        self.more
            .iter()
            .fold(&self.first, |best, failure| if failure.kind > best.kind { failure } else { best })
    }

    /// The kind of the decisive failure.
    pub fn kind(&self) -> ConnectErrorKind {
        self.decisive().kind
    }

    /// What to change about the decisive failure.
    pub fn advice(&self) -> &str {
        &self.decisive().advice
    }

    /// The SQLSTATE of the decisive failure, where the server gave one.
    pub fn sqlstate(&self) -> Option<&str> {
        self.decisive().sqlstate.as_deref()
    }

    /// Whether trying again later may help without changing anything.
    pub fn is_transient(&self) -> bool {
        self.failures().any(|failure| failure.kind.is_transient())
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.more.is_empty() {
            write!(formatter, "cannot connect to {}: {}", self.first.target, self.first.what)?;
        } else {
            write!(formatter, "cannot connect to any of {} servers", self.failures().count())?;
            for failure in self.failures() {
                write!(formatter, "; {}: {}", failure.target, failure.what)?;
            }
        }
        write!(formatter, "; {}", self.advice())
    }
}

impl std::error::Error for ConnectError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(target: &str, kind: ConnectErrorKind) -> ConnectFailure {
        ConnectFailure {
            target: target.to_owned(),
            kind,
            what: format!("{kind:?}"),
            what_remotely: None,
            advice: format!("mend {kind:?}"),
            sqlstate: None,
        }
    }

    #[test]
    fn advises_on_the_failure_that_got_furthest() {
        let mut error = ConnectError::new(failure("a:1", ConnectErrorKind::AuthenticationFailed));
        error.push(failure("b:1", ConnectErrorKind::Unreachable));
        error.push(failure("b:1", ConnectErrorKind::Unreachable));
        assert_eq!(error.kind(), ConnectErrorKind::AuthenticationFailed);
        assert_eq!(
            error.to_string(),
            "cannot connect to any of 2 servers; a:1: AuthenticationFailed; b:1: Unreachable; mend AuthenticationFailed"
        );
    }
}
