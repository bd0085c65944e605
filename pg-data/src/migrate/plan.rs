//! A migration as its file says it.
//!
//! Invariant: every key is a field here, so that one that is not known is an error with its line and column; what is wrong is
//! said before anything is asked of a server.

use std::{collections::BTreeMap, fmt};

use pg_core::{Call, Error, read_local_file};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::fragment;

/// Bytes of a plan at most.
const LONGEST: u64 = 4 << 20;

/// A migration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// Its name, under which the target remembers it.
    pub name: String,
    /// The connection that is read.
    pub source: Option<String>,
    /// The connection that is filled.
    pub target: Option<String>,
    /// Ranges side by side.
    #[serde(default = "jobs")]
    pub jobs: usize,
    /// Rows of a range.
    #[serde(default = "range_rows")]
    pub range_rows: u64,
    /// Whether tables that the target does not have are made.
    #[serde(default)]
    pub create_target: bool,
    /// Whether foreign keys and indexes that keep nothing unique are taken away before and made again after.
    #[serde(default)]
    pub defer: bool,
    /// What becomes of rows that cannot be cleaned, or that the target refuses.
    #[serde(default)]
    pub on_reject: OnReject,
    /// Whether a later run takes rejected rows again.
    #[serde(default)]
    pub retry_rejects: bool,
    /// Rejected rows that end it, of one table in one run.
    pub max_rejects: Option<u64>,
    /// Seconds before the newest change that a later pass begins at: longer than any transaction of the source lasts.
    #[serde(default = "overlap_s")]
    pub overlap_s: u64,
    /// How a later pass finds what changed.
    #[serde(default)]
    pub changes: Changes,
    /// Its tables.
    pub tables: Vec<Table>,
}

/// How a later pass finds what changed in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Changes {
    /// By the columns that say when a row changed, of the tables that have one.
    #[default]
    ChangedBy,
    /// By the source's log, through a replication slot: also rows that are gone.
    LogicalDecoding,
}

fn jobs() -> usize {
    2
}

fn range_rows() -> u64 {
    50_000
}

fn overlap_s() -> u64 {
    600
}

/// What becomes of a row that cannot be moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnReject {
    /// It ends the migration.
    #[default]
    Stop,
    /// It is kept, with the reason, in `toolkit.migration_rejects` of the target.
    Keep,
}

/// What happens to a row whose key is in the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnConflict {
    /// It is a row that the target refuses.
    #[default]
    Error,
    /// It is left as it is in the target.
    Skip,
    /// It replaces the one in the target.
    Upsert,
}

/// One table of the target, and what fills it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// The source's table or view, or else
    pub source: Option<String>,
    /// a query of the source.
    pub query: Option<String>,
    /// The table that is filled.
    pub target: String,
    /// The source's columns that tell rows apart; the primary key, unless said.
    #[serde(default)]
    pub key: Vec<String>,
    /// A condition on the source's rows, as SQL.
    pub filter: Option<String>,
    /// The source's column that says when a row changed last: a later pass takes only rows that did.
    pub changed_by: Option<String>,
    /// What happens to a row whose key is in the target.
    #[serde(default)]
    pub on_conflict: OnConflict,
    /// The target's columns that tell rows apart; those that the key fills, unless said.
    #[serde(default)]
    pub conflict: Vec<String>,
    /// The target's column that gets keys of its own, remembered beside the source's.
    pub new_key: Option<String>,
    /// The target's columns and what fills them; without any, those of the same names.
    #[serde(default)]
    pub columns: BTreeMap<String, Column>,
}

/// What fills a column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column(pub ColumnRule);

