//! savepoint: sets, rolls back to, or releases a savepoint of a transaction that is open from call to call.

use std::{str::FromStr, time::Instant};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    Call, Effect, Error, Example, Operation, Toolset,
    open_transaction::{self, Demand, SavepointAction},
};

/// The longest name of a savepoint, in characters.
const LONGEST_NAME: usize = 63;

/// Set a savepoint in a transaction of begin_transaction, undo what came after it, or forget it.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct SavepointInput {
    /// The `transaction` that begin_transaction answered.
    pub transaction: String,
    /// Any name for the savepoint.
    #[cfg_attr(feature = "cli", arg(long))]
    pub name: String,
    /// What to do about it.
    #[cfg_attr(feature = "cli", arg(long, default_value = "set"))]
    #[serde(default)]
    pub action: SavepointVerb,
}

/// What can be done about a savepoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SavepointVerb {
    /// Set it here.
    #[default]
    Set,
    /// Undo what came after it; it stays set.
    RollbackTo,
    /// Forget it, and keep what came after it.
    Release,
}

impl FromStr for SavepointVerb {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "set" => Ok(SavepointVerb::Set),
            "rollback_to" => Ok(SavepointVerb::RollbackTo),
            "release" => Ok(SavepointVerb::Release),
            other => Err(format!("`{other}` cannot be done about a savepoint: set, rollback_to or release")),
        }
    }
}

impl From<SavepointVerb> for SavepointAction {
    fn from(verb: SavepointVerb) -> Self {
        match verb {
            SavepointVerb::Set => SavepointAction::Set,
            SavepointVerb::RollbackTo => SavepointAction::RollBackTo,
            SavepointVerb::Release => SavepointAction::Release,
        }
    }
}

/// The savepoints of a transaction.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SavepointOutput {
    /// Always true; an error is answered as an error.
    pub success: bool,
    /// The connection that the transaction is open on.
    pub connection_id: String,
    /// The savepoints that are set now, oldest first.
    pub savepoints: Vec<String>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// The operation savepoint.
#[derive(Debug)]
pub struct Savepoint;

#[async_trait]
impl Operation for Savepoint {
    type Input = SavepointInput;
    type Output = SavepointOutput;
    const NAME: &'static str = "set_savepoint";
    const TITLE: &'static str = "Savepoint of a transaction";
    const EFFECT: Effect = Effect::Statement;
    const TOOLSET: Toolset = Toolset::Query;
    const LISTED: bool = false;
    const SPANS_CALLS: bool = true;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Undo what came after a savepoint",
        arguments: r#"{"transaction": "5f0c3a9e2b7d4c18a6e1f09b3d5c7a24", "name": "before_prices", "action": "rollback_to"}"#,
    }];

    async fn run(call: &Call, input: SavepointInput) -> Result<SavepointOutput, Error> {
        let begun = Instant::now();
        if input.name.is_empty() || input.name.chars().count() > LONGEST_NAME {
            return Err(Error::argument(format!("`name` has 1 to {LONGEST_NAME} characters")));
        }
        let held = call.service().transactions().find(&input.transaction)?;
        let demand = Demand::Savepoint { name: input.name, action: input.action.into() };
        let done = open_transaction::ask(call, &input.transaction, demand)
            .await
            .map_err(|error| error.on(&held.connection_id))?;
        Ok(SavepointOutput {
            success: true,
            connection_id: held.connection_id,
            savepoints: done.savepoints,
            duration_ms: super::milliseconds(begun.elapsed()),
        })
    }
}
