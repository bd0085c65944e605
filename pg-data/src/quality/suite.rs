//! A suite of checks as its file says it.
//!
//! Invariant: every key is a field here, so that one that is not known is an error with its line and the nearest name; what a
//! check lacks, or has and cannot use, is said before anything is asked of a server.

use std::path::Path;

use pg_core::{Call, Error, Severity, read_local_file, read_toml};
use serde::{Deserialize, Serialize};

use super::kind::Kind;
use crate::fragment;

/// Bytes of a suite at most.
const LONGEST: u64 = 4 << 20;
/// Checks of a suite at most.
const MOST: usize = 1000;

/// A suite.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suite {
    /// Its name, under which its runs are remembered.
    pub name: String,
    /// The share of the tables' pages that is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_percent: Option<f64>,
    /// Its checks.
    pub checks: Vec<Spec>,
}

/// One check, as it is written.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Spec {
    /// What is asked.
    pub check: Option<Kind>,
    /// Its name; made of table, kind and columns where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The table or view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The column, or
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// the columns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// A condition, as SQL, on the rows that are looked at.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The columns that tell failing rows apart; the primary key, unless said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// How bad a failure is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Rows that may fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_failing: Option<u64>,
    /// Rows that may fail, in per cent of those looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_failing_percent: Option<f64>,
    /// `accepted`: the values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<toml::Value>,
    /// `range`: the least value. `row_count`: the fewest rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<toml::Value>,
    /// `range`: the greatest value. `row_count`: the most rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<toml::Value>,
    /// `pattern`: `email`, `url`, `uuid`, `phone`, or a regular expression of PostgreSQL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// `reference`: the table that must hold the values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_table: Option<String>,
    /// `reference`: its columns; its primary key, unless said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to_columns: Vec<String>,
    /// `fresh`: hours that the newest row may be old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_hours: Option<f64>,
    /// `row_count`: by how many per cent it may differ from the last run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_change_percent: Option<f64>,
    /// `drift`: the largest population stability index against the last run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_psi: Option<f64>,
    /// `condition`: what must hold of every row. `custom`: a query of rows that are wrong. `sums`: a query of one number, or of
    /// a key and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// `sums`: the query that must give the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equals: Option<String>,
    /// `sums`: by how much they may differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<f64>,
}

impl Suite {
    /// The suite that a caller gives: its text, or, at a command line, the file that holds it.
    ///
    /// # Errors
    /// An argument error with line and column of what is wrong.
    pub(crate) async fn of(call: &Call, given: &str) -> Result<Self, Error> {
        // A path has no line end and no equals sign; a suite has both.
        if given.contains('\n') || given.contains('=') {
            return Self::read(given, "suite");
        }
        Self::read(&read_local_file(call, given, LONGEST).await?, given)
    }

    /// Reads the text of a suite.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub(crate) fn read(text: &str, place: &str) -> Result<Self, Error> {
        let mut suite: Self =
            read_toml(Path::new(place), text).map_err(|error| Error::argument(error.to_string()))?;
        suite.checked().map_err(|problem| Error::argument(format!("{place}: {problem}")))?;
        Ok(suite)
    }

    /// Gives names to checks that have none, and says what is wrong with the suite.
    fn checked(&mut self) -> Result<(), String> {
        if self.name.trim().is_empty() || self.name.len() > 200 {
            return Err("`name` must be 1 to 200 bytes: runs are remembered by it".to_owned());
        }
        sample(self.sample_percent)?;
        if self.checks.is_empty() || self.checks.len() > MOST {
            return Err(format!("a suite has from 1 to {MOST} [[checks]]"));
        }
        let mut names: Vec<String> = Vec::new();
        for (at, spec) in self.checks.iter_mut().enumerate() {
            spec.checked().map_err(|problem| format!("check {}: {problem}", at + 1))?;
            let name = spec.name.clone().unwrap_or_else(|| spec.made_name());
            if names.contains(&name) {
                return Err(format!(
                    "check {}: there are two checks named {name:?}: give them a `name` each, by which runs are compared",
                    at + 1
                ));
            }
            names.push(name.clone());
            spec.name = Some(name);
        }
        Ok(())
    }
}

