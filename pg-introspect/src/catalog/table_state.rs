//! Rows about the state of tables that a statement reads.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// The state of tables: `$1` schemas, `$2` names.
pub(crate) static TABLE_STATE: CatalogQuery<TableState> =
    CatalogQuery::new("table_state", &[(13, include_str!("../../catalog/table_state.sql"))]);

/// What of a table makes statements on it slow.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TableState {
    /// Its schema.
    pub schema: String,
    /// The table.
    pub table_name: String,
    /// Its name as SQL writes it.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub sql_name: String,
    /// Its oid.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub oid: i64,
    /// Rows, as counted while they were written.
    pub live_rows: i64,
    /// Rows that vacuum has not removed.
    pub dead_rows: i64,
    /// Rows that changed since the last ANALYZE.
    pub changed_since_analyze: i64,
    /// Rows that the planner reckons with.
    pub planned_rows: f64,
    /// Bytes of its rows, by estimate.
    pub heap_bytes_estimate: i64,
    /// Whether no vacuum or analyze wrote down how large it is.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub is_unmeasured: bool,
    /// When it was last vacuumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_vacuum: Option<String>,
    /// When it was last analyzed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_analyze: Option<String>,
    /// Whether there are statistics of its columns that the role may see.
    pub has_statistics: bool,
    /// Whether it has an index that queries may not use.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub has_invalid_index: Option<bool>,
}
