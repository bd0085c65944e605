//! advise_indexes: indexes that would serve statements, by rule from their plans.

use std::collections::BTreeMap;

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Parameters, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::explain_query;
use crate::catalog::{self, ListedIndex};
use crate::plan::{Candidate, candidates};

/// How many statements are planned.
const STATEMENTS: usize = 50;
/// How many indexes of a table are compared.
const INDEXES: u32 = 1_000;
/// Bytes of an index entry beside its key, and of a column of its key.
const ENTRY_BYTES: f64 = 14.0;
const COLUMN_BYTES: f64 = 9.0;

/// Advise indexes for one statement or several, judged by rule from their plans: each with what it would spare, its size, its
/// cost to writes, the CREATE INDEX CONCURRENTLY, and the way back. Nothing is created.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct AdviseIndexesInput {
    /// The connection; optional when there is only one.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The statement.
    #[cfg_attr(feature = "cli", arg())]
    pub query: String,
    /// Values for its `$1`, `$2` … as a JSON array.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value = "[]"))]
    pub params: Parameters,
    /// Further statements of the workload, with values in place of parameters, up to 49.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub more_queries: Vec<String>,
}

/// Indexes that would help.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AdviseIndexesOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The indexes, the one that spares the most first.
    pub advice: Vec<IndexAdvice>,
    /// How it was judged: `rule`, from the plans' conditions; no index was simulated.
    pub judged_by: String,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// An index that would help.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndexAdvice {
    /// The table, as SQL writes it.
    pub table: String,
    /// The key.
    pub columns: Vec<String>,
    /// The statement that makes it.
    pub statement: String,
    /// Which statements it serves, counted from 0, and the planner's cost that it would spare each.
    pub gains: Vec<Gain>,
    /// Bytes, by estimate.
    pub size_bytes_estimate: i64,
    /// What it costs writes.
    pub write_cost: String,
    /// What making it locks.
    pub lock_note: String,
    /// The way back.
    pub undo: String,
}

/// What an index would spare a statement.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gain {
    /// The place of the statement: 0 is query.
    pub query_index: usize,
    /// The planner's cost now.
    pub cost: f64,
    /// The cost that the index would spare, by rule.
    pub spared_estimate: f64,
}

/// The operation advise_indexes.
#[derive(Debug)]
pub struct AdviseIndexes;

#[async_trait]
impl Operation for AdviseIndexes {
    type Input = AdviseIndexesInput;
    type Output = AdviseIndexesOutput;
    const NAME: &'static str = "advise_indexes";
    const SHORT_NAME: Option<&'static str> = Some("advise");
    const TITLE: &'static str = "Indexes that would help";
    const EFFECT: Effect = Effect::Statement;
    const TOOLSET: Toolset = Toolset::Query;
    const EXAMPLES: &'static [Example] = &[Example {
        title: "Is an index missing?",
        arguments: r#"{"query": "SELECT * FROM customers WHERE customer_id = $1", "params": [1]}"#,
    }];

    async fn run(call: &Call, input: AdviseIndexesInput) -> Result<AdviseIndexesOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        if input.more_queries.len() >= STATEMENTS {
            return Err(Error::argument(format!(
                "at most {STATEMENTS} statements are planned in one call; give fewer"
            )));
        }
        let none = Parameters::default();
        let statements = std::iter::once((input.query.as_str(), &input.params))
            .chain(input.more_queries.iter().map(|query| (query.as_str(), &none)));
        let mut found: BTreeMap<(String, String, Vec<String>), Vec<Gain>> = BTreeMap::new();
        for (query_index, (query, params)) in statements.enumerate() {
            let (explained, rows) = explain_query::planned(call, &connection, query, params).await?;
            let cost = explained.plan.total_cost;
            for Candidate { schema, table, columns, spared } in candidates(&explained, &rows) {
                let gain = Gain { query_index, cost, spared_estimate: spared.min(cost).round() };
                found.entry((schema, table, columns)).or_default().push(gain);
            }
        }
        let mut advice = Vec::new();
        for ((schema, table, columns), gains) in found {
            advice.extend(advised(call, &connection, (&schema, &table), columns, gains).await?);
        }
        let weight =
            |advice: &IndexAdvice| -> f64 { advice.gains.iter().map(|gain| gain.spared_estimate).sum() };
        advice.sort_by(|left, right| weight(right).total_cmp(&weight(left)));
        let advice = without_prefixes(advice);
        let note = if advice.is_empty() {
            "no sequential scan of a large table was found that a new B-tree index on columns would spare"
        } else {
            "no index was simulated: make one where it can do no harm, and compare with explain_query and analyze"
        };
        Ok(AdviseIndexesOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            advice,
            judged_by: "rule".to_owned(),
            notes: Some(vec![note.to_owned()]),
        })
    }
}

