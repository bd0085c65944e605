//! explain_query: how the server would run a statement, or did run it, and what that means.

use async_trait::async_trait;
use pg_core::{
    Call, Connection, Effect, Error, Example, Operation, ParameterTypes, Parameters, PlanRequest,
    SimulatedIndex, Toolset,
};
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
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The statement, without EXPLAIN.
    #[cfg_attr(feature = "cli", arg())]
    pub query: String,
    /// Values for `$1`, `$2` … as a JSON array; without them, the plan for any values.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value = "[]"))]
    pub params: Parameters,
    /// Types of $1, $2, …, null where PostgreSQL can tell: ["text", null].
    #[cfg_attr(feature = "cli", arg(long, default_value = "[]", hide_default_value = true))]
    #[serde(default)]
    pub param_types: ParameterTypes,
    /// Another statement to compare with, on the same values.
    #[cfg_attr(feature = "cli", arg(long))]
    pub compare_with: Option<String>,
    /// Run the statement and measure it; what it writes is rolled back.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub analyze: bool,
    /// CREATE INDEX statements to plan with as if they had run; needs hypopg. Nothing is created.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long = "hypothetical-index"))]
    pub hypothetical_indexes: Vec<String>,
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
    /// Present where the statement has parameters and no values were given: the plan is the one for any values.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_values: bool,
    /// The indexes that were supposed, and whether the plan uses them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hypothetical_indexes: Vec<SupposedIndex>,
    /// The cost without the supposed indexes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_without_them: Option<f64>,
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

/// An index that the plan was made with, and that does not exist.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SupposedIndex {
    /// The CREATE INDEX.
    pub statement: String,
    /// The name under which it is in the plan.
    pub name: String,
    /// Bytes, by estimate.
    pub size_bytes_estimate: i64,
    /// Whether the plan uses it.
    pub is_used: bool,
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
        let indexes = input.hypothetical_indexes.as_slice();
        if input.analyze && !indexes.is_empty() {
            return Err(Error::argument(
                "a statement cannot run with indexes that do not exist; leave analyze or hypothetical_indexes out",
            ));
        }
        let Fetched { mut plan, without_values, supposed } =
            fetch_plan(call, &connection, &input.query, given, input.analyze, indexes).await?;
        let cost_without_them = if indexes.is_empty() {
            None
        } else {
            let without = fetch_plan(call, &connection, &input.query, given, false, &[]).await?;
            Some(Explained::read(&without.plan)?.plan.total_cost)
        };
        let explained = Explained::read(&plan)?;
        let rows = row_estimates(call, &connection, &explained).await?;
        let text = plan_text(&explained);
        drop_output_lists(&mut plan);
        let hypothetical_indexes = supposed
            .into_iter()
            .map(|index| SupposedIndex {
                is_used: text.contains(&index.name),
                statement: index.statement,
                name: index.name,
                size_bytes_estimate: index.size_bytes_estimate,
            })
            .collect();
        let comparison = match &input.compare_with {
            Some(query) => {
                let other = fetch_plan(call, &connection, query, given, input.analyze, indexes).await?;
                Some(compared(&explained, &Explained::read(&other.plan)?))
            }
            None => None,
        };
        Ok(ExplainQueryOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            analyzed: input.analyze,
            without_values,
            hypothetical_indexes,
            cost_without_them,
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

/// A plan as the server's JSON, and how it came about.
struct Fetched {
    plan: Value,
    without_values: bool,
    supposed: Vec<SimulatedIndex>,
}

/// The plan of a statement, with indexes supposed; without values for its parameters where none are given.
async fn fetch_plan(
    call: &Call,
    connection: &Connection,
    query: &str,
    (params, types): (&Parameters, &ParameterTypes),
    analyze: bool,
    indexes: &[String],
) -> Result<Fetched, Error> {
    let options = options(analyze);
    let values = params.0.as_slice();
    // A statement without parameters, or with their values, needs no session of its own.
    let may_lack_values = !analyze && values.is_empty() && query.contains('$');
    let (rows, without_values, supposed) = if may_lack_values || !indexes.is_empty() {
        let request = PlanRequest { text: query, parameters: values, types };
        let planned = connection.plan::<PlanRow>(call, &[request], &options, indexes).await?;
        let without_values = planned.without_values.contains(&true);
        (planned.plans.into_iter().flatten().collect(), without_values, planned.indexes)
    } else {
        let rows: Vec<PlanRow> = connection.explain(call, query, &options, values, types).await?;
        (rows, false, Vec::new())
    };
    Ok(Fetched { plan: only_plan(rows)?, without_values, supposed })
}

/// What is asked of the server.
fn options(analyze: bool) -> ExplainOptions {
    ExplainOptions {
        analyze,
        buffers: analyze,
        // Gives the schema of each relation and the relation of each column, without which a finding would be a guess.
        verbose: true,
        settings: true,
        format: ExplainFormat::Json,
        ..ExplainOptions::default()
    }
}

fn only_plan(rows: Vec<PlanRow>) -> Result<Value, Error> {
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
    let given = (params, &ParameterTypes::default());
    let explained = Explained::read(&fetch_plan(call, connection, query, given, false, &[]).await?.plan)?;
    let rows = row_estimates(call, connection, &explained).await?;
    Ok((explained, rows))
}

/// The costs of statements, planned with indexes supposed, and the bytes of each index by estimate.
pub(super) async fn costs_with(
    call: &Call,
    connection: &Connection,
    statements: &[(&str, &Parameters)],
    indexes: &[String],
) -> Result<(Vec<f64>, Vec<SimulatedIndex>), Error> {
    let types = ParameterTypes::default();
    let requests: Vec<PlanRequest<'_>> = statements
        .iter()
        .map(|(text, params)| PlanRequest { text, parameters: params.0.as_slice(), types: &types })
        .collect();
    let planned = connection.plan::<PlanRow>(call, &requests, &options(false), indexes).await?;
    let costs = planned
        .plans
        .into_iter()
        .map(|rows| Ok(Explained::read(&only_plan(rows)?)?.plan.total_cost))
        .collect::<Result<_, Error>>()?;
    Ok((costs, planned.indexes))
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
