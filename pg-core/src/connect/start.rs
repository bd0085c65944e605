//! How a session starts: one fixed statement that sets what answers depend on, and asks what kind of server it is.
//!
//! These are not start-up parameters because PgBouncer refuses those that it does not know. The text is constant and
//! the caller's values are bound. Every name is qualified, so that no `search_path` decides what is called.

use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};

/// `standard_conforming_strings` is a matter of safety: text is vetted as the server lexes it with the setting on.
const START: &str = "SELECT pg_catalog.pg_is_in_recovery(),
    pg_catalog.current_setting('transaction_read_only') OPERATOR(pg_catalog.=) 'on',
    pg_catalog.set_config('standard_conforming_strings', 'on', false),
    pg_catalog.set_config('DateStyle', 'ISO', false),
    pg_catalog.set_config('IntervalStyle', 'postgres', false),
    pg_catalog.set_config('extra_float_digits', '1', false),
    pg_catalog.set_config('bytea_output', 'hex', false),
    CASE WHEN $1 THEN pg_catalog.set_config('default_transaction_read_only', 'on', false) END,
    CASE WHEN $2 IS NOT NULL THEN pg_catalog.set_config('search_path', $2, false) END";

/// What a session is to start with.
#[derive(Debug, Clone, Default)]
pub(crate) struct SessionStart {
    /// Whether transactions are read-only unless they say otherwise.
    pub(crate) read_only: bool,
    /// The schemas that unqualified names are looked for in; empty leaves it to the role's setting.
    pub(crate) search_path: Vec<String>,
}

/// What the server said of itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerState {
    /// Whether it is a hot standby.
    pub(crate) in_recovery: bool,
    /// Whether transactions were read-only before the session was started.
    pub(crate) read_only: bool,
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
) -> Result<ServerState, tokio_postgres::Error> {
    let search_path = (!start.search_path.is_empty()).then(|| quoted(&start.search_path));
    let parameters: [(&(dyn ToSql + Sync), Type); 2] =
        [(&start.read_only, Type::BOOL), (&search_path, Type::TEXT)];
    let row = client.query_typed_one(START, &parameters).await?;
    Ok(ServerState { in_recovery: row.try_get(0)?, read_only: row.try_get(1)? })
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
