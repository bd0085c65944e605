//! What a plan means, as a caller reads it.

use serde::Serialize;

use super::node::Node;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// How much work the whole is.
    Whole,
    /// The step that takes the most.
    Heaviest,
    /// A large table is read from end to end for few of its rows.
    FilteredScan,
    /// The planner expected far more or far fewer rows.
    WrongEstimate,
    /// A sort or a hash did not fit into memory.
    Spill,
    /// A bitmap did not fit into memory.
    LossyBitmap,
    /// A step was run very often.
    ManyLoops,
    /// Compiling expressions took a good part of the time.
    Jit,
    /// A trigger took a good part of the time.
    TriggerTime,
    /// Fewer parallel workers came than were planned.
    MissingWorkers,
    /// A step was never run.
    NeverExecuted,
}

/// One thing that a plan means.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// What it is about.
    pub kind: FindingKind,
    /// What it means, in one sentence.
    pub message: String,
    /// What may mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// The step of the plan that it was found at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The table that it concerns, with its schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
}

impl Finding {
    /// A finding about the whole plan.
    pub(crate) fn new(kind: FindingKind, message: String) -> Self {
        Self { kind, message, suggestion: None, node: None, relation: None }
    }

    /// A finding at one step.
    pub(crate) fn at(node: &Node, kind: FindingKind, message: String) -> Self {
        Self { node: Some(node.label()), relation: node.qualified_relation(), ..Self::new(kind, message) }
    }

    /// Adds what may mend it.
    pub(crate) fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}
