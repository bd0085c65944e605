//! Rows about what stands on a relation.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// What stands on a relation: `$1` oid, `$2` most rows.
pub(crate) static DEPENDANTS: CatalogQuery<Dependant> =
    CatalogQuery::new("dependants", &[(13, include_str!("../../catalog/dependants.sql"))]);

/// Something that a change of the relation would touch.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dependant {
    /// `view`, `materialized view`, `function`, `procedure`, `policy`, `column`, `sequence`, `publication` and so on.
    pub kind: String,
    /// Its schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Its name; with arguments, or behind its table.
    pub name: String,
    /// In what way.
    pub how: String,
    /// 1 where it stands on the relation itself, more where views are in between.
    pub depth: i32,
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) total: i64,
}
