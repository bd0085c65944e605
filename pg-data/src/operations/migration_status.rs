//! migration_status: how far a migration is.

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};

use crate::migrate::{MigrationPass, RejectedRow, defer, follow, state};

/// Tell how far migrations into a database are: passes, rows written and rejected, the first rejects with their reasons.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct MigrationStatusInput {
    /// The connection that is filled; optional when there is only one.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub connection_id: Option<String>,
    /// The migration's name; without one, the names are told.
    #[serde(default)]
    pub name: Option<String>,
}

/// How far a migration is.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MigrationStatusOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The migrations that it knows.
    pub names: Vec<String>,
    /// The passes of the one that was named, or of the only one.
    pub passes: Vec<MigrationPass>,
    /// The first rows that it rejected.
    pub rejects: Vec<RejectedRow>,
    /// The replication slot of the source by which it follows the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot_name: Option<String>,
    /// Indexes and foreign keys that were taken away, or wait for rows, and are still to be made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to_be_made: Vec<String>,
    /// Changes that were collected and are not brought yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_changes: Option<i64>,
}

/// The operation migration_status.
#[derive(Debug)]
pub struct MigrationStatus;

#[async_trait]
impl Operation for MigrationStatus {
    type Input = MigrationStatusInput;
    type Output = MigrationStatusOutput;
    const NAME: &'static str = "migration_status";
    const TITLE: &'static str = "Progress of a migration";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Data;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] =
        &[Example { title: "What was migrated into this database?", arguments: "{}" }];

    async fn run(call: &Call, input: MigrationStatusInput) -> Result<MigrationStatusOutput, Error> {
        let target = call.service().connection(input.connection_id.as_deref())?;
        let names = state::known(call, &target).await?;
        let meant = match (&input.name, names.as_slice()) {
            (Some(name), _) if !names.contains(name) => {
                return Err(Error::argument(format!(
                    "{} knows no migration {name}; it knows {}",
                    target.id(),
                    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
                )));
            }
            (Some(name), _) => Some(name.clone()),
            (None, [only]) => Some(only.clone()),
            (None, _) => None,
        };
        let (mut passes, mut rejects) = (Vec::new(), Vec::new());
        let (mut waiting, mut to_be_made) = (None, Vec::new());
        if let Some(name) = &meant {
            passes = state::passes(call, &target, name).await?;
            rejects = state::rejects(call, &target, name).await?;
            to_be_made = defer::left(call, &target, name).await?;
            waiting = follow::waiting(call, &target, name).await?;
        }
        Ok(MigrationStatusOutput {
            success: true,
            connection_id: target.id().to_owned(),
            names,
            passes,
            rejects,
            to_be_made,
            waiting_changes: waiting.as_ref().map(|(_, changes)| *changes),
            slot_name: waiting.map(|(name, _)| name),
        })
    }
}
