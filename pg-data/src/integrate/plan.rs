//! An integration as its file says it: sources, what makes rows of them the same thing, and whose value survives.
//!
//! Invariant: every key is a field here, so that one that is not known is an error with its line and column; what contradicts itself is
//! said before anything is asked of a server.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use pg_core::{Call, Error, read_local_file};
use serde::{
    Deserialize, Deserializer,
    de::{self, IntoDeserializer, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{
    fragment,
    migrate::plan::{Column, Words},
};

/// Bytes of a plan at most.
const LONGEST: u64 = 4 << 20;

/// An integration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// Its name, under which the target remembers what went where.
    pub name: String,
    /// The connection that is filled.
    pub target: Option<String>,
    /// Its table.
    pub table: String,
    /// The table's column that gets keys of its own.
    pub key: String,
    /// Whether the table is made where it is not there.
    #[serde(default)]
    pub create_target: bool,
    /// Rows of all sources together, at most: they are held in memory while they are matched.
    #[serde(default = "max_rows")]
    pub max_rows: usize,
    /// What becomes of a row of the table that is part of another one now.
    #[serde(default)]
    pub superseded: Superseded,
    /// What is read, the one that is believed first in front.
    pub sources: Vec<Source>,
    /// What makes two rows the same thing; any of it is enough.
    #[serde(default, rename = "match")]
    pub rules: Vec<Rule>,
    /// Whose value a column of the result has.
    #[serde(default)]
    pub survivors: BTreeMap<String, Survivor>,
}

fn max_rows() -> usize {
    500_000
}

/// What is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    /// What the result's rows say they came from.
    pub name: String,
    /// The connection; the one of the same name, or the only one, unless said.
    pub connection: Option<String>,
    /// A table or view, or else
    pub source: Option<String>,
    /// a query.
    pub query: Option<String>,
    /// A condition on its rows, as SQL.
    pub filter: Option<String>,
    /// The columns that tell its rows apart.
    pub key: Words,
    /// The column that says when a row changed last.
    pub changed_by: Option<String>,
    /// The result's columns and what fills them.
    pub columns: BTreeMap<String, Column>,
}

/// What makes two rows the same thing: columns of the result whose values are equal, or so alike.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Columns that are all equal, none of them NULL, or else
    #[serde(default)]
    pub exact: Words,
    /// a column whose values are alike.
    pub similar: Option<String>,
    /// How much alike, from 0 to 1.
    pub at_least: Option<f64>,
    /// Columns that must be equal besides.
    #[serde(default)]
    pub within: Words,
    /// Columns that may not differ where both rows have a value.
    #[serde(default)]
    pub unless_differ: Words,
    /// Values that say nothing, such as a common address of a company.
    #[serde(default)]
    pub ignore: BTreeSet<String>,
    /// Rows that may share a value: one that more rows have says nothing.
    #[serde(default = "at_most")]
    pub at_most: usize,
}

fn at_most() -> usize {
    20
}

/// What becomes of a row of the table that is part of another one now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Superseded {
    /// It stays as it is, and is told.
    #[default]
    Keep,
    /// It is deleted, before anything else is written.
    Delete,
}

/// Whose value survives.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Choice {
    /// The first one, by the order of the sources.
    First,
    /// That of the row that changed last.
    Newest,
    /// The longest one.
    Longest,
    /// The one that most rows have.
    MostCommon,
    /// The highest one: by number where all are numbers.
    Highest,
    /// The lowest one.
    Lowest,
}

/// Whose value survives: a word, or the sources in another order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Survivor {
    /// By a rule.
    By(Choice),
    /// The first one, by this order of sources; the others behind them.
    From(Vec<String>),
}

impl<'de> Deserialize<'de> for Survivor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Order {
            from: Vec<String>,
        }
        struct WordOrOrder;
        impl<'de> Visitor<'de> for WordOrOrder {
            type Value = Survivor;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"first\", \"newest\", \"longest\", \"most_common\", \"highest\", \"lowest\", or { from = [\"SOURCE\"] }")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Survivor, E> {
                Choice::deserialize(word.into_deserializer()).map(Survivor::By)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Survivor, A::Error> {
                let order = Order::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Survivor::From(order.from))
            }
        }
        deserializer.deserialize_any(WordOrOrder)
    }
}