/// What fills a column, in full.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnRule {
    /// A column of the source, or else
    pub from: Option<String>,
    /// an expression of the source.
    pub sql: Option<String>,
    /// An expression of the target in which `$1` stands for the value, as a text.
    pub target_sql: Option<String>,
    /// Cleaners, in order.
    #[serde(default)]
    pub clean: Words,
    /// Other words for values.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// What stands in for NULL.
    pub default: Option<String>,
    /// What becomes of a value that a cleaner does not take.
    #[serde(default)]
    pub invalid: Invalid,
    /// The value of another table of the target.
    pub lookup: Option<Lookup>,
    /// A table of this plan whose new key stands in for the old one.
    pub key_of: Option<String>,
    /// What becomes of a value that `lookup` or `key_of` does not find.
    #[serde(default)]
    pub missing: Missing,
}

impl ColumnRule {
    /// Whether a column of the source fills it as it is.
    pub(crate) fn is_bare(&self) -> bool {
        self.from.is_some()
            && self.target_sql.is_none()
            && self.clean.0.is_empty()
            && self.values.is_empty()
            && self.lookup.is_none()
            && self.key_of.is_none()
    }
}

/// What becomes of a value that a cleaner does not take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Invalid {
    /// Its row is rejected.
    #[default]
    Reject,
    /// It becomes NULL.
    Null,
    /// It stays as it is.
    Keep,
}

/// What becomes of a value that is not found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Missing {
    /// Its row is rejected.
    #[default]
    Reject,
    /// It becomes NULL.
    Null,
}

/// A value that is found in a table of the target.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lookup {
    /// The table.
    pub table: String,
    /// The column that holds the value at hand.
    #[serde(rename = "match")]
    pub matched: String,
    /// The column that holds the one that is wanted.
    pub take: String,
}

/// One word, or several.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;
        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Words;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a list of words")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Words, E> {
                Ok(Words(vec![word.to_owned()]))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                Ok(Words(words))
            }
        }
        deserializer.deserialize_any(OneOrMore)
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrRule;
        impl<'de> Visitor<'de> for NameOrRule {
            type Value = Column;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a source's column, or a table such as { from = \"phone\", clean = \"trim\" }")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Column, E> {
                Ok(Column(ColumnRule { from: Some(name.to_owned()), ..ColumnRule::default() }))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Column, A::Error> {
                ColumnRule::deserialize(MapAccessDeserializer::new(map)).map(Column)
            }
        }
        deserializer.deserialize_any(NameOrRule)
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

    fn checked(self) -> Result<Self, String> {
        if self.name.trim().is_empty() || self.name.len() > 200 {
            return Err("`name` must be 1 to 200 bytes: the target remembers the migration by it".to_owned());
        }
        if !(1..=16).contains(&self.jobs) || self.range_rows == 0 {
            return Err("`jobs` must be from 1 to 16, and `range_rows` 1 or more".to_owned());
        }
        if self.tables.is_empty() {
            return Err("there is no [[tables]]".to_owned());
        }
        for (at, table) in self.tables.iter().enumerate() {
            table.checked().map_err(|problem| format!("table {}: {problem}", table.target))?;
            if self.tables.iter().take(at).any(|other| other.target == table.target) {
                return Err(format!("table {} is filled twice: join its sources in one query", table.target));
            }
        }
        Ok(self)
    }
}

