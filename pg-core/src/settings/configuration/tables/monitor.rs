//! `[monitor]`: from when on monitor raises an alert, and what it does then.

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
    /// Whether `/metrics` has the figures of the connection, looked at when it is asked; no by default.
    in_metrics: Option<bool>,
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
            in_metrics: self.in_metrics.unwrap_or(default.in_metrics),
        }
    }
}
