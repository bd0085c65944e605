//! health_check: how this process is.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Call, Effect, Error, Example, Exit, Operation, Toolset};

/// Say whether this server itself is healthy: its uptime, and whether the databases that it is connected to answer.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct HealthCheckInput {}

/// How this process is.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HealthCheckOutput {
    /// Whether every check passed.
    pub is_healthy: bool,
    /// `healthy` or `degraded`.
    pub status: String,
    /// Seconds since the process started.
    pub uptime_seconds: f64,
    /// The version of this program.
    pub version: String,
    /// A check for each connection.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Check {
    /// What was checked: `connection:` and its name.
    pub name: String,
    /// `connected`, `not_connected_yet` or `unreachable`.
    pub status: String,
    /// Why it is not as it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The operation health_check.
#[derive(Debug)]
pub struct HealthCheck;

#[async_trait]
impl Operation for HealthCheck {
    type Input = HealthCheckInput;
    type Output = HealthCheckOutput;
    const NAME: &'static str = "health_check";
    const TITLE: &'static str = "Health of this server";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[Example { title: "How is the server?", arguments: "{}" }];

    async fn run(call: &Call, _input: HealthCheckInput) -> Result<HealthCheckOutput, Error> {
        let connections = call.service().connections();
        let checks = futures_util::future::join_all(connections.iter().map(|connection| async move {
            let stats = connection.pool_stats();
            let name = format!("connection:{}", connection.id());
            // A connection that nobody has used stays unopened: looking must not cost sessions.
            if stats.idle_connections == 0 && !connection.failed_last() {
                let status = if stats.active_connections > 0 { "connected" } else { "not_connected_yet" };
                return Check { name, status: status.to_owned(), message: None };
            }
            match connection.read_server(call).await {
                Ok(_) => Check { name, status: "connected".to_owned(), message: None },
                Err(error) => {
                    Check { name, status: "unreachable".to_owned(), message: Some(error.report().message) }
                }
            }
        }))
        .await;
        let is_healthy = checks.iter().all(|check| check.message.is_none());
        Ok(HealthCheckOutput {
            is_healthy,
            status: if is_healthy { "healthy" } else { "degraded" }.to_owned(),
            uptime_seconds: call.service().uptime().as_secs_f64(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            checks,
        })
    }

    fn exit(output: &HealthCheckOutput) -> Exit {
        if output.is_healthy { Exit::Ok } else { Exit::Findings }
    }
}
