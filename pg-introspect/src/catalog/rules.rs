//! Rows about the rules of a relation.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// The rules of a relation: `$1` oid.
pub(crate) static RULES: CatalogQuery<RewriteRule> =
    CatalogQuery::new("rules", &[(13, include_str!("../../catalog/rules.sql"))]);

/// A rule, which makes one statement another.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RewriteRule {
    /// The rule's name.
    pub name: String,
    /// `select`, `insert`, `update` or `delete`.
    pub event: String,
    /// Whether its commands run instead of the statement.
    pub is_instead: bool,
    /// `enabled`, `disabled`, `replica only` or `always`.
    pub state: String,
    /// The definition as SQL.
    pub definition: String,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
