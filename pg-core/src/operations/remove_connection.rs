//! remove_connection: forgets a connection and closes its pool.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Call, Effect, Error, Example, Operation, Toolset};

/// Forget a connection and close its sessions. Nothing in the database changes.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct RemoveConnectionInput {
    /// The connection to forget.
    pub connection_id: String,
}

/// The connection is gone.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemoveConnectionOutput {
    /// Always true; an error is answered as an error.
    pub success: bool,
    /// The connection that was forgotten.
    pub connection_id: String,
    /// What was done, in words.
    pub message: String,
}

/// The operation remove_connection.
#[derive(Debug)]
pub struct RemoveConnection;

#[async_trait]
impl Operation for RemoveConnection {
    type Input = RemoveConnectionInput;
    type Output = RemoveConnectionOutput;
    const NAME: &'static str = "remove_connection";
    const TITLE: &'static str = "Remove a connection";
    const EFFECT: Effect = Effect::RemoveConnection;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[];

    async fn run(call: &Call, input: RemoveConnectionInput) -> Result<RemoveConnectionOutput, Error> {
        call.service().remove(&input.connection_id)?;
        Ok(RemoveConnectionOutput {
            success: true,
            message: format!("connection `{}` is removed", input.connection_id),
            connection_id: input.connection_id,
        })
    }
}