impl Rule {
    /// What it is called in answers.
    pub(crate) fn name(&self) -> String {
        let within = if self.within.0.is_empty() {
            String::new()
        } else {
            format!(" within {}", self.within.0.join(", "))
        };
        match &self.similar {
            Some(column) => format!("similar {column}{within}"),
            None => format!("exact {}{within}", self.exact.0.join(", ")),
        }
    }

    /// The columns that it looks at.
    fn columns(&self) -> impl Iterator<Item = &String> {
        self.exact.0.iter().chain(&self.similar).chain(&self.within.0).chain(&self.unless_differ.0)
    }
}

impl Plan {
    /// The plan that a caller gives: its text, or, at a command line, the file that holds it.
    ///
    /// # Errors
    /// An argument error with line and column of what is wrong.
    pub(crate) async fn of(call: &Call, given: &str) -> Result<Self, Error> {
        // A path has no line end and no equals sign; a plan has both.
        if given.contains('\n') || given.contains('=') {
            return Self::read(given, "plan");
        }
        let text = read_local_file(call, given, LONGEST).await?;
        Self::read(&text, given)
    }

    /// Reads the text of a plan.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub(crate) fn read(text: &str, place: &str) -> Result<Self, Error> {
        let plan: Self = toml::from_str(text)
            .map_err(|error| Error::argument(format!("{place}: {}", error.to_string().trim_end())))?;
        plan.checked().map_err(|problem| Error::argument(format!("{place}: {problem}")))
    }

    /// The result's columns, each once, in alphabetical order.
    pub(crate) fn columns(&self) -> Vec<String> {
        let all: BTreeSet<&String> = self.sources.iter().flat_map(|source| source.columns.keys()).collect();
        all.into_iter().cloned().collect()
    }

    fn checked(self) -> Result<Self, String> {
        if self.name.trim().is_empty() || self.name.len() > 200 {
            return Err(
                "`name` must be 1 to 200 bytes: the target remembers the integration by it".to_owned()
            );
        }
        if self.sources.is_empty() {
            return Err("there is no [[sources]]".to_owned());
        }
        if self.max_rows == 0 {
            return Err("`max_rows` must be 1 or more".to_owned());
        }
        let columns = self.columns();
        let known = |name: &String| {
            if columns.contains(name) {
                return Ok(());
            }
            let names: Vec<&str> = columns.iter().map(String::as_str).collect();
            Err(match pg_core::closest(name, names.iter().copied(), 1).first() {
                Some(near) => format!("no source fills a column {name}; did you mean {near}?"),
                None => format!("no source fills a column {name}; there are {}", names.join(", ")),
            })
        };
        for (at, source) in self.sources.iter().enumerate() {
            source.checked().map_err(|problem| format!("source {}: {problem}", source.name))?;
            if self.sources.iter().take(at).any(|other| other.name == source.name) {
                return Err(format!("there are two sources {}: give each a name of its own", source.name));
            }
            if source.columns.contains_key(&self.key) {
                return Err(format!(
                    "source {}: {} is the `key` of the result, which gets values of its own; call this one otherwise",
                    source.name, self.key
                ));
            }
        }
        for rule in &self.rules {
            rule.checked().map_err(|problem| format!("[[match]] {}: {problem}", rule.name()))?;
            rule.columns()
                .try_for_each(known)
                .map_err(|problem| format!("[[match]] {}: {problem}", rule.name()))?;
        }
        for (column, survivor) in &self.survivors {
            if column != "default" {
                known(column).map_err(|problem| format!("[survivors]: {problem}"))?;
            }
            if let Survivor::From(from) = survivor
                && let Some(unknown) =
                    from.iter().find(|name| !self.sources.iter().any(|source| source.name == **name))
            {
                return Err(format!("[survivors] {column}: there is no source {unknown}"));
            }
            if *survivor == Survivor::By(Choice::Newest)
                && self.sources.iter().all(|source| source.changed_by.is_none())
            {
                return Err(format!(
                    "[survivors] {column}: \"newest\" needs `changed_by` of at least one source"
                ));
            }
        }
        Ok(self)
    }
}

