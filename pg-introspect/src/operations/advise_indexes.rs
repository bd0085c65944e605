//! advise_indexes: indexes that would serve statements: found by rule in their plans, and chosen by simulation where hypopg is there.

mod simulation;
mod there;
mod workload;

use std::collections::BTreeMap;

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, ErrorKind, Example, Operation, Parameters, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::explain_query;
use crate::catalog;
use crate::plan::{Candidate, Explained, Method, RowEstimates, candidates};
use crate::values;
use there::{is_in_order, serves};
use workload::Stated;

/// Statements of the workload if the caller does not say.
const WORKLOAD: u32 = 20;
/// Characters of a statement of the workload that are told.
const QUERY_SHOWN: usize = 200;
/// How many indexes of a table are compared.
const INDEXES: u32 = 1_000;
/// Bytes of an index entry beside its key, and of a column of its key.
const ENTRY_BYTES: f64 = 14.0;
const COLUMN_BYTES: f64 = 9.0;
/// Rows of 128 pages, of which a BRIN index holds one entry.
const ROWS_OF_STRETCH: f64 = 128.0 * 80.0;

/// Advise indexes for statements, or for the workload of pg_stat_statements: each with what it spares, size, cost to writes, its
/// SQL and the way back; simulated where hypopg is there. Nothing is created.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct AdviseIndexesInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The statement; by default those that took the most time.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg())]
    pub query: Option<String>,
    /// Values for its `$1`, `$2` … as a JSON array.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value = "[]"))]
    pub params: Parameters,
    /// Further statements, up to 49.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long))]
    pub more_queries: Vec<String>,
    /// Without query: how many statements, up to 50.
    #[serde(default = "default_workload")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_workload()))]
    pub limit: u32,
}

fn default_workload() -> u32 {
    WORKLOAD
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
    /// How it was judged: `hypopg`, by plans with the index supposed, or `rule`, from the plans' conditions.
    pub judged_by: String,
    /// The statements of the workload, where none were named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<AdvisedQuery>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// A statement of the workload.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AdvisedQuery {
    /// Its place, as gains name it.
    pub query_index: usize,
    /// Its first characters.
    pub query: String,
    /// How often it ran.
    pub calls: i64,
    /// The planner's cost now, for any values of its parameters.
    pub cost: f64,
    /// The same with all of the advice, where it was simulated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_with_advice: Option<f64>,
}

/// An index that would help.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndexAdvice {
    /// The table, as SQL writes it.
    pub table: String,
    /// The key: columns, expressions, operator classes.
    pub columns: Vec<String>,
    /// Columns that it holds beside the key, so that the table need not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// The access method: btree, gin, gist or brin.
    pub method: String,
    /// Which rows it holds, where it is partial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// What must be there for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// The statement that makes it.
    pub statement: String,
    /// Which statements it serves, counted from 0, and the planner's cost that it would spare each.
    pub gains: Vec<Gain>,
    /// `hypopg` or `rule`.
    pub judged_by: String,
    /// Bytes, by estimate.
    pub size_bytes_estimate: i64,
    /// Rows of the table that were written since statistics are counted; each pays for the index.
    pub table_writes: i64,
    /// What it costs writes.
    pub write_cost: String,
    /// What making it locks.
    pub lock_note: String,
    /// The way back.
    pub undo: String,
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    is_partitioned: bool,
}