impl Table {
    fn checked(&self) -> Result<(), String> {
        if self.source.is_some() == self.query.is_some() {
            return Err("give either `source` or `query`".to_owned());
        }
        if self.new_key.as_ref().is_some_and(|key| self.columns.contains_key(key)) {
            return Err("the column of `new_key` gets keys of its own: it is none of `columns`".to_owned());
        }
        fragment::query("query", self.query.as_ref())?;
        fragment::expression("filter", self.filter.as_ref())?;
        for (name, Column(rule)) in &self.columns {
            fragment::expression("sql", rule.sql.as_ref())
                .and_then(|()| fragment::expression("target_sql", rule.target_sql.as_ref()))
                .map_err(|problem| format!("column {name}: {problem}"))?;
            let takes_value = rule.target_sql.as_deref().is_none_or(pg_policy::takes_one_parameter);
            let problem = if rule.from.is_some() == rule.sql.is_some() {
                "give either `from` or `sql`"
            } else if !takes_value {
                "`target_sql` takes the value as `$1`, and no other parameter"
            } else if rule.lookup.is_some() && rule.key_of.is_some() {
                "give `lookup` or `key_of`, not both"
            } else {
                continue;
            };
            return Err(format!("column {name}: {problem}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Plan::read(text, "plan.toml").unwrap_err().to_string()
    }

    #[test]
    fn reads_names_and_rules_of_columns() {
        let plan = Plan::read(
            "name = \"m\"\n[[tables]]\nsource = \"a\"\ntarget = \"b\"\n[tables.columns]\nid = \"old\"\n\
             phone = { from = \"tel\", clean = [\"trim\", \"phone:TW\"], invalid = \"null\" }\n\
             origin = { sql = \"'ERP'\", clean = \"trim\" }\n",
            "plan",
        )
        .unwrap();
        let columns = &plan.tables[0].columns;
        assert_eq!(columns["id"].0.from.as_deref(), Some("old"));
        assert_eq!(columns["phone"].0.clean.0, ["trim", "phone:TW"]);
        assert_eq!(columns["origin"].0.clean.0, ["trim"]);
        assert_eq!((plan.jobs, plan.range_rows, plan.on_reject), (2, 50_000, OnReject::Stop));
    }

    #[test]
    fn what_is_not_known_is_an_error_with_its_place() {
        let message = refused("name = \"m\"\n[[tables]]\nsource = \"a\"\ntarget = \"b\"\nfiltre = \"x\"\n");
        assert!(message.contains("line 5, column 1") && message.contains("filtre"), "{message}");
        let message = refused(
            "name = \"m\"\n[[tables]]\nsource = \"a\"\ntarget = \"b\"\n[tables.columns]\nx = { form = \"y\" }\n",
        );
        assert!(message.contains("line 6") && message.contains("form"), "{message}");
        let message =
            refused("name = \"m\"\n[[tables]]\nsource = \"a\"\ntarget = \"b\"\n[tables.columns]\nx = 7\n");
        assert!(message.contains("name of a source's column"), "{message}");
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for (text, said) in [
            ("name = \"\"\ntables = []", "`name` must be"),
            ("name = \"m\"\ntables = []", "no [[tables]]"),
            ("name = \"m\"\njobs = 99\n[[tables]]\nsource = \"a\"\ntarget = \"b\"", "`jobs`"),
            ("name = \"m\"\n[[tables]]\ntarget = \"b\"", "either `source` or `query`"),
            (
                "name = \"m\"\n[[tables]]\nsource = \"a\"\ntarget = \"b\"\n[[tables]]\nsource = \"c\"\ntarget = \"b\"",
                "filled twice",
            ),
            (
                "name = \"m\"\n[[tables]]\nsource = \"a\"\ntarget = \"b\"\n[tables.columns]\nx = { clean = \"trim\" }",
                "column x: give either `from` or `sql`",
            ),
            (
                "name = \"m\"\n[[tables]]\nsource = \"a\"\ntarget = \"b\"\nfilter = \"id > 3) or (true\"",
                "`filter`: `id > 3) or (true` as an expression",
            ),
            (
                "name = \"m\"\n[[tables]]\nquery = \"SELECT 1) AS a, (SELECT 2\"\ntarget = \"b\"",
                "`query`: `SELECT 1) AS a, (SELECT 2` as a query",
            ),
            (
                "name = \"m\"\n[[tables]]\nsource = \"a\"\ntarget = \"b\"\n[tables.columns]\nx = { from = \"y\", target_sql = \"$1, 2\" }",
                "column x: `target_sql`: `$1, 2` as an expression",
            ),
        ] {
            assert!(refused(text).contains(said), "{text}: {}", refused(text));
        }
    }
}
