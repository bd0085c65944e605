//! Rows about foreign keys as edges between tables.

use serde::Deserialize;

use super::CatalogQuery;

/// Foreign keys: `$1` schema or `*`, `$2` most rows.
pub(crate) static FOREIGN_KEYS: CatalogQuery<Edge> =
    CatalogQuery::new("foreign_keys", &[(13, include_str!("../../catalog/foreign_keys.sql"))]);

/// A foreign key as an edge from a table to the one that it points at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The constraint's name.
    pub name: String,
    /// The schema of the table that has it.
    pub schema: String,
    /// The table that has it.
    pub table_name: String,
    /// That table as SQL writes it.
    pub sql_name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The schema of the table that it points at.
    pub referenced_schema: String,
    /// The table that it points at.
    pub referenced_table: String,
    /// That table as SQL writes it.
    pub referenced_sql_name: String,
    /// The columns that it points at.
    pub referenced_columns: Vec<String>,
    /// The condition that joins the two, as SQL.
    pub join_condition: Option<String>,
    /// Whether every row has a referenced row: no column of it may be null.
    pub is_required: bool,
    /// Whether a referenced row has one row at most.
    pub is_unique: bool,
    /// What a delete of the referenced row does.
    pub on_delete: String,
    /// Rows of the table that has it, as statistics estimate them.
    pub rows: f64,
}