/// Whether a share can be read.
///
/// # Errors
/// In words, where it cannot.
pub(crate) fn sample(percent: Option<f64>) -> Result<(), String> {
    match percent {
        Some(percent) if !(percent > 0.0 && percent <= 100.0) => {
            Err(format!("sample_percent is {percent}; it must be more than 0 and at most 100"))
        }
        _ => Ok(()),
    }
}

impl Spec {
    /// Its columns.
    pub(crate) fn all_columns(&self) -> Vec<&str> {
        self.column.iter().chain(&self.columns).map(String::as_str).collect()
    }

    /// What is asked; `custom` where nothing is said, which reading has refused.
    pub(crate) fn kind(&self) -> Kind {
        self.check.unwrap_or(Kind::Custom)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// How bad a failure is.
    pub(crate) fn severity(&self) -> Severity {
        self.severity.unwrap_or(self.kind().severity())
    }

    fn made_name(&self) -> String {
        let columns = self.all_columns().join(", ");
        let of = if columns.is_empty() { String::new() } else { format!("({columns})") };
        format!("{} {}{of}", self.kind().word(), self.table.as_deref().unwrap_or_default()).trim().to_owned()
    }

    /// The keys that only some kinds use, and whether they are here.
    fn special(&self) -> [(&'static str, bool); 12] {
        [
            ("values", !self.values.is_empty()),
            ("min", self.min.is_some()),
            ("max", self.max.is_some()),
            ("pattern", self.pattern.is_some()),
            ("to_table", self.to_table.is_some()),
            ("to_columns", !self.to_columns.is_empty()),
            ("max_age_hours", self.max_age_hours.is_some()),
            ("max_change_percent", self.max_change_percent.is_some()),
            ("max_psi", self.max_psi.is_some()),
            ("sql", self.sql.is_some()),
            ("equals", self.equals.is_some()),
            ("tolerance", self.tolerance.is_some()),
        ]
    }

    fn checked(&self) -> Result<(), String> {
        let Some(kind) = self.check else {
            return Err(format!("`check` is missing; it is one of {}", Kind::words()));
        };
        let (word, uses) = (kind.word(), kind.keys());
        if let Some((key, _)) = self.special().into_iter().find(|(key, here)| *here && !uses.contains(key)) {
            return Err(format!("`{key}` means nothing to a check `{word}`"));
        }
        let common = [
            ("where", self.filter.is_some()),
            ("key", !self.key.is_empty()),
            ("max_failing", self.max_failing.is_some()),
            ("max_failing_percent", self.max_failing_percent.is_some()),
        ];
        if let Some((key, _)) = common.into_iter().find(|(key, here)| *here && !kind.uses(key)) {
            return Err(format!("`{key}` means nothing to a check `{word}`"));
        }
        if kind.has_table() != self.table.is_some() {
            let wrong = if kind.has_table() { "needs `table`" } else { "has no `table`: its SQL names them" };
            return Err(format!("a check `{word}` {wrong}"));
        }
        let columns = self.all_columns();
        if self.column.is_some() && !self.columns.is_empty() {
            return Err("give `column` or `columns`, not both".to_owned());
        }
        if !kind.columns().contains(&columns.len()) {
            return Err(format!("a check `{word}` has {} columns here; {}", columns.len(), kind.needs()));
        }
        let there: Vec<&str> =
            self.special().into_iter().filter(|(_, here)| *here).map(|(key, _)| key).collect();
        if !kind.is_whole(&there) {
            return Err(format!("a check `{word}` lacks something: {}", kind.needs()));
        }
        if kind == Kind::Reference && !self.to_columns.is_empty() && self.to_columns.len() != columns.len() {
            return Err("`to_columns` must be as many as the columns".to_owned());
        }
        fragment::expression("where", self.filter.as_ref())?;
        match kind {
            Kind::Condition => fragment::expression("sql", self.sql.as_ref())?,
            _ => fragment::query("sql", self.sql.as_ref())?,
        }
        fragment::query("equals", self.equals.as_ref())?;
        self.numbers()
    }

    fn numbers(&self) -> Result<(), String> {
        let wanted = [
            ("max_failing_percent", self.max_failing_percent, 100.0),
            ("max_age_hours", self.max_age_hours, f64::MAX),
            ("max_change_percent", self.max_change_percent, f64::MAX),
            ("max_psi", self.max_psi, f64::MAX),
            ("tolerance", self.tolerance, f64::MAX),
        ];
        for (key, number, most) in wanted {
            if number.is_some_and(|number| !(0.0..=most).contains(&number)) {
                return Err(format!("`{key}` is out of its range, which begins at 0"));
            }
        }
        if matches!(self.severity, Some(Severity::Ok | Severity::Unknown)) {
            return Err("`severity` is info, warning or critical".to_owned());
        }
        if self.kind() == Kind::RowCount
            && [&self.min, &self.max].into_iter().flatten().any(|bound| bound.as_integer().is_none())
        {
            return Err("`min` and `max` of rows are whole numbers".to_owned());
        }
        if self.min.as_ref().zip(self.max.as_ref()).is_some_and(|(min, max)| is_above(min, max)) {
            return Err("`min` is above `max`: no value lies between them".to_owned());
        }
        Ok(())
    }
}

/// Whether no value can be as much as one bound and no more than the other; never of texts, whose order is the column's.
fn is_above(min: &toml::Value, max: &toml::Value) -> bool {
    let number =
        |value: &toml::Value| value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64));
    let date = |value: &toml::Value| match value {
        toml::Value::Datetime(moment) => Some(moment.to_string()),
        toml::Value::String(text) if text.parse::<chrono::NaiveDate>().is_ok() => Some(text.clone()),
        _ => None,
    };
    match (min.as_integer(), max.as_integer()) {
        (Some(min), Some(max)) => min > max,
        _ => match (number(min), number(max)) {
            (Some(min), Some(max)) => min > max,
            // Dates of four digits a year are in the order of their texts, as long as they are equally long.
            _ => date(min).zip(date(max)).is_some_and(|(min, max)| min.len() == max.len() && min > max),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(rest: &str) -> String {
        let text = format!("name = \"s\"\n[[checks]]\ntable = \"t\"\n{rest}\n");
        Suite::read(&text, "suite").map(|_| String::new()).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn sql_stands_by_itself() {
        for (rest, said) in [
            (
                "check = \"condition\"\nsql = \"amt > 0) or (1=1\"",
                "`sql`: `amt > 0) or (1=1` as an expression",
            ),
            ("check = \"complete\"\ncolumn = \"a\"\nwhere = \"true) OR (true\"", "`where`: `true) OR (true`"),
        ] {
            assert!(refused(rest).contains(said), "{rest}: {}", refused(rest));
        }
        assert_eq!(refused("check = \"condition\"\nsql = \"amt > 0 -- or none\""), "");
    }

    #[test]
    fn bounds_are_in_order() {
        for bounds in [
            "min = 3\nmax = 2",
            "min = 2.5\nmax = 2",
            "min = \"2026-02-01\"\nmax = \"2026-01-31\"",
            "min = 2026-02-01\nmax = 2026-01-31",
        ] {
            let told = refused(&format!("check = \"range\"\ncolumn = \"a\"\n{bounds}"));
            assert!(told.contains("`min` is above `max`"), "{bounds}: {told}");
        }
        for bounds in ["min = 2\nmax = 2", "min = \"b\"\nmax = \"a\"", "min = 3"] {
            assert_eq!(refused(&format!("check = \"range\"\ncolumn = \"a\"\n{bounds}")), "", "{bounds}");
        }
    }
}
