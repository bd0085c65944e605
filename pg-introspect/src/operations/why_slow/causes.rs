//! The kinds of causes, and how much each weighs.
//!
//! Invariant: the order of kinds is the order in which causes are told: what stops a statement comes before what makes it long.

use serde::Serialize;

/// What makes a statement slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CauseKind {
    /// It waits for a lock.
    LockWait,
    /// Another session holds, or waits for, a lock that it would wait for.
    LockInTheWay,
    /// It runs nothing: its client keeps it waiting.
    WaitsForClient,
    /// It waits for something else.
    Waits,
    /// It got slower since a snapshot, or its plan seems to be another.
    GotSlower,
    /// Its plan does what can be mended.
    Plan,
    /// The planner knows nothing of a table, or what it knows is old.
    StaleStatistics,
    /// A table holds many dead rows.
    DeadRows,
    /// An index is much larger than its entries need.
    BloatedIndex,
    /// An index cannot be used.
    InvalidIndex,
    /// Most of what it reads does not come from memory.
    ReadsFromDisk,
}

/// A cause with what was seen and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cause {
    /// What it is.
    pub kind: CauseKind,
    /// What was seen, in numbers.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// The table that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
}

impl Cause {
    pub(super) fn new(kind: CauseKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), suggestion: None, relation: None }
    }

    pub(super) fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    pub(super) fn on(mut self, relation: impl Into<String>) -> Self {
        self.relation = Some(relation.into());
        self
    }
}
