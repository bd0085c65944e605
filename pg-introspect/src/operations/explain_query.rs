//! explain_query: how the server would run a statement, or did run it, and what that means.

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, ParameterTypes, Parameters, Toolset};
use pg_policy::{ExplainFormat, ExplainOptions};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::catalog;
use crate::plan::{Explained, Finding, RowEstimates, drop_output_lists, findings, plan_text};

/// In which form explain_query gives the plan, besides its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum PlanFormat {
    /// As the server's JSON, and as text.
    #[default]
    Json,
    /// As text only, which is much shorter.
    Text,
}

/// Explain how the server runs a statement, and what is slow about it. With analyze the statement really runs; what it
/// writes is rolled back.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct ExplainQueryInput {
    /// The connection; optional when there is only one.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The statement, without EXPLAIN.
    #[cfg_attr(feature = "cli", arg())]
    pub query: String,
    /// Values for `$1`, `$2` … as a JSON array, for which the statement is planned.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value = "[]"))]
    pub params: Parameters,
    /// Types of $1, $2, … as casts name them, null where PostgreSQL can tell: ["text", null].
    #[cfg_attr(feature = "cli", arg(long, default_value = "[]", hide_default_value = true))]
    #[serde(default)]
    pub param_types: ParameterTypes,
    /// Another statement to compare with, planned or run with the same values.
    #[cfg_attr(feature = "cli", arg(long))]
    pub compare_with: Option<String>,
    /// Run the statement and measure it; what it writes is rolled back.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub analyze: bool,
    /// The form of the plan.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long = "plan-format", value_enum, default_value_t))]
    pub format: PlanFormat,
}

/// A plan and what it means.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExplainQueryOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// Whether the statement really ran, and its writes were rolled back.
    pub analyzed: bool,
    /// The planner's estimate of the whole cost, in its own unit: reading one page in sequence costs 1.
    pub total_cost: f64,
    /// The planner's estimate of the rows that come out.
    pub estimated_rows: i64,
    /// The rows that came out, if it ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_rows: Option<i64>,
    /// How long planning took, if it ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planning_time_ms: Option<f64>,
    /// How long running took, if it ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_time_ms: Option<f64>,
    /// What the plan means: the whole, the heaviest step, then what can be mended.
    pub summary: Vec<Finding>,
    /// How compare_with does beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<PlanComparison>,
    /// The plan as the server gave it, without the lists of output columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Value>,
    /// The plan as indented text.
    pub text: String,
}

/// How another statement does beside the first.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanComparison {
    /// Its cost divided by the first one's; for measured statements see the times.
    pub cost_ratio: f64,
    /// The planner's estimate of its cost.
    pub total_cost: f64,
    /// How long running it took, if it ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_time_ms: Option<f64>,
    /// Which is better, in words.
    pub verdict: String,
    /// Its plan as indented text.
    pub text: String,
}

/// The operation explain_query.
#[derive(Debug)]
pub struct ExplainQuery;

#[async_trait]
impl Operation for ExplainQuery {
    type Input = ExplainQueryInput;
    type Output = ExplainQueryOutput;
    const NAME: &'static str = "explain_query";
    const SHORT_NAME: Option<&'static str> = Some("explain");
    const TITLE: &'static str = "Plan of a statement";
    const EFFECT: Effect = Effect::Statement;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[
        Example {
            title: "How is this run?",
            arguments: r#"{"query": "SELECT count(*) FROM orders", "format": "text"}"#,
        },
        Example {
            title: "With a parameter",
            arguments: r#"{"query": "SELECT * FROM customers WHERE customer_id = $1", "params": [1]}"#,
        },
    ];

