//! end_transaction: commits or rolls back a transaction that is open from call to call.

use std::{str::FromStr, time::Instant};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    Call, Effect, Error, Example, Notice, Operation, Toolset,
    open_transaction::{self, Demand},
    write::End,
};

/// Commit or roll back a transaction of begin_transaction.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct EndTransactionInput {
    /// The `transaction` that begin_transaction answered.
    pub transaction: String,
    /// Whether what was done in it stays.
    #[cfg_attr(feature = "cli", arg(long))]
    pub action: EndAction,
}

/// How a transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndAction {
    /// What was done in it stays.
    Commit,
    /// What was done in it is undone.
    Rollback,
}

impl FromStr for EndAction {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "commit" => Ok(EndAction::Commit),
            "rollback" => Ok(EndAction::Rollback),
            other => Err(format!("`{other}` is no way to end a transaction: commit or rollback")),
        }
    }
}

/// How a transaction ended.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndTransactionOutput {
    /// Always true; an error is answered as an error.
    pub success: bool,
    /// The connection that it was open on.
    pub connection_id: String,
    /// Whether what was done in it stays.
    pub committed: bool,
    /// What the server said beside its results.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// The operation end_transaction.
#[derive(Debug)]
pub struct EndTransaction;

#[async_trait]
impl Operation for EndTransaction {
    type Input = EndTransactionInput;
    type Output = EndTransactionOutput;
    const NAME: &'static str = "end_transaction";
    const TITLE: &'static str = "Commit or roll back a transaction";
    const EFFECT: Effect = Effect::Statement;
    const TOOLSET: Toolset = Toolset::Query;
    const SPANS_CALLS: bool = true;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Keep what was done",
        arguments: r#"{"transaction": "5f0c3a9e2b7d4c18a6e1f09b3d5c7a24", "action": "commit"}"#,
    }];

    async fn run(call: &Call, input: EndTransactionInput) -> Result<EndTransactionOutput, Error> {
        let begun = Instant::now();
        let held = call.service().transactions().find(&input.transaction)?;
        let end = match input.action {
            EndAction::Commit => End::Commit,
            EndAction::Rollback => End::RollBack,
        };
        let commits = matches!(end, End::Commit);
        let result = open_transaction::ask(call, &input.transaction, Demand::End(end))
            .await
            .map_err(|error| error.on(&held.connection_id));
        if result.as_ref().is_ok_and(|done| done.changed_schema)
            && let Ok(connection) = call.service().connection(Some(&held.connection_id))
        {
            connection.forget_catalog();
        }
        call.service().count(&result, begun.elapsed());
        let done = result?;
        Ok(EndTransactionOutput {
            success: true,
            connection_id: held.connection_id,
            committed: commits,
            notices: done.notices,
            duration_ms: super::milliseconds(begun.elapsed()),
        })
    }
}
