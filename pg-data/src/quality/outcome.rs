//! What became of a check, as an answer tells it.

use pg_core::Severity;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{drift::Buckets, suite::Spec};

/// What became of a check.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckedRule {
    /// Its name.
    pub name: String,
    /// What it asks, such as `unique`.
    pub check: String,
    /// Its table; null where its SQL names them.
    pub table_name: Option<String>,
    /// Its columns.
    pub columns: Vec<String>,
    /// `ok`, the severity of its failure, or `unknown` where it could not look.
    pub status: Severity,
    /// What was found.
    pub message: String,
    /// Rows that were looked at.
    pub rows: Option<i64>,
    /// Those of them that fail.
    pub failing: Option<i64>,
    /// Rows that failed in the run before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_before: Option<i64>,
    /// Hours, rows or the stability index, where that is what it measures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<f64>,
    /// The first rows that fail: their key and the columns that were judged, masked as the policy says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failing_rows: Vec<Map<String, Value>>,
    /// Its buckets, to be remembered.
    #[serde(skip)]
    pub(crate) buckets: Option<Buckets>,
    /// What its failing would be; none where there was nothing to compare with.
    #[serde(skip)]
    pub(crate) severity: Option<Severity>,
}

impl CheckedRule {
    /// A check of which nothing is known yet.
    pub(crate) fn of(spec: &Spec) -> Self {
        Self {
            name: spec.name().to_owned(),
            check: spec.kind().word().to_owned(),
            table_name: spec.table.clone(),
            columns: spec.all_columns().into_iter().map(str::to_owned).collect(),
            status: Severity::Unknown,
            message: String::new(),
            rows: None,
            failing: None,
            failing_before: None,
            measured: None,
            failing_rows: Vec::new(),
            buckets: None,
            severity: Some(spec.severity()),
        }
    }

    /// A check that could not look.
    pub(crate) fn unknown(spec: &Spec, why: impl Into<String>) -> Self {
        Self { message: why.into(), ..Self::of(spec) }
    }

    /// The same with a verdict on it.
    pub(crate) fn judged(mut self, spec: &Spec, holds: bool, message: String) -> Self {
        self.status = if holds { Severity::Ok } else { spec.severity() };
        self.message = message;
        self
    }

    /// Judges rows that fail by what the suite bears.
    pub(crate) fn counted(mut self, spec: &Spec, rows: i64, failing: i64) -> Self {
        self.rows = Some(rows);
        self.failing = Some(failing);
        let share = failing as f64 / rows.max(1) as f64;
        let borne = match (spec.max_failing, spec.max_failing_percent) {
            (None, None) => failing == 0,
            (most, percent) => {
                most.is_none_or(|most| failing.unsigned_abs() <= most)
                    && percent.is_none_or(|percent| share * 100.0 <= percent)
            }
        };
        let message = match (failing, borne) {
            (0, _) => format!("all of {rows} rows"),
            (_, true) => format!("{failing} of {rows} rows fail, which the suite bears"),
            (_, false) => format!("{failing} of {rows} rows fail ({})", percent(share)),
        };
        self.judged(spec, borne, message)
    }

    /// Whether it looked.
    pub(crate) fn looked(&self) -> bool {
        self.status != Severity::Unknown
    }
}

/// A share in per cent, never told as none or all where it is not.
fn percent(share: f64) -> String {
    match share * 100.0 {
        little if little < 0.01 => "less than 0.01%".to_owned(),
        most if most > 99.99 && most < 100.0 => "more than 99.99%".to_owned(),
        percent => format!("{percent:.2}%"),
    }
}
