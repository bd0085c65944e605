//! test_connection: whether a database answers, and as whom.

use std::time::Instant;

use async_trait::async_trait;
use pg_policy::Access;
use serde::{Deserialize, Serialize};

use crate::{
    Call, Connection, Effect, Error, ErrorReport, Example, Exit, Operation, PoolStats, Toolset,
    catalog::ServerRow,
};

/// Check that a database answers: status, latency, server version, the role, and warnings about what the role may do.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct TestConnectionInput {
    /// Which connection, if several.
    #[serde(default)]
    pub connection_id: Option<String>,
}

/// Whether a database answers.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TestConnectionOutput {
    /// Whether it answered.
    pub success: bool,
    /// The connection that was tested.
    pub connection_id: String,
    /// `connected` or `unreachable`.
    pub status: String,
    /// Milliseconds that one round trip took, on a session that was open already or that was opened for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    /// The server's version, for example `16.4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_version: Option<String>,
    /// The database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// The role as which statements run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The most that a statement may do on this connection.
    pub access: Access,
    /// What the role may do that it better may not.
    pub warnings: Vec<String>,
    /// How full the pool is.
    pub pool_stats: PoolStats,
    /// Why it did not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}

/// The operation test_connection.
#[derive(Debug)]
pub struct TestConnection;

#[async_trait]
impl Operation for TestConnection {
    type Input = TestConnectionInput;
    type Output = TestConnectionOutput;
    const NAME: &'static str = "test_connection";
    const TITLE: &'static str = "Test a connection";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[Example { title: "Does the database answer?", arguments: "{}" }];

    async fn run(call: &Call, input: TestConnectionInput) -> Result<TestConnectionOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        // The first one may open a session; the second one is measured.
        let server = match connection.read_server(call).await {
            Ok(_) => {
                let begun = Instant::now();
                connection
                    .read_server(call)
                    .await
                    .map(|server| (server, super::milliseconds(begun.elapsed())))
            }
            Err(error) => Err(error),
        };
        if call.cancellation().is_cancelled() {
            return Err(Error::Cancelled);
        }
        Ok(output(&connection, server))
    }

    fn exit(output: &TestConnectionOutput) -> Exit {
        if output.success { Exit::Ok } else { Exit::Connection }
    }
}

fn output(connection: &Connection, server: Result<(ServerRow, f64), Error>) -> TestConnectionOutput {
    let mut output = TestConnectionOutput {
        success: server.is_ok(),
        connection_id: connection.id().to_owned(),
        status: if server.is_ok() { "connected" } else { "unreachable" }.to_owned(),
        latency_ms: None,
        server_version: None,
        database: None,
        role: None,
        access: connection.access(),
        warnings: Vec::new(),
        pool_stats: connection.pool_stats(),
        error: None,
    };
    match server {
        Ok((server, latency)) => {
            output.latency_ms = Some(latency);
            output.warnings = warnings(&server, connection.access());
            output.server_version = Some(server.version);
            output.database = Some(server.database);
            output.role = Some(server.role);
        }
        Err(error) => output.error = Some(error.report()),
    }
    output
}

/// What a role may do that an agent's role better may not. Source: PostgreSQL documentation, "Predefined Roles".
pub(super) fn warnings(server: &ServerRow, access: Access) -> Vec<String> {
    let role = &server.role;
    let mut warnings = Vec::new();
    if server.superuser {
        warnings.push(format!(
            "role `{role}` is a superuser: the server itself sets it no bounds; connect as a role with the privileges \
             that are needed and no more"
        ));
    }
    if server.bypasses_row_security && !server.superuser {
        warnings.push(format!("role `{role}` bypasses row-level security"));
    }
    if server.creates_roles && !server.superuser {
        warnings.push(format!("role `{role}` can create roles"));
    }
    if server.replicates && !server.superuser {
        warnings.push(format!("role `{role}` can replicate, which reads everything"));
    }
    for membership in &server.powerful_memberships {
        warnings.push(format!("role `{role}` is a member of `{membership}`"));
    }
    if server.in_recovery && access > Access::Read {
        warnings.push("the server is a standby: statements that write will fail".to_owned());
    }
    warnings
}
