//! verify_migration: whether the target holds what the source gives.

use std::time::Instant;

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Exit, Operation, Toolset};
use serde::{Deserialize, Serialize};

use crate::migrate::{VerifiedTable, plan::Plan, prepared, verify};

/// Compare a migration's target with its source, both ways: count, hash and sums of every table, and, where they differ, which
/// rows are missing, differ or are more. Rows are cleaned anew for it; nothing is written.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct VerifyMigrationInput {
    /// The plan, in TOML; on a command line also a file that holds it.
    pub plan: String,
}

/// What was found.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VerifyMigrationOutput {
    /// Whether every table is equal.
    pub success: bool,
    /// The migration's name.
    pub name: String,
    /// Table by table.
    pub tables: Vec<VerifiedTable>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// The operation verify_migration.
#[derive(Debug)]
pub struct VerifyMigration;

#[async_trait]
impl Operation for VerifyMigration {
    type Input = VerifyMigrationInput;
    type Output = VerifyMigrationOutput;
    const NAME: &'static str = "verify_migration";
    const TITLE: &'static str = "Compare a migration with its source";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Data;
    // run_migration compares too.
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Whether two tables hold the same, migrated or not",
        arguments: r#"{"plan": "name = 'same'\n[[tables]]\nsource = 'suppliers'\ntarget = 'suppliers'\n"}"#,
    }];

    async fn run(call: &Call, input: VerifyMigrationInput) -> Result<VerifyMigrationOutput, Error> {
        let clock = Instant::now();
        let plan = Plan::of(call, &input.plan).await?;
        let migration = prepared::prepare(call, plan).await?;
        let tables = verify::verify(call, &migration).await?;
        Ok(VerifyMigrationOutput {
            success: tables.iter().all(|table| table.equal),
            name: migration.plan.name.clone(),
            tables,
            duration_ms: clock.elapsed().as_secs_f64() * 1000.0,
        })
    }

    fn exit(output: &VerifyMigrationOutput) -> Exit {
        if output.success { Exit::Ok } else { Exit::Findings }
    }
}
