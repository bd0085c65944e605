//! How a session starts: one fixed statement that sets what answers depend on, and asks what kind of server it is.
//!
//! These are not start-up parameters because PgBouncer refuses those that it does not know. The text is constant and
//! the caller's values are bound. Every name is qualified, so that no `search_path` decides what is called.

use std::time::Duration;

use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};

use super::scope::Scope;
use crate::{Limits, read::LEASE, settings::Pooler};

/// How long a session may idle in a transaction: somewhat longer than a caller may leave a next page unasked, so that the
/// server ends what this program forgot.
const IDLE_IN_TRANSACTION: Duration = LEASE.saturating_add(Duration::from_secs(30));

/// Where the backend's process number is not the one that was told on connecting ($3), a pooler stands in between, and
/// the settings hold for the one transaction only; without a number, $4 says for how long they hold.
///
/// The last column but one: a server that can (14 and later; before 16 only on Linux) looks once a second whether its client is
/// still there, so that a statement ends soon after this program was killed and could not cancel it.
///
/// The last column: where the search path names `pg_catalog` behind other schemas, it is taken out, so that the server searches it first
/// (and makes new tables where it made them): a name without a schema that is the server's is judged as the server's.
const START: &str = "SELECT pg_catalog.pg_is_in_recovery(),
    pg_catalog.current_setting('transaction_read_only') OPERATOR(pg_catalog.=) 'on',
    (SELECT pg_catalog.count(pg_catalog.set_config(s.name, s.value, l.is_local))
     FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS s(name, value)),
    l.is_local,
    (SELECT pg_catalog.set_config('client_connection_check_interval', '1000', l.is_local)
     WHERE pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL
       AND pg_catalog.version() OPERATOR(pg_catalog.~) 'linux'),
    (SELECT pg_catalog.set_config('search_path', COALESCE((
         SELECT pg_catalog.string_agg(pg_catalog.quote_ident(s.name::pg_catalog.text), ', ' ORDER BY s.place)
         FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS s(name, place)
         WHERE s.name OPERATOR(pg_catalog.<>) 'pg_catalog'::pg_catalog.name), ''), l.is_local)
     WHERE pg_catalog.strpos(pg_catalog.lower(pg_catalog.current_setting('search_path')), 'pg_catalog') OPERATOR(pg_catalog.>) 2)
    FROM (SELECT COALESCE(pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.<>) $3, $4)) AS l(is_local)";

/// What every session starts with. `standard_conforming_strings` is a matter of safety: text is vetted as the server lexes
/// it with the setting on. Transactions are read-only unless they say otherwise.
const ALWAYS: [(&str, &str); 6] = [
    ("standard_conforming_strings", "on"),
    ("DateStyle", "ISO"),
    ("IntervalStyle", "postgres"),
    ("extra_float_digits", "1"),
    ("bytea_output", "hex"),
    ("default_transaction_read_only", "on"),
];

/// What a session is to start with, and returns to when it is reset.
#[derive(Debug, Clone)]
pub(crate) struct SessionStart {
    names: Vec<&'static str>,
    values: Vec<String>,
    /// How long a statement may run.
    pub(crate) statement_timeout: Duration,
    /// The name that the server lists, which the caller's is put behind.
    pub(crate) application_name: String,
    /// The largest message that the server may send, in bytes.
    pub(crate) largest_message: u64,
    /// Whether a pooler stands in between.
    pub(crate) pooler: Pooler,
}

/// For how long the settings of a session hold.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holds {
    /// As long as the session.
    Session,
    /// Until the transaction ends.
    Transaction,
    /// As long as the session, if it is one of the backend with this process number; else until the transaction ends.
    SessionOf(i32),
}

impl SessionStart {
    /// Settings for these limits. An empty search path leaves it to the role's setting.
    pub(crate) fn new(
        limits: &Limits,
        search_path: &[String],
        application_name: &str,
        pooler: Pooler,
    ) -> Self {
        let mut start = Self {
            names: Vec::new(),
            values: Vec::new(),
            statement_timeout: limits.statement_timeout,
            application_name: application_name.to_owned(),
            largest_message: limits.max_message_bytes as u64,
            pooler,
        };
        for (name, value) in ALWAYS {
            start.set(name, value.to_owned());
        }
        start.set("statement_timeout", limits.statement_timeout.as_millis().to_string());
        start.set("lock_timeout", limits.lock_timeout.as_millis().to_string());
        start.set("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION.as_millis().to_string());
        if !search_path.is_empty() {
            start.set("search_path", quoted(search_path));
        }
        start
    }

    /// The same for sessions that work as this role: last of all, so that what else is set is set as the one who logged in.
    pub(crate) fn as_role(&self, role: &str) -> Self {
        let mut start = self.clone();
        start.set("role", role.to_owned());
        start
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.names.push(name);
        self.values.push(value);
    }
}

/// What the server said of itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerState {
    /// Whether it is a hot standby.
    pub(crate) in_recovery: bool,
    /// Whether transactions were read-only before the session was started.
    pub(crate) read_only: bool,
    /// Whether the settings hold for one transaction only.
    pub(crate) is_local: bool,
}

/// Starts a session, or starts it anew once its settings have been reset (`RESET ALL`, `DISCARD ALL`).
///
/// The client makes progress only while its driver is polled.
#[expect(
    clippy::disallowed_methods,
    reason = "the one fixed statement that starts a session; nothing of the caller's is in its text"
)]
pub(crate) async fn start_session(
    client: &Client,
    start: &SessionStart,
    holds: Holds,
) -> Result<ServerState, tokio_postgres::Error> {
    let (number, is_local) = match holds {
        Holds::Session => (None, false),
        Holds::Transaction => (None, true),
        Holds::SessionOf(number) => (Some(number), true),
    };
    let parameters: [(&(dyn ToSql + Sync), Type); 4] = [
        (&start.names, Type::TEXT_ARRAY),
        (&start.values, Type::TEXT_ARRAY),
        (&number, Type::INT4),
        (&is_local, Type::BOOL),
    ];
    let row = client.query_typed_one(START, &parameters).await?;
    Ok(ServerState { in_recovery: row.try_get(0)?, read_only: row.try_get(1)?, is_local: row.try_get(3)? })
}

/// Gives a transaction that has just begun its settings, and the name that it shows, where the session cannot have them; all of it
/// is sent when this is polled first.
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
pub(crate) async fn begin_in_scope(
    client: &Client,
    start: &SessionStart,
    scope: Scope,
    name: Option<&str>,
) -> Result<(), tokio_postgres::Error> {
    if scope.is_session() {
        return Ok(());
    }
    let forget = async {
        if scope.shares_names() {
            // The names of whoever had this backend before; nobody can count on one there.
            client.execute_typed("DEALLOCATE ALL", &[]).await?;
        }
        Ok(())
    };
    let show = async {
        if let Some(name) = name {
            let text = "SELECT pg_catalog.set_config('application_name', $1, true)";
            client.query_typed(text, &[(&name, Type::TEXT)]).await?;
        }
        Ok(())
    };
    let started = start_session(client, start, Holds::Transaction);
    let (forgotten, started, shown) = futures_util::join!(forget, started, show);
    forgotten.and(started.map(drop)).and(shown)
}

/// Schemas as a list of quoted identifiers, which is how the setting is written.
fn quoted(schemas: &[String]) -> String {
    schemas.iter().map(|schema| format!("\"{}\"", schema.replace('"', "\"\""))).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_schemas() {
        assert_eq!(quoted(&["shop".to_owned(), "a\"b, c".to_owned()]), "\"shop\", \"a\"\"b, c\"");
    }
}
