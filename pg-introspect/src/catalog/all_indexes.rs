//! Rows about the indexes of many tables, and what a verdict on them needs.

use serde::Deserialize;

use super::CatalogQuery;

/// Indexes: `$1` schema or `*`, `$2` oid of a table or null, `$3` most rows.
pub(crate) static ALL_INDEXES: CatalogQuery<ListedIndex> = CatalogQuery::new(
    "all_indexes",
    &[
        (13, include_str!("../../catalog/all_indexes.sql")),
        (16, include_str!("../../catalog/all_indexes@16.sql")),
    ],
);

/// Foreign keys without an index: `$1` schema or `*`, `$2` oid of a table or null, `$3` most rows.
pub(crate) static KEYS_WITHOUT_INDEX: CatalogQuery<KeyWithoutIndex> =
    CatalogQuery::new("keys_without_index", &[(13, include_str!("../../catalog/keys_without_index.sql"))]);

/// Since when statistics count.
pub(crate) static STATISTICS_AGE: CatalogQuery<StatisticsAge> =
    CatalogQuery::new("statistics_age", &[(13, include_str!("../../catalog/statistics_age.sql"))]);

/// An index with what a verdict on it needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedIndex {
    /// The schema of its table.
    pub schema: String,
    /// Its table.
    pub table_name: String,
    /// Its name.
    pub name: String,
    /// Its schema and name as SQL writes them.
    pub qualified_name: String,
    /// The oid of its table.
    pub table_oid: i64,
    /// Its oid: of two alike, the higher one came later.
    pub oid: i64,
    /// The access method.
    pub method: String,
    /// The definition as SQL.
    pub definition: String,
    /// The key as SQL writes it.
    pub columns: Vec<String>,
    /// The key, so that equal texts are equal keys: column or expression, operator class, collation, order.
    pub key: Vec<String>,
    /// Columns that are stored beside the key, by name.
    pub included_columns: Vec<String>,
    /// Which rows a partial index holds.
    pub predicate: Option<String>,
    /// Whether it keeps the key unique.
    pub is_unique: bool,
    /// Whether a primary key, unique or exclusion constraint rests on it.
    pub is_constraint: bool,
    /// Whether foreign keys rest on it.
    pub is_referenced: bool,
    /// Whether logical replication finds rows by it.
    pub is_replica_identity: bool,
    /// Whether queries may use it.
    pub is_valid: bool,
    /// Whether a session is building it now.
    pub is_being_built: bool,
    /// Bytes on disk, with those of partitions; none where it is locked.
    pub size_bytes: Option<i64>,
    /// How often it was scanned since statistics were last reset.
    pub scans: Option<i64>,
    /// When it was scanned last, since 16.
    pub last_scan: Option<String>,
    /// Rows of the table inserted, updated and deleted since then.
    pub table_writes: i64,
    /// Entries, as the last vacuum or analyze wrote down.
    pub entries: f64,
    /// Pages, as the last vacuum or analyze wrote down.
    pub pages: i64,
    /// Bytes of a page.
    pub block_size: i64,
    /// Average bytes of a key, where statistics tell.
    pub key_width: Option<f64>,
    /// How many indexes there are in all.
    pub total: i64,
}

/// A foreign key that no index serves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyWithoutIndex {
    /// The schema of its table.
    pub schema: String,
    /// Its table.
    pub table_name: String,
    /// The constraint's name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table that it points at, as SQL writes it.
    pub referenced_table: String,
    /// Rows of its table, as statistics estimate them.
    pub rows: f64,
    /// The statement that makes the index.
    pub statement: String,
}

/// Since when the server counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatisticsAge {
    /// Since when.
    pub counted_since: String,
    /// Whether somebody reset the statistics then; else the server started then.
    pub was_reset: bool,
    /// How many days ago that was.
    pub days: f64,
    /// Whether the node that counts is a standby.
    pub is_standby: bool,
}
