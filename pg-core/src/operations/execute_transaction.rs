//! execute_transaction: several statements, all or nothing.

use std::{str::FromStr, time::Instant};

use async_trait::async_trait;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Call, Connection, Effect, Error, Example, Notice, Operation, ParameterTypes, Parameters, Rows, Toolset,
    confirm::{Change, Preview, Settled, settle},
    estimate::within_estimate,
    mend::mend,
    parameters::json,
    row_encoder::Shape,
    session::Begin,
    statement::{Kept, Past, Ran},
    transaction::{Mode, Step, transact},
};

/// Run several SQL statements as one transaction: all of them are kept, or none.
///
/// After a serialization failure or a deadlock the whole transaction is tried again, a few times.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct ExecuteTransactionInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub connection_id: Option<String>,
    /// The statements in order: [{"query": "…", "params": […]}, …].
    pub queries: Statements,
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
    /// Run everything, report what it did, and undo it.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub dry_run: bool,
    /// The code of a preview: makes the change that was shown.
    #[cfg_attr(feature = "cli", arg(long))]
    #[serde(default)]
    pub confirm: Option<String>,
}

/// The statements of a transaction.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Statements(pub Vec<Statement>);

impl FromStr for Statements {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        json(
            text,
            "a JSON array of statements",
            r#"'[{"query": "DELETE FROM t WHERE id = $1", "params": [7]}]'"#,
        )
    }
}

/// One statement of a transaction.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// One SQL statement, with $1, $2, … where parameters go.
    pub query: String,
    /// Values for $1, $2, … in order.
    #[serde(default)]
    pub params: Parameters,
    /// Types of $1, $2, … as casts name them, null where PostgreSQL can tell.
    #[serde(default)]
    pub param_types: ParameterTypes,
}

/// An isolation level. Source: PostgreSQL documentation, "Transaction Isolation".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// Each statement sees what was committed before it began.
    #[serde(alias = "READ COMMITTED", alias = "read committed", alias = "READ_COMMITTED")]
    ReadCommitted,
    /// All statements see what was committed before the first one began.
    #[serde(alias = "REPEATABLE READ", alias = "repeatable read", alias = "REPEATABLE_READ")]
    RepeatableRead,
    /// As if the transactions had run one after the other.
    #[serde(alias = "SERIALIZABLE")]
    Serializable,
}

impl FromStr for Isolation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
            "read_committed" => Ok(Isolation::ReadCommitted),
            "repeatable_read" => Ok(Isolation::RepeatableRead),
            "serializable" => Ok(Isolation::Serializable),
            _ => Err(format!(
                "`{text}` is not an isolation level: read_committed, repeatable_read or serializable"
            )),
        }
    }
}

impl From<Isolation> for tokio_postgres::IsolationLevel {
    fn from(level: Isolation) -> Self {
        match level {
            Isolation::ReadCommitted => Self::ReadCommitted,
            Isolation::RepeatableRead => Self::RepeatableRead,
            Isolation::Serializable => Self::Serializable,
        }
    }
}

/// What a transaction did.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExecuteTransactionOutput {
    /// Always true; an error is answered as an error, and then nothing was kept.
    pub success: bool,
    /// The connection that was used.
    pub connection_id: String,
    /// Rows inserted, updated, deleted or merged, over all statements.
    pub affected_rows: u64,
    /// A result for each statement, in order.
    pub results: Vec<StatementResult>,
    /// Whether what it did stays: false for a dry run.
    pub committed: bool,
    /// What a dry run would touch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
    /// How often the transaction was tried.
    pub attempts: u32,
    /// What the server said beside its results.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Milliseconds from the call to the answer.
    pub duration_ms: f64,
}

/// What one statement did.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatementResult {
    /// Rows inserted, updated, deleted or merged.
    pub affected_rows: u64,
    /// The names of the columns that it returned.
    pub columns: Vec<String>,
    /// The rows that it returned, as far as the connection's limits go.
    pub rows: Rows,
    /// How many rows are in this result.
    pub row_count: u64,
    /// How many rows it returned, where that is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned_rows: Option<u64>,
}

/// The operation execute_transaction.
#[derive(Debug)]
pub struct ExecuteTransaction;

#[async_trait]
impl Operation for ExecuteTransaction {
    type Input = ExecuteTransactionInput;
    type Output = ExecuteTransactionOutput;
    const NAME: &'static str = "execute_transaction";
    const SHORT_NAME: Option<&'static str> = Some("tx");
    const TITLE: &'static str = "Run statements as one transaction";
    const EFFECT: Effect = Effect::Write;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "What would this update change?",
        arguments: r#"{"queries": [{"query": "UPDATE orders SET status = $1 WHERE order_id = $2", "params": ["shipped", 1]}, {"query": "SELECT status FROM orders WHERE order_id = $1", "params": [1]}], "dry_run": true}"#,
    }];

    async fn run(call: &Call, input: ExecuteTransactionInput) -> Result<ExecuteTransactionOutput, Error> {
        let begun = Instant::now();
        let connection = call.service().connection(input.connection_id.as_deref())?;
        if input.queries.0.is_empty() {
            return Err(Error::argument(
                "`queries` is empty: give at least one {\"query\": \"…\", \"params\": […]}",
            ));
        }
        let mut result = run(call, &connection, &input).await;
        if let Err(error) = result {
            let text = failed_text(&error, &input).to_owned();
            result = mend(call, &connection, &text, Err(error)).await;
        }
        call.service().count(&result, begun.elapsed());
        let mut output = result?;
        call.trail().gave(output.results.iter().map(|result| result.row_count).sum());
        call.trail().changed(output.affected_rows);
        output.duration_ms = super::milliseconds(begun.elapsed());
        Ok(output)
    }
}

