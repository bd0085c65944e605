//! list_tables: which tables, views and their like there are.

use std::collections::HashMap;

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::default_schema;
use crate::budget::{default_max_tokens, fitting};
use crate::catalog::{self, ListedRelation, RelationSize};
use crate::lookup;
use crate::nearest::quoted;
use crate::paging::{MOST, Truncated, default_limit};

/// How much list_tables tells of each relation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Detail {
    /// Name and kind.
    Names,
    /// Also rows, size, comment and number of columns.
    #[default]
    Summary,
    /// Also the names of the columns.
    Full,
}

/// List tables, views, materialized views and foreign tables with rows, size and comment. Partitions are counted with their
/// parent and not listed.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct ListTablesInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The schema to list, or `*` for all but PostgreSQL's own.
    #[serde(default = "default_schema")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_schema()))]
    pub schema: String,
    /// Only names like this: `*` or `%` stand for any characters, `_` for one.
    #[cfg_attr(feature = "cli", arg())]
    pub pattern: Option<String>,
    /// How much to tell of each relation.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t))]
    pub detail: Detail,
    /// The most to list, up to 5000.
    #[serde(default = "default_limit")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_limit()))]
    pub limit: u32,
    /// The largest answer, in tokens: first columns are left out, then sizes, then relations.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
    /// Relations to pass over, to see the rest.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: u32,
}

/// The relations of a schema.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListTablesOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The schema that was asked for.
    pub schema: String,
    /// The relations, in the order of schema and name.
    pub tables: Vec<TableEntry>,
    /// How many relations this answer lists.
    pub count: usize,
    /// Present where there are more relations than are listed: why, and how to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// A relation in the answer of list_tables.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TableEntry {
    /// The relation's name.
    pub name: String,
    /// Its schema.
    pub schema: String,
    /// `table`, `partitioned table`, `view`, `materialized view` or `foreign table`.
    pub kind: String,
    /// Rows, as the statistics estimate them; absent where nothing was ever counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_estimate: Option<i64>,
    /// Bytes with indexes and TOAST; absent where it has no storage or could not be measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<i64>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// How many columns it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column_count: Option<i32>,
    /// The names of its columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// How many partitions hold the rows of a partitioned table; its rows and size are their sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_count: Option<i64>,
    /// Present, and false, where the connection's role may not SELECT from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readable: Option<bool>,
}

/// The operation list_tables.
#[derive(Debug)]
pub struct ListTables;

#[async_trait]
impl Operation for ListTables {
    type Input = ListTablesInput;
    type Output = ListTablesOutput;
    const NAME: &'static str = "list_tables";
    const SHORT_NAME: Option<&'static str> = Some("tables");
    const TITLE: &'static str = "Tables of a schema";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[
        Example { title: "Which tables are there?", arguments: "{}" },
        Example {
            title: "All that have to do with orders, with their columns",
            arguments: r#"{"schema": "*", "pattern": "*order*", "detail": "full"}"#,
        },
        Example { title: "Names only", arguments: r#"{"detail": "names", "limit": 5}"# },
    ];

    async fn run(call: &Call, input: ListTablesInput) -> Result<ListTablesOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let pattern = input.pattern.as_deref().map(like_pattern);
        let parameters =
            [json!(input.schema), json!(pattern), json!(input.limit.min(MOST)), json!(input.offset)];
        let listed = catalog::RELATIONS.rows(call, &connection, &parameters).await?;
        if listed.is_empty()
            && input.schema != "*"
            && let Some(error) = lookup::unknown_schema(call, &connection, &input.schema, &[]).await?
        {
            return Err(error);
        }
        let total = listed.first().map_or(0, |relation| relation.total);
        let (mut tables, mut notes) = told(call, &connection, listed, input.detail).await?;
        notes.extend(fit(&mut tables, input.max_tokens));
        if tables.is_empty() && input.offset == 0 && pattern.is_some() {
            notes.push(
                "no name is like the pattern; it is compared with whole names, so put * around a part of one, and partitions are \
                 not listed"
                    .to_owned(),
            );
        }
        Ok(ListTablesOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            schema: input.schema,
            count: tables.len(),
            truncated: Truncated::of(tables.len(), input.offset, total, ", or narrow the list with pattern"),
            tables,
            notes: (!notes.is_empty()).then_some(notes),
        })
    }
}

