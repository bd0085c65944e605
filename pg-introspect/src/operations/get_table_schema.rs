//! get_table_schema: all that there is to know of one table's shape.

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::default_schema;
use crate::catalog::{
    self, Check, Child, Column, Constraint, ForeignKey, Index, Parent, ReferencedBy, Relation, RowPolicy,
    Trigger,
};
use crate::lookup;

/// How many foreign keys of other tables, and how many partitions, are told.
const MOST: usize = 500;

/// Describe a table or view: columns, primary key, indexes, foreign keys in both directions, checks, triggers, partitions and
/// row-level security.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct GetTableSchemaInput {
    /// The connection; optional when there is only one.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The table or view: its exact name, or as SQL writes it, such as `sales.orders` or `"Order Lines"`.
    #[cfg_attr(feature = "cli", arg())]
    pub table_name: String,
    /// The schema to look in; one written before the table's name goes first.
    #[serde(default = "default_schema")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_schema()))]
    pub schema: String,
}

/// The shape of a table or view.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GetTableSchemaOutput {
    /// Always true; what fails is an error.
    pub success: bool,
    /// The connection that was asked.
    pub connection_id: String,
    /// The schema that it is in.
    pub schema: String,
    /// Its exact name.
    pub table_name: String,
    /// `table`, `partitioned table`, `view`, `materialized view` or `foreign table`.
    pub kind: String,
    /// `permanent`, `unlogged` or `temporary`.
    pub persistence: String,
    /// The role that owns it.
    pub owner: String,
    /// Its comment.
    pub comment: Option<String>,
    /// Rows, as the statistics estimate them; null where nothing was ever counted.
    pub row_estimate: Option<i64>,
    /// Bytes with indexes and TOAST; null where it has no storage or could not be measured.
    pub size_bytes: Option<i64>,
    /// Which of SELECT, INSERT, UPDATE, DELETE the connection's role has on the whole of it.
    pub privileges: Vec<String>,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// The columns of the primary key, in the order of the key.
    pub primary_keys: Vec<String>,
    /// Its indexes, the primary key's first.
    pub indexes: Vec<Index>,
    /// Foreign keys from it to others.
    pub foreign_keys: Vec<ForeignKey>,
    /// Foreign keys from others to it.
    pub referenced_by: Vec<ReferencedBy>,
    /// Check constraints.
    pub checks: Vec<Check>,
    /// Triggers.
    pub triggers: Vec<Trigger>,
    /// How a partitioned table is divided; null for others.
    pub partitions: Option<Partitions>,
    /// The table that this one is a partition of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_of: Option<PartitionOf>,
    /// Tables that it inherits from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inherits: Option<Vec<Parent>>,
    /// Tables that inherit from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inherited_by: Option<Vec<Child>>,
    /// Which rows which role may see and write.
    pub row_level_security: RowLevelSecurity,
    /// The query of a view or materialized view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view_definition: Option<String>,
    /// The server of a foreign table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign_server: Option<String>,
    /// What this answer could not tell, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<String>>,
}

/// How a partitioned table is divided.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Partitions {
    /// `range`, `list` or `hash`.
    pub strategy: String,
    /// The columns or expressions by which a row finds its partition, as SQL.
    pub key: String,
    /// How many partitions are directly below it.
    pub count: i64,
    /// The partitions directly below it, the first 500 by name.
    pub list: Vec<Child>,
}

/// The table that another is a partition of.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PartitionOf {
    /// The schema of the partitioned table.
    pub schema: String,
    /// The partitioned table.
    pub table_name: String,
    /// Which rows the partition takes, as SQL.
    pub bound: Option<String>,
}

/// Which rows which role may see and write.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RowLevelSecurity {
    /// Whether policies hold; without any policy nothing is seen but by the owner.
    pub enabled: bool,
    /// Whether they hold for the owner too.
    pub forced: bool,
    /// The policies, also where they do not hold.
    pub policies: Vec<RowPolicy>,
}

/// The operation get_table_schema.
#[derive(Debug)]
pub struct GetTableSchema;

