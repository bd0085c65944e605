//! What one call leaves behind: what was judged for it, what it gave, and its place among the calls at work.
//!
//! Separate because every operation leaves it without knowing, so that none can forget to. Invariant: an operation that is
//! run through its list is logged and recorded exactly once, however it ends.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::OwnedSemaphorePermit;

use crate::{
    Call, Connection, ConnectionSettings, Error, ErrorKind,
    audit::{Decision, Execution, Recordable, statement},
    recent::Ended,
};

/// Characters of a statement in a log line.
const LOGGED: usize = 2000;

/// What a call leaves behind.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    operation: &'static str,
    noted: Mutex<Noted>,
    rows: AtomicU64,
    affected: AtomicU64,
}

#[derive(Debug, Default)]
struct Noted {
    call: String,
    connection: Option<Connection>,
    statements: Vec<String>,
    place: Option<OwnedSemaphorePermit>,
}

impl Trail {
    /// The trail of a call of this operation.
    pub(crate) fn of(operation: &'static str) -> Self {
        Self { operation, ..Self::default() }
    }

    /// Rows that were handed out.
    pub(crate) fn gave(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    /// Rows that were changed.
    pub(crate) fn changed(&self, rows: u64) {
        self.affected.fetch_add(rows, Ordering::Relaxed);
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection that was worked on.
    pub(crate) fn connection(&self) -> Option<String> {
        self.noted().connection.as_ref().map(|connection| connection.id().to_owned())
    }

    /// Takes a place among the calls at work on a connection, unless this call has one.
    ///
    /// # Errors
    /// [`Error::Limited`] where all are taken.
    pub(crate) fn enter(&self, connection: &Connection) -> Result<(), Error> {
        let mut noted = self.noted();
        noted.connection.get_or_insert_with(|| connection.clone());
        if noted.place.is_none() {
            noted.place = connection.place()?;
        }
        Ok(())
    }

    /// Records what was decided on a statement. Where the log is required, it is in the log when this returns.
    ///
    /// # Errors
    /// [`Error::Unrecorded`].
    pub(crate) async fn decided<T>(
        &self,
        call: &Call,
        connection: &Connection,
        text: &str,
        given: Recordable<'_>,
        verdict: &Result<T, Error>,
    ) -> Result<(), Error> {
        let id = {
            let mut noted = self.noted();
            noted.connection.get_or_insert_with(|| connection.clone());
            if call.service().logs_statements() {
                noted.statements.push(text.to_owned());
            } else {
                noted.statements.push(text.chars().take(LOGGED).collect());
            }
            if noted.call.is_empty() {
                noted.call = call.service().next_call();
            }
            noted.call.clone()
        };
        let Some(audit) = call.service().audit() else { return Ok(()) };
        let report = verdict.as_ref().err().map(Error::report);
        let refused = report.as_ref().is_some_and(|report| report.kind == ErrorKind::Refused);
        let decision = Decision {
            caller: call.identity(),
            call: &id,
            operation: self.operation,
            connection: connection.id(),
            role: connection.settings().map_or("", ConnectionSettings::user),
            statement: statement(text),
            parameters: given.recorded(audit.parameters()),
            verdict: match &report {
                None => "allowed",
                Some(_) if refused => "refused",
                Some(_) => "failed",
            },
            rule: report.as_ref().and_then(|report| report.rule.clone()),
            reason: report.map(|report| report.message),
        };
        if decision.verdict == "allowed" {
            audit.before("decision", &decision).await
        } else {
            audit.after("decision", &decision);
            Ok(())
        }
    }

    /// Logs and records how the call ended, and gives up its place.
    pub(crate) fn ended<T>(&self, call: &Call, begun: Instant, result: &Result<T, Error>) {
        let noted = std::mem::take(&mut *self.noted());
        let took = begun.elapsed();
        let (rows, affected) = (self.rows.load(Ordering::Relaxed), self.affected.load(Ordering::Relaxed));
        self.log(call, &noted, took, rows.max(affected), result.as_ref().err().map(Error::kind));
        if call.service().recent().is_kept() {
            call.service().recent().ended(Ended {
                caller: call.shared_identity(),
                operation: self.operation,
                connection: noted.connection.as_ref().map(|connection| connection.id().to_owned()),
                statements: noted.statements.clone(),
                outcome: outcome(result),
                sqlstate: result.as_ref().err().and_then(Error::sqlstate).map(str::to_owned),
                rows,
                affected_rows: affected,
                took,
            });
        }
        let Some(audit) = call.service().audit() else { return };
        let id = if noted.call.is_empty() { call.service().next_call() } else { noted.call };
        let error = result.as_ref().err();
        let execution = Execution {
            caller: call.identity(),
            call: &id,
            operation: self.operation,
            connection: noted.connection.as_ref().map(Connection::id),
            role: noted
                .connection
                .as_ref()
                .and_then(|connection| connection.settings())
                .map(ConnectionSettings::user),
            statements: noted.statements.len(),
            outcome: outcome(result),
            sqlstate: error.and_then(Error::sqlstate).map(str::to_owned),
            rows,
            affected_rows: affected,
            duration_ms: took.as_secs_f64() * 1000.0,
        };
        audit.after("execution", &execution);
    }

    /// A line for each statement where statements are logged, and one for a call that was slow. Never a parameter.
    fn log(&self, call: &Call, noted: &Noted, took: Duration, rows: u64, failed: Option<ErrorKind>) {
        let slow = !noted.statements.is_empty() && took >= call.service().slow_statement();
        if !slow && !call.service().logs_statements() {
            return;
        }
        let connection = noted.connection.as_ref().map_or("", Connection::id);
        let outcome = failed.map_or_else(|| "ok".to_owned(), ErrorKind::word);
        let milliseconds = took.as_millis();
        for text in &noted.statements {
            // As a quoted string: a line break in a statement must not begin a line of the log.
            let text: String = text.chars().take(LOGGED).collect();
            let operation = self.operation;
            if slow {
                tracing::warn!(
                    target: "pg_core::statements",
                    connection, operation, milliseconds, rows, outcome, statement = ?text, "slow statement"
                );
            } else {
                tracing::info!(
                    target: "pg_core::statements",
                    connection, operation, milliseconds, rows, outcome, statement = ?text, "statement"
                );
            }
        }
    }
}

/// `ok`, or the kind of the error.
fn outcome<T>(result: &Result<T, Error>) -> String {
    result.as_ref().map_or_else(|error| error.kind().word(), |_| "ok".to_owned())
}