/// Makes the list fit into a budget, and says what was left out.
fn fit(tables: &mut Vec<TableEntry>, max_tokens: u32) -> Option<String> {
    let whole = tables.len();
    if fitting(tables, max_tokens) == whole {
        return None;
    }
    let mut left_out = Vec::new();
    if tables.iter().any(|table| table.columns.is_some()) {
        tables.iter_mut().for_each(|table| table.columns = None);
        left_out.push("columns".to_owned());
    }
    if fitting(tables, max_tokens) < whole {
        for table in tables.iter_mut() {
            (table.comment, table.column_count, table.size_bytes) = (None, None, None);
        }
        left_out.push("sizes and comments".to_owned());
    }
    let fits = fitting(tables, max_tokens);
    if fits < whole {
        tables.truncate(fits);
        left_out.push(format!("{} of {whole} relations", whole - fits));
    }
    Some(format!("left out, so that the answer fits into max_tokens={max_tokens}: {}", left_out.join(", ")))
}

/// The entries with what `detail` asks for, and notes on what could not be told.
async fn told(
    call: &Call,
    connection: &Connection,
    listed: Vec<ListedRelation>,
    detail: Detail,
) -> Result<(Vec<TableEntry>, Vec<String>), Error> {
    let oids: Vec<i64> = listed.iter().map(|relation| relation.oid).collect();
    let mut sizes: HashMap<i64, RelationSize> = HashMap::new();
    let mut columns: HashMap<i64, Vec<String>> = HashMap::new();
    if detail != Detail::Names && !oids.is_empty() {
        let rows = catalog::RELATION_SIZES.rows(call, connection, &[json!(oids)]).await?;
        sizes.extend(rows.into_iter().map(|size| (size.oid, size)));
    }
    if detail == Detail::Full && !oids.is_empty() {
        let rows = catalog::COLUMN_NAMES.rows(call, connection, &[json!(oids)]).await?;
        columns.extend(rows.into_iter().map(|row| (row.oid, row.columns)));
    }
    let locked: Vec<&str> = listed
        .iter()
        .filter(|relation| sizes.get(&relation.oid).is_some_and(|size| size.is_locked))
        .map(|relation| relation.name.as_str())
        .collect();
    let mut notes = Vec::new();
    if !locked.is_empty() {
        notes.push(format!(
            "not measured, because another session holds or waits for an ACCESS EXCLUSIVE lock: {}",
            quoted(locked)
        ));
    }
    let tables = listed.into_iter().map(|relation| entry(relation, detail, &sizes, &mut columns)).collect();
    Ok((tables, notes))
}

fn entry(
    relation: ListedRelation,
    detail: Detail,
    sizes: &HashMap<i64, RelationSize>,
    columns: &mut HashMap<i64, Vec<String>>,
) -> TableEntry {
    let size = sizes.get(&relation.oid);
    TableEntry {
        row_estimate: size.and_then(|size| size.row_estimate),
        size_bytes: size.and_then(|size| size.size_bytes),
        comment: relation.comment.filter(|_| detail != Detail::Names),
        column_count: size.map(|size| size.column_count),
        columns: (detail == Detail::Full).then(|| columns.remove(&relation.oid).unwrap_or_default()),
        partition_count: size
            .filter(|_| relation.kind == "partitioned table")
            .map(|size| size.partition_count),
        readable: (!relation.readable).then_some(false),
        name: relation.name,
        schema: relation.schema,
        kind: relation.kind,
    }
}

/// The LIKE pattern for a caller's pattern, in which `*` may stand for `%`.
fn like_pattern(pattern: &str) -> String {
    pattern.replace('*', "%")
}
