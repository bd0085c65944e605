//! cancel_backend and terminate_backend: stopping what another session runs, or the session.
//!
//! Invariant: the connection's own policy judges the call. It needs admin access, or the function in the policy's list.

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::list_activity::shown;
use crate::catalog::{self, Session};

const CANCEL: &str = "SELECT pg_catalog.pg_cancel_backend($1::int4) AS signalled";
const TERMINATE: &str = "SELECT pg_catalog.pg_terminate_backend($1::int4) AS signalled";

/// Cancel the statement that a session runs; its session and transaction stay. Needs admin access, or pg_cancel_backend among
/// the policy's functions.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct CancelBackendInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The session's process id, as list_activity tells it.
    #[cfg_attr(feature = "cli", arg())]
    pub pid: i32,
}

/// End a session; its transaction is rolled back. Needs admin access, or pg_terminate_backend among the policy's functions.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct TerminateBackendInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The session's process id, as list_activity tells it.
    #[cfg_attr(feature = "cli", arg())]
    pub pid: i32,
}

/// What became of it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndBackendOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The process id.
    pub pid: i32,
    /// Whether the server sent the signal; the session acts on it as soon as it looks.
    pub signalled: bool,
    /// The session as it was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// Why nothing was signalled, or what to expect.
    pub message: String,
}

/// The operation cancel_backend.
#[derive(Debug)]
pub struct CancelBackend;

/// The operation terminate_backend.
#[derive(Debug)]
pub struct TerminateBackend;

#[async_trait]
impl Operation for CancelBackend {
    type Input = CancelBackendInput;
    type Output = EndBackendOutput;
    const NAME: &'static str = "cancel_backend";
    const TITLE: &'static str = "Cancel a session's statement";
    const EFFECT: Effect = Effect::Write;
    const TOOLSET: Toolset = Toolset::Admin;
    const EXAMPLES: &'static [Example] =
        &[Example { title: "A session that is gone already", arguments: r#"{"pid": 1}"# }];

    async fn run(call: &Call, input: CancelBackendInput) -> Result<EndBackendOutput, Error> {
        end(call, input.connection_id.as_deref(), input.pid, CANCEL).await
    }
}

#[async_trait]
impl Operation for TerminateBackend {
    type Input = TerminateBackendInput;
    type Output = EndBackendOutput;
    const NAME: &'static str = "terminate_backend";
    const TITLE: &'static str = "End a session";
    const EFFECT: Effect = Effect::Write;
    const TOOLSET: Toolset = Toolset::Admin;
    const EXAMPLES: &'static [Example] =
        &[Example { title: "A session that is gone already", arguments: r#"{"pid": 1}"# }];

    async fn run(call: &Call, input: TerminateBackendInput) -> Result<EndBackendOutput, Error> {
        end(call, input.connection_id.as_deref(), input.pid, TERMINATE).await
    }
}

#[derive(Deserialize)]
struct Signalled {
    signalled: bool,
}

async fn end(
    call: &Call,
    connection_id: Option<&str>,
    pid: i32,
    statement: &str,
) -> Result<EndBackendOutput, Error> {
    let connection = call.service().connection(connection_id)?;
    let parameters = [json!(true), json!(true), json!(0), json!([pid]), json!(1)];
    let session = catalog::ACTIVITY.rows(call, &connection, &parameters).await?.into_iter().next();
    let told = |signalled: bool, session: Option<Session>, message: String| EndBackendOutput {
        success: true,
        connection_id: connection.id().to_owned(),
        pid,
        signalled,
        session: session.map(|session| shown(&connection, session)),
        message,
    };
    let Some(session) = session else {
        let message = format!(
            "no other session has the process id {pid}; it may have ended, list_activity tells which there are"
        );
        return Ok(told(false, None, message));
    };
    let vetted = connection.vet(call, statement).await?;
    // A signal is not undone with the transaction that sends it.
    let rows: Vec<Signalled> = connection.fetch_rolled_back(call, &vetted, &[json!(pid)]).await?;
    let signalled = rows.first().is_some_and(|row| row.signalled);
    let message = match (signalled, statement == CANCEL, session.state.as_deref()) {
        (false, _, _) => "the server did not find the session any more".to_owned(),
        (true, true, Some(state)) if state.starts_with("idle") => format!(
            "it was told to cancel, but it is {state} and runs nothing; only terminate_backend ends such a session"
        ),
        (true, true, _) => "its statement is being cancelled; its transaction may stay open".to_owned(),
        (true, false, _) => "it is being ended; what its transaction wrote is rolled back".to_owned(),
    };
    Ok(told(signalled, Some(session), message))
}
