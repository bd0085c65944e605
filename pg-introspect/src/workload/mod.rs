//! What statements cost within a window: the difference of two snapshots of what the server counts.
//!
//! Separate from the operation so that resets, new statements and slower ones are tests without a server. Invariant: a
//! counter that went back was reset, and what it counts now counts as of the window.

mod snapshots;

pub(crate) use snapshots::{keep, kept};

use std::collections::HashMap;

use crate::catalog::CountedStatement;

/// A mean that grew by this factor is told as slower.
const SLOWER: f64 = 1.5;
/// Milliseconds of the window below which nothing is called slower.
const WEIGHTY_MS: f64 = 1.0;

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
}

/// What ran between two snapshots.
pub(crate) fn changes(before: &[CountedStatement], after: &[CountedStatement]) -> Vec<Change> {
    let known: HashMap<&str, &CountedStatement> =
        before.iter().map(|statement| (statement.key.as_str(), statement)).collect();
    after
        .iter()
        .filter_map(|now| {
            let then = known.get(now.key.as_str()).copied().filter(|then| then.calls <= now.calls);
            let Some(then) = then else {
                return Some(Change {
                    statement: now.clone(),
                    is_new: true,
                    mean_before_ms: None,
                    is_slower: false,
                });
            };
            let statement = difference(now, then);
            (statement.calls > 0).then(|| {
                let mean = mean(&statement);
                let mean_before_ms = (then.calls > 0).then(|| self::mean(then));
                let is_slower = mean_before_ms.is_some_and(|before| mean > before * SLOWER)
                    && statement.total_ms >= WEIGHTY_MS;
                Change { statement, is_new: false, mean_before_ms, is_slower }
            })
        })
        .collect()
}

fn difference(now: &CountedStatement, then: &CountedStatement) -> CountedStatement {
    CountedStatement {
        calls: now.calls - then.calls,
        rows: now.rows - then.rows,
        total_ms: (now.total_ms - then.total_ms).max(0.0),
        planning_ms: (now.planning_ms - then.planning_ms).max(0.0),
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
    use super::changes;
    use crate::catalog::CountedStatement;

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
            blocks_hit: 0,
            blocks_read: 0,
            io_ms: None,
            temporary_blocks: 0,
            wal_bytes: 0,
        }
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
        let changes = changes(&before, &after);
        let told: Vec<(&str, i64, bool, bool)> = changes
            .iter()
            .map(|c| (c.statement.key.as_str(), c.statement.calls, c.is_new, c.is_slower))
            .collect();
        assert_eq!(told, [("same", 10, false, false), ("slow", 2, false, true), ("new", 1, true, false)]);
        assert_eq!(changes[1].mean_before_ms, Some(1.0));
    }

    #[test]
    fn a_counter_that_was_reset_counts_as_new() {
        let changes = changes(&[statement("a", 100, 100.0)], &[statement("a", 3, 3.0)]);
        assert!(changes[0].is_new && changes[0].statement.calls == 3);
    }
}
