//! Rows about what ANALYZE wrote down of columns.

use serde::Deserialize;

use super::CatalogQuery;

/// Statistics of a table's columns: `$1` oid, `$2` values too.
pub(crate) static COLUMN_STATISTICS: CatalogQuery<ColumnStatistics> =
    CatalogQuery::new("column_statistics", &[(13, include_str!("../../catalog/column_statistics.sql"))]);

/// What is known of a column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnStatistics {
    /// Its name.
    pub name: String,
    /// Its name as SQL writes it.
    pub sql_name: String,
    /// Its type.
    pub data_type: String,
    /// Whether it may not be null.
    pub is_not_null: bool,
    /// Whether its type is ordered by the server's own operators.
    pub is_ordered: bool,
    /// Share of nulls.
    pub null_share: Option<f64>,
    /// Distinct values; negative numbers are a share of the rows.
    pub n_distinct: Option<f64>,
    /// Average bytes.
    pub average_bytes: Option<i32>,
    /// How far the order of values is the order of rows on disk, from -1 to 1.
    pub correlation: Option<f64>,
    /// The most common values.
    pub common_values: Option<Vec<Option<String>>>,
    /// Their shares.
    pub common_shares: Option<Vec<f64>>,
    /// Values that part the others into groups of equal size.
    pub bounds: Option<Vec<Option<String>>>,
    /// Whether it is a key by itself.
    pub is_key: bool,
    /// Whether it is part of a foreign key.
    pub is_foreign_key: bool,
}
