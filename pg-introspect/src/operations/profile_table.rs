//! profile_table: what the columns of a table hold, from statistics first and then from a bounded sample.
//!
//! The sample is a statement of names that the catalog gave, quoted by the server, and is judged by the connection's own
//! policy like any caller's: what that refuses or masks is refused or masked here.

use std::fmt::Write as _;

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::default_schema;
use crate::catalog::{self, ColumnStatistics, Relation};
use crate::lookup;
use crate::profile::{Sampled, sampled};
use crate::values;

/// How many columns are profiled.
const COLUMNS: usize = 200;
/// Rows of a sample at most.
const ROWS: u32 = 10_000;

/// Profile the columns of a table or view: null share, distinct values, minimum, maximum, most common values, histogram,
/// patterns, and what may be a key; from statistics, and from a sample of rows.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct ProfileTableInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The table or view.
    #[cfg_attr(feature = "cli", arg())]
    pub table_name: String,
    /// Its schema.
    #[serde(default = "default_schema")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_schema()))]
    pub schema: String,
    /// Rows to sample, up to 10000; 0 asks the statistics only.
    #[serde(default = "thousand")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = thousand()))]
    pub sample_rows: u32,
}

fn thousand() -> u32 {
    1_000
}

/// What the columns of a table hold.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProfileTableOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The schema.
    pub schema: String,
    /// The table.
    pub table_name: String,
    /// Rows, as the statistics estimate them.
    pub row_estimate: Option<i64>,
    /// Rows that were sampled.
    pub sampled_rows: usize,
    /// The columns in order.
    pub columns: Vec<ColumnProfile>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// What a column holds.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: String,
    /// Where most of this comes from: `statistics`, `sample`, or `nothing`.
    pub source: String,
    /// Share of nulls, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub null_share: Option<f64>,
    /// Distinct values, by estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distinct_estimate: Option<i64>,
    /// The smallest value that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<String>,
    /// The largest value that was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<String>,
    /// The most common values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub top_values: Vec<TopValue>,
    /// Values that part the rest into groups of equal size.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub histogram: Vec<String>,
    /// What nearly all sampled values look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What it is or may be: `key`, `candidate key`, `foreign key`, `candidate foreign key`, `constant`, `always null`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub traits: Vec<String>,
}

/// A common value.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TopValue {
    /// The value as text.
    pub value: String,
    /// Its share of the rows, from 0 to 1.
    pub share: f64,
}

/// The operation profile_table.
#[derive(Debug)]
pub struct ProfileTable;

#[async_trait]
impl Operation for ProfileTable {
    type Input = ProfileTableInput;
    type Output = ProfileTableOutput;
    const NAME: &'static str = "profile_table";
    const SHORT_NAME: Option<&'static str> = Some("profile");
    const TITLE: &'static str = "What the columns of a table hold";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Schema;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "What do the statistics say of the orders?",
        arguments: r#"{"table_name": "orders", "sample_rows": 0}"#,
    }];

    async fn run(call: &Call, input: ProfileTableInput) -> Result<ProfileTableOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let relation = lookup::relation(call, &connection, &input.schema, &input.table_name).await?;
        let size = catalog::RELATION_SIZES.rows(call, &connection, &[json!([relation.oid])]).await?;
        let row_estimate = size.into_iter().next().and_then(|size| size.row_estimate);
        let parameters = [json!(relation.oid), json!(values::may_tell(&connection))];
        let mut columns = catalog::COLUMN_STATISTICS.rows(call, &connection, &parameters).await?;
        let mut notes = Vec::new();
        if columns.len() > COLUMNS {
            notes.push(format!("the first {COLUMNS} of {} columns are profiled", columns.len()));
            columns.truncate(COLUMNS);
        }
        let text = sample_text(&relation, &columns, row_estimate, input.sample_rows.min(ROWS));
        // Who may not select the columns is not told what statistics hold of them either.
        let mut rows: Vec<Map<String, Value>> = Vec::new();
        let may_select = match connection.vet(call, &text).await {
            Ok(vetted) if input.sample_rows > 0 && !columns.is_empty() => {
                rows = connection.fetch(call, &vetted, &[]).await?;
                true
            }
            Ok(_) => true,
            Err(error) => {
                notes.push(format!("no values are told, because the policy refuses to select them: {error}"));
                false
            }
        };
        if columns.iter().all(|column| column.null_share.is_none()) {
            notes.push("the table was never analyzed, or the role may not read its statistics: ANALYZE it for better estimates".to_owned());
        }
        let profiles = columns
            .into_iter()
            .enumerate()
            .map(|(place, column)| {
                let name = format!("c{place}");
                let values: Vec<Option<&str>> =
                    rows.iter().map(|row| row.get(&name).and_then(Value::as_str)).collect();
                let sample = (!values.is_empty()).then(|| sampled(&values, is_number(&column.data_type)));
                profile(column, sample, row_estimate, may_select)
            })
            .collect();
        Ok(ProfileTableOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            schema: relation.schema,
            table_name: relation.name,
            row_estimate,
            sampled_rows: rows.len(),
            columns: profiles,
            notes: (!notes.is_empty()).then_some(notes),
        })
    }
}

