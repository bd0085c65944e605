//! get_table_schema: all that there is to know of one table's shape.

mod bounds;

use async_trait::async_trait;
use pg_core::{Call, Connection, Effect, Error, Example, Operation, Toolset};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::default_schema;
use crate::budget::default_max_tokens;
use crate::catalog::{
    self, Check, Child, Column, ColumnStatistics, Constraint, Dependant, ForeignKey, Grant, Index,
    KeyConstraint, Parent, ReferencedBy, Relation, RewriteRule, RowPolicy, Snapshot, Trigger,
};
use crate::paging::Truncated;
use crate::{lookup, values};

/// How many entries of a list are told that can be long: foreign keys of other tables, partitions, dependants, grants.
const MOST: usize = 500;

/// Describe a table or view, as of one moment: columns with statistics, keys, constraints, indexes, foreign keys both ways,
/// triggers, rules, grants, partitions, row-level security, and what depends on it.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields)]
pub struct GetTableSchemaInput {
    /// Which connection, if several.
    #[cfg_attr(feature = "cli", arg(long))]
    pub connection_id: Option<String>,
    /// The table or view, such as `sales.orders` or `"Order Lines"`, or its exact name.
    #[cfg_attr(feature = "cli", arg())]
    pub table_name: String,
    /// Where to look; a schema before the table's name goes first.
    #[serde(default = "default_schema")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_schema()))]
    pub schema: String,
    /// Columns to pass over, to see the rest.
    #[serde(default)]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: u32,
    /// The largest answer, in tokens; what does not fit is left out, and named.
    #[serde(default = "default_max_tokens")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = default_max_tokens()))]
    pub max_tokens: u32,
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
    /// Primary key, unique and exclusion constraints, which indexes keep.
    pub constraints: Vec<KeyConstraint>,
    /// Triggers.
    pub triggers: Vec<Trigger>,
    /// Rules, without the one that makes a view.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RewriteRule>,
    /// Privileges of roles other than the owner, on the whole and on columns.
    pub grants: Vec<Grant>,
    /// What a change of it would touch: views at any depth, functions, policies, sequences and more.
    pub dependants: Vec<Dependant>,
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
    /// How its rows are kept, such as `heap`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_method: Option<String>,
    /// Its tablespace, where that is not the database's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tablespace: Option<String>,
    /// Its storage parameters, such as `fillfactor=70`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_options: Option<Vec<String>>,
    /// That not all columns are told, and where to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
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
        let mut described = described(call, &connection, relation).await?;
        bounds::keep_within(&mut described, input.offset, input.max_tokens);
        Ok(described)
    }
}

