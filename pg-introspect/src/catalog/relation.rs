//! The row about one relation.

use serde::Deserialize;

use super::CatalogQuery;

/// One relation by its exact name: `$1` schema, `$2` name.
pub(crate) static RELATION: CatalogQuery<Relation> =
    CatalogQuery::new("relation", &[(13, include_str!("../../catalog/relation.sql"))]);

/// A relation of any kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// The oid of its row in `pg_class`.
    pub oid: i64,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its schema and name as SQL writes them.
    pub sql_name: String,
    /// `table`, `view`, `index` and so on; a letter of a newer server comes as it is.
    pub kind: String,
    /// Whether it is of a kind with columns that can be selected.
    pub has_columns: bool,
    /// `permanent`, `unlogged` or `temporary`.
    pub persistence: String,
    /// The role that owns it.
    pub owner: String,
    /// Its comment.
    pub comment: Option<String>,
    /// Whether the connection's role has USAGE on the schema.
    pub has_usage: bool,
    /// Which of SELECT, INSERT, UPDATE, DELETE the connection's role has on the whole of it.
    pub privileges: Vec<String>,
    /// The query of a view.
    pub view_definition: Option<String>,
    /// The server of a foreign table.
    pub foreign_server: Option<String>,
    /// How a partitioned table is divided: `range`, `list`, `hash`.
    pub partition_strategy: Option<String>,
    /// By what a partitioned table is divided.
    pub partition_key: Option<String>,
    /// Whether it is a partition.
    pub is_partition: bool,
    /// Which rows a partition takes.
    pub partition_bound: Option<String>,
    /// How its rows are kept, such as `heap`.
    pub access_method: Option<String>,
    /// Its tablespace, where that is not the database's.
    pub tablespace: Option<String>,
    /// Its storage parameters, such as `fillfactor=70`.
    pub storage_options: Option<Vec<String>>,
    /// Whether row-level security is on.
    pub row_level_security: bool,
    /// Whether row-level security holds for the owner too.
    pub row_level_security_forced: bool,
}
