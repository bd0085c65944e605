//! run_migration: moves what a plan says.

use std::time::Instant;

use async_trait::async_trait;
use pg_core::{Agreement, Call, Effect, Error, Example, Exit, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::plan_migration::{PlanMigrationOutput, planned};
use crate::migrate::{
    MigratedTable, MigrationSlot, RejectedRow, VerifiedTable, follow,
    plan::Plan,
    prepared::{self, Migration},
    run, state, verify,
};

/// Run a migration plan: rows are cleaned and written in parallel, keys mapped, sequences set, and all is compared at the end.
/// Called again it goes on where it stopped, or, when whole, takes what changed since (changed_by, or the source's log).
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct RunMigrationInput {
    /// The plan, in TOML; on a command line also a file that holds it.
    pub plan: String,
    /// Only show what it would do.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub dry_run: bool,
    /// Leave out the comparison at the end.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub no_verify: bool,
    /// Take rejected rows again, as `retry_rejects` of the plan does.
    #[cfg_attr(feature = "schema", schemars(extend("x-command-line" = true)))]
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub retry_rejects: bool,
    /// Bring the last changes, and let the source keep its log no longer.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub finish: bool,
    /// A file for all rejected rows, as NDJSON with reasons.
    #[cfg_attr(feature = "schema", schemars(extend("x-command-line" = true)))]
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub rejects_file: Option<String>,
    /// The code of a confirmation.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub confirm: Option<String>,
}

/// What was migrated.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunMigrationOutput {
    /// Whether the target is as it should be, and not every row of a table was rejected; what stops a migration is an error.
    pub success: bool,
    /// The migration's name.
    pub name: String,
    /// Which pass this was: those behind the first take what changed since.
    pub pass: i32,
    /// The tables that this call filled.
    pub tables: Vec<MigratedTable>,
    /// The first rows that were rejected; all of them are in toolkit.migration_rejects of the target.
    pub rejects: Vec<RejectedRow>,
    /// The comparison with the source, table by table.
    pub verified: Vec<VerifiedTable>,
    /// What the source keeps of its log for later passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot: Option<MigrationSlot>,
    /// What it would do, where it was a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanMigrationOutput>,
    /// What there is to know about it.
    pub notes: Vec<String>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// The operation run_migration.
#[derive(Debug)]
pub struct RunMigration;

#[async_trait]
impl Operation for RunMigration {
    type Input = RunMigrationInput;
    type Output = RunMigrationOutput;
    const NAME: &'static str = "run_migration";
    const SHORT_NAME: Option<&'static str> = Some("migrate");
    const TITLE: &'static str = "Run a migration";
    const EFFECT: Effect = Effect::Write;
    const TOOLSET: Toolset = Toolset::Data;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "A look at what it would do",
        arguments: r#"{"plan": "name = 'suppliers'\n[[tables]]\nquery = 'SELECT DISTINCT company FROM crm.leads WHERE company IS NOT NULL'\nkey = ['company']\ntarget = 'suppliers'\n[tables.columns]\nsupplier_name = { from = 'company', clean = 'trim' }\nlead_time_days = { sql = '7' }\n", "dry_run": true}"#,
    }];

    async fn run(call: &Call, input: RunMigrationInput) -> Result<RunMigrationOutput, Error> {
        let clock = Instant::now();
        let mut plan = Plan::of(call, &input.plan).await?;
        plan.retry_rejects |= input.retry_rejects;
        let mut output =
            if input.dry_run { shown(call, plan).await? } else { done(call, plan, &input).await? };
        output.duration_ms = clock.elapsed().as_secs_f64() * 1000.0;
        Ok(output)
    }

    fn exit(output: &RunMigrationOutput) -> Exit {
        if output.success && output.rejects.is_empty() { Exit::Ok } else { Exit::Findings }
    }
}