/// What an index would spare a statement.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gain {
    /// The place of the statement: 0 is query.
    pub query_index: usize,
    /// The planner's cost now.
    pub cost: f64,
    /// The cost that the index would spare.
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
        let is_workload = input.query.is_none() && input.more_queries.is_empty();
        let mut notes = Vec::new();
        let (statements, plans) = planned(call, &connection, input, is_workload, &mut notes).await?;
        let mut found: BTreeMap<Wanted, Vec<Gain>> = BTreeMap::new();
        for (query_index, (explained, rows)) in plans.iter().enumerate() {
            let cost = explained.plan.total_cost;
            for Candidate { schema, table, columns, include, method, predicate, needs, spared } in
                candidates(explained, rows)
            {
                let gain = Gain { query_index, cost, spared_estimate: spared.min(cost).round() };
                let wanted = Wanted { schema, table, columns, include, method, predicate, needs };
                found.entry(wanted).or_default().push(gain);
            }
        }
        let mut by_rule = Vec::new();
        for (wanted, gains) in found {
            by_rule.extend(advised(call, &connection, wanted, gains).await?);
        }
        let calls =
            |gain: &Gain| statements.get(gain.query_index).map_or(1.0, |stated| stated.calls.max(1) as f64);
        let weight = |advice: &IndexAdvice| -> f64 {
            advice.gains.iter().map(|gain| gain.spared_estimate * calls(gain)).sum()
        };
        by_rule.sort_by(|left, right| weight(right).total_cmp(&weight(left)));
        let costs: Vec<f64> = plans.iter().map(|(explained, _)| explained.plan.total_cost).collect();
        let (advice, costs_with) =
            chosen(call, &connection, &statements, costs.clone(), by_rule, is_workload, &mut notes).await?;
        if advice.is_empty() {
            notes.push(
                "no sequential scan of a large table was found that a new index would spare".to_owned(),
            );
        }
        let queries = statements.iter().zip(&costs).enumerate().filter(|_| is_workload);
        let queries = queries
            .map(|(query_index, (stated, cost))| AdvisedQuery {
                query_index,
                query: values::excerpt(&stated.text, QUERY_SHOWN),
                calls: stated.calls,
                cost: *cost,
                cost_with_advice: costs_with.as_ref().and_then(|costs| costs.get(query_index)).copied(),
            })
            .collect();
        Ok(AdviseIndexesOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            advice,
            judged_by: if costs_with.is_some() { "hypopg" } else { "rule" }.to_owned(),
            queries,
            notes: (!notes.is_empty()).then_some(notes),
        })
    }
}

/// The statements, and the plan of each. What cannot be planned is an error where the caller named it, and a note where not.
async fn planned(
    call: &Call,
    connection: &Connection,
    input: AdviseIndexesInput,
    is_workload: bool,
    notes: &mut Vec<String>,
) -> Result<(Vec<Stated>, Vec<(Explained, RowEstimates)>), Error> {
    let stated = if is_workload {
        workload::counted(call, connection, (input.limit as usize).clamp(1, workload::MOST)).await?
    } else {
        let first = input.query.map(|text| Stated { text, params: input.params, calls: 1 });
        let more = input.more_queries.into_iter().map(|text| Stated {
            text,
            params: Parameters::default(),
            calls: 1,
        });
        let stated: Vec<Stated> = first.into_iter().chain(more).collect();
        if stated.len() > workload::MOST {
            return Err(Error::argument(format!(
                "at most {} statements are planned in one call; give fewer",
                workload::MOST
            )));
        }
        stated
    };
    let (mut kept, mut plans, mut passed_over) = (Vec::new(), Vec::new(), Vec::new());
    for statement in stated {
        match explain_query::planned(call, connection, &statement.text, &statement.params).await {
            Ok(plan) => {
                plans.push(plan);
                kept.push(statement);
            }
            Err(error) if is_workload && error.kind() != ErrorKind::Cancelled => {
                passed_over.push(format!("{} ({error})", values::excerpt(&statement.text, 60)));
            }
            Err(error) => return Err(error),
        }
    }
    if let Some(first) = passed_over.first() {
        notes.push(format!(
            "{} of the counted statements could not be planned and were passed over, such as {first}",
            passed_over.len()
        ));
    }
    Ok((kept, plans))
}

/// What is advised, and the costs of the statements with it where it was simulated.
async fn chosen(
    call: &Call,
    connection: &Connection,
    statements: &[Stated],
    costs: Vec<f64>,
    by_rule: Vec<IndexAdvice>,
    weigh_writes: bool,
    notes: &mut Vec<String>,
) -> Result<(Vec<IndexAdvice>, Option<Vec<f64>>), Error> {
    let can_be_supposed = by_rule.iter().any(IndexAdvice::can_be_supposed);
    if !can_be_supposed {
        return Ok((without_prefixes(by_rule), None));
    }
    if !connection.can_suppose_indexes(call).await? {
        notes.push(
            "no index was simulated, because the extension hypopg is not there (its package, then CREATE EXTENSION hypopg); make an \
             index where it can do no harm, and compare with explain_query and analyze"
                .to_owned(),
        );
        return Ok((without_prefixes(by_rule), None));
    }
    let (simulated, others): (Vec<_>, Vec<_>) =
        by_rule.iter().cloned().partition(IndexAdvice::can_be_supposed);
    match simulation::choose(call, connection, statements, costs, simulated, weigh_writes).await {
        Ok(mut choice) => {
            choice.advice.extend(others);
            Ok((choice.advice, Some(choice.costs)))
        }
        Err(error) if error.kind() == ErrorKind::Cancelled => Err(error),
        Err(error) => {
            notes.push(format!("no index was simulated, because planning with hypopg failed: {error}"));
            Ok((without_prefixes(by_rule), None))
        }
    }
}

