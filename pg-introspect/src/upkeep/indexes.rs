//! Whether an index is to be rebuilt or dropped.
//!
//! Invariant: only what REINDEX CONCURRENTLY names for itself is dropped; any other invalid index was wanted by somebody, and
//! is rebuilt.

use super::{Action, Step};
use crate::catalog::ListedIndex;
use crate::index_verdicts::{IndexVerdict, judge};

/// The step that an index needs, if any.
pub(crate) fn judge_index(index: &ListedIndex) -> Option<Step> {
    if index.is_being_built {
        return None;
    }
    let finding = judge(index, &[], None)
        .into_iter()
        .find(|finding| matches!(finding.verdict, IndexVerdict::Invalid | IndexVerdict::Bloated))?;
    let is_leftover =
        finding.verdict == IndexVerdict::Invalid && is_leftover(&index.name) && !index.is_constraint;
    let (action, words) = match is_leftover {
        true => (Action::DropLeftover, "DROP INDEX CONCURRENTLY"),
        false => (Action::Reindex, "REINDEX INDEX CONCURRENTLY"),
    };
    Some(Step {
        action,
        object: index.qualified_name.clone(),
        table_oid: index.table_oid,
        reason: finding.reason,
        sql: format!("{words} {}", index.qualified_name),
        bytes: index.size_bytes,
        rows: None,
        // One that is invalid costs every write and serves nobody.
        urgency: index.size_bytes.unwrap_or(0) as f64 + if index.is_valid { 0.0 } else { 1e15 },
    })
}

/// Whether the name is one that REINDEX CONCURRENTLY gives to what it builds or replaces.
/// Source: PostgreSQL documentation, REINDEX, "Rebuilding Indexes Concurrently".
fn is_leftover(name: &str) -> bool {
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    base.ends_with("_ccnew") || base.ends_with("_ccold")
}

/// Whether the index is one that an interrupted rebuild of another index left behind.
pub(crate) fn is_leftover_of(index: &ListedIndex, rebuilt: &str) -> bool {
    // A long name is cut before its ending is added.
    let begins = rebuilt.chars().zip(index.name.chars()).take_while(|(left, right)| left == right).count();
    !index.is_valid
        && !index.is_being_built
        && is_leftover(&index.name)
        && begins >= rebuilt.chars().count().min(40)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index_verdicts::tests::index;

    #[test]
    fn drops_what_a_rebuild_left_and_rebuilds_what_somebody_wanted() {
        let mut left = index("orders_at_ccnew1", 7, &["at"]);
        left.is_valid = false;
        assert_eq!(judge_index(&left).unwrap().action, Action::DropLeftover);
        assert!(is_leftover_of(&left, "orders_at"));
        assert!(!is_leftover_of(&left, "orders_by"));
        let mut wanted = index("orders_at", 8, &["at"]);
        wanted.is_valid = false;
        assert_eq!(judge_index(&wanted).unwrap().action, Action::Reindex);
    }

    #[test]
    fn leaves_valid_ones_of_any_name_and_those_being_built_in_peace() {
        assert!(judge_index(&index("mine_ccnew", 7, &["at"])).is_none());
        let mut building = index("orders_at", 8, &["at"]);
        (building.is_valid, building.is_being_built) = (false, true);
        assert!(judge_index(&building).is_none());
    }
}
