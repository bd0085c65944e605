//! Rows about the indexes of a table.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// The indexes of a table: `$1` oid.
pub(crate) static INDEXES: CatalogQuery<Index> =
    CatalogQuery::new("indexes", &[(13, include_str!("../../catalog/indexes.sql"))]);

/// An index.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// The index's name.
    pub name: String,
    /// The definition as SQL.
    pub definition: String,
    /// The key: column names and, in their place, expressions.
    pub columns: Vec<String>,
    /// Columns that are stored in the index but are no part of the key.
    pub included_columns: Vec<String>,
    /// Which rows a partial index holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// Whether it keeps the key unique.
    pub is_unique: bool,
    /// Whether it is the primary key's.
    pub is_primary: bool,
    /// Whether queries may use it; a CREATE INDEX CONCURRENTLY that failed leaves one that they may not.
    pub is_valid: bool,
    /// The access method, such as `btree`.
    pub method: String,
    /// Bytes on disk; absent for the index of a partitioned table, and where the index is locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<i64>,
    /// How often it was scanned since statistics were last reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scans: Option<i64>,
    /// The primary key, unique or exclusion constraint that it carries, as SQL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
