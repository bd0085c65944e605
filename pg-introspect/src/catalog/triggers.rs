//! Rows about the triggers of a table.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// The triggers of a table: `$1` oid.
pub(crate) static TRIGGERS: CatalogQuery<Trigger> =
    CatalogQuery::new("triggers", &[(13, include_str!("../../catalog/triggers.sql"))]);

/// A trigger.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The trigger's name.
    pub name: String,
    /// `before`, `after` or `instead of`.
    pub timing: String,
    /// Which of `insert`, `delete`, `update`, `truncate` fire it.
    pub events: Vec<String>,
    /// Whether it runs once a `row` or once a `statement`.
    pub level: String,
    /// The function that it calls.
    pub function: String,
    /// `enabled`, `disabled`, `replica only` or `always`.
    pub state: String,
    /// The definition as SQL.
    pub definition: String,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
