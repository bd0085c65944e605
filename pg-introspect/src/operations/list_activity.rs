//! list_activity: who runs what on the server, for how long, waiting on what.

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::budget::{default_max_tokens, fitting};
use crate::catalog::{self, Session};
use crate::paging::{MOST, Truncated, default_limit};
use crate::values;

/// List the sessions that are at work or hold a transaction open, the longest transaction first: statement, duration, what
/// they wait for, who blocks them.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct ListActivityInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// Sessions of all databases.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub all_databases: bool,
    /// Idle sessions and the server's own processes too.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub include_idle: bool,
    /// Only transactions that are so old.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub min_duration_ms: u32,
    /// The most to list, up to 5000.
    #[serde(default = "default_limit")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_limit()))]
    pub limit: u32,
    /// The largest answer, in tokens.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
}

/// Sessions of the server.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListActivityOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The sessions, the longest transaction first; not the one that asked.
    pub sessions: Vec<Session>,
    /// How many sessions this answer lists.
    pub count: usize,
    /// Present where there are more sessions than are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// The operation list_activity.
#[derive(Debug)]
pub struct ListActivity;

#[async_trait]
impl Operation for ListActivity {
    type Input = ListActivityInput;
    type Output = ListActivityOutput;
    const NAME: &'static str = "list_activity";
    const SHORT_NAME: Option<&'static str> = Some("activity");
    const TITLE: &'static str = "Who runs what";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Health;
    const EXAMPLES: &'static [Example] = &[
        Example { title: "What runs now?", arguments: "{}" },
        Example {
            title: "Transactions that have lasted for a minute",
            arguments: r#"{"min_duration_ms": 60000}"#,
        },
    ];

    async fn run(call: &Call, input: ListActivityInput) -> Result<ListActivityOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let parameters = [
            json!(input.all_databases),
            json!(input.include_idle),
            json!(input.min_duration_ms),
            json!(null),
            json!(input.limit.min(MOST)),
        ];
        let sessions = catalog::ACTIVITY.rows(call, &connection, &parameters).await?;
        let notes: Vec<String> = hidden(&connection, &sessions).into_iter().collect();
        let total = sessions.first().map_or(0, |session| session.total);
        let mut sessions: Vec<Session> =
            sessions.into_iter().map(|session| shown(&connection, session)).collect();
        sessions.truncate(fitting(&sessions, input.max_tokens));
        Ok(ListActivityOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            count: sessions.len(),
            truncated: Truncated::without_offset(sessions.len(), total),
            sessions,
            notes: (!notes.is_empty()).then_some(notes),
        })
    }
}

/// A session as an answer tells it.
pub(super) fn shown(connection: &Connection, mut session: Session) -> Session {
    session.query = values::statement(connection, session.query).filter(|text| !text.is_empty());
    session.application = session.application.filter(|name| !name.is_empty());
    session
}

/// What hides statements from the answer, and what would show them.
pub(super) fn hidden(connection: &Connection, sessions: &[Session]) -> Option<String> {
    if !values::may_tell_statements(connection) {
        return Some(
            "statements of other sessions are not shown, because they may hold values that the policy masks"
                .to_owned(),
        );
    }
    let count = sessions.iter().filter(|session| !session.is_visible).count();
    (count > 0).then(|| {
        format!(
            "what {count} sessions of other roles run is hidden from the connection's role; GRANT pg_read_all_stats TO that role \
             shows it"
        )
    })
}
