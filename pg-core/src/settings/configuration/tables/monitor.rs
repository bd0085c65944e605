//! `[monitor]`: from when on monitor raises an alert, and what it does then.

use std::time::Duration;

use serde::Deserialize;

use super::super::monitor::MonitorOptions;

/// What monitor looks for.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct MonitorTable {
    /// Sessions at work above which there is an alert; 80 by default.
    active_connections: Option<f64>,
    /// Sessions idle in a transaction; 10 by default.
    idle_in_transaction: Option<f64>,
    /// Locks that are waited for; 0 by default.
    waiting_locks: Option<f64>,
    /// Blocks found in the cache, in percent, below which there is an alert; 95 by default.
    cache_hit_percent: Option<f64>,
    /// Statements that run for longer than `slow_after_s`; no alert by default.
    slow_statements: Option<f64>,
    /// Seconds from which on a statement is slow; 5 by default.
    slow_after_s: Option<f64>,
    /// Seconds of the longest transaction; no alert by default.
    longest_transaction_s: Option<f64>,
    /// Seconds of replication lag; no alert by default.
    replication_lag_s: Option<f64>,
    /// Whether alerts are logged as warnings; yes by default.
    log_alerts: Option<bool>,
    /// Whether `/metrics` has the figures of the connection, looked at when it is asked; by default where `interval_s` is set.
    in_metrics: Option<bool>,
    /// Seconds between the looks that the server takes by itself, at least 1 and at most 3600; it takes none by default.
    interval_s: Option<f64>,
}

impl MonitorTable {
    /// What is said here, over what is said there.
    pub(in super::super) fn over(self, under: &Self) -> Self {
        Self {
            active_connections: self.active_connections.or(under.active_connections),
            idle_in_transaction: self.idle_in_transaction.or(under.idle_in_transaction),
            waiting_locks: self.waiting_locks.or(under.waiting_locks),
            cache_hit_percent: self.cache_hit_percent.or(under.cache_hit_percent),
            slow_statements: self.slow_statements.or(under.slow_statements),
            slow_after_s: self.slow_after_s.or(under.slow_after_s),
            longest_transaction_s: self.longest_transaction_s.or(under.longest_transaction_s),
            replication_lag_s: self.replication_lag_s.or(under.replication_lag_s),
            log_alerts: self.log_alerts.or(under.log_alerts),
            in_metrics: self.in_metrics.or(under.in_metrics),
            interval_s: self.interval_s.or(under.interval_s),
        }
    }

    /// The options: what was said, else the defaults.
    pub(in super::super) fn options(self) -> MonitorOptions {
        let default = MonitorOptions::default();
        MonitorOptions {
            active_connections: self.active_connections.unwrap_or(default.active_connections),
            idle_in_transaction: self.idle_in_transaction.unwrap_or(default.idle_in_transaction),
            waiting_locks: self.waiting_locks.unwrap_or(default.waiting_locks),
            cache_hit_percent: self.cache_hit_percent.unwrap_or(default.cache_hit_percent),
            slow_statements: self.slow_statements.or(default.slow_statements),
            slow_after_s: self.slow_after_s.unwrap_or(default.slow_after_s),
            longest_transaction_s: self.longest_transaction_s.or(default.longest_transaction_s),
            replication_lag_s: self.replication_lag_s.or(default.replication_lag_s),
            log_alerts: self.log_alerts.unwrap_or(default.log_alerts),
            in_metrics: self.in_metrics.unwrap_or(self.interval_s.is_some()),
            interval: self.interval_s.map(between_looks),
        }
    }
}

/// A pause that neither hammers a server nor forgets it; what is no span of time becomes the shortest.
fn between_looks(seconds: f64) -> Duration {
    let asked = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO);
    asked.clamp(Duration::from_secs(1), Duration::from_secs(3_600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_keeps_to_its_bounds() {
        for (said, kept) in [(0.0, 1), (-5.0, 1), (f64::NAN, 1), (30.0, 30), (1e6, 3_600)] {
            assert_eq!(between_looks(said), Duration::from_secs(kept), "{said}");
        }
    }

    #[test]
    fn who_is_watched_is_in_the_metrics_unless_it_is_said_otherwise() {
        let watched = MonitorTable { interval_s: Some(10.0), ..MonitorTable::default() };
        assert!(watched.clone().options().in_metrics);
        assert!(!MonitorTable { in_metrics: Some(false), ..watched }.options().in_metrics);
    }
}
