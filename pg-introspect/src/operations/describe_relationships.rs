//! describe_relationships: how tables hang together by foreign keys.

use async_trait::async_trait;
use pg_core::{Call, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::default_schema;
use crate::budget::{BYTES_A_TOKEN, default_max_tokens, fitting};
use crate::catalog::{self, Edge};
use crate::lookup;
use crate::paging::{MOST, Truncated};
use crate::relationships::{Join, Reached, Table, diagram, join_path, reached_by_delete};

/// The part of the budget that what a delete reaches may take, as a divisor.
const REACHED_SHARE: u32 = 2;
/// How many keys the whole graph has at most.
const KEYS: u32 = 50_000;

/// Show how tables hang together by foreign keys: the keys around a table or of a schema, a Mermaid diagram, the joins between
/// two tables with their ON conditions, and what a DELETE would reach.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct DescribeRelationshipsInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The table to look around; without it, all keys of the schema.
    #[cfg_attr(feature = "cli", arg())]
    pub table_name: Option<String>,
    /// The table to join to, for the shortest join.
    #[cfg_attr(feature = "cli", arg(long))]
    pub to_table: Option<String>,
    /// The schema; with `*` and no table, all but PostgreSQL's own.
    #[serde(default = "default_schema")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_schema()))]
    pub schema: String,
    /// The most to list, up to 5000.
    #[serde(default = "most_keys")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = most_keys()))]
    pub limit: u32,
    /// The largest answer, in tokens.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
    /// How many keys to leave out first.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: u32,
}

fn most_keys() -> u32 {
    100
}

/// How tables hang together.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DescribeRelationshipsOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The foreign keys, in the order of schema, table and name.
    pub relationships: Vec<Relationship>,
    /// The keys that are listed as a Mermaid diagram.
    pub mermaid: String,
    /// The joins from table_name to to_table in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_path: Option<Vec<Join>>,
    /// The FROM clause of that join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_clause: Option<String>,
    /// What a DELETE of rows of table_name reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_reaches: Option<Vec<Reached>>,
    /// Present where there are more keys than are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// A foreign key.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Relationship {
    /// The constraint's name.
    pub name: String,
    /// The table that has it, as SQL writes it.
    pub from: String,
    /// The table that it points at, as SQL writes it.
    pub to: String,
    /// The condition that joins them.
    pub on: String,
    /// `many-to-one` or `one-to-one`.
    pub cardinality: String,
    /// Whether every row has a referenced row.
    pub is_required: bool,
    /// What a delete of the referenced row does.
    pub on_delete: String,
}

/// The operation describe_relationships.
#[derive(Debug)]
pub struct DescribeRelationships;

#[async_trait]
impl Operation for DescribeRelationships {
    type Input = DescribeRelationshipsInput;
    type Output = DescribeRelationshipsOutput;
    const NAME: &'static str = "describe_relationships";
    const SHORT_NAME: Option<&'static str> = Some("relationships");
    const TITLE: &'static str = "Foreign keys, joins and cascades";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Schema;
    const EXAMPLES: &'static [Example] = &[
        Example { title: "What hangs on the orders?", arguments: r#"{"table_name": "orders"}"# },
        Example {
            title: "How to join customers and products",
            arguments: r#"{"table_name": "customers", "to_table": "products"}"#,
        },
    ];