/// All of it, from one snapshot.
async fn described(
    call: &Call,
    connection: &Connection,
    found: Relation,
) -> Result<GetTableSchemaOutput, Error> {
    let oid = || vec![json!(found.oid)];
    let bounded = || vec![json!(found.oid), json!(MOST)];
    let mut snapshot = Snapshot::of(call, connection).await?;
    let relation = snapshot.ask(&catalog::RELATION, vec![json!(found.schema), json!(found.name)])?;
    let size = snapshot.ask(&catalog::RELATION_SIZES, vec![json!([found.oid])])?;
    let columns = snapshot.ask(&catalog::COLUMNS, oid())?;
    let constraints = snapshot.ask(&catalog::CONSTRAINTS, oid())?;
    let referenced_by = snapshot.ask(&catalog::REFERENCED_BY, bounded())?;
    let indexes = snapshot.ask(&catalog::INDEXES, oid())?;
    let triggers = snapshot.ask(&catalog::TRIGGERS, oid())?;
    let rules = snapshot.ask(&catalog::RULES, oid())?;
    let policies = snapshot.ask(&catalog::ROW_POLICIES, oid())?;
    let grants = snapshot.ask(&catalog::GRANTS, bounded())?;
    let parents = snapshot.ask(&catalog::PARENTS, oid())?;
    let children = snapshot.ask(&catalog::CHILDREN, bounded())?;
    let dependants = snapshot.ask(&catalog::DEPENDANTS, bounded())?;
    let with_values = values::may_tell(connection);
    let statistics = snapshot.ask(&catalog::COLUMN_STATISTICS, vec![json!(found.oid), json!(with_values)])?;
    let answers = snapshot.take(call, connection).await?;

    let relation =
        answers.rows(&relation)?.into_iter().find(|relation| relation.oid == found.oid).ok_or_else(|| {
            Error::argument(format!(
                "\"{}\" in schema \"{}\" was dropped or renamed while it was being described; ask again",
                found.name, found.schema
            ))
        })?;
    let size = answers.rows(&size)?.into_iter().next();
    let row_estimate = size.as_ref().and_then(|size| size.row_estimate);
    let mut columns = answers.rows(&columns)?;
    let statistics = answers.rows(&statistics)?;
    let values_refused =
        add_statistics(call, connection, &relation, &mut columns, statistics, row_estimate).await;
    let keys = Keys::sorted(answers.rows(&constraints)?);
    let referenced_by = answers.rows(&referenced_by)?;
    let dependants = answers.rows(&dependants)?;
    let children = answers.rows(&children)?;
    let grants = answers.rows(&grants)?;

    let is_locked = size.as_ref().is_some_and(|size| size.is_locked);
    let mut notes = notes(&relation, is_locked, &columns, &referenced_by, &children);
    notes.extend(values_refused);
    if dependants.first().is_some_and(|dependant| dependant.total > MOST as i64) {
        notes.push(format!("the first {MOST} of its dependants are told only"));
    }
    if grants.len() >= MOST {
        notes.push(format!("grants tells the first {MOST} only"));
    }
    let (partitions, inherited_by) = below(&relation, children);
    let (partition_of, inherits) = above(&relation, answers.rows(&parents)?);
    Ok(GetTableSchemaOutput {
        success: true,
        connection_id: connection.id().to_owned(),
        row_estimate,
        size_bytes: size.and_then(|size| size.size_bytes),
        columns,
        primary_keys: keys.primary,
        indexes: answers.rows(&indexes)?,
        foreign_keys: keys.foreign,
        referenced_by,
        checks: keys.checks,
        constraints: keys.kept_by_indexes,
        triggers: answers.rows(&triggers)?,
        rules: answers.rows(&rules)?,
        grants,
        dependants,
        partitions,
        partition_of,
        inherits,
        inherited_by,
        row_level_security: RowLevelSecurity {
            enabled: relation.row_level_security,
            forced: relation.row_level_security_forced,
            policies: answers.rows(&policies)?,
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
        access_method: relation.access_method,
        tablespace: relation.tablespace,
        storage_options: relation.storage_options,
        truncated: None,
    })
}

/// Puts statistics beside their columns; says why common values are left out, where they are. What may not be selected is not
/// told out of statistics either.
async fn add_statistics(
    call: &Call,
    connection: &Connection,
    relation: &Relation,
    columns: &mut [Column],
    statistics: Vec<ColumnStatistics>,
    rows: Option<i64>,
) -> Option<String> {
    let has_values = statistics.iter().any(|column| column.common_values.is_some());
    let has_statistics = statistics.iter().any(|column| column.n_distinct.is_some());
    let refused = if has_values {
        let text = format!("SELECT * FROM {}", relation.sql_name);
        connection.vet(call, &text).await.err()
    } else {
        None
    };
    // Both are in the order of the columns, and of one snapshot.
    for (column, statistics) in columns.iter_mut().zip(statistics) {
        if column.name == statistics.name {
            column.statistics = statistics.summary(rows, refused.is_none());
        }
    }
    if has_statistics && !values::may_tell(connection) {
        return Some(
            "no common values are told, because the policy of the connection masks columns, and statistics hold values as they are"
                .to_owned(),
        );
    }
    refused.map(|refusal| {
        format!("no common values are told, because the policy refuses to select the columns: {refusal}")
    })
}

/// Constraints sorted by their kind.
#[derive(Default)]
struct Keys {
    primary: Vec<String>,
    foreign: Vec<ForeignKey>,
    checks: Vec<Check>,
    kept_by_indexes: Vec<KeyConstraint>,
}

impl Keys {
    fn sorted(constraints: Vec<Constraint>) -> Self {
        let mut keys = Self::default();
        for constraint in constraints {
            match constraint.kind.as_str() {
                "primary key" => {
                    keys.primary.clone_from(&constraint.columns);
                    keys.kept_by_indexes.push(constraint.into());
                }
                "unique" | "exclusion" => keys.kept_by_indexes.push(constraint.into()),
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
