//! What a report file says, as types: the keys, their documentation, and what they take.
//!
//! Separate from running it. Invariant: a key stands here once; one that does not is an error where it is met, and a definition
//! that was read names only queries and parameters that it has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pg_core::{Error, read_toml};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A report as its file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// What it is about.
    pub title: String,
    /// What its readers should know.
    #[serde(default)]
    pub description: Option<String>,
    /// After how many seconds its page in a browser loads itself again.
    #[serde(default)]
    pub refresh_s: Option<u32>,
    /// What a caller may say, by name.
    #[serde(default)]
    pub parameters: BTreeMap<String, ParameterDefinition>,
    /// The statements, by name.
    pub queries: BTreeMap<String, QueryDefinition>,
    /// What is shown, in order.
    pub panels: Vec<PanelDefinition>,
}

/// What a caller may say.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParameterDefinition {
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ParameterKind,
    /// Its value where the caller says none; without one the caller must.
    #[serde(default)]
    pub default: Option<Value>,
    /// What it means.
    #[serde(default)]
    pub description: Option<String>,
}

/// What the values of a parameter are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A day, as 2026-01-31.
    Date,
    /// True or false.
    Boolean,
}

/// A statement and where it runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryDefinition {
    /// The connection; may be left out where there is only one.
    #[serde(default)]
    pub connection: Option<String>,
    /// One statement that reads, with $1, $2, … where parameters go.
    pub sql: String,
    /// The names of the report's parameters that are $1, $2, ….
    #[serde(default)]
    pub parameters: Vec<String>,
    /// Most rows; the connection's limits hold besides.
    #[serde(default)]
    pub rows: Option<u64>,
}

/// A part of the report.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelDefinition {
    /// What it is about.
    pub title: String,
    /// What its readers should know.
    #[serde(default)]
    pub description: Option<String>,
    /// The query whose rows it shows.
    pub query: String,
    /// How.
    #[serde(default)]
    pub show: Show,
    /// The column along the axis, or of the names of bars; the first unless said.
    #[serde(default)]
    pub x: Option<String>,
    /// The columns with numbers; those that hold any unless said. Of a heat map the one column of its rows.
    #[serde(default)]
    pub y: Vec<String>,
    /// The column with the number of a number or of a heat map's cells; the last unless said.
    #[serde(default)]
    pub value: Option<String>,
    /// What numbers count, such as EUR.
    #[serde(default)]
    pub unit: Option<String>,
    /// How many rows make a season of a forecast, such as 12 months.
    #[serde(default)]
    pub season: Option<usize>,
    /// How many rows are forecast.
    #[serde(default)]
    pub horizon: Option<usize>,
    /// What must not be.
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
}

/// How a panel shows its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// As they are.
    #[default]
    Table,
    /// One number of the first row.
    Number,
    /// Lines over an axis.
    Line,
    /// A bar for each row.
    Bar,
    /// A field of cells, each coloured by its number.
    HeatMap,
    /// A line that goes on, with intervals.
    Forecast,
}

/// Numbers that must not be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The column whose values are held against it, in every row; the panel's own number unless said.
    #[serde(default)]
    pub column: Option<String>,
    /// Broken by a value above this.
    #[serde(default)]
    pub above: Option<f64>,
    /// Broken by a value below this.
    #[serde(default)]
    pub below: Option<f64>,
    /// Broken by this many rows or more.
    #[serde(default)]
    pub rows: Option<u64>,
    /// How bad that is.
    #[serde(default)]
    pub severity: Severity,
    /// What to say of it.
    #[serde(default)]
    pub message: Option<String>,
}

/// How bad a broken threshold is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It will become a fault.
    #[default]
    Warning,
    /// It is one.
    Critical,
}

impl Definition {
    /// Reads a report out of TOML, or out of JSON where it begins with a brace; `name` is what errors call the document.
    ///
    /// # Errors
    /// An argument error that says where and what: no TOML or JSON, an unknown key, a value that does not fit, a name that nothing has.
    pub fn read(name: &str, text: &str) -> Result<Self, Error> {
        let read = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| error.to_string())
        } else {
            read_toml(Path::new(name), text).map_err(|error| error.to_string())
        };
        let read: Self =
            read.map_err(|problem| Error::argument(format!("the report cannot be read: {problem}")))?;
        read.check()
            .map_err(|problem| Error::argument(format!("the report {name} cannot be used: {problem}")))?;
        Ok(read)
    }

    fn check(&self) -> Result<(), String> {
        for (name, query) in &self.queries {
            if let Some(unknown) = query.parameters.iter().find(|one| !self.parameters.contains_key(*one)) {
                return Err(format!(
                    "`queries.{name}` takes the parameter `{unknown}`, which is not there: {}",
                    listed("parameters", self.parameters.keys())
                ));
            }
        }
        for (name, parameter) in &self.parameters {
            if let Some(default) = &parameter.default {
                parameter
                    .kind
                    .check(default)
                    .map_err(|problem| format!("the default of `parameters.{name}`: {problem}"))?;
            }
        }
        if self.panels.is_empty() {
            return Err("it has no panels: add `[[panels]]`".to_owned());
        }
        for panel in &self.panels {
            panel.check(self).map_err(|problem| format!("the panel \"{}\": {problem}", panel.title))?;
        }
        let used: BTreeSet<&String> = self.panels.iter().map(|panel| &panel.query).collect();
        match self.queries.keys().find(|name| !used.contains(name)) {
            Some(idle) => Err(format!("no panel shows `queries.{idle}`: show it, or take it out")),
            None => Ok(()),
        }
    }
}

