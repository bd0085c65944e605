//! Rates between two looks.

use serde::Serialize;

use crate::catalog::Look;

/// What happened between two looks, in a second where nothing else is said.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rates {
    /// Seconds between the looks.
    pub seconds: f64,
    /// Transactions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions: Option<f64>,
    /// Transactions that were rolled back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollbacks: Option<f64>,
    /// Blocks that were not in the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocks_read: Option<f64>,
    /// Blocks found in the cache, in percent of those asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_hit_percent: Option<f64>,
    /// Bytes of temporary files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporary_bytes: Option<f64>,
    /// Deadlocks, in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadlocks: Option<f64>,
    /// Bytes of write-ahead log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wal_bytes: Option<f64>,
    /// Checkpoints that were due, in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoints_timed: Option<f64>,
    /// Checkpoints that were asked for, in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoints_requested: Option<f64>,
    /// Reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub io_reads: Option<f64>,
    /// Writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub io_writes: Option<f64>,
    /// What gives no rate, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The rates from one look to a later one, this many seconds apart.
pub(crate) fn rates(from: &Look, to: &Look, seconds: f64) -> Rates {
    let seconds = seconds.max(0.001);
    let mut went_back = Vec::new();
    let mut gone = |name, from: Option<i64>, to: Option<i64>| match (from, to) {
        (Some(from), Some(to)) if to >= from => Some((to - from) as f64),
        (Some(_), Some(_)) => {
            went_back.push(name);
            None
        }
        _ => None,
    };
    let same = from.counted_since == to.counted_since;
    let of_database = |counter: fn(&Look) -> i64| {
        if same { (Some(counter(from)), Some(counter(to))) } else { (None, None) }
    };
    let mut counter = |name, counter: fn(&Look) -> i64| {
        let (from, to) = of_database(counter);
        gone(name, from, to)
    };
    let commits = counter("commits", |look| look.commits);
    let rollbacks = counter("rollbacks", |look| look.rollbacks);
    let hit = counter("blocks_hit", |look| look.blocks_hit);
    let read = counter("blocks_read", |look| look.blocks_read);
    let temporary = counter("temporary_bytes", |look| look.temporary_bytes);
    let deadlocks = counter("deadlocks", |look| look.deadlocks);
    let wal = gone("wal_bytes", from.wal_bytes, to.wal_bytes);
    let timed = gone("checkpoints_timed", from.checkpoints_timed, to.checkpoints_timed);
    let requested = gone("checkpoints_requested", from.checkpoints_requested, to.checkpoints_requested);
    let io_reads = gone("io_reads", from.io_reads, to.io_reads);
    let io_writes = gone("io_writes", from.io_writes, to.io_writes);
    let a_second = |count: Option<f64>| count.map(|count| (count / seconds * 100.0).round() / 100.0);
    let note = match (same, went_back.is_empty()) {
        (false, _) => {
            Some("the statistics were reset between the looks, so databases have no rates".to_owned())
        }
        (true, false) => {
            Some(format!("these went back between the looks, as after a reset: {}", went_back.join(", ")))
        }
        (true, true) => None,
    };
    Rates {
        seconds: (seconds * 1e3).round() / 1e3,
        transactions: a_second(commits.zip(rollbacks).map(|(commits, rollbacks)| commits + rollbacks)),
        rollbacks: a_second(rollbacks),
        blocks_read: a_second(read),
        cache_hit_percent: hit.zip(read).and_then(|(hit, read)| percent(hit, read)),
        temporary_bytes: a_second(temporary),
        deadlocks,
        wal_bytes: a_second(wal),
        checkpoints_timed: timed,
        checkpoints_requested: requested,
        io_reads: a_second(io_reads),
        io_writes: a_second(io_writes),
        note,
    }
}

/// Blocks below which a share of them says nothing.
const BLOCKS: f64 = 1_000.0;

/// The share of hits, where there were enough to speak of.
pub(super) fn percent(hit: f64, read: f64) -> Option<f64> {
    (hit + read >= BLOCKS).then(|| (10_000.0 * hit / (hit + read)).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(commits: i64, since: &str) -> Look {
        Look {
            commits,
            counted_since: Some(since.to_owned()),
            wal_bytes: Some(commits * 10),
            ..Look::default()
        }
    }

    #[test]
    fn divides_by_the_time_between() {
        let rates = rates(&look(100, "a"), &look(350, "a"), 5.0);
        assert_eq!((rates.transactions, rates.wal_bytes, rates.note), (Some(50.0), Some(500.0), None));
        assert_eq!(rates.cache_hit_percent, None, "no block was asked for");
    }

    #[test]
    fn a_reset_gives_no_rate_and_is_told() {
        let reset = rates(&look(100, "a"), &look(350, "b"), 5.0);
        assert_eq!(reset.transactions, None);
        assert!(reset.note.unwrap().contains("reset"));
        let back = rates(&look(100, "a"), &look(3, "a"), 5.0);
        assert_eq!((back.transactions, back.wal_bytes), (None, None));
        assert!(back.note.unwrap().contains("commits"));
    }
}
