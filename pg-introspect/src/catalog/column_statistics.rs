//! Rows about what ANALYZE wrote down of columns.

use serde::{Deserialize, Serialize};

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

/// What statistics say of a column, in short.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ColumnSummary {
    /// Share of nulls, from 0 to 1.
    pub null_share: f64,
    /// Distinct values, by estimate; null where the rows were never counted.
    pub distinct_estimate: Option<i64>,
    /// Average bytes of a value.
    pub average_bytes: i32,
    /// How far the order of values is the order of rows on disk, from -1 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<f64>,
    /// The most common values; absent where the policy masks columns or refuses to select them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common_values: Option<Vec<CommonValue>>,
}

/// A common value of a column.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CommonValue {
    /// The value as text, its first 60 characters.
    pub value: String,
    /// Its share of the rows, from 0 to 1.
    pub share: f64,
}

/// Most common values in short.
const COMMON: usize = 5;
/// Characters of a value in short.
const SHOWN: usize = 60;

impl ColumnStatistics {
    /// The same in short; nothing where nothing was gathered. `rows` is the table's estimate.
    pub(crate) fn summary(self, rows: Option<i64>, with_values: bool) -> Option<ColumnSummary> {
        let distinct = self.n_distinct?;
        let common =
            self.common_values.unwrap_or_default().into_iter().zip(self.common_shares.unwrap_or_default());
        let common: Vec<CommonValue> = common
            .filter_map(|(value, share)| {
                Some(CommonValue { value: crate::values::excerpt(&value?, SHOWN), share: thousandths(share) })
            })
            .take(COMMON)
            .collect();
        Some(ColumnSummary {
            null_share: thousandths(self.null_share?),
            // A negative number is a share of the rows.
            distinct_estimate: if distinct < 0.0 {
                rows.map(|rows| (-distinct * rows as f64).round() as i64)
            } else {
                Some(distinct as i64)
            },
            average_bytes: self.average_bytes?,
            correlation: self.correlation.map(thousandths),
            common_values: (with_values && !common.is_empty()).then_some(common),
        })
    }
}

fn thousandths(share: f64) -> f64 {
    (share * 1_000.0).round() / 1_000.0
}
