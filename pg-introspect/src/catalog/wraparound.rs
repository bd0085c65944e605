//! Rows about how near transaction numbers are to their end, and about what stands in the way of freezing.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// Databases by age: `$1` most rows.
pub(crate) static WRAPAROUND_DATABASES: CatalogQuery<DatabaseAge> = CatalogQuery::new(
    "wraparound_databases",
    &[(13, include_str!("../../catalog/wraparound_databases.sql"))],
);

/// Tables by age: `$1` most rows.
pub(crate) static WRAPAROUND_TABLES: CatalogQuery<TableAge> =
    CatalogQuery::new("wraparound_tables", &[(13, include_str!("../../catalog/wraparound_tables.sql"))]);

/// What holds the horizon back: `$1` most rows.
pub(crate) static HORIZON: CatalogQuery<HoldsBack> =
    CatalogQuery::new("horizon", &[(13, include_str!("../../catalog/horizon.sql"))]);

/// How long ago a database was frozen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseAge {
    /// The database.
    pub database: String,
    /// Transactions since then.
    pub transaction_age: i64,
    /// Multixacts since then.
    pub multixact_age: i64,
    /// The age at which autovacuum freezes without being asked.
    pub freeze_max_age: i64,
    /// The same for multixacts.
    pub multixact_freeze_max_age: i64,
    /// Whether anybody can connect to it.
    pub allows_connections: bool,
}

/// How long ago a table was frozen.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TableAge {
    /// Its schema.
    pub schema: String,
    /// The table, or the TOAST table of one.
    pub table_name: String,
    /// Its name as SQL writes it.
    pub sql_name: String,
    /// Transactions since it was frozen.
    pub transaction_age: i64,
    /// Multixacts since it was frozen.
    pub multixact_age: i64,
    /// Bytes of its rows, by estimate.
    pub heap_bytes_estimate: i64,
    /// When it was last vacuumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_vacuum: Option<String>,
    /// The process that vacuums it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vacuum_pid: Option<i32>,
    /// Whether it belongs to one session, which alone can vacuum it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_temporary: bool,
}

/// What keeps vacuum from freezing and removing rows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldsBack {
    /// `session`, `prepared transaction`, `replication slot` or `standby`.
    pub kind: String,
    /// The process id, or the name.
    pub name: String,
    /// How many transactions ago it stands.
    pub transaction_age: i64,
    /// Since when.
    pub since: Option<String>,
    /// In which database.
    pub database: Option<String>,
}
