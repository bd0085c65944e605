//! What a caller wishes for: how many rows of which tables, and what is to be said of single columns.
//!
//! Pure but for reading the file that holds it. Invariant: an unknown word is refused, with its place.

use std::collections::BTreeMap;

use pg_core::{Call, Error, read_local_file};
use serde::Deserialize;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 1 << 20;
/// The most rows of one table.
const MOST_ROWS: u64 = 1_000_000_000;

/// All wishes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    /// Another seed, other rows; the argument goes first.
    pub seed: Option<u64>,
    /// The day before which all times lie, as 2026-01-31; the argument goes first.
    pub until: Option<String>,
    /// A connection whose tables of the same names show, in the server's statistics, how values are spread.
    pub learn_from: Option<String>,
    /// The tables by name.
    #[serde(default)]
    pub tables: BTreeMap<String, TableSpec>,
}

/// What is wished of a table.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableSpec {
    /// How many rows.
    pub rows: Option<u64>,
    /// So many rows for each of another table's, such as `3 per customers`.
    pub ratio: Option<String>,
    /// Its columns by name.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnSpec>,
}

/// What is wished of a column.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnSpec {
    /// Its only values, each as often as the others.
    pub values: Option<Vec<toml::Value>>,
    /// Its only values, each with a weight.
    pub weights: Option<BTreeMap<String, f64>>,
    /// The lowest: a number, or a time as SQL writes it.
    pub min: Option<toml::Value>,
    /// The highest.
    pub max: Option<toml::Value>,
    /// How values, or the rows that a foreign key points at, are spread.
    pub distribution: Option<Distribution>,
    /// The middle of a normal distribution.
    pub mean: Option<f64>,
    /// Its standard deviation.
    pub deviation: Option<f64>,
    /// How much later times are more frequent than early ones: 0 not at all, 1 in proportion to time, and so on.
    pub growth: Option<f64>,
    /// The share of NULL, from 0 to 1.
    pub null_share: Option<f64>,
    /// What it means, such as `email`, where its name does not say it.
    pub meaning: Option<super::meaning::Meaning>,
    /// Leave it to its default.
    #[serde(default)]
    pub skip: bool,
}

/// How values are spread.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Distribution {
    /// Each as often as the others.
    #[default]
    Uniform,
    /// About a middle.
    Normal,
    /// A few very often, most seldom.
    Zipf,
}

/// A value of a TOML file as text.
pub(crate) fn text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Spec {
    /// Reads a plan, given as TOML or as the path of a file that holds it, and the tables that were asked for beside it.
    ///
    /// # Errors
    /// An argument error that says what is wrong and where.
    pub(crate) async fn of(call: &Call, plan: Option<&str>, tables: &[String]) -> Result<Self, Error> {
        let mut spec = match plan {
            None => Self::default(),
            // A path has no line end and no equals sign; a plan has both.
            Some(text) if text.contains('\n') || text.contains('=') => Self::read(text, "plan")?,
            Some(path) => Self::read(&read_local_file(call, path, LONGEST).await?, path)?,
        };
        for wish in tables {
            // A name in quotes may have the sign in it.
            let (name, count) = match wish.rsplit_once('=') {
                Some((name, count)) if !count.contains('"') => (name, count),
                _ => (wish.as_str(), ""),
            };
            let table = spec.tables.entry(name.trim().to_owned()).or_default();
            match count.trim() {
                "" => {}
                count if count.contains(" per ") => {
                    (table.rows, table.ratio) = (None, Some(count.to_owned()));
                }
                count => {
                    let rows = count.replace('_', "").parse().map_err(|_| {
                        Error::argument(format!(
                            "{wish:?}: write how many rows, such as {name}=1000, or {name}=\"3 per customers\""
                        ))
                    })?;
                    (table.rows, table.ratio) = (Some(rows), None);
                }
            }
        }
        if spec.tables.is_empty() {
            return Err(Error::argument("name at least one table and its rows, such as customers=1000"));
        }
        Ok(spec)
    }

    fn read(text: &str, place: &str) -> Result<Self, Error> {
        let wrong = |problem: String| Error::argument(format!("{place}: {}", problem.trim_end()));
        let spec: Self = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        for (table, wishes) in &spec.tables {
            for (column, wish) in &wishes.columns {
                if wish.null_share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
                    return Err(wrong(format!("{table}.{column}: null_share is a share from 0 to 1")));
                }
                if wish.weights.as_ref().is_some_and(|weights| {
                    weights.values().any(|weight| !weight.is_finite() || *weight < 0.0)
                        || weights.values().sum::<f64>() <= 0.0
                }) {
                    return Err(wrong(format!(
                        "{table}.{column}: weights are numbers of 0 and more, one of them above 0"
                    )));
                }
            }
        }
        Ok(spec)
    }

    /// How many rows each table gets, by the names that were wished for.
    ///
    /// # Errors
    /// An argument error where a table has no count, or depends on one that has none.
    pub(crate) fn counts(&self) -> Result<BTreeMap<String, u64>, Error> {
        let mut counts = BTreeMap::new();
        for name in self.tables.keys() {
            let rows = self.count(name, 0)?;
            if rows == 0 || rows > MOST_ROWS {
                return Err(Error::argument(format!("{name}: {rows} rows; give 1 to {MOST_ROWS}")));
            }
            counts.insert(name.clone(), rows);
        }
        Ok(counts)
    }

    fn count(&self, name: &str, depth: usize) -> Result<u64, Error> {
        let wrong = |problem: &str| Error::argument(format!("{name}: {problem}"));
        let table = self
            .tables
            .get(name)
            .ok_or_else(|| wrong("another table's rows depend on it; say how many it gets"))?;
        match (table.rows, &table.ratio) {
            (Some(rows), None) => Ok(rows),
            (None, Some(ratio)) if depth <= self.tables.len() => {
                let (factor, other) = ratio
                    .split_once(" per ")
                    .ok_or_else(|| wrong("a ratio is written as 3 per customers"))?;
                let factor: f64 = factor
                    .trim()
                    .parse()
                    .map_err(|_| wrong("a ratio begins with a number, as in 3 per customers"))?;
                let rows = self.count(other.trim(), depth + 1)? as f64 * factor;
                if !(0.0..1e12).contains(&rows) {
                    return Err(wrong("that ratio gives no sensible number of rows"));
                }
                Ok(rows.round() as u64)
            }
            (None, Some(_)) => Err(wrong("its rows depend on its own rows")),
            _ => Err(wrong("say how many rows: rows or ratio in the plan, or TABLE=ROWS, one of them")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_follow_ratios_and_a_circle_is_told() {
        let spec = Spec::read("[tables.a]\nrows = 10\n[tables.b]\nratio = '2.5 per a'\n", "plan").unwrap();
        assert_eq!(spec.counts().unwrap()["b"], 25);
        let spec =
            Spec::read("[tables.a]\nratio = '1 per b'\n[tables.b]\nratio = '1 per a'\n", "plan").unwrap();
        assert!(spec.counts().unwrap_err().to_string().contains("depend on its own"));
        assert!(Spec::read("[tables.a]\nrow = 1\n", "plan").unwrap_err().to_string().contains("rows"));
    }
}
