//! list_locks: which locks are held and waited for.

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::default_schema;
use crate::budget::{default_max_tokens, fitting};
use crate::catalog::{self, Lock};
use crate::lookup;
use crate::paging::{MOST, Truncated, default_limit};
use crate::values;

/// List the locks that sessions hold or wait for, those waited for first, with their targets in words.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct ListLocksInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// Only locks on this table or view.
    #[cfg_attr(feature = "cli", arg())]
    pub table_name: Option<String>,
    /// The schema of that table.
    #[serde(default = "default_schema")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_schema()))]
    pub schema: String,
    /// Only locks that are waited for.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub waiting_only: bool,
    /// The most to list, up to 5000.
    #[serde(default = "default_limit")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_limit()))]
    pub limit: u32,
    /// The largest answer, in tokens.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
}

/// Locks of the connection's database.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListLocksOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The locks, those waited for first.
    pub locks: Vec<Lock>,
    /// How many locks this answer lists.
    pub count: usize,
    /// Present where there are more locks than are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

/// The operation list_locks.
#[derive(Debug)]
pub struct ListLocks;

#[async_trait]
impl Operation for ListLocks {
    type Input = ListLocksInput;
    type Output = ListLocksOutput;
    const NAME: &'static str = "list_locks";
    const SHORT_NAME: Option<&'static str> = Some("locks");
    const TITLE: &'static str = "Locks held and waited for";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Health;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] = &[
        Example { title: "Does anybody wait?", arguments: r#"{"waiting_only": true}"# },
        Example { title: "Who has locked the orders?", arguments: r#"{"table_name": "orders"}"# },
    ];

    async fn run(call: &Call, input: ListLocksInput) -> Result<ListLocksOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let relation = match &input.table_name {
            Some(name) => Some(lookup::relation(call, &connection, &input.schema, name).await?.oid),
            None => None,
        };
        let parameters = [json!(relation), json!(input.waiting_only), json!(input.limit.min(MOST))];
        let locks = catalog::LOCKS.rows(call, &connection, &parameters).await?;
        let total = locks.first().map_or(0, |lock| lock.total);
        let shown = |mut lock: Lock| {
            lock.query = values::statement(&connection, lock.query);
            lock.application = lock.application.filter(|name| !name.is_empty());
            lock
        };
        let mut locks: Vec<Lock> = locks.into_iter().map(shown).collect();
        locks.truncate(fitting(&locks, input.max_tokens));
        Ok(ListLocksOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            count: locks.len(),
            truncated: Truncated::without_offset(locks.len(), total),
            locks,
        })
    }
}
