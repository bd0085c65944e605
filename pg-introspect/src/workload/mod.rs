//! What statements cost within a window: the difference of two snapshots of what the server counts.
//!
//! Separate from the operation so that resets, new statements, slower ones and changed plans are tests without a server.
//! Invariant: a counter that went back, or was reset, counts as of the window.

mod plan_change;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use plan_change::plan_change;

use crate::catalog::{CountedStatement, StatementsReset};
use crate::shelf::Shelf;

/// A mean that grew by this factor is told as slower.
const SLOWER: f64 = 1.5;
/// Milliseconds of the window below which nothing is called slower.
const WEIGHTY_MS: f64 = 1.0;
/// How many snapshots are kept.
const KEPT: usize = 32;

/// What the server had counted at one moment.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counted {
    /// The statements.
    pub(crate) statements: Vec<CountedStatement>,
    /// Since when they are counted.
    pub(crate) reset: StatementsReset,
}

/// The snapshots that this process keeps.
pub(crate) static SNAPSHOTS: Shelf<Counted> = Shelf::new("snapshot", KEPT);

/// A statement's cost within a window.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// The costs within the window.
    pub(crate) statement: CountedStatement,
    /// Whether it was not there at the beginning.
    pub(crate) is_new: bool,
    /// The mean before the window in milliseconds, where it ran before.
    pub(crate) mean_before_ms: Option<f64>,
    /// Whether its mean grew.
    pub(crate) is_slower: bool,
    /// What speaks for another plan, in words.
    pub(crate) plan_change: Option<String>,
}

/// What ran between two snapshots.
pub(crate) fn changes(before: &Counted, after: &Counted) -> Vec<Change> {
    let known: HashMap<&str, &CountedStatement> = if was_reset(before, after) {
        HashMap::new()
    } else {
        before.statements.iter().map(|statement| (statement.key.as_str(), statement)).collect()
    };
    after.statements.iter().filter_map(|now| change(known.get(now.key.as_str()).copied(), now)).collect()
}

/// Whether all counters were set to nothing between two snapshots, as far as the server tells.
pub(crate) fn was_reset(before: &Counted, after: &Counted) -> bool {
    before.reset.counted_since != after.reset.counted_since
}

/// How many statements the server forgot between two snapshots for want of room.
pub(crate) fn forgotten(before: &Counted, after: &Counted) -> i64 {
    let (then, now) = (before.reset.forgotten.unwrap_or_default(), after.reset.forgotten.unwrap_or_default());
    if was_reset(before, after) { now } else { now.saturating_sub(then) }
}

/// How many statements of the first snapshot are counted anew in the second.
pub(crate) fn began_anew(before: &Counted, after: &Counted) -> usize {
    let known: HashMap<&str, &CountedStatement> =
        before.statements.iter().map(|statement| (statement.key.as_str(), statement)).collect();
    after
        .statements
        .iter()
        .filter(|now| known.get(now.key.as_str()).is_some_and(|then| !goes_on(then, now)))
        .count()
}

/// Whether the counters of `now` are those of `then`, grown.
fn goes_on(then: &CountedStatement, now: &CountedStatement) -> bool {
    then.calls <= now.calls && then.counted_since == now.counted_since
}

fn change(then: Option<&CountedStatement>, now: &CountedStatement) -> Option<Change> {
    let Some(then) = then.filter(|then| goes_on(then, now)) else {
        return Some(Change {
            statement: now.clone(),
            is_new: true,
            mean_before_ms: None,
            is_slower: false,
            plan_change: None,
        });
    };
    let statement = difference(now, then);
    (statement.calls > 0).then(|| {
        let mean_before_ms = (then.calls > 0).then(|| mean(then));
        let is_slower = mean_before_ms.is_some_and(|before| mean(&statement) > before * SLOWER)
            && statement.total_ms >= WEIGHTY_MS;
        let plan_change = plan_change(then, &statement);
        Change { statement, is_new: false, mean_before_ms, is_slower, plan_change }
    })
}

