//! plan_migration: what a migration would do, without doing it.

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};

use crate::migrate::{
    PlannedTable, look,
    plan::{Column, ColumnRule, Plan},
    prepared,
    suggest::suggest,
};

/// Check a migration plan and show what it would do: types on both sides, order, row counts, time, the first rows. Changes nothing.
///
/// A plan is TOML: name, source, target (connections), `[[tables]]` source, target, `[tables.columns]` new = "old" or { from, clean =
/// ["trim", "email", "phone:TW", "date:%d/%m/%Y"] } or { sql } or { from, lookup = { table, match, take } }; columns left out are suggested.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct PlanMigrationInput {
    /// The plan, in TOML; on a command line also a file that holds it.
    pub plan: String,
}

/// What a migration would do.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanMigrationOutput {
    /// Always true; what is wrong with the plan is an error.
    pub success: bool,
    /// The migration's name.
    pub name: String,
    /// The connection that would be read.
    pub from_connection: String,
    /// The connection that would be filled.
    pub to_connection: String,
    /// Its tables, in the order in which they would be filled.
    pub tables: Vec<PlannedTable>,
    /// About how long it would take, in seconds.
    pub estimated_seconds: f64,
    /// Tables of the plan with the mapping that is suggested for them, in TOML.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggested: Vec<String>,
    /// What whoever runs it should know.
    pub notes: Vec<String>,
}

/// The operation plan_migration.
#[derive(Debug)]
pub struct PlanMigration;

#[async_trait]
impl Operation for PlanMigration {
    type Input = PlanMigrationInput;
    type Output = PlanMigrationOutput;
    const NAME: &'static str = "plan_migration";
    const TITLE: &'static str = "Check a migration plan";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Data;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Customers of the old ERP, their names and addresses cleaned",
        arguments: r#"{"plan": "name = 'erp'\n[[tables]]\nsource = 'old_erp.customers'\ntarget = 'new_erp.customer_profiles'\n[tables.columns]\nlegacy_id = 'customer_id'\nbusiness_name = { from = 'company_name', clean = ['trim', 'title'] }\nemail_address = { from = 'email', clean = ['email', 'lower'] }\nonboarding_date = 'registration_date'\ndata_source = { sql = \"'ERP_MIGRATION'\" }\n"}"#,
    }];

    async fn run(call: &Call, input: PlanMigrationInput) -> Result<PlanMigrationOutput, Error> {
        let mut plan = Plan::of(call, &input.plan).await?;
        let (suggested, mut notes) = fill_in(call, &mut plan).await?;
        let mut output = planned(call, plan).await?;
        notes.append(&mut output.notes);
        Ok(PlanMigrationOutput { suggested, notes, ..output })
    }
}

/// What a plan would do.
pub(super) async fn planned(call: &Call, plan: Plan) -> Result<PlanMigrationOutput, Error> {
    let migration = prepared::prepare(call, plan).await?;
    let (tables, estimated_seconds) = look::look(call, &migration).await?;
    Ok(PlanMigrationOutput {
        success: true,
        name: migration.plan.name.clone(),
        from_connection: migration.source.id().to_owned(),
        to_connection: migration.target.id().to_owned(),
        tables,
        estimated_seconds,
        suggested: Vec::new(),
        notes: migration.notes,
    })
}

/// Fills in a mapping where the plan has none and names alone do not give one.
async fn fill_in(call: &Call, plan: &mut Plan) -> Result<(Vec<String>, Vec<String>), Error> {
    let (from, to) = prepared::connections(call, plan)?;
    let (mut suggested, mut notes) = (Vec::new(), Vec::new());
    for table in &mut plan.tables {
        let Some(source) = table.source.as_deref().filter(|_| table.columns.is_empty()) else { continue };
        if plan.create_target && !crate::migrate::shape::exists(call, &to, &table.target).await? {
            continue;
        }
        let suggestion = suggest(call, &from, source, &to, &table.target).await?;
        if suggestion.pairs.iter().all(|(from, to, _)| from.name == to.name) {
            continue;
        }
        notes.push(format!(
            "{}: the plan has no columns; what is shown is a suggestion, in force only once it is written into the plan",
            table.target
        ));
        suggested.push(suggestion.as_plan());
        for (from, to, _) in &suggestion.pairs {
            if table.new_key.as_deref() != Some(&to.name) {
                let rule = ColumnRule { from: Some(from.name.clone()), ..ColumnRule::default() };
                table.columns.insert(to.name.clone(), Column(rule));
            }
        }
    }
    Ok((suggested, notes))
}