/// The statement that reads a sample, every value as text and not longer than a line.
fn sample_text(relation: &Relation, columns: &[ColumnStatistics], rows: Option<i64>, sample: u32) -> String {
    let mut outputs = String::new();
    for (place, column) in columns.iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        // Writing to a String does not fail.
        let _ = write!(outputs, "{comma}pg_catalog.left({}::text, 200) AS c{place}", column.sql_name);
    }
    // Pages are taken by chance where a table has many more rows than are wanted.
    let sampling = match rows {
        Some(rows)
            if rows > i64::from(sample) * 20
                && matches!(relation.kind.as_str(), "table" | "materialized view") =>
        {
            let percent = (300.0 * f64::from(sample) / rows as f64).clamp(0.01, 100.0);
            format!(" TABLESAMPLE SYSTEM ({percent:.2})")
        }
        _ => String::new(),
    };
    format!("SELECT {outputs} FROM {}{sampling} LIMIT {sample}", relation.sql_name)
}

fn is_number(data_type: &str) -> bool {
    let base = data_type.split('(').next().unwrap_or_default();
    matches!(base, "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "oid")
}

fn profile(
    column: ColumnStatistics,
    sample: Option<Sampled>,
    rows: Option<i64>,
    may_select: bool,
) -> ColumnProfile {
    let traits = traits(&column, sample.as_ref(), rows);
    let distinct = column.n_distinct.map(|distinct| match rows {
        // A negative number is a share of the rows.
        Some(rows) if distinct < 0.0 => (-distinct * rows as f64).round() as i64,
        _ => distinct as i64,
    });
    let source = match (&column.null_share, &sample) {
        (Some(_), _) => "statistics",
        (None, Some(_)) => "sample",
        (None, None) => "nothing",
    };
    let common =
        column.common_values.unwrap_or_default().into_iter().zip(column.common_shares.unwrap_or_default());
    let mut top_values: Vec<TopValue> = common
        .filter_map(|(value, share)| {
            Some(TopValue { value: values::excerpt(&value?, 200), share: thousandths(share) })
        })
        .take(10)
        .collect();
    let bounds: Vec<String> = column.bounds.unwrap_or_default().into_iter().flatten().collect();
    let sample = sample.unwrap_or_default();
    if top_values.is_empty() {
        let told =
            sample.common.into_iter().map(|(value, share)| TopValue { value, share: thousandths(share) });
        top_values.extend(told);
    }
    if !may_select {
        top_values.clear();
    }
    let (least, most) = sample.bounds.unzip();
    let ordered = |value: Option<String>| value.filter(|_| column.is_ordered && may_select);
    ColumnProfile {
        name: column.name,
        data_type: column.data_type,
        source: source.to_owned(),
        null_share: column.null_share.or((source == "sample").then_some(sample.null_share)).map(thousandths),
        distinct_estimate: distinct.or((source == "sample").then_some(sample.distinct as i64)),
        minimum: ordered(least.or_else(|| bounds.first().map(|bound| values::excerpt(bound, 200)))),
        maximum: ordered(most.or_else(|| bounds.last().map(|bound| values::excerpt(bound, 200)))),
        top_values,
        histogram: if may_select { thinned(&bounds) } else { Vec::new() },
        pattern: sample.pattern.map(ToOwned::to_owned),
        traits,
    }
}

/// What a column is or may be.
fn traits(column: &ColumnStatistics, sample: Option<&Sampled>, rows: Option<i64>) -> Vec<String> {
    let mut traits = Vec::new();
    let whole =
        column.null_share.unwrap_or(0.0) <= 0.0 && sample.is_none_or(|sample| sample.null_share <= 0.0);
    let unique = match (column.n_distinct, sample) {
        (Some(distinct), _) => distinct <= -0.999,
        (None, Some(sample)) => sample.values >= 100 && sample.distinct == sample.values,
        (None, None) => false,
    };
    if column.is_key {
        traits.push("key");
    } else if unique && whole && rows.unwrap_or(0) > 1 {
        traits.push("candidate key");
    }
    if column.is_foreign_key {
        traits.push("foreign key");
    } else if !column.is_key && column.name.ends_with("_id") && !unique {
        traits.push("candidate foreign key");
    }
    if column.null_share.is_some_and(|share| share >= 1.0) {
        traits.push("always null");
    } else if column.n_distinct.is_some_and(|distinct| (0.5..1.5).contains(&distinct)) && whole {
        traits.push("constant");
    }
    traits.into_iter().map(ToOwned::to_owned).collect()
}

/// Eleven bounds of many: the tenths.
fn thinned(bounds: &[String]) -> Vec<String> {
    const PARTS: usize = 10;
    if bounds.len() <= PARTS + 1 {
        return bounds.iter().map(|bound| values::excerpt(bound, 80)).collect();
    }
    let last = bounds.len() - 1;
    (0..=PARTS)
        .filter_map(|part| bounds.get(part * last / PARTS))
        .map(|bound| values::excerpt(bound, 80))
        .collect()
}

fn thousandths(share: f64) -> f64 {
    (share * 1_000.0).round() / 1_000.0
}
