//! What is to be said against an index: rules over the indexes of one table.
//!
//! Separate from the operation so that each verdict is a test without a server. Invariant: an index that a constraint, a
//! foreign key or replication rests on is never called dispensable.

mod bloat;

use serde::Serialize;

use crate::catalog::{ListedIndex, StatisticsAge};

/// What is to be said against an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IndexVerdict {
    /// Never scanned since statistics are counted.
    Unused,
    /// Another index is the same.
    Duplicate,
    /// Another index begins with the same key.
    RedundantPrefix,
    /// Queries may not use it.
    Invalid,
    /// By estimate it is at least twice as large as its entries need.
    Bloated,
}

/// A verdict with its reason and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndexFinding {
    /// The verdict.
    pub verdict: IndexVerdict,
    /// Why.
    pub reason: String,
    /// What to do.
    pub suggestion: String,
}

/// What is to be said against `index`, which is one of the `siblings` of its table.
pub(crate) fn judge(
    index: &ListedIndex,
    siblings: &[&ListedIndex],
    age: Option<&StatisticsAge>,
) -> Vec<IndexFinding> {
    if !index.is_valid {
        return invalid(index).into_iter().collect();
    }
    let others: Vec<&ListedIndex> = siblings.iter().copied().filter(|other| other.oid != index.oid).collect();
    let replaced = duplicate(index, &others).or_else(|| redundant(index, &others));
    let unused = if replaced.is_none() { unused(index, age) } else { None };
    replaced.into_iter().chain(unused).chain(bloat::find(index)).collect()
}

fn invalid(index: &ListedIndex) -> Option<IndexFinding> {
    (!index.is_being_built).then(|| IndexFinding {
        verdict: IndexVerdict::Invalid,
        reason: "a CREATE INDEX or REINDEX that failed left it behind: queries do not use it, and every write maintains it"
            .to_owned(),
        suggestion: format!(
            "REINDEX INDEX CONCURRENTLY {name}, or DROP INDEX CONCURRENTLY {name} if its name ends in _ccnew or _ccold",
            name = index.qualified_name
        ),
    })
}

/// Whether something but queries rests on it.
fn is_needed(index: &ListedIndex) -> bool {
    index.is_unique || index.is_constraint || index.is_referenced || index.is_replica_identity
}

fn same_shape(left: &ListedIndex, right: &ListedIndex) -> bool {
    left.method == right.method && left.predicate == right.predicate
}

fn duplicate(index: &ListedIndex, others: &[&ListedIndex]) -> Option<IndexFinding> {
    let twin = others.iter().find(|other| {
        other.is_valid
            && same_shape(index, other)
            && index.key == other.key
            && index.included_columns == other.included_columns
            && (other.is_unique || !index.is_unique)
            && !index.is_constraint
            && !index.is_referenced
            && !index.is_replica_identity
            // Of two alike the one with more resting on it stays, and of two alike in that the older one.
            && (is_needed(other) && !is_needed(index) || is_needed(other) == is_needed(index) && other.oid < index.oid
                || other.is_constraint)
    })?;
    Some(IndexFinding {
        verdict: IndexVerdict::Duplicate,
        reason: format!("it is the same as {}", twin.name),
        suggestion: drop_it(index),
    })
}

fn redundant(index: &ListedIndex, others: &[&ListedIndex]) -> Option<IndexFinding> {
    if is_needed(index) || index.method != "btree" {
        return None;
    }
    let longer = others.iter().find(|other| {
        other.is_valid
            && same_shape(index, other)
            && other.key.len() > index.key.len()
            && other.key.starts_with(&index.key)
            && index
                .included_columns
                .iter()
                .all(|column| other.included_columns.contains(column) || other.columns.contains(column))
    })?;
    Some(IndexFinding {
        verdict: IndexVerdict::RedundantPrefix,
        reason: format!("{} begins with the same key and serves the same queries", longer.name),
        suggestion: format!(
            "{}; the longer index is somewhat slower to scan for these queries",
            drop_it(index)
        ),
    })
}

fn unused(index: &ListedIndex, age: Option<&StatisticsAge>) -> Option<IndexFinding> {
    if is_needed(index) || index.scans != Some(0) {
        return None;
    }
    let since = match age {
        Some(age) => format!(
            "since {} ({:.1} days{})",
            age.counted_since,
            age.days,
            if age.is_standby { ", counted on this standby only" } else { "" }
        ),
        None => "since statistics were last reset".to_owned(),
    };
    let caution = match age {
        Some(age) if age.days < 7.0 => "that is too short to judge by: look again after a month; ",
        _ => "",
    };
    Some(IndexFinding {
        verdict: IndexVerdict::Unused,
        reason: format!("it was never scanned {since}, while its table had {} writes", index.table_writes),
        suggestion: format!(
            "{caution}each standby counts its own scans, so ask there too before {}",
            drop_it(index)
        ),
    })
}