/// An index that some statement wants.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    schema: String,
    table: String,
    columns: Vec<String>,
    include: Vec<String>,
    method: Method,
    predicate: Option<String>,
    needs: Option<&'static str>,
}

impl IndexAdvice {
    /// Whether hypopg supposes it: B-trees on columns, of tables that are not partitioned.
    fn can_be_supposed(&self) -> bool {
        let is_plain =
            self.columns.iter().all(|column| !column.contains(['(', ' ']) || column.starts_with('"'));
        !self.is_partitioned
            && self.method == Method::Btree.word()
            && self.predicate.is_none()
            && self.include.is_empty()
            && is_plain
    }

    /// The statement as hypopg takes it.
    fn supposed(&self) -> String {
        format!("CREATE INDEX ON {} ({})", self.table, self.columns.join(", "))
    }
}

/// Greedy: an index whose key another one on the list begins with is not advised besides.
fn without_prefixes(advice: Vec<IndexAdvice>) -> Vec<IndexAdvice> {
    let keys: Vec<(String, Vec<String>)> =
        advice.iter().map(|advice| (advice.table.clone(), advice.columns.clone())).collect();
    let is_prefix = |advice: &IndexAdvice| {
        keys.iter().any(|(table, columns)| {
            advice.predicate.is_none()
                && advice.include.is_empty()
                && *table == advice.table
                && columns.len() > advice.columns.len()
                && columns.starts_with(&advice.columns)
        })
    };
    advice.into_iter().filter(|advice| !is_prefix(advice)).collect()
}

async fn advised(
    call: &Call,
    connection: &Connection,
    wanted: Wanted,
    gains: Vec<Gain>,
) -> Result<Option<IndexAdvice>, Error> {
    let Wanted { schema, table, columns, include, method, predicate, needs } = wanted;
    let (schema, table) = (schema.as_str(), table.as_str());
    let relation =
        catalog::RELATION.rows(call, connection, &[json!(schema), json!(table)]).await?.into_iter().next();
    let Some(relation) = relation else { return Ok(None) };
    let indexes = catalog::ALL_INDEXES
        .rows(call, connection, &[json!(schema), json!(relation.oid), json!(INDEXES)])
        .await?;
    if indexes.iter().any(|index| serves(index, &columns, &include, method, predicate.as_deref())) {
        return Ok(None);
    }
    if method == Method::Brin && !is_in_order(call, connection, relation.oid, &columns).await? {
        return Ok(None);
    }
    let sizes = catalog::RELATION_SIZES.rows(call, connection, &[json!([relation.oid])]).await?;
    let rows = sizes.into_iter().next().and_then(|size| size.row_estimate).unwrap_or_default() as f64;
    let writes = indexes.first().map_or(0, |index| index.table_writes);
    let is_partitioned = relation.kind == "partitioned table";
    let mut named = columns.clone();
    named.extend(include.iter().cloned());
    named.extend(predicate.as_ref().map(|_| "part".to_owned()));
    named.extend((method == Method::Brin).then(|| "brin".to_owned()));
    let name = index_name(table, &named);
    let concurrently = if is_partitioned { "" } else { "CONCURRENTLY " };
    let key = columns.join(", ");
    Ok(Some(IndexAdvice {
        statement: format!(
            "CREATE INDEX {concurrently}{name} ON {}{} ({key}){}{}",
            relation.sql_name,
            if method == Method::Btree { String::new() } else { format!(" USING {}", method.word()) },
            if include.is_empty() { String::new() } else { format!(" INCLUDE ({})", include.join(", ")) },
            predicate.as_ref().map(|predicate| format!(" WHERE {predicate}")).unwrap_or_default()
        ),
        method: method.word().to_owned(),
        needs: needs.map(str::to_owned),
        predicate,
        undo: format!("DROP INDEX {concurrently}{}.{name}", quoted(schema)),
        size_bytes_estimate: match method {
            Method::Brin => (rows / ROWS_OF_STRETCH * ENTRY_BYTES * 2.0) as i64,
            _ => (rows * (ENTRY_BYTES + COLUMN_BYTES * (columns.len() + include.len()) as f64)) as i64,
        },
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
        include,
        judged_by: "rule".to_owned(),
        table_writes: writes,
        is_partitioned,
        table: relation.sql_name,
        columns,
        gains,
    }))
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
