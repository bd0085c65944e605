//! What a check says.

use pg_core::Severity;
use serde::Serialize;
use serde_json::{Map, Value};

/// What a check found, or why it could not look.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckFinding {
    /// How bad it is; unknown where it could not be looked at.
    pub severity: Severity,
    /// The check.
    pub check: &'static str,
    /// What it was found at, as SQL names it; absent for the whole server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// What was found, or why nothing could be.
    pub message: String,
    /// The numbers behind it.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub evidence: Map<String, Value>,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub advice: String,
    /// Statements that mend it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mend: Vec<Mend>,
    /// How sure it is.
    pub confidence: Confidence,
    /// The views it was read from.
    pub source: &'static str,
    /// The privilege that this check needs.
    pub privilege: String,
    /// For how many days the counters behind it count, where it stands on counters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistics_days: Option<f64>,
}

/// A statement that mends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mend {
    /// The statement.
    pub sql: String,
    /// Which lock it takes, or what else it does.
    pub lock: &'static str,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// It is so.
    High,
    /// It is estimated.
    Medium,
    /// It stands on counters that are younger than a week.
    Low,
}