/// The text of the statement that failed.
fn failed_text<'a>(error: &Error, input: &'a ExecuteTransactionInput) -> &'a str {
    let index = error.report().index.unwrap_or(0);
    input.queries.0.get(index).map_or("", |statement| statement.query.as_str())
}

async fn run(
    call: &Call,
    connection: &Connection,
    input: &ExecuteTransactionInput,
) -> Result<ExecuteTransactionOutput, Error> {
    let mut steps = Vec::with_capacity(input.queries.0.len());
    for (index, statement) in input.queries.0.iter().enumerate() {
        let vetted = connection
            .vet_with(call, &statement.query, &statement.params.0)
            .await
            .map_err(|error| error.at(index))?;
        if vetted.runs_outside_transaction() {
            return Err(Error::argument(format!(
                "{} cannot run inside a transaction; run it alone with execute_query",
                vetted.kind()
            ))
            .at(index));
        }
        let declared = connection.declare(call, &vetted, &statement.param_types).await;
        let vetted = declared.map_err(|error| error.at(index))?;
        let estimated = within_estimate(call, connection, &vetted, &statement.params.0).await;
        estimated.map_err(|error| error.at(index))?;
        steps.push(Step { vetted, parameters: statement.params.0.clone() });
    }
    let changes_schema = steps.iter().any(|step| step.vetted.access() >= pg_policy::Access::Schema);
    let limits = connection.limits();
    let kept = Kept { shape: Shape::Objects, rows: limits.rows, bytes: limits.cut_at(), past: Past::Counted };
    let begin = begin(input.isolation_level, input.read_only, input.deferrable)?;
    let change = Change {
        operation: ExecuteTransaction::NAME,
        statements: steps
            .iter()
            .zip(&input.queries.0)
            .map(|(step, said)| (&step.vetted, said.query.as_str(), step.parameters.clone().into()))
            .collect(),
        options: Value::from(format!("{begin:?}")),
        confirm: input.confirm.as_deref(),
        dry_run: input.dry_run,
    };
    let run = |end| {
        let mode = Mode { begin, end, kept };
        transact(connection, call, steps.clone(), mode).boxed()
    };
    let Settled { done, preview } = settle(call, connection, change, run).await?;
    if changes_schema {
        connection.forget_catalog();
    }
    Ok(ExecuteTransactionOutput {
        success: true,
        connection_id: connection.id().to_owned(),
        affected_rows: done.results.iter().map(|ran| ran.affected).sum(),
        results: done.results.into_iter().map(statement_result).collect::<Result<_, _>>()?,
        committed: !input.dry_run,
        preview,
        attempts: done.attempts,
        notices: done.notices,
        duration_ms: 0.0,
    })
}

/// How a transaction begins that is asked for so. PostgreSQL ignores `deferrable` silently where it has no effect; a caller
/// who asks for it expects one.
pub(super) fn begin(isolation: Option<Isolation>, read_only: bool, deferrable: bool) -> Result<Begin, Error> {
    if deferrable && !(read_only && isolation == Some(Isolation::Serializable)) {
        return Err(Error::argument(
            "`deferrable` has an effect only together with `isolation_level` serializable and `read_only` true",
        ));
    }
    Ok(Begin { read_only, isolation: isolation.map(Into::into), deferrable, ..Begin::WRITE })
}

fn statement_result(ran: Ran) -> Result<StatementResult, Error> {
    Ok(StatementResult {
        affected_rows: ran.affected,
        columns: ran.columns.iter().map(|column| column.name.clone()).collect(),
        rows: Rows::from_separated(ran.bytes)?,
        row_count: ran.kept,
        returned_rows: (ran.returned > ran.kept).then_some(ran.returned),
    })
}

#[cfg(test)]
mod tests {
    use super::Isolation;

    #[test]
    fn reads_isolation_levels_as_sql_and_as_json_write_them() {
        for (written, level) in [
            ("read_committed", Isolation::ReadCommitted),
            ("READ COMMITTED", Isolation::ReadCommitted),
            ("repeatable read", Isolation::RepeatableRead),
            ("SERIALIZABLE", Isolation::Serializable),
        ] {
            assert_eq!(serde_json::from_value::<Isolation>(written.into()).unwrap(), level);
            assert_eq!(written.parse::<Isolation>(), Ok(level));
        }
        assert!("chaos".parse::<Isolation>().is_err());
    }
}
