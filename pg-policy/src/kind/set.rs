//! Sets of statement kinds, as configuration writes them.
//!
//! Separate because one word there may stand for many kinds.
//! Invariant: a word that stands for nothing is an error, never an empty set.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::{StatementKind, UnknownStatementKind, normal_words};

/// A set of statement kinds.
///
/// It reads a list of words apart by commas. A verb stands for all its kinds (`DROP` for `DROP TABLE`,
/// `DROP INDEX` …), a verb with an object for one (`CREATE TABLE`; also `CREATE TABLE AS`).
///
/// ```
/// use pg_policy::{Object, StatementKind, StatementKinds};
///
/// let kinds: StatementKinds = "select, drop".parse()?;
/// assert!(kinds.contains(StatementKind::Select));
/// assert!(kinds.contains(StatementKind::Drop(Object::Index)));
/// assert!(!kinds.contains(StatementKind::Delete));
/// # Ok::<(), pg_policy::UnknownStatementKind>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementKinds {
    kinds: BTreeSet<StatementKind>,
}

impl StatementKinds {
    /// A set without members.
    pub fn new() -> StatementKinds {
        StatementKinds::default()
    }

    /// Whether the kind is a member.
    pub fn contains(&self, kind: StatementKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = StatementKind> + '_ {
        self.kinds.iter().copied()
    }
}

impl FromIterator<StatementKind> for StatementKinds {
    fn from_iter<I: IntoIterator<Item = StatementKind>>(kinds: I) -> Self {
        StatementKinds { kinds: kinds.into_iter().collect() }
    }
}

impl Extend<StatementKind> for StatementKinds {
    fn extend<I: IntoIterator<Item = StatementKind>>(&mut self, kinds: I) {
        self.kinds.extend(kinds);
    }
}

impl From<StatementKind> for StatementKinds {
    fn from(kind: StatementKind) -> Self {
        StatementKinds::from_iter([kind])
    }
}

impl FromStr for StatementKinds {
    type Err = UnknownStatementKind;

    fn from_str(list: &str) -> Result<Self, Self::Err> {
        let mut kinds = BTreeSet::new();
        for words in list.split(',').map(str::trim).filter(|words| !words.is_empty()) {
            let normal = normal_words(words);
            let normal = synonym(&normal);
            let before = kinds.len();
            let mut met = false;
            for kind in StatementKind::all() {
                let text = kind.to_string();
                let whole_words =
                    text.strip_prefix(normal).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
                if whole_words {
                    met = true;
                    kinds.insert(kind);
                }
            }
            if !met && kinds.len() == before {
                return Err(UnknownStatementKind::new(words));
            }
        }
        Ok(StatementKinds { kinds })
    }
}

/// Other words that PostgreSQL takes for the same statement.
fn synonym(words: &str) -> &str {
    match words {
        "START TRANSACTION" | "START" => "BEGIN",
        "END" => "COMMIT",
        "ABORT" => "ROLLBACK",
        "MOVE" => "FETCH",
        "ANALYSE" => "ANALYZE",
        "TABLE" | "WITH" => "SELECT",
        "CREATE USER" | "CREATE GROUP" => "CREATE ROLE",
        "ALTER USER" | "ALTER GROUP" => "ALTER ROLE",
        "DROP USER" | "DROP GROUP" => "DROP ROLE",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Object;

    #[test]
    fn a_bare_verb_stands_for_all_its_kinds() {
        let drop: StatementKinds = "DROP".parse().unwrap();
        assert_eq!(drop.iter().count(), Object::ALL.len());
        assert!(drop.iter().all(|kind| kind.verb() == "DROP"));
    }

    #[test]
    fn a_verb_with_its_object_stands_for_that_object() {
        let kinds: StatementKinds = "create index,\n truncate".parse().unwrap();
        let expected = [StatementKind::Create(Object::Index), StatementKind::Truncate];
        assert_eq!(kinds, StatementKinds::from_iter(expected));
    }

    #[test]
    fn a_verb_is_a_whole_word() {
        let kinds: StatementKinds = "SET".parse().unwrap();
        assert!(kinds.contains(StatementKind::Set) && kinds.contains(StatementKind::SetConstraints));
        assert!("SE".parse::<StatementKinds>().is_err());
    }

    #[test]
    fn a_word_that_means_nothing_is_an_error_even_after_a_good_one() {
        assert!("SELECT, FROBNICATE".parse::<StatementKinds>().is_err());
    }
}
