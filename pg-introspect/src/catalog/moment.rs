//! Rows about a database at one moment, for comparing with another: clock and sizes, objects in parts.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// Now.
pub(crate) static MOMENT: CatalogQuery<Moment> =
    CatalogQuery::new("moment", &[(13, include_str!("../../catalog/moment.sql"))]);

/// The schema in parts: `$1` most rows.
pub(crate) static SNAPSHOT_OBJECTS: CatalogQuery<ObjectParts> =
    CatalogQuery::new("snapshot_objects", &[(13, include_str!("../../catalog/snapshot_objects.sql"))]);

/// Bytes of tables: `$1` most rows.
pub(crate) static SNAPSHOT_SIZES: CatalogQuery<TableBytes> =
    CatalogQuery::new("snapshot_sizes", &[(13, include_str!("../../catalog/snapshot_sizes.sql"))]);

/// The server's clock and counters at one moment.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// The connection's database.
    pub database: String,
    /// The server's clock.
    pub at: String,
    /// The same in seconds since 1970.
    pub epoch: f64,
    /// When the server started.
    pub started_at: String,
    /// Whether it is a standby.
    pub is_standby: bool,
    /// Bytes of the database, where the role may connect to it.
    pub database_bytes: Option<i64>,
    /// Bytes of write-ahead log written, or replayed on a standby, since ever.
    pub wal_position: Option<i64>,
    /// The transaction number that is given next.
    pub next_transaction: i64,
}

/// An object of the schema in parts that change with its definition.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectParts {
    /// `table`, `index`, `function` and so on.
    pub kind: String,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its parts.
    pub parts: Vec<String>,
}

/// How large a table is.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TableBytes {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Bytes with indexes and TOAST.
    pub bytes: i64,
}
