//! The kinds of checks: what each is called, which keys it uses, and what its failing means.
//!
//! Separate so that a new kind is described in one place. Invariant: what a kind says of its keys is what reading a suite holds a
//! check to.

use std::ops::RangeInclusive;

use pg_core::Severity;
use serde::{Deserialize, Serialize};

/// What a check asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// No column is NULL.
    Complete,
    /// No two rows have the same values.
    Unique,
    /// The column holds one of some values.
    Accepted,
    /// The column lies between two values.
    Range,
    /// The column looks like something.
    Pattern,
    /// The columns' values are in another table.
    Reference,
    /// The newest row is not old.
    Fresh,
    /// There are so many rows.
    RowCount,
    /// The column's values are spread as they were.
    Drift,
    /// An expression holds of every row.
    Condition,
    /// Two queries give the same sums.
    Sums,
    /// A query gives no row.
    Custom,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 12] = [
        Self::Complete,
        Self::Unique,
        Self::Accepted,
        Self::Range,
        Self::Pattern,
        Self::Reference,
        Self::Fresh,
        Self::RowCount,
        Self::Drift,
        Self::Condition,
        Self::Sums,
        Self::Custom,
    ];

    /// Its word in a suite.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Unique => "unique",
            Self::Accepted => "accepted",
            Self::Range => "range",
            Self::Pattern => "pattern",
            Self::Reference => "reference",
            Self::Fresh => "fresh",
            Self::RowCount => "row_count",
            Self::Drift => "drift",
            Self::Condition => "condition",
            Self::Sums => "sums",
            Self::Custom => "custom",
        }
    }

    /// The words of all.
    pub(crate) fn words() -> String {
        Self::ALL.map(Self::word).join(", ")
    }

    /// How bad a failure is where the suite does not say: what cannot be true is worse than what may be.
    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::Unique | Self::Reference | Self::Sums => Severity::Critical,
            _ => Severity::Warning,
        }
    }

    /// The keys that it uses besides those of all.
    pub(crate) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Complete | Self::Unique => &[],
            Self::Accepted => &["values"],
            Self::Range => &["min", "max"],
            Self::Pattern => &["pattern"],
            Self::Reference => &["to_table", "to_columns"],
            Self::Fresh => &["max_age_hours"],
            Self::RowCount => &["min", "max", "max_change_percent"],
            Self::Drift => &["max_psi"],
            Self::Condition | Self::Custom => &["sql"],
            Self::Sums => &["sql", "equals", "tolerance"],
        }
    }

    /// Whether it can use a key that is common to several kinds.
    pub(crate) fn uses(self, key: &str) -> bool {
        match key {
            "where" => self.has_table(),
            "key" => self.judges_rows() || self == Self::Reference,
            "max_failing" => !matches!(self, Self::Fresh | Self::RowCount | Self::Drift),
            // Of how many rows a query of wrong rows gives some is not known.
            "max_failing_percent" => self.uses("max_failing") && self != Self::Custom,
            _ => false,
        }
    }

    /// Whether the keys that are there are enough.
    pub(crate) fn is_whole(self, there: &[&str]) -> bool {
        let needed: &[&str] = match self {
            Self::Complete | Self::Unique | Self::Drift => return true,
            Self::Range | Self::RowCount => return !there.is_empty(),
            Self::Reference => &["to_table"],
            Self::Sums => &["sql", "equals"],
            Self::Accepted | Self::Pattern | Self::Fresh | Self::Condition | Self::Custom => self.keys(),
        };
        needed.iter().all(|key| there.contains(key))
    }

    /// How many columns it has.
    pub(crate) fn columns(self) -> RangeInclusive<usize> {
        match self {
            Self::Complete | Self::Unique | Self::Reference => 1..=32,
            Self::Accepted | Self::Range | Self::Pattern | Self::Fresh | Self::Drift => 1..=1,
            Self::RowCount | Self::Condition | Self::Sums | Self::Custom => 0..=0,
        }
    }

    /// Whether it is about one table.
    pub(crate) fn has_table(self) -> bool {
        !matches!(self, Self::Sums | Self::Custom)
    }

    /// Whether it judges each row on its own, so that rows can be counted in one scan with others.
    pub(crate) fn judges_rows(self) -> bool {
        matches!(self, Self::Complete | Self::Accepted | Self::Range | Self::Pattern | Self::Condition)
    }

    /// What it needs, in words.
    pub(crate) fn needs(self) -> &'static str {
        match self {
            Self::Complete | Self::Unique => "it needs `column`, or several `columns`",
            Self::Accepted => "it needs one `column` and `values`",
            Self::Range => "it needs one `column` and `min`, `max` or both",
            Self::Pattern => "it needs one `column` and `pattern`",
            Self::Reference => "it needs `column` or `columns`, and `to_table`",
            Self::Fresh => "it needs one `column` and `max_age_hours`",
            Self::RowCount => "it needs `min`, `max` or `max_change_percent`, and no column",
            Self::Drift => "it needs one `column`",
            Self::Condition => "it needs `sql`, a condition on the table's columns, and no column",
            Self::Sums => "it needs `sql` and `equals`, and no column",
            Self::Custom => "it needs `sql`, a query of the rows that are wrong, and no column",
        }
    }

    /// Why a failure matters.
    pub(crate) fn why(self) -> &'static str {
        match self {
            Self::Complete => "what is missing is left out of sums, joins and mails without a word",
            Self::Unique => "one thing that is there twice is counted twice",
            Self::Accepted | Self::Pattern => "what reads this column does not know such a value",
            Self::Range => "a value out of its range is a mistake, or the range is",
            Self::Reference => "such rows vanish from joins, and nobody knows whose they are",
            Self::Fresh => "what fills the table may have stopped",
            Self::RowCount => "rows were lost, or came twice",
            Self::Drift => "what fills the column has changed, or what it stands for has",
            Self::Condition | Self::Custom => "a rule of yours does not hold",
            Self::Sums => "two tables tell two truths",
        }
    }

    /// What to do about it.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            Self::Complete => "fill the rows, then let the server keep it: NOT NULL",
            Self::Unique => "merge the rows, then let the server keep it: a unique index",
            Self::Accepted | Self::Range | Self::Pattern | Self::Condition => {
                "mend the rows, then let the server keep it: a CHECK constraint"
            }
            Self::Reference => "mend or remove the rows, then let the server keep it: a foreign key",
            Self::Fresh => "see whether what loads the table still runs",
            Self::RowCount | Self::Drift => "look at what was loaded since the last run",
            Self::Sums | Self::Custom => "look at the rows by their keys",
        }
    }
}