fn drop_it(index: &ListedIndex) -> String {
    format!("DROP INDEX CONCURRENTLY {}; its way back: {}", index.qualified_name, index.definition)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{IndexVerdict, judge};
    use crate::catalog::{ListedIndex, StatisticsAge};

    pub(crate) fn index(name: &str, oid: i64, key: &[&str]) -> ListedIndex {
        ListedIndex {
            schema: "public".to_owned(),
            table_name: "t".to_owned(),
            name: name.to_owned(),
            qualified_name: format!("public.{name}"),
            table_oid: 1,
            oid,
            method: "btree".to_owned(),
            definition: format!("CREATE INDEX {name} …"),
            columns: key.iter().map(|&column| column.to_owned()).collect(),
            key: key.iter().map(|&column| column.to_owned()).collect(),
            included_columns: Vec::new(),
            predicate: None,
            is_unique: false,
            is_constraint: false,
            is_referenced: false,
            is_replica_identity: false,
            is_valid: true,
            is_being_built: false,
            size_bytes: Some(8192),
            scans: Some(5),
            last_scan: None,
            table_writes: 0,
            entries: 10.0,
            pages: 1,
            block_size: 8192,
            key_width: Some(4.0),
            total: 1,
        }
    }

    fn verdicts(index: &ListedIndex, all: &[&ListedIndex]) -> Vec<IndexVerdict> {
        judge(index, all, None).into_iter().map(|finding| finding.verdict).collect()
    }

    #[test]
    fn of_two_alike_the_later_one_is_a_duplicate() {
        let (old, new) = (index("old", 1, &["a"]), index("new", 2, &["a"]));
        let all = [&old, &new];
        assert_eq!(verdicts(&new, &all), [IndexVerdict::Duplicate]);
        assert!(verdicts(&old, &all).is_empty());
    }

    #[test]
    fn the_one_that_a_constraint_rests_on_stays() {
        let plain = index("plain", 1, &["a"]);
        let mut key = index("key", 2, &["a"]);
        (key.is_unique, key.is_constraint) = (true, true);
        let all = [&plain, &key];
        assert_eq!(verdicts(&plain, &all), [IndexVerdict::Duplicate]);
        assert!(verdicts(&key, &all).is_empty());
    }

    #[test]
    fn a_prefix_is_redundant_unless_it_differs_in_more() {
        let (short, long) = (index("short", 1, &["a"]), index("long", 2, &["a", "b"]));
        assert_eq!(verdicts(&short, &[&short, &long]), [IndexVerdict::RedundantPrefix]);
        assert!(verdicts(&long, &[&short, &long]).is_empty());
        let mut partial = short.clone();
        partial.predicate = Some("a > 0".to_owned());
        assert!(verdicts(&partial, &[&partial, &long]).is_empty());
        let mut unique = short.clone();
        unique.is_unique = true;
        assert!(verdicts(&unique, &[&unique, &long]).is_empty());
        let mut covering = short.clone();
        covering.included_columns = vec!["c".to_owned()];
        assert!(verdicts(&covering, &[&covering, &long]).is_empty());
    }

    #[test]
    fn never_scanned_is_unused_only_if_nothing_rests_on_it() {
        let mut idle = index("idle", 1, &["a"]);
        idle.scans = Some(0);
        let age = StatisticsAge {
            counted_since: "2026-01-01".to_owned(),
            was_reset: true,
            days: 2.0,
            is_standby: false,
        };
        let found = judge(&idle, &[&idle], Some(&age));
        assert_eq!(found[0].verdict, IndexVerdict::Unused);
        assert!(found[0].suggestion.contains("too short"));
        idle.is_unique = true;
        assert!(verdicts(&idle, &[&idle]).is_empty());
    }

    #[test]
    fn invalid_is_said_alone_and_not_while_it_is_built() {
        let mut broken = index("broken", 2, &["a"]);
        (broken.is_valid, broken.scans) = (false, Some(0));
        let twin = index("twin", 1, &["a"]);
        assert_eq!(verdicts(&broken, &[&broken, &twin]), [IndexVerdict::Invalid]);
        assert!(verdicts(&twin, &[&broken, &twin]).is_empty());
        broken.is_being_built = true;
        assert!(verdicts(&broken, &[&broken, &twin]).is_empty());
    }
}
