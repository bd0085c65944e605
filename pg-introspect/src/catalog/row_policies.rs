//! Rows about the row-level security policies of a table.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// The row-level security policies of a table: `$1` oid.
pub(crate) static ROW_POLICIES: CatalogQuery<RowPolicy> =
    CatalogQuery::new("row_policies", &[(13, include_str!("../../catalog/row_policies.sql"))]);

/// A row-level security policy.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RowPolicy {
    /// The policy's name.
    pub name: String,
    /// The command that it holds for: `all`, `select`, `insert`, `update` or `delete`.
    pub command: String,
    /// Whether it lets rows through where any permissive policy does; if not, it narrows what others let through.
    pub is_permissive: bool,
    /// The roles that it holds for.
    pub roles: Vec<String>,
    /// Which rows are seen.
    pub using_expression: Option<String>,
    /// Which rows may be written.
    pub check_expression: Option<String>,
}
