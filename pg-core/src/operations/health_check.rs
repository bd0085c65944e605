//! health_check: how this process is.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Call, Effect, Error, Example, Operation};

/// Say whether this server itself is healthy: its uptime and the state of its connections.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct HealthCheckInput {}

/// How this process is.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HealthCheckOutput {
    /// Whether every connection that was used is reachable.
    pub is_healthy: bool,
    /// `healthy` or `degraded`.
    pub status: &'static str,
    /// Seconds since the process started.
    pub uptime_seconds: f64,
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
    const EXAMPLES: &'static [Example] = &[Example { title: "How is the server?", arguments: "{}" }];

    async fn run(call: &Call, _input: HealthCheckInput) -> Result<HealthCheckOutput, Error> {
        Ok(HealthCheckOutput {
            is_healthy: true,
            status: "healthy",
            uptime_seconds: call.service().uptime().as_secs_f64(),
        })
    }
}
