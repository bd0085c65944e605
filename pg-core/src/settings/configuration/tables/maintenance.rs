//! `[maintenance]`: which rows and partitions grow too old, and from when on a table is worth the work.

use std::time::Duration;

use serde::Deserialize;

use super::super::maintenance::{MaintenanceOptions, PartitionRule, RetentionRule};
use super::{Count, Milliseconds, Parsed, Rows};

/// What run_maintenance does.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct MaintenanceTable {
    /// Dead tuples below which a table is left alone; 1000 by default.
    dead_rows: Option<Rows>,
    /// Dead tuples, in percent of live ones, from which on a table is vacuumed; 10 by default.
    dead_percent: Option<Count<100>>,
    /// Changed rows, in percent, from which on a table is analyzed; 10 by default.
    stale_percent: Option<Count<100>>,
    /// The age of the oldest transaction in a table from which on it is frozen; 150 million by default.
    freeze_age: Option<Count<2_000_000_000>>,
    /// Rows that are deleted once they are old, each as `TABLE.COLUMN older than NUMBER UNIT`.
    retention: Option<Vec<Parsed<RetentionRule>>>,
    /// Partitions that are made and dropped, each as `TABLE by PERIOD, NUMBER ahead, drop after NUMBER`.
    partitions: Option<Vec<Parsed<PartitionRule>>>,
    /// Rows that one transaction deletes; 5000 by default.
    batch_rows: Option<Count<1_000_000>>,
    /// How long one statement of maintenance may run, in place of `limits.statement_timeout_ms`; 4 hours by default.
    statement_timeout_ms: Option<Milliseconds>,
    /// How long one may wait for a lock; 5 seconds by default.
    lock_timeout_ms: Option<Milliseconds>,
    /// After how many minutes a run stops; none by default.
    window_minutes: Option<Count<10_080>>,
}

impl MaintenanceTable {
    /// What is said here, over what is said there.
    pub(in super::super) fn over(self, under: &Self) -> Self {
        Self {
            dead_rows: self.dead_rows.or(under.dead_rows),
            dead_percent: self.dead_percent.or(under.dead_percent),
            stale_percent: self.stale_percent.or(under.stale_percent),
            freeze_age: self.freeze_age.or(under.freeze_age),
            retention: self.retention.or_else(|| under.retention.clone()),
            partitions: self.partitions.or_else(|| under.partitions.clone()),
            batch_rows: self.batch_rows.or(under.batch_rows),
            statement_timeout_ms: self.statement_timeout_ms.or(under.statement_timeout_ms),
            lock_timeout_ms: self.lock_timeout_ms.or(under.lock_timeout_ms),
            window_minutes: self.window_minutes.or(under.window_minutes),
        }
    }

    /// The options: what was said, else the defaults.
    pub(in super::super) fn options(self) -> MaintenanceOptions {
        let default = MaintenanceOptions::default();
        let percent = |said: Option<Count<100>>, default| said.map_or(default, |said| said.get() as f64);
        let time = |said: Option<Milliseconds>, default| {
            said.map_or(default, |said| Duration::from_millis(said.get()))
        };
        let rules = |said: Vec<Parsed<RetentionRule>>| said.into_iter().map(|Parsed(rule)| rule).collect();
        let parts = |said: Vec<Parsed<PartitionRule>>| said.into_iter().map(|Parsed(rule)| rule).collect();
        MaintenanceOptions {
            dead_rows: self.dead_rows.map_or(default.dead_rows, Count::get),
            dead_percent: percent(self.dead_percent, default.dead_percent),
            stale_percent: percent(self.stale_percent, default.stale_percent),
            freeze_age: self.freeze_age.map_or(default.freeze_age, Count::get),
            retention: self.retention.map_or(default.retention, rules),
            partitions: self.partitions.map_or(default.partitions, parts),
            batch_rows: self
                .batch_rows
                .and_then(|rows| u32::try_from(rows.get()).ok())
                .unwrap_or(default.batch_rows),
            statement_timeout: time(self.statement_timeout_ms, default.statement_timeout),
            lock_timeout: time(self.lock_timeout_ms, default.lock_timeout),
            window: self.window_minutes.map(|minutes| Duration::from_secs(60 * minutes.get())),
        }
    }
}
