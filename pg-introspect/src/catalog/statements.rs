//! Rows about statements as pg_stat_statements counts them.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// Statements: `$1` of all databases, `$2` most rows.
pub(crate) static STATEMENTS: CatalogQuery<CountedStatement> =
    CatalogQuery::new("statements", &[(13, include_str!("../../catalog/statements.sql"))]);

/// Whether the extension is there.
pub(crate) static STATEMENTS_EXTENSION: CatalogQuery<StatementsExtension> = CatalogQuery::new(
    "statements_extension",
    &[(13, include_str!("../../catalog/statements_extension.sql"))],
);

/// Since when the extension counts.
pub(crate) static STATEMENTS_RESET: CatalogQuery<StatementsReset> = CatalogQuery::new(
    "statements_reset",
    &[
        (13, include_str!("../../catalog/statements_reset.sql")),
        (14, include_str!("../../catalog/statements_reset@14.sql")),
    ],
);

/// A statement with what it has cost.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CountedStatement {
    /// Role, database, level and identifier: one line of the extension's view.
    pub key: String,
    /// The identifier.
    pub query_id: String,
    /// Who runs it.
    pub role: Option<String>,
    /// Where.
    pub database: Option<String>,
    /// Its text with `$n` for constants.
    pub query: Option<String>,
    /// How often it ran.
    pub calls: i64,
    /// Rows that it returned or changed.
    pub rows: i64,
    /// Milliseconds that it ran.
    pub total_ms: f64,
    /// Milliseconds of the longest run.
    pub max_ms: f64,
    /// Milliseconds of planning, where track_planning is on.
    pub planning_ms: f64,
    /// Blocks found in memory.
    pub blocks_hit: i64,
    /// Blocks read from outside.
    pub blocks_read: i64,
    /// Milliseconds of reading and writing blocks, where track_io_timing is on.
    pub io_ms: Option<f64>,
    /// Blocks of temporary files read and written.
    pub temporary_blocks: i64,
    /// Bytes of write-ahead log.
    pub wal_bytes: i64,
    /// How often it was planned, where track_planning is on.
    pub plans: i64,
    /// Since when this statement is counted, since 17.
    pub counted_since: Option<String>,
}

/// Since when the extension counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StatementsReset {
    /// When all counters were last set to nothing, since 14.
    pub counted_since: Option<String>,
    /// How many statements were forgotten for want of room since then.
    pub forgotten: Option<i64>,
}

/// Whether the extension is there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementsExtension {
    /// Its version, if it is installed.
    pub version: Option<String>,
    /// Its schema, if it is installed.
    pub schema: Option<String>,
    /// Whether its view is found on the search path.
    pub is_visible: bool,
    /// Whether the server loaded its library.
    pub is_loaded: bool,
    /// Whether the server has its files.
    pub is_available: bool,
    /// Whether the role sees what others run.
    pub sees_all: bool,
}
