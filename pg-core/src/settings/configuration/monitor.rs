//! From when on monitor raises an alert, and what it does then.

use std::time::Duration;

use crate::settings::Webhook;

/// What monitor looks for. A number that is passed raises an alert.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MonitorOptions {
    /// Sessions at work.
    pub active_connections: f64,
    /// Sessions idle in a transaction.
    pub idle_in_transaction: f64,
    /// Locks that are waited for.
    pub waiting_locks: f64,
    /// Blocks found in the cache, in percent: fewer raise an alert.
    pub cache_hit_percent: f64,
    /// Statements that run for longer than `slow_after_s`.
    pub slow_statements: Option<f64>,
    /// Seconds from which on a statement is slow.
    pub slow_after_s: f64,
    /// Seconds of the longest transaction.
    pub longest_transaction_s: Option<f64>,
    /// Seconds of replication lag.
    pub replication_lag_s: Option<f64>,
    /// Whether alerts are logged.
    pub log_alerts: bool,
    /// Whether the metrics of the HTTP server have the figures of the connection.
    pub in_metrics: bool,
    /// How often the server looks by itself; it does not where this is absent.
    pub interval: Option<Duration>,
    /// Who is told when the set of alerts changes.
    pub webhook: Option<Webhook>,
}

impl Default for MonitorOptions {
    fn default() -> Self {
        Self {
            active_connections: 80.0,
            idle_in_transaction: 10.0,
            waiting_locks: 0.0,
            cache_hit_percent: 95.0,
            slow_statements: None,
            slow_after_s: 5.0,
            longest_transaction_s: None,
            replication_lag_s: None,
            log_alerts: true,
            in_metrics: false,
            interval: None,
            webhook: None,
        }
    }
}
