//! Rows about the tables above and below a table: partitions and inheritance.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// Tables directly below a table: `$1` oid, `$2` most rows.
pub(crate) static CHILDREN: CatalogQuery<Child> =
    CatalogQuery::new("children", &[(13, include_str!("../../catalog/children.sql"))]);

/// Tables directly above a table: `$1` oid.
pub(crate) static PARENTS: CatalogQuery<Parent> =
    CatalogQuery::new("parents", &[(13, include_str!("../../catalog/parents.sql"))]);

/// A partition, or a table that inherits.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Child {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Which rows a partition takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<String>,
    /// Whether it is partitioned in turn.
    pub is_partitioned: bool,
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) total: i64,
}

/// A table that another is a partition of or inherits from.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Parent {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
}