impl Source {
    fn checked(&self) -> Result<(), String> {
        if self.name.trim().is_empty() {
            return Err("`name` is empty".to_owned());
        }
        if self.source.is_some() == self.query.is_some() {
            return Err("give either `source` or `query`".to_owned());
        }
        if self.key.0.is_empty() {
            return Err("`key` names no column: without one nobody can say which row went where".to_owned());
        }
        if self.columns.is_empty() {
            return Err(
                "[sources.columns] says nothing: name the result's columns and what fills them".to_owned()
            );
        }
        fragment::query("query", self.query.as_ref())?;
        fragment::expression("filter", self.filter.as_ref())?;
        for (name, Column(rule)) in &self.columns {
            fragment::expression("sql", rule.sql.as_ref())
                .map_err(|problem| format!("column {name}: {problem}"))?;
            let problem = if rule.from.is_some() == rule.sql.is_some() {
                "give either `from` or `sql`"
            } else if rule.lookup.is_some() || rule.key_of.is_some() || rule.target_sql.is_some() {
                "`lookup`, `key_of` and `target_sql` are for migrations; join in the source's `query`"
            } else {
                continue;
            };
            return Err(format!("column {name}: {problem}"));
        }
        Ok(())
    }
}

impl Rule {
    fn checked(&self) -> Result<(), String> {
        match (&self.similar, self.exact.0.is_empty(), self.at_least) {
            (Some(_), true, Some(least)) if least > 0.0 && least <= 1.0 => {}
            (Some(_), true, None) => return Err("say in `at_least` how much alike, such as 0.85".to_owned()),
            (Some(_), true, Some(_)) => return Err("`at_least` is above 0 and at most 1".to_owned()),
            (None, false, None) => {}
            (None, false, Some(_)) => return Err("`at_least` is for `similar`".to_owned()),
            _ => return Err("give either `exact` or `similar`".to_owned()),
        }
        if self.at_most < 2 {
            return Err("`at_most` is 2 or more".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "name = \"c\"\ntable = \"t\"\nkey = \"id\"\n[[sources]]\nname = \"a\"\nsource = \"x\"\nkey = \"k\"\n\
                        changed_by = \"at\"\ncolumns = { email = \"mail\", name = { sql = \"first || last\", clean = \"trim\" } }\n";

    #[test]
    fn reads_sources_rules_and_survivors() {
        let text = format!(
            "{GOOD}[[match]]\nexact = \"email\"\n[[match]]\nsimilar = \"name\"\nat_least = 0.9\nwithin = [\"email\"]\n\
             [survivors]\ndefault = \"most_common\"\nname = {{ from = [\"a\"] }}\nemail = \"newest\"\n"
        );
        let plan = Plan::read(&text, "plan").unwrap();
        assert_eq!(plan.columns(), ["email", "name"]);
        assert_eq!(plan.rules[1].name(), "similar name within email");
        assert_eq!(plan.survivors["email"], Survivor::By(Choice::Newest));
        assert_eq!(plan.survivors["name"], Survivor::From(vec!["a".to_owned()]));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let with = |more: &str| format!("{GOOD}{more}");
        for (text, said) in [
            (GOOD.replace("name = \"c\"", "name = \"\""), "`name` must be"),
            (GOOD.replace("source = \"x\"", ""), "either `source` or `query`"),
            (GOOD.replace("key = \"k\"", "key = []"), "`key` names no column"),
            (GOOD.replace("key = \"id\"", "key = \"email\""), "gets values of its own"),
            (with("[[match]]\nexact = \"emial\"\n"), "did you mean email?"),
            (with("[[match]]\nsimilar = \"name\"\n"), "how much alike"),
            (with("[[match]]\nsimilar = \"name\"\nat_least = 2.0\n"), "at most 1"),
            (with("[[match]]\nexact = \"name\"\nsimilar = \"name\"\n"), "either `exact` or `similar`"),
            (with("[survivors]\nnam = \"first\"\n"), "did you mean name?"),
            (with("[survivors]\nname = { from = [\"b\"] }\n"), "there is no source b"),
            (with("[survivors]\nname = \"best\"\n"), "most_common"),
            (with("[survivors]\nname = \"newest\"\n").replace("changed_by = \"at\"\n", ""), "`changed_by`"),
            (
                with("[[sources]]\nname = \"a\"\nsource = \"y\"\nkey = \"k\"\ncolumns = { email = \"e\" }\n"),
                "two sources a",
            ),
            (GOOD.replace("table =", "tabel ="), "tabel"),
        ] {
            let error = Plan::read(&text, "plan").unwrap_err().to_string();
            assert!(error.contains(said), "{said}: {error}\n{text}");
        }
    }
}