fn difference(now: &CountedStatement, then: &CountedStatement) -> CountedStatement {
    CountedStatement {
        calls: now.calls - then.calls,
        rows: now.rows - then.rows,
        total_ms: (now.total_ms - then.total_ms).max(0.0),
        planning_ms: (now.planning_ms - then.planning_ms).max(0.0),
        plans: now.plans - then.plans,
        blocks_hit: now.blocks_hit - then.blocks_hit,
        blocks_read: now.blocks_read - then.blocks_read,
        io_ms: now.io_ms.zip(then.io_ms).map(|(now, then)| (now - then).max(0.0)),
        temporary_blocks: now.temporary_blocks - then.temporary_blocks,
        wal_bytes: now.wal_bytes - then.wal_bytes,
        ..now.clone()
    }
}

/// Milliseconds of a run on average.
pub(crate) fn mean(statement: &CountedStatement) -> f64 {
    if statement.calls > 0 { statement.total_ms / statement.calls as f64 } else { 0.0 }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Change, Counted, began_anew, changes, forgotten, was_reset};
    use crate::catalog::{CountedStatement, StatementsReset};

    pub(crate) fn statement(key: &str, calls: i64, total_ms: f64) -> CountedStatement {
        CountedStatement {
            key: key.to_owned(),
            query_id: key.to_owned(),
            role: None,
            database: None,
            query: None,
            calls,
            rows: calls,
            total_ms,
            max_ms: 1.0,
            planning_ms: 0.0,
            plans: 0,
            blocks_hit: 0,
            blocks_read: 0,
            io_ms: None,
            temporary_blocks: 0,
            wal_bytes: 0,
            counted_since: None,
        }
    }

    fn counted(statements: &[CountedStatement]) -> Counted {
        Counted { statements: statements.to_vec(), reset: StatementsReset::default() }
    }

    fn between(before: &[CountedStatement], after: &[CountedStatement]) -> Vec<Change> {
        changes(&counted(before), &counted(after))
    }

    #[test]
    fn tells_what_ran_what_is_new_and_what_got_slower() {
        let before = [statement("same", 10, 10.0), statement("quiet", 5, 5.0), statement("slow", 10, 10.0)];
        let after = [
            statement("same", 20, 20.0),
            statement("quiet", 5, 5.0),
            statement("slow", 12, 30.0),
            statement("new", 1, 7.0),
        ];
        let changes = between(&before, &after);
        let told: Vec<(&str, i64, bool, bool)> = changes
            .iter()
            .map(|c| (c.statement.key.as_str(), c.statement.calls, c.is_new, c.is_slower))
            .collect();
        assert_eq!(told, [("same", 10, false, false), ("slow", 2, false, true), ("new", 1, true, false)]);
        assert_eq!(changes[1].mean_before_ms, Some(1.0));
    }

    #[test]
    fn a_counter_that_went_back_counts_as_new() {
        let changes = between(&[statement("a", 100, 100.0)], &[statement("a", 3, 3.0)]);
        assert!(changes[0].is_new && changes[0].statement.calls == 3);
        assert_eq!(began_anew(&counted(&[statement("a", 100, 1.0)]), &counted(&[statement("a", 3, 3.0)])), 1);
    }

    #[test]
    fn after_a_reset_nothing_is_taken_away_even_where_more_ran_than_before() {
        let (before, mut after) = (counted(&[statement("a", 3, 3.0)]), counted(&[statement("a", 10, 10.0)]));
        after.reset = StatementsReset { counted_since: Some("2026-11-23".to_owned()), forgotten: Some(2) };
        assert!(was_reset(&before, &after));
        assert_eq!((changes(&before, &after)[0].statement.calls, forgotten(&before, &after)), (10, 2));
        let mut alone = statement("a", 10, 10.0);
        alone.counted_since = Some("2026-11-23".to_owned());
        assert!(between(&[statement("a", 3, 3.0)], &[alone])[0].is_new);
    }
}
