//! begin_transaction: a transaction that stays open from call to call.

use std::time::Instant;

use async_trait::async_trait;
use pg_policy::Access;
use serde::{Deserialize, Serialize};

use super::execute_transaction::{Isolation, begin};
use crate::{Call, Effect, Error, Example, Operation, Toolset, open_transaction};

/// Begin a transaction that stays open from call to call.
///
/// Pass its `transaction` to execute_query, then to end_transaction. A statement that fails is undone alone; left alone past
/// its lease, all is rolled back. Known statements go to execute_transaction in one call.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct BeginTransactionInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub connection_id: Option<String>,
    /// The isolation level; by default the server's.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub isolation_level: Option<Isolation>,
    /// Let the server refuse every write.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub read_only: bool,
    /// Wait for a snapshot with which nothing can fail; only with serializable and read_only.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub deferrable: bool,
}

/// An open transaction.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BeginTransactionOutput {
    /// Always true; an error is answered as an error.
    pub success: bool,
    /// The connection that it is open on.
    pub connection_id: String,
    /// Its name: pass it to execute_query, set_savepoint and end_transaction.
    pub transaction: String,
    /// Whether the server refuses every write in it, as asked or by the connection's access.
    pub read_only: bool,
    /// Milliseconds that it may be left alone between calls before it is rolled back.
    pub lease_ms: u64,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// The operation begin_transaction.
#[derive(Debug)]
pub struct BeginTransaction;

#[async_trait]
impl Operation for BeginTransaction {
    type Input = BeginTransactionInput;
    type Output = BeginTransactionOutput;
    const NAME: &'static str = "begin_transaction";
    const TITLE: &'static str = "Begin a transaction over several calls";
    const EFFECT: Effect = Effect::Statement;
    const TOOLSET: Toolset = Toolset::Query;
    const SPANS_CALLS: bool = true;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Several reads of one snapshot",
        arguments: r#"{"isolation_level": "repeatable_read", "read_only": true}"#,
    }];

    async fn run(call: &Call, input: BeginTransactionInput) -> Result<BeginTransactionOutput, Error> {
        let begun = Instant::now();
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let read_only = input.read_only || connection.access() == Access::Read;
        let begin = begin(input.isolation_level, read_only, input.deferrable)?;
        let transaction = open_transaction::open(&connection, call, begin)
            .await
            .map_err(|error| error.on(connection.id()))?;
        let lease = connection.limits().transaction_lease;
        Ok(BeginTransactionOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            transaction,
            read_only,
            lease_ms: u64::try_from(lease.as_millis()).unwrap_or(u64::MAX),
            duration_ms: super::milliseconds(begun.elapsed()),
        })
    }
}
