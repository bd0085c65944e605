//! What an operation found, in a shape that any front end can render without knowing the operation.
//!
//! Separate from the operations' outputs, whose JSON is their own. Invariant: a report holds words only, no markup; whoever
//! renders it escapes them.

use serde::{Deserialize, Serialize};

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Info,
    /// It could not be looked at.
    Unknown,
    /// It will become a fault.
    Warning,
    /// It is a fault, or becomes one soon.
    Critical,
}

impl Severity {
    /// Every severity, the worst first.
    pub const WORST_FIRST: [Severity; 5] =
        [Severity::Critical, Severity::Warning, Severity::Unknown, Severity::Info, Severity::Ok];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Severity::Ok => "ok",
            Severity::Info => "info",
            Severity::Unknown => "unknown",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        }
    }
}

/// A report: what was looked at, and what was found.
#[derive(Clone, Debug)]
pub struct Report {
    /// What it is about.
    pub title: String,
    /// One sentence that says it all.
    pub summary: String,
    /// Its parts: one for each database, say.
    pub sections: Vec<ReportSection>,
}

/// A part of a report.
#[derive(Clone, Debug)]
pub struct ReportSection {
    /// What it is about.
    pub title: String,
    /// Facts by name.
    pub facts: Vec<(String, String)>,
    /// What was found, the worst first.
    pub items: Vec<ReportItem>,
    /// What was looked at and is as it should be.
    pub passed: Vec<String>,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct ReportItem {
    /// How bad it is.
    pub severity: Severity,
    /// What looked.
    pub check: String,
    /// What it was found at.
    pub object: Option<String>,
    /// What was found.
    pub message: String,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub advice: String,
    /// Statements that do it.
    pub statements: Vec<String>,
}

impl Report {
    /// The worst of all findings.
    #[must_use]
    pub fn worst(&self) -> Severity {
        let items = self.sections.iter().flat_map(|section| &section.items);
        items.map(|item| item.severity).max().unwrap_or(Severity::Ok)
    }
}
