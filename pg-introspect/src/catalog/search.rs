//! Rows about whatever a search finds.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// Objects that match: `$1` LIKE patterns, `$2` the search, `$3` schema or `*`, `$4` kinds or null, `$5` most rows, `$6` rows to
/// leave out.
pub(crate) static SEARCH: CatalogQuery<Found> =
    CatalogQuery::new("search", &[(13, include_str!("../../catalog/search.sql"))]);

/// An object that a search found.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// `table`, `column`, `function`, `index`, `enum` and so on.
    pub kind: String,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The table of a column, trigger or constraint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_name: Option<String>,
    /// The type of a column, the arguments of a function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// How well it matches: 100 is the name itself, 20 a word here and a word there.
    pub score: i32,
    /// How many objects match in all.
    #[serde(skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub total: i64,
}
