//! Rows about the columns of a relation.

use serde::{Deserialize, Serialize};

use super::{CatalogQuery, ColumnSummary};

/// The columns of a relation: `$1` oid.
pub(crate) static COLUMNS: CatalogQuery<Column> = CatalogQuery::new(
    "columns",
    &[(13, include_str!("../../catalog/columns.sql")), (14, include_str!("../../catalog/columns@14.sql"))],
);

/// A column.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The column's name.
    pub name: String,
    /// Its type as SQL writes it, such as `character varying(80)`.
    pub data_type: String,
    /// Whether it may be NULL.
    pub is_nullable: bool,
    /// The expression of its default.
    pub default_value: Option<String>,
    /// Its place, counted from 1; columns that were dropped leave gaps.
    pub ordinal_position: i32,
    /// Its comment.
    pub comment: Option<String>,
    /// Whether it is an identity column: `always` or `by default`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// Whether it is computed from other columns: `stored` or `virtual`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated: Option<String>,
    /// The expression that computes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation_expression: Option<String>,
    /// Its collation, where that is not the one of its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// How large values are stored, where that is not the way of its type: `plain`, `external`, `main` or `extended`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<String>,
    /// How its values are compressed, where that is set for it: `pglz` or `lz4`; since 14.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<String>,
    /// How many values ANALYZE keeps of it, where that is set for it: 0 for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistics_target: Option<i32>,
    /// The type beneath, where its type is a domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_type: Option<String>,
    /// The values in order, where its type is an enum, or a domain or an array of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enum_values: Option<Vec<String>>,
    /// What ANALYZE wrote down of it; absent where nothing was, or where the role may not select it.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub statistics: Option<ColumnSummary>,
}
