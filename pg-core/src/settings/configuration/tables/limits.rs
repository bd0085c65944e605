//! `limits`: how much one statement may take and give.

use serde::Deserialize;

use super::super::located::Located;
use super::{Backends, Bytes, Count, Lease, Milliseconds, Rows};

/// Calls and statements.
pub(in super::super) type Calls = Count<1_000_000>;
/// Costs and rows as the planner estimates them.
pub(in super::super) type Cost = Count<1_000_000_000_000_000>;

/// How much one statement may take and give. A caller may ask for less, never for more.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct LimitsTable {
    /// Rows of one answer where the caller does not say; 1000 by default.
    pub(in super::super) rows: Option<Located<Rows>>,
    /// The most rows of one answer that a caller may ask for; 10000 by default.
    pub(in super::super) max_rows: Option<Located<Rows>>,
    /// The most bytes of one answer; by default 1 MiB, and pg-mcp cuts between rows at 32 KiB, because what it answers is read by
    /// models.
    pub(in super::super) max_bytes: Option<Located<Bytes>>,
    /// The most bytes of a result that is kept to be read at an address (a resource); 16 MiB by default.
    pub(in super::super) max_result_bytes: Option<Located<Bytes>>,
    /// The most bytes of one row, as the server sends it, before any of it is taken in; 64 MiB by default.
    pub(in super::super) max_message_bytes: Option<Located<Bytes>>,
    /// How long a statement may run, in milliseconds; 30 seconds by default.
    pub(in super::super) statement_timeout_ms: Option<Located<Milliseconds>>,
    /// How long a statement may wait for a lock, in milliseconds; 5 seconds by default.
    pub(in super::super) lock_timeout_ms: Option<Located<Milliseconds>>,
    /// The most transactions of begin_transaction that may be open; each holds a backend; 3 by default.
    pub(in super::super) open_transactions: Option<Located<Backends>>,
    /// How long such a transaction may be left alone before it is rolled back, in milliseconds; 60 seconds by default, 5
    /// minutes at most.
    pub(in super::super) transaction_lease_ms: Option<Located<Lease>>,
    /// Calls that may work on the connection at once, open cursors included; no limit but the pool by default.
    pub(in super::super) max_concurrent: Option<Located<Calls>>,
    /// Statements a minute that callers may send, all together; no limit by default.
    pub(in super::super) statements_per_minute: Option<Located<Calls>>,
    /// The highest cost that EXPLAIN may estimate for a statement before it runs; no limit by default.
    pub(in super::super) max_cost: Option<Located<Cost>>,
    /// The most rows that EXPLAIN may estimate for any step of a statement before it runs; no limit by default.
    pub(in super::super) max_rows_estimate: Option<Located<Cost>>,
}
