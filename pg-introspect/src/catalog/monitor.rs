//! One look at a server, as monitor takes it.

use serde::{Deserialize, Serialize};

use super::CatalogQuery;

/// A look: `$1` whether statements may be told, `$2` seconds from which on one is slow, `$3` whether to measure the size.
pub(crate) static MONITOR: CatalogQuery<Look> = CatalogQuery::new(
    "monitor",
    &[
        (13, include_str!("../../catalog/monitor.sql")),
        (16, include_str!("../../catalog/monitor@16.sql")),
        (17, include_str!("../../catalog/monitor@17.sql")),
    ],
);

/// A look at a server. Counters count since `counted_since`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The server's clock.
    pub taken_at: String,
    /// The database.
    pub database: String,
    /// Whether the server replays the log of another.
    pub is_standby: bool,
    /// The most sessions.
    pub max_connections: i64,
    /// Sessions of clients.
    pub connections: i64,
    /// Those at work, but for this one.
    pub active_connections: i64,
    /// Those that rest.
    pub idle_connections: i64,
    /// Those that rest inside a transaction.
    pub idle_in_transaction: i64,
    /// Those whose state this role may not see.
    pub hidden_sessions: i64,
    /// Seconds since the oldest transaction began.
    pub longest_transaction_s: Option<f64>,
    /// Statements that run for longer than the threshold.
    pub slow_statements: i64,
    /// Locks that are waited for.
    pub waiting_locks: i64,
    /// Transactions that were committed, in all databases.
    pub commits: i64,
    /// Transactions that were rolled back.
    pub rollbacks: i64,
    /// Blocks that were found in the cache.
    pub blocks_hit: i64,
    /// Blocks that were not.
    pub blocks_read: i64,
    /// Bytes of temporary files.
    pub temporary_bytes: i64,
    /// Deadlocks.
    pub deadlocks: i64,
    /// When the statistics of a database were reset last.
    pub counted_since: Option<String>,
    /// The position in the log, in bytes.
    pub wal_bytes: Option<i64>,
    /// Checkpoints that were due.
    pub checkpoints_timed: Option<i64>,
    /// Checkpoints that were asked for.
    pub checkpoints_requested: Option<i64>,
    /// Reads by all processes, since 16.
    pub io_reads: Option<i64>,
    /// Writes by all processes, since 16.
    pub io_writes: Option<i64>,
    /// Standbys that are connected.
    pub standbys: i64,
    /// Bytes that the last standby, or this one, is behind.
    pub replication_lag_bytes: Option<i64>,
    /// Seconds that it is behind.
    pub replication_lag_s: Option<f64>,
    /// Bytes of the database.
    pub size_bytes: Option<i64>,
    /// What sessions at work wait for, with their number.
    pub waits: Vec<String>,
    /// The slowest statements.
    pub slowest: Vec<String>,
}
