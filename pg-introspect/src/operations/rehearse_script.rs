//! rehearse_script: does the script of a comparison do what it says? Tried in a database that may be changed.
//!
//! Invariants: only the scratch database is written to, and only one that is empty; what was made there is taken away again,
//! however the rehearsal ends.

use std::{collections::BTreeSet, time::Instant};

use async_trait::async_trait;
use pg_core::{
    Call, Connection, Effect, Error, ErrorReport, Example, Exit, Operation, Toolset, TransactionOptions,
};
use serde::{Deserialize, Serialize};

use super::compare_schemas::{LONGEST_SNAPSHOT, ignored};
use crate::comparison::{Difference, Schema, UNCHECKED_BODIES, differences, from_text, pair, read, script};

/// Differences that are told.
const MOST_TOLD: usize = 50;

/// Rehearse the script of compare_schemas: in an empty scratch database the other's schema is made, the script is run, and the result
/// compared with the base. Then everything is taken away again.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct RehearseScriptInput {
    /// The base, as it should be.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The connection whose schema the script is to change. It is only read.
    #[cfg_attr(feature = "cli", arg())]
    pub other: String,
    /// The connection of an empty database, in which the script is tried.
    #[cfg_attr(feature = "cli", arg(long))]
    pub scratch: String,
    /// A snapshot's text, as the base.
    #[cfg_attr(feature = "cli", arg(long))]
    pub snapshot: Option<String>,
    /// A snapshot's file.
    #[cfg_attr(feature = "schema", schemars(extend("x-command-line" = true)))]
    #[cfg_attr(feature = "cli", arg(long))]
    pub snapshot_file: Option<String>,
    /// Of owner, grants, comment: what may differ. Roles that the scratch database's own may not act for need owner and grants here.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ','))]
    pub ignore: Vec<String>,
    /// Run the gentle forms, where statements have them.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub gentle: bool,
    /// Only tell how many statements it would run.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub dry_run: bool,
}

/// What became of a rehearsal.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RehearseScriptOutput {
    /// Whether the script ran and left no difference; for a dry run always true.
    pub success: bool,
    /// Whether nothing was run.
    pub dry_run: bool,
    /// The base: a connection, or `snapshot`.
    pub base: String,
    /// The connection whose schema was rehearsed.
    pub other: String,
    /// Statements that made the other's schema in the scratch database.
    pub making: usize,
    /// Statements of the script.
    pub script: usize,
    /// The statement that failed, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<FailedStatement>,
    /// How many differences the script left.
    pub left_count: usize,
    /// The first of them.
    pub left: Vec<Difference>,
    /// What of the scratch database could not be taken away again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_taken_away: Vec<FailedStatement>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// A statement that failed in the scratch database.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailedStatement {
    /// Whether it is of the script, and not of what came before or after it.
    pub of_script: bool,
    /// The statement.
    pub sql: String,
    /// Why.
    pub error: ErrorReport,
}

/// The operation rehearse_script.
#[derive(Debug)]
pub struct RehearseScript;

#[async_trait]
impl Operation for RehearseScript {
    type Input = RehearseScriptInput;
    type Output = RehearseScriptOutput;
    const NAME: &'static str = "rehearse_script";
    const SHORT_NAME: Option<&'static str> = Some("rehearse");
    const TITLE: &'static str = "Rehearsal of a schema's script";
    const EFFECT: Effect = Effect::Write;
    const TOOLSET: Toolset = Toolset::Schema;
    const LISTED: bool = false;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "What would it take to try it?",
        arguments: r#"{"connection_id": "default", "other": "default", "scratch": "default", "dry_run": true}"#,
    }];

    async fn run(call: &Call, input: RehearseScriptInput) -> Result<RehearseScriptOutput, Error> {
        let begun = Instant::now();
        let ignored = ignored(&input.ignore)?;
        let (base, desired) = base(call, &input).await?;
        let other = call.service().connection(Some(&input.other))?;
        let scratch = call.service().connection(Some(&input.scratch))?;
        let current = read(call, &other).await?;
        let mut output = RehearseScriptOutput {
            success: true,
            dry_run: input.dry_run,
            base,
            other: other.id().to_owned(),
            making: 0,
            script: 0,
            failed: None,
            left_count: 0,
            left: Vec::new(),
            not_taken_away: Vec::new(),
            duration_ms: 0,
        };
        let before = if input.dry_run {
            Schema { version: current.version, ..Schema::default() }
        } else {
            empty(call, &scratch).await?
        };
        let making = statements(&before, &current, &ignored, false);
        let script = statements(&current, &desired, &ignored, input.gentle);
        (output.making, output.script) = (making.len(), script.len());
        if !input.dry_run {
            let left = tried(call, &scratch, &making, &script, &desired, &ignored).await;
            // Also where the rehearsal itself could not go on.
            output.not_taken_away = take_away(call, &scratch, &before, &ignored).await?;
            match left? {
                Ok(mut left) => {
                    output.left_count = left.len();
                    left.truncate(MOST_TOLD);
                    output.left = left;
                }
                Err(failed) => output.failed = Some(failed),
            }
            output.success = output.failed.is_none() && output.left_count == 0;
        }
        output.duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(output)
    }

    fn exit(output: &RehearseScriptOutput) -> Exit {
        if output.success { Exit::Ok } else { Exit::Findings }
    }
}