    async fn run(
        call: &Call,
        input: DescribeRelationshipsInput,
    ) -> Result<DescribeRelationshipsOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        if input.to_table.is_some() && input.table_name.is_none() {
            return Err(Error::argument("to_table needs table_name: the table to join from"));
        }
        let mut tables: Vec<Table> = Vec::new();
        for name in [&input.table_name, &input.to_table].into_iter().flatten() {
            let relation = lookup::relation(call, &connection, &input.schema, name).await?;
            tables.push((relation.schema, relation.name));
        }
        // A join may lead through any schema.
        let scope = if tables.is_empty() { input.schema.as_str() } else { "*" };
        let edges = catalog::FOREIGN_KEYS.rows(call, &connection, &[json!(scope), json!(KEYS)]).await?;
        if edges.is_empty()
            && scope != "*"
            && let Some(error) = lookup::unknown_schema(call, &connection, scope, &[]).await?
        {
            return Err(error);
        }
        let start = tables.first();
        let path = start.zip(tables.get(1)).map(|(start, end)| join_path(&edges, start, end));
        let mut shown: Vec<Edge> =
            edges.iter().filter(|edge| start.is_none_or(|table| touches(edge, table))).cloned().collect();
        let mut notes = Vec::new();
        let total = i64::try_from(shown.len()).unwrap_or(i64::MAX);
        if edges.len() >= KEYS as usize {
            notes.push(format!("only the first {KEYS} foreign keys were looked at; ask schema by schema"));
        }
        let mut delete_reaches = start.map(|start| reached_by_delete(&edges, start));
        if let Some(reached) = &mut delete_reaches {
            notes.extend(keep_nearest(reached, input.max_tokens / REACHED_SHARE));
        }
        let left = left_of(input.max_tokens, &delete_reaches);
        shown.drain(..(input.offset as usize).min(shown.len()));
        shown.truncate(input.limit.min(MOST) as usize);
        shown.truncate(fitting(&shown.iter().map(InTheAnswer::of).collect::<Vec<_>>(), left));
        let truncated = Truncated::of(shown.len(), input.offset, total, ", or name a table");
        if matches!(path, Some(None)) {
            notes.push(format!(
                "no foreign keys lead from \"{}\" to \"{}\"; a join of them rests on something that the schema does not say",
                input.table_name.as_deref().unwrap_or_default(),
                input.to_table.as_deref().unwrap_or_default()
            ));
        }
        let join_path = path.flatten();
        Ok(DescribeRelationshipsOutput {
            success: true,
            connection_id: connection.id().to_owned(),
            mermaid: diagram(&shown),
            relationships: shown.into_iter().map(told).collect(),
            from_clause: join_path
                .as_ref()
                .zip(start)
                .map(|(joins, start)| from_clause(&edges, start, joins)),
            join_path,
            delete_reaches,
            truncated,
            notes: (!notes.is_empty()).then_some(notes),
        })
    }
}

/// A key takes its place in the list and in the diagram.
#[derive(Serialize)]
struct InTheAnswer {
    listed: Relationship,
    drawn: String,
}

impl InTheAnswer {
    fn of(edge: &Edge) -> Self {
        Self { listed: told(edge.clone()), drawn: diagram(std::slice::from_ref(edge)) }
    }
}

/// Cuts what a delete reaches to a budget, and says so.
fn keep_nearest(reached: &mut Vec<Reached>, max_tokens: u32) -> Option<String> {
    let total = reached.len();
    reached.truncate(fitting(reached, max_tokens));
    (reached.len() < total).then(|| {
        format!(
            "delete_reaches tells the nearest {} of {total}; a higher max_tokens tells more",
            reached.len()
        )
    })
}

/// The tokens that are left beside what a delete reaches.
fn left_of(max_tokens: u32, reached: &Option<Vec<Reached>>) -> u32 {
    let bytes = serde_json::to_string(reached).map_or(0, |text| text.len());
    max_tokens.saturating_sub(u32::try_from(bytes.div_ceil(BYTES_A_TOKEN)).unwrap_or(u32::MAX))
}

fn touches(edge: &Edge, (schema, name): &Table) -> bool {
    (edge.schema == *schema && edge.table_name == *name)
        || (edge.referenced_schema == *schema && edge.referenced_table == *name)
}

fn told(edge: Edge) -> Relationship {
    Relationship {
        name: edge.name,
        from: edge.sql_name,
        to: edge.referenced_sql_name,
        on: edge.join_condition.unwrap_or_default(),
        cardinality: if edge.is_unique { "one-to-one" } else { "many-to-one" }.to_owned(),
        is_required: edge.is_required,
        on_delete: edge.on_delete,
    }
}

/// The joins as the FROM clause of a query.
fn from_clause(edges: &[Edge], (schema, name): &Table, joins: &[Join]) -> String {
    let as_sql = edges.iter().find_map(|edge| {
        if edge.schema == *schema && edge.table_name == *name {
            Some(edge.sql_name.as_str())
        } else if edge.referenced_schema == *schema && edge.referenced_table == *name {
            Some(edge.referenced_sql_name.as_str())
        } else {
            None
        }
    });
    let mut clause = format!("FROM {}", as_sql.unwrap_or(name));
    for join in joins {
        clause.push_str(&format!(" JOIN {} ON {}", join.table, join.on));
    }
    clause
}
