//! batch_execute: one statement, many rows of parameters.

use std::{str::FromStr, time::Instant};

use async_trait::async_trait;
use futures_util::FutureExt;
use pg_policy::Access;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Call, Connection, Effect, Error, ErrorReport, Example, Operation, ParameterTypes, Parameters, Toolset,
    batch::{self, batch},
    confirm::{Change, Preview, Settled, settle},
    estimate::within_estimate,
    mend::mend,
    parameters::json,
};

/// Run one SQL statement once for each row of parameters, in one transaction.
///
/// With on_error "abort" (the default) all rows count or none; with "skip" failing rows are left out and reported.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct BatchExecuteInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub connection_id: Option<String>,
    /// One INSERT, UPDATE, DELETE or MERGE, with $1, $2, … where parameters go.
    pub query: String,
    /// The rows of parameters: an array of arrays.
    pub params_list: ParameterRows,
    /// Types of $1, $2, …, null where PostgreSQL can tell: ["text", null].
    #[cfg_attr(feature = "cli", arg(long, default_value = "[]", hide_default_value = true))]
    #[serde(default)]
    pub param_types: ParameterTypes,
    /// What happens to a row that fails: abort or skip.
    #[cfg_attr(feature = "cli", arg(long, default_value = "abort"))]
    #[serde(default)]
    pub on_error: OnError,
    /// Run all rows, report what they would touch, and undo it.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub dry_run: bool,
    /// The code of a preview: makes the change that was shown.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub confirm: Option<String>,
}

/// Rows of parameters.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ParameterRows(pub Vec<Parameters>);

impl FromStr for ParameterRows {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        json(text, "a JSON array of arrays", r#"'[["a", 1], ["b", 2]]'"#)
    }
}

/// What happens to a row that fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// It ends the batch, and nothing is kept.
    #[default]
    Abort,
    /// It is left out and reported.
    Skip,
}

impl FromStr for OnError {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "abort" => Ok(OnError::Abort),
            "skip" => Ok(OnError::Skip),
            other => Err(format!("`{other}` is neither abort nor skip")),
        }
    }
}

/// What a batch did.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BatchExecuteOutput {
    /// Whether every row succeeded.
    pub success: bool,
    /// The connection that was used.
    pub connection_id: String,
    /// Rows inserted, updated, deleted or merged.
    pub affected_rows: u64,
    /// False for a dry run: nothing of it stays.
    pub committed: bool,
    /// What a dry run would touch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
    /// The rows of parameters that failed, by index counted from 0.
    pub failed: Vec<FailedRow>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// A row of parameters that failed.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailedRow {
    /// Which, counted from 0.
    pub index: usize,
    /// Why.
    pub error: ErrorReport,
}

/// The operation batch_execute.
#[derive(Debug)]
pub struct BatchExecute;

#[async_trait]
impl Operation for BatchExecute {
    type Input = BatchExecuteInput;
    type Output = BatchExecuteOutput;
    const NAME: &'static str = "batch_execute";
    const TITLE: &'static str = "Run a statement for many rows";
    const EFFECT: Effect = Effect::Write;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Update three rows, skipping those that fail",
        arguments: r#"{"query": "UPDATE orders SET status = $1 WHERE order_id = $2", "params_list": [["shipped", 1], ["delivered", 2], ["pending", 3]], "on_error": "skip"}"#,
    }];

    async fn run(call: &Call, input: BatchExecuteInput) -> Result<BatchExecuteOutput, Error> {
        let begun = Instant::now();
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let query = input.query.clone();
        let ran = run(call, &connection, input).await;
        let result = mend(call, &connection, &query, ran).await;
        call.service().count(&result, begun.elapsed());
        let mut output = result?;
        call.trail().changed(output.affected_rows);
        output.duration_ms = super::milliseconds(begun.elapsed());
        Ok(output)
    }

    fn exit(output: &BatchExecuteOutput) -> crate::Exit {
        if output.success { crate::Exit::Ok } else { crate::Exit::Findings }
    }
}

async fn run(
    call: &Call,
    connection: &Connection,
    input: BatchExecuteInput,
) -> Result<BatchExecuteOutput, Error> {
    let vetted = connection.vet_rows(call, &input.query, &input.params_list.0).await?;
    let vetted = connection.declare(call, &vetted, &input.param_types).await?;
    if vetted.access() == Access::Read || vetted.runs_outside_transaction() {
        return Err(Error::argument(format!(
            "batch_execute is for statements that write rows, and this is {}; use execute_query",
            vetted.kind()
        )));
    }
    if input.params_list.0.is_empty() {
        return Err(Error::argument("`params_list` is empty: give at least one row of parameters"));
    }
    if let Some(first) = input.params_list.0.first() {
        within_estimate(call, connection, &vetted, &first.0).await?;
    }
    let rows: Vec<Vec<Value>> = input.params_list.0.into_iter().map(|row| row.0).collect();
    let on_error = match input.on_error {
        OnError::Abort => batch::OnError::Abort,
        OnError::Skip => batch::OnError::Skip,
    };
    let change = Change {
        operation: BatchExecute::NAME,
        statements: vec![(
            &vetted,
            &input.query,
            Value::Array(rows.iter().cloned().map(Value::from).collect()),
        )],
        options: Value::from(format!("{on_error:?}")),
        confirm: input.confirm.as_deref(),
        dry_run: input.dry_run,
    };
    let run = |end| batch(connection, call, &vetted, rows.clone(), on_error, end).boxed();
    let Settled { done, preview } = settle(call, connection, change, run).await?;
    Ok(BatchExecuteOutput {
        success: done.failed.is_empty(),
        connection_id: connection.id().to_owned(),
        affected_rows: done.affected,
        committed: preview.is_none(),
        preview,
        failed: done
            .failed
            .into_iter()
            .map(|(index, error)| FailedRow { index, error: error.report() })
            .collect(),
        duration_ms: 0.0,
    })
}
