//! From the driver's error to ours: what the server said, whether the session is lost, whether a time limit fell.

use std::{error::Error as _, time::Duration};

use tokio_postgres::error::SqlState;

use crate::{Error, SqlError};

/// Tells apart what the driver puts into one error type. `statement_timeout` is the limit that the session runs under.
pub(crate) fn classify(error: &tokio_postgres::Error, statement_timeout: Duration) -> Error {
    let Some(server) = error.as_db_error() else {
        if error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>()) {
            return Error::Lost { last_words: None };
        }
        return Error::Driver { problem: with_source(error) };
    };
    let code = server.code();
    if *code == SqlState::ADMIN_SHUTDOWN
        || *code == SqlState::CRASH_SHUTDOWN
        || *code == SqlState::CANNOT_CONNECT_NOW
        || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        || *code == SqlState::DATABASE_DROPPED
        || *code == SqlState::PROTOCOL_VIOLATION
        // idle_session_timeout, transaction_timeout
        || matches!(code.code(), "57P05" | "25P04")
    {
        return Error::Lost { last_words: Some(server.message().to_owned()) };
    }
    // The statement was prepared on a backend that is not this one.
    if *code == SqlState::INVALID_SQL_STATEMENT_NAME {
        let words = format!(
            "{}: if a pooler gives each transaction another backend, say `pgbouncer = \"transaction\"`",
            server.message()
        );
        return Error::Lost { last_words: Some(words) };
    }
    // A time limit and another session's cancel share this SQLSTATE. The message is translated on some servers, its
    // English form is not the only sign: a cancel by this program never comes here.
    if *code == SqlState::QUERY_CANCELED && !server.message().contains("user request") {
        return Error::Timeout { limit: statement_timeout };
    }
    let mut told = SqlError::from_server(server);
    if *code == SqlState::QUERY_CANCELED {
        told.add_hint("another session cancelled it (pg_cancel_backend); ask who watches this database");
    }
    if *code == SqlState::LOCK_NOT_AVAILABLE {
        told.add_hint(
            "another transaction holds the lock, or waits for it ahead of this one: find_blocking says which; try again later, or \
             raise `limits.lock_timeout_ms`",
        );
    }
    if *code == SqlState::T_R_SERIALIZATION_FAILURE && server.message().contains("recovery") {
        told.add_hint(
            "a standby had to end the statement, because the primary has changed what it was reading (the detail says what); run \
             it again, on the primary if it is long, or set hot_standby_feedback or max_standby_streaming_delay on the standby",
        );
    }
    if *code == SqlState::IN_FAILED_SQL_TRANSACTION {
        told.add_hint(
            "what was sent before it failed; behind a pooler, or on a pool that was lent, that may be the settings with which each \
             transaction begins: look into the server's log",
        );
    }
    if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        told.add_hint(
            "the statement tried to write in a read-only transaction; use a connection with write access",
        );
    }
    Error::Sql(Box::new(told))
}

fn with_source(error: &tokio_postgres::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