/// The schema as it should be, and where it is from.
async fn base(call: &Call, input: &RehearseScriptInput) -> Result<(String, Schema), Error> {
    let text = match (&input.snapshot, &input.snapshot_file) {
        (Some(_), Some(_)) => return Err(Error::argument("give `snapshot` or `snapshot_file`, not both")),
        (Some(text), None) => Some(text.clone()),
        (None, Some(path)) => Some(pg_core::read_local_file(call, path, LONGEST_SNAPSHOT).await?),
        (None, None) => None,
    };
    match text {
        Some(text) => Ok(("snapshot".to_owned(), from_text(&text)?)),
        None => {
            let connection = call.service().connection(input.connection_id.as_deref())?;
            Ok((connection.id().to_owned(), read(call, &connection).await?))
        }
    }
}

/// The schema of a database in which nothing is.
async fn empty(call: &Call, scratch: &Connection) -> Result<Schema, Error> {
    let schema = read(call, scratch).await?;
    let own =
        |kind: &str, name: &str| matches!((kind, name), ("schema", "public") | ("extension", "plpgsql"));
    let found = schema.objects.values().find(|object| !own(&object.kind, &object.name));
    match found {
        None => Ok(schema),
        Some(object) => Err(Error::argument(format!(
            "the scratch database of {} is not empty: it holds {} {}; make one for this (CREATE DATABASE scratch TEMPLATE \
             template0) and name its connection",
            scratch.id(),
            object.kind,
            object.name
        ))),
    }
}

/// The statements that lead from one schema to another.
fn statements(from: &Schema, to: &Schema, ignored: &BTreeSet<String>, gentle: bool) -> Vec<String> {
    let script = script(&pair(from.clone(), to.clone(), ignored));
    let forms = |statement: crate::ScriptStatement| match gentle && !statement.gentle.is_empty() {
        true => statement.gentle,
        false => vec![statement.sql],
    };
    script.into_iter().flat_map(forms).collect()
}

/// Makes the other's schema, runs the script, and tells what is left; or which statement failed.
async fn tried(
    call: &Call,
    scratch: &Connection,
    making: &[String],
    script: &[String],
    desired: &Schema,
    ignored: &BTreeSet<String>,
) -> Result<Result<Vec<Difference>, FailedStatement>, Error> {
    for (of_script, statements) in [(false, making), (true, script)] {
        for sql in statements {
            if let Err(error) = run(call, scratch, sql).await {
                return Ok(Err(FailedStatement { of_script, sql: sql.clone(), error: error.report() }));
            }
        }
    }
    let after = read(call, scratch).await?;
    Ok(Ok(differences(&pair(after, desired.clone(), ignored))))
}

async fn run(call: &Call, scratch: &Connection, sql: &str) -> Result<(), Error> {
    // Each transaction sees to function bodies for itself; a gentle form may leave a step to a person, in a comment.
    if sql == UNCHECKED_BODIES || sql.lines().all(|line| line.starts_with("--")) {
        return Ok(());
    }
    let vetted = scratch.vet(call, sql).await?;
    if vetted.runs_outside_transaction() {
        return scratch.execute(call, &vetted, &[]).await.map(drop);
    }
    let options = TransactionOptions { unchecked_bodies: true, ..TransactionOptions::default() };
    let transaction = scratch.begin(call, options).await?;
    transaction.execute(&vetted, &[]).await?;
    transaction.commit().await
}

/// Brings the scratch database back to what it was; what could not be taken away.
async fn take_away(
    call: &Call,
    scratch: &Connection,
    before: &Schema,
    ignored: &BTreeSet<String>,
) -> Result<Vec<FailedStatement>, Error> {
    let now = read(call, scratch).await?;
    let mut failed = Vec::new();
    for sql in statements(&now, before, ignored, false) {
        if let Err(error) = run(call, scratch, &sql).await {
            failed.push(FailedStatement { of_script: false, sql, error: error.report() });
        }
    }
    Ok(failed)
}