impl PanelDefinition {
    fn check(&self, report: &Definition) -> Result<(), String> {
        if !report.queries.contains_key(&self.query) {
            return Err(format!(
                "there is no query `{}`: {}",
                self.query,
                listed("queries", report.queries.keys())
            ));
        }
        if self.show == Show::HeatMap && self.y.len() > 1 {
            return Err("a heat map takes one column as `y`".to_owned());
        }
        if self.show != Show::Forecast && (self.season.is_some() || self.horizon.is_some()) {
            return Err("`season` and `horizon` are for `show = \"forecast\"`".to_owned());
        }
        if self.season == Some(0) || self.horizon.is_some_and(|rows| rows == 0 || rows > 1000) {
            return Err("`season` is 1 or more rows, `horizon` 1 to 1000".to_owned());
        }
        for threshold in &self.thresholds {
            let limits = [threshold.above.is_some(), threshold.below.is_some(), threshold.rows.is_some()];
            if limits.iter().filter(|said| **said).count() != 1 {
                return Err("a threshold takes one of `above`, `below` and `rows`".to_owned());
            }
        }
        Ok(())
    }
}

impl ParameterKind {
    /// Looks at a value.
    ///
    /// # Errors
    /// What it is, and what it should be.
    pub(crate) fn check(self, value: &Value) -> Result<(), String> {
        let (fits, form) = match self {
            Self::Integer => (value.is_i64() || value.is_u64(), "a whole number such as 30"),
            Self::Number => (value.is_number(), "a number such as 0.5"),
            Self::Text => (value.is_string(), "a text"),
            Self::Date => (
                value.as_str().is_some_and(|day| crate::calendar::day(day).is_some()),
                "a day such as \"2026-01-31\"",
            ),
            Self::Boolean => (value.is_boolean(), "true or false"),
        };
        if fits { Ok(()) } else { Err(format!("{value} does not fit: give {form}")) }
    }

    /// A value written as text, as addresses of pages hold it.
    #[must_use]
    pub fn parse(self, text: &str) -> Value {
        let read = match self {
            Self::Text | Self::Date => None,
            Self::Integer | Self::Number | Self::Boolean => serde_json::from_str(text).ok(),
        };
        read.unwrap_or_else(|| Value::from(text))
    }
}

/// The names that there are, in words.
fn listed<'a>(what: &str, names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.map(String::as_str).collect();
    if names.is_empty() {
        format!("there are no {what}")
    } else {
        format!("the {what} are {}", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str =
        "title = \"t\"\n[queries.q]\nsql = \"SELECT 1\"\n[[panels]]\ntitle = \"p\"\nquery = \"q\"\n";

    fn problem(text: &str) -> String {
        Definition::read("sales.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_told_with_its_place_and_the_nearest() {
        let told = problem(&WHOLE.replace("query =", "qery ="));
        assert!(
            told.contains("sales.toml:6:1") && told.contains("`qery`") && told.contains("`query`"),
            "{told}"
        );
    }

    #[test]
    fn a_name_that_nothing_has_is_told_with_those_that_there_are() {
        assert!(problem(&WHOLE.replace("query = \"q\"", "query = \"r\"")).contains("the queries are q"));
        let told = problem(&WHOLE.replace("[[panels]]", "parameters = [\"days\"]\n[[panels]]"));
        assert!(told.contains("`days`"), "{told}");
    }

    #[test]
    fn a_default_must_fit_its_type() {
        for (kind, default, fits) in [
            ("integer", "30", true),
            ("integer", "\"30\"", false),
            ("date", "\"2026-02-29\"", false),
            ("date", "\"2024-02-29\"", true),
            ("boolean", "1", false),
            ("number", "0.5", true),
        ] {
            let text = format!("{WHOLE}[parameters.p]\ntype = \"{kind}\"\ndefault = {default}\n");
            assert_eq!(Definition::read("r", &text).is_ok(), fits, "{kind} {default}");
        }
    }

    #[test]
    fn a_threshold_has_one_limit() {
        for (limits, fits) in
            [("", false), ("above = 1\nbelow = 2", false), ("above = 1", true), ("rows = 1", true)]
        {
            let text = format!("{WHOLE}[[panels.thresholds]]\n{limits}\n");
            assert_eq!(Definition::read("r", &text).is_ok(), fits, "{limits}");
        }
    }
}
