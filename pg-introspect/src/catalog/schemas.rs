//! Rows about schemas.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// Schemas with what they hold: `$1` system schemas too, `$2` most rows, `$3` rows to leave out.
pub(crate) static SCHEMAS: CatalogQuery<ListedSchema> =
    CatalogQuery::new("schemas", &[(13, include_str!("../../catalog/schemas.sql"))]);

/// Names of schemas: `$1` most rows.
pub(crate) static SCHEMA_NAMES: CatalogQuery<SchemaName> =
    CatalogQuery::new("schema_names", &[(13, include_str!("../../catalog/schema_names.sql"))]);

/// A schema and what it holds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListedSchema {
    /// The schema's name.
    pub name: String,
    /// The role that owns it.
    pub owner: String,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Whether it is PostgreSQL's own.
    pub is_system: bool,
    /// Whether the connection's role has USAGE; without it nothing in the schema can be read.
    pub has_usage: bool,
    /// Whether the connection's role may create relations in it.
    pub has_create: bool,
    /// How many plain tables it holds; partitions are not among them.
    pub tables: i64,
    /// How many partitioned tables.
    pub partitioned_tables: i64,
    /// How many partitions of partitioned tables.
    pub partitions: i64,
    /// How many views.
    pub views: i64,
    /// How many materialized views.
    pub materialized_views: i64,
    /// How many foreign tables.
    pub foreign_tables: i64,
    /// How many sequences.
    pub sequences: i64,
    /// Bytes with indexes and TOAST, as of the last vacuum or analyze.
    pub size_bytes_estimate: i64,
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) total: i64,
}

/// The name of a schema.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaName {
    /// The schema's name.
    pub name: String,
}
