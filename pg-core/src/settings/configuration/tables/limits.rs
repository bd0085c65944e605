//! `limits`: how much one statement may take and give.

use serde::Deserialize;

use super::super::located::Located;
use super::{Bytes, Milliseconds, Rows};

/// How much one statement may take and give. A caller may ask for less, never for more.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct LimitsTable {
    /// Rows of one answer where the caller does not say; 1000 by default.
    pub(in super::super) rows: Option<Located<Rows>>,
    /// The most rows of one answer that a caller may ask for; 10000 by default.
    pub(in super::super) max_rows: Option<Located<Rows>>,
    /// The most bytes of one answer; 1 MiB by default.
    pub(in super::super) max_bytes: Option<Located<Bytes>>,
    /// How long a statement may run, in milliseconds; 30 seconds by default.
    pub(in super::super) statement_timeout_ms: Option<Located<Milliseconds>>,
    /// How long a statement may wait for a lock, in milliseconds; 5 seconds by default.
    pub(in super::super) lock_timeout_ms: Option<Located<Milliseconds>>,
}