async fn shown(call: &Call, plan: Plan) -> Result<RunMigrationOutput, Error> {
    let planned = planned(call, plan).await?;
    Ok(RunMigrationOutput {
        success: true,
        name: planned.name.clone(),
        pass: 0,
        tables: Vec::new(),
        rejects: Vec::new(),
        verified: Vec::new(),
        slot: None,
        plan: Some(planned),
        notes: vec!["nothing was changed".to_owned()],
        duration_ms: 0.0,
    })
}

async fn done(call: &Call, plan: Plan, input: &RunMigrationInput) -> Result<RunMigrationOutput, Error> {
    if let Some(path) = &input.rejects_file {
        // One that cannot be written is told before a row moves.
        call.write_local_file(path, "").await?;
    }
    let migration = prepared::prepare(call, plan).await?;
    let mut statements = Vec::new();
    let mut told = Vec::new();
    let mut rows = 0;
    for table in &migration.tables {
        if table.target.exists {
            statements.push(run::filling(table, 1).insert_text()?);
        } else {
            statements.extend(crate::migrate::create_statements(table));
        }
        let estimate = table.source.as_ref().and_then(|source| source.row_estimate).unwrap_or_default();
        rows += estimate.unsigned_abs();
        let from = table.spec.source.as_deref().unwrap_or("a query");
        told.push(format!("about {estimate} rows of {from} go into {}", table.spec.target));
    }
    let agreement = Agreement {
        operation: RunMigration::NAME,
        statements,
        options: json!([input.plan, input.no_verify, input.finish, input.retry_rejects]),
        rows,
        plan: told,
        confirm: input.confirm.as_deref(),
    };
    let call = &agreement.ask(call, &migration.target).await?;
    let (mut pass, mut tables) = run::run(call, &migration).await?;
    if input.finish && pass == 1 && migration.tables.iter().any(|table| table.followed.is_some()) {
        // What changed while the first pass ran.
        let (last, mut later) = run::run(call, &migration).await?;
        pass = last;
        tables.append(&mut later);
    }
    let verified = if input.no_verify { Vec::new() } else { verify::verify(call, &migration).await? };
    let rejects = state::rejects(call, &migration.target, &migration.plan.name).await?;
    if let Some(path) = &input.rejects_file {
        let lines = state::all_rejects(call, &migration.target, &migration.plan.name).await?;
        call.write_local_file(path, &lines).await?;
    }
    let mut notes = migration.notes.clone();
    let slot = finished(call, &migration, input.finish, &mut notes).await?;
    if tables.is_empty() {
        notes.push("nothing was left to do: every table is whole, and none says by which column later changes are found \
                    (changed_by)".to_owned());
    }
    let none_came = rejected(&tables, &mut notes);
    Ok(RunMigrationOutput {
        success: !none_came && verified.iter().all(|table| table.equal),
        name: migration.plan.name.clone(),
        pass,
        tables,
        rejects,
        verified,
        slot,
        plan: None,
        notes,
        duration_ms: 0.0,
    })
}

/// Tells in which tables rows were rejected, and whether no row of one came over.
fn rejected(tables: &[MigratedTable], notes: &mut Vec<String>) -> bool {
    let mut none_came = false;
    for table in tables.iter().filter(|table| table.rejected > 0) {
        let all = table.rows_written + table.earlier_rows == 0 && table.rejected >= table.rows_read;
        none_came |= all;
        let how = if all { "every row was rejected and none written" } else { "rows were rejected" };
        notes.push(format!(
            "{}: {how}, {} in all; toolkit.migration_rejects of the target has each with its reason, and a run with \
             retry_rejects takes them again",
            table.table_name, table.rejected
        ));
    }
    none_came
}

/// Gives the source's slot up where that is asked for; otherwise tells what it keeps.
async fn finished(
    call: &Call,
    migration: &Migration,
    finish: bool,
    notes: &mut Vec<String>,
) -> Result<Option<MigrationSlot>, Error> {
    if !finish {
        return follow::slot(call, migration).await;
    }
    notes.push(match follow::finish(call, migration).await? {
        true => "finished: the source keeps its log no longer, and later changes do not come over".to_owned(),
        false => "there was nothing to finish: the source keeps no log for this migration".to_owned(),
    });
    Ok(None)
}
