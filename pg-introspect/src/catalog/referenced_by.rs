//! Rows about the foreign keys that point at a table.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// Foreign keys that point at a table: `$1` oid, `$2` most rows.
pub(crate) static REFERENCED_BY: CatalogQuery<ReferencedBy> =
    CatalogQuery::new("referenced_by", &[(13, include_str!("../../catalog/referenced_by.sql"))]);

/// A foreign key that points at a table.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReferencedBy {
    /// The constraint's name.
    pub name: String,
    /// The schema of the table that has the key.
    pub schema: String,
    /// The table that has the key.
    pub table_name: String,
    /// The columns of the key.
    pub columns: Vec<String>,
    /// The columns that they point at, in the order of `columns`.
    pub referenced_columns: Vec<String>,
    /// What an update of the referenced key does, such as `cascade`.
    pub on_update: String,
    /// What a delete of the referenced row does, such as `set null`.
    pub on_delete: String,
}