    async fn run(call: &Call, input: ExplainQueryInput) -> Result<ExplainQueryOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let given = (&input.params, &input.param_types);
        let mut plan = fetch_plan(call, &connection, &input.query, given, input.analyze).await?;
        let explained = Explained::read(&plan)?;
        let rows = row_estimates(call, &connection, &explained).await?;
        let text = plan_text(&explained);
        drop_output_lists(&mut plan);
        let comparison = match &input.compare_with {
            Some(query) => {
                let other = fetch_plan(call, &connection, query, given, input.analyze).await?;
                Some(compared(&explained, &Explained::read(&other)?))
            }
            None => None,
        };
        Ok(ExplainQueryOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            analyzed: input.analyze,
            total_cost: explained.plan.total_cost,
            estimated_rows: explained.plan.plan_rows as i64,
            actual_rows: explained.plan.actual_rows.map(|rows| rows.round() as i64),
            planning_time_ms: explained.planning_time,
            execution_time_ms: explained.execution_time,
            summary: findings(&explained, &rows),
            comparison,
            plan: (input.format == PlanFormat::Json).then_some(plan),
            text,
        })
    }
}

/// The plan as the server's JSON.
async fn fetch_plan(
    call: &Call,
    connection: &Connection,
    query: &str,
    params: (&Parameters, &ParameterTypes),
    analyze: bool,
) -> Result<Value, Error> {
    let options = ExplainOptions {
        analyze,
        buffers: analyze,
        // Gives the schema of each relation and the relation of each column, without which a finding would be a guess.
        verbose: true,
        settings: true,
        format: ExplainFormat::Json,
        ..ExplainOptions::default()
    };
    let rows: Vec<PlanRow> = connection.explain(call, query, &options, &params.0.0, params.1).await?;
    let plan = rows.into_iter().next().and_then(|row| match row.plan {
        Value::Array(plans) => plans.into_iter().next(),
        _ => None,
    });
    plan.ok_or_else(|| Error::argument("the server has no plan for this statement; explain takes SELECT, INSERT, UPDATE, DELETE, MERGE and their like"))
}

/// A statement's plan without running it, and the rows of the relations that it reads from end to end.
pub(super) async fn planned(
    call: &Call,
    connection: &Connection,
    query: &str,
    params: &Parameters,
) -> Result<(Explained, RowEstimates), Error> {
    let explained = Explained::read(
        &fetch_plan(call, connection, query, (params, &ParameterTypes::default()), false).await?,
    )?;
    let rows = row_estimates(call, connection, &explained).await?;
    Ok((explained, rows))
}

/// How `other` does beside `first`: by time where both ran, by cost where not.
fn compared(first: &Explained, other: &Explained) -> PlanComparison {
    let ratio = |mine: f64, its: f64| if mine > 0.0 { its / mine } else { 1.0 };
    let cost_ratio = ratio(first.plan.total_cost, other.plan.total_cost);
    let (by, judged) = match (first.execution_time, other.execution_time) {
        (Some(mine), Some(its)) => ("faster", ratio(mine, its)),
        _ => ("cheaper", cost_ratio),
    };
    let verdict = if judged < 0.9 {
        format!("compare_with is {by}, by {:.1} times", 1.0 / judged.max(1e-6))
    } else if judged > 1.1 {
        format!("the first statement is {by}, by {judged:.1} times")
    } else {
        "they are about the same".to_owned()
    };
    PlanComparison {
        cost_ratio: (cost_ratio * 1_000.0).round() / 1_000.0,
        total_cost: other.plan.total_cost,
        execution_time_ms: other.execution_time,
        verdict,
        text: plan_text(other),
    }
}

/// The one row of EXPLAIN (FORMAT JSON).
#[derive(Debug, Deserialize)]
struct PlanRow {
    #[serde(rename = "QUERY PLAN")]
    plan: Value,
}

/// How many rows the relations have that the plan reads from end to end, by schema and name.
async fn row_estimates(
    call: &Call,
    connection: &Connection,
    explained: &Explained,
) -> Result<RowEstimates, Error> {
    let scanned = explained.scanned_relations();
    if scanned.is_empty() {
        return Ok(RowEstimates::default());
    }
    let (schemas, names): (Vec<&str>, Vec<&str>) = scanned.into_iter().unzip();
    let rows = catalog::RELATION_ROWS.rows(call, connection, &[json!(schemas), json!(names)]).await?;
    Ok(rows.into_iter().map(|row| ((row.schema, row.name), row.row_estimate as f64)).collect())
}