#[async_trait]
impl Operation for GetTableSchema {
    type Input = GetTableSchemaInput;
    type Output = GetTableSchemaOutput;
    const NAME: &'static str = "get_table_schema";
    const SHORT_NAME: Option<&'static str> = Some("describe");
    const TITLE: &'static str = "Columns, keys and indexes of a table";
    const EFFECT: Effect = Effect::Read;
    const TOOLSET: Toolset = Toolset::Core;
    const EXAMPLES: &'static [Example] = &[
        Example { title: "What does a customer have?", arguments: r#"{"table_name": "customers"}"# },
        Example { title: "With the schema in the name", arguments: r#"{"table_name": "public.orders"}"# },
    ];

    async fn run(call: &Call, input: GetTableSchemaInput) -> Result<GetTableSchemaOutput, Error> {
        let connection = call.service().connection(input.connection_id.as_deref())?;
        let relation = lookup::relation(call, &connection, &input.schema, &input.table_name).await?;
        described(call, &connection, relation).await
    }
}

async fn described(
    call: &Call,
    connection: &Connection,
    relation: Relation,
) -> Result<GetTableSchemaOutput, Error> {
    let oid = [json!(relation.oid)];
    let bounded = [json!(relation.oid), json!(MOST)];
    let size =
        catalog::RELATION_SIZES.rows(call, connection, &[json!([relation.oid])]).await?.into_iter().next();
    let columns = catalog::COLUMNS.rows(call, connection, &oid).await?;
    let keys = Keys::sorted(catalog::CONSTRAINTS.rows(call, connection, &oid).await?);
    let referenced_by = catalog::REFERENCED_BY.rows(call, connection, &bounded).await?;
    let indexes = catalog::INDEXES.rows(call, connection, &oid).await?;
    let triggers = catalog::TRIGGERS.rows(call, connection, &oid).await?;
    let policies = catalog::ROW_POLICIES.rows(call, connection, &oid).await?;
    let parents = catalog::PARENTS.rows(call, connection, &oid).await?;
    let children = catalog::CHILDREN.rows(call, connection, &bounded).await?;

    let is_locked = size.as_ref().is_some_and(|size| size.is_locked);
    let notes = notes(&relation, is_locked, &columns, &referenced_by, &children);
    let (partitions, inherited_by) = below(&relation, children);
    let (partition_of, inherits) = above(&relation, parents);
    Ok(GetTableSchemaOutput {
        success: true,
        connection_id: connection.id().to_owned(),
        row_estimate: size.as_ref().and_then(|size| size.row_estimate),
        size_bytes: size.and_then(|size| size.size_bytes),
        columns,
        primary_keys: keys.primary,
        indexes,
        foreign_keys: keys.foreign,
        referenced_by,
        checks: keys.checks,
        triggers,
        partitions,
        partition_of,
        inherits,
        inherited_by,
        row_level_security: RowLevelSecurity {
            enabled: relation.row_level_security,
            forced: relation.row_level_security_forced,
            policies,
        },
        notes: (!notes.is_empty()).then_some(notes),
        schema: relation.schema,
        table_name: relation.name,
        kind: relation.kind,
        persistence: relation.persistence,
        owner: relation.owner,
        comment: relation.comment,
        privileges: relation.privileges,
        view_definition: relation.view_definition,
        foreign_server: relation.foreign_server,
    })
}

/// Constraints sorted by their kind.
#[derive(Default)]
struct Keys {
    primary: Vec<String>,
    foreign: Vec<ForeignKey>,
    checks: Vec<Check>,
}

impl Keys {
    fn sorted(constraints: Vec<Constraint>) -> Self {
        let mut keys = Self::default();
        for constraint in constraints {
            match constraint.kind.as_str() {
                "primary key" => keys.primary = constraint.columns,
                "foreign key" => keys.foreign.push(constraint.into()),
                _ => keys.checks.push(constraint.into()),
            }
        }
        keys
    }
}

/// The tables below, as partitions or as heirs.
fn below(relation: &Relation, children: Vec<Child>) -> (Option<Partitions>, Option<Vec<Child>>) {
    match (&relation.partition_strategy, &relation.partition_key) {
        (Some(strategy), Some(key)) => {
            let count = children.first().map_or(0, |child| child.total);
            (Some(Partitions { strategy: strategy.clone(), key: key.clone(), count, list: children }), None)
        }
        _ => (None, (!children.is_empty()).then_some(children)),
    }
}

/// The tables above, as the partitioned table or as those inherited from.
fn above(relation: &Relation, parents: Vec<Parent>) -> (Option<PartitionOf>, Option<Vec<Parent>>) {
    if relation.is_partition {
        let parent = parents.into_iter().next().map(|parent| PartitionOf {
            schema: parent.schema,
            table_name: parent.name,
            bound: relation.partition_bound.clone(),
        });
        return (parent, None);
    }
    (None, (!parents.is_empty()).then_some(parents))
}

/// What the answer could not tell, and what stands in the caller's way.
fn notes(
    relation: &Relation,
    is_locked: bool,
    columns: &[Column],
    referenced_by: &[ReferencedBy],
    children: &[Child],
) -> Vec<String> {
    let mut notes = Vec::new();
    if is_locked {
        notes.push(
            "its size was not measured, because another session holds or waits for an ACCESS EXCLUSIVE lock on it"
                .to_owned(),
        );
    }
    if !relation.has_usage {
        notes.push(format!(
            "the connection's role has no USAGE on the schema \"{}\", so it cannot query this",
            relation.schema
        ));
    } else if relation.privileges.is_empty() {
        notes.push(
            "the connection's role has no privilege on the whole of this; it may have some on columns"
                .to_owned(),
        );
    }
    if columns.is_empty() {
        notes.push("it has no columns".to_owned());
    }
    if referenced_by.len() >= MOST {
        notes.push(format!("referenced_by tells the first {MOST} foreign keys only"));
    }
    if children.first().is_some_and(|child| child.total > MOST as i64) {
        notes.push(format!("the first {MOST} of the tables below it are told only"));
    }
    notes
}