/// Greedy: an index whose key another one on the list begins with is not advised besides.
fn without_prefixes(advice: Vec<IndexAdvice>) -> Vec<IndexAdvice> {
    let keys: Vec<(String, Vec<String>)> =
        advice.iter().map(|advice| (advice.table.clone(), advice.columns.clone())).collect();
    let is_prefix = |advice: &IndexAdvice| {
        keys.iter().any(|(table, columns)| {
            *table == advice.table
                && columns.len() > advice.columns.len()
                && columns.starts_with(&advice.columns)
        })
    };
    advice.into_iter().filter(|advice| !is_prefix(advice)).collect()
}

async fn advised(
    call: &Call,
    connection: &Connection,
    (schema, table): (&str, &str),
    columns: Vec<String>,
    gains: Vec<Gain>,
) -> Result<Option<IndexAdvice>, Error> {
    let relation =
        catalog::RELATION.rows(call, connection, &[json!(schema), json!(table)]).await?.into_iter().next();
    let Some(relation) = relation else { return Ok(None) };
    let indexes = catalog::ALL_INDEXES
        .rows(call, connection, &[json!(schema), json!(relation.oid), json!(INDEXES)])
        .await?;
    if indexes.iter().any(|index| serves(index, &columns)) {
        return Ok(None);
    }
    let sizes = catalog::RELATION_SIZES.rows(call, connection, &[json!([relation.oid])]).await?;
    let rows = sizes.into_iter().next().and_then(|size| size.row_estimate).unwrap_or_default() as f64;
    let writes = indexes.first().map_or(0, |index| index.table_writes);
    let is_partitioned = relation.kind == "partitioned table";
    let name = index_name(table, &columns);
    let concurrently = if is_partitioned { "" } else { "CONCURRENTLY " };
    let key = columns.join(", ");
    Ok(Some(IndexAdvice {
        statement: format!("CREATE INDEX {concurrently}{name} ON {} ({key})", relation.sql_name),
        undo: format!("DROP INDEX {concurrently}{}.{name}", quoted(schema)),
        size_bytes_estimate: (rows * (ENTRY_BYTES + COLUMN_BYTES * columns.len() as f64)) as i64,
        write_cost: format!(
            "every insert, and every update that changes {key}, writes one more index besides the {} there are; the table had {writes} \
             writes since they are counted, and updates of these columns are no longer HOT",
            indexes.len()
        ),
        lock_note: if is_partitioned {
            "CREATE INDEX on a partitioned table stops its writers: make the index on each partition CONCURRENTLY first".to_owned()
        } else {
            "CONCURRENTLY lets reads and writes go on, runs outside of a transaction, and waits for transactions that began before; \
             one that fails leaves an invalid index to drop"
                .to_owned()
        },
        table: relation.sql_name,
        columns,
        gains,
    }))
}

/// Whether an index already finds rows by all of these columns.
fn serves(index: &ListedIndex, columns: &[String]) -> bool {
    let leading = index.columns.get(..columns.len()).unwrap_or_default();
    index.is_valid
        && index.predicate.is_none()
        && leading.len() == columns.len()
        && columns.iter().all(|column| leading.contains(column))
}

/// A name that the server would have made, within its length.
fn index_name(table: &str, columns: &[String]) -> String {
    let plain =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect() };
    let parts: Vec<String> =
        std::iter::once(plain(table)).chain(columns.iter().map(|column| plain(column))).collect();
    let mut name = parts.join("_").to_lowercase();
    while name.len() > 59 {
        name.pop();
    }
    quoted(&format!("{name}_idx"))
}

/// A name as SQL writes it, in quotes wherever it may need them.
fn quoted(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::{index_name, quoted};

    #[test]
    fn names_are_plain_and_short_or_quoted() {
        assert_eq!(
            index_name("orders", &["customer_id".to_owned(), "lower(mail)".to_owned()]),
            "orders_customer_id_lowermail_idx"
        );
        assert!(index_name(&"x".repeat(80), &["a".to_owned()]).len() <= 63);
        assert_eq!(quoted("Odd \"x\""), "\"Odd \"\"x\"\"\"");
    }
}
