//! Rows about who may do what with a relation.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// Privileges on a relation and its columns: `$1` oid, `$2` most rows.
pub(crate) static GRANTS: CatalogQuery<Grant> =
    CatalogQuery::new("grants", &[(13, include_str!("../../catalog/grants.sql"))]);

/// What a role that is not the owner may do.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The role; `public` is everybody.
    pub role: String,
    /// The column, where it is for one only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column_name: Option<String>,
    /// The privileges, such as `SELECT`.
    pub privileges: Vec<String>,
    /// Those of them that the role may grant to others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grantable: Option<Vec<String>>,
}
