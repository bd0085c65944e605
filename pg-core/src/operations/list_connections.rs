//! list_connections: which connections there are.

use async_trait::async_trait;
use pg_policy::Access;
use serde::{Deserialize, Serialize};

use crate::{
    Call, Connection, Effect, Error, Example, Operation, PoolStats, Toolset,
    settings::{ConnectionDescription, ConnectionSettings},
};

/// List the database connections that can be used, with where each leads and what it may do. Start here.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct ListConnectionsInput {}

/// The connections.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListConnectionsOutput {
    /// Always true; an error is answered as an error.
    pub success: bool,
    /// The connections by name.
    pub connections: Vec<ConnectionSummary>,
    /// How many there are.
    pub count: usize,
}

/// One connection, without its secrets.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionSummary {
    /// The name to pass as `connection_id`.
    pub connection_id: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The most that a statement may do on it.
    pub access: Access,
    /// Where it leads; left out for a pool that was lent.
    #[serde(flatten)]
    pub target: Option<ConnectionDescription>,
    /// How full its pool is.
    pub pool_stats: PoolStats,
}

impl ConnectionSummary {
    fn of(connection: &Connection) -> Self {
        Self {
            connection_id: connection.id().to_owned(),
            label: connection.label().map(ToOwned::to_owned),
            access: connection.access(),
            target: connection.settings().map(ConnectionSettings::describe),
            pool_stats: connection.pool_stats(),
        }
    }
}

/// The operation list_connections.
#[derive(Debug)]
pub struct ListConnections;

#[async_trait]
impl Operation for ListConnections {
    type Input = ListConnectionsInput;
    type Output = ListConnectionsOutput;
    const NAME: &'static str = "list_connections";
    const SHORT_NAME: Option<&'static str> = Some("connections");
    const TITLE: &'static str = "List connections";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[Example { title: "Which databases are there?", arguments: "{}" }];

    async fn run(call: &Call, _input: ListConnectionsInput) -> Result<ListConnectionsOutput, Error> {
        let connections: Vec<_> = call.service().connections().iter().map(ConnectionSummary::of).collect();
        Ok(ListConnectionsOutput { success: true, count: connections.len(), connections })
    }
}
