//! What of a look is worth an alert.

use pg_core::{MonitorOptions, Severity};
use serde::Serialize;

use super::rates::{Rates, percent};
use crate::catalog::Look;

/// Something that passed its threshold.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Alert {
    /// How bad it is.
    pub severity: Severity,
    /// What was measured.
    pub metric: &'static str,
    /// The number.
    pub value: f64,
    /// The threshold.
    pub threshold: f64,
    /// In words.
    pub message: String,
}

/// The alerts of a look.
pub(crate) fn alerts(look: &Look, rates: Option<&Rates>, options: &MonitorOptions) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let mut above = |severity, metric, value: Option<f64>, threshold: Option<f64>, words: &str| {
        if let Some((value, threshold)) = value.zip(threshold).filter(|(value, threshold)| value > threshold)
        {
            let message = format!("{words}: {value}, above {threshold}");
            alerts.push(Alert { severity, metric, value, threshold, message });
        }
    };
    let count = |number: i64| Some(number as f64);
    use Severity::{Critical, Warning};
    above(
        Critical,
        "idle_in_transaction",
        count(look.idle_in_transaction),
        Some(options.idle_in_transaction),
        "sessions that are idle in a transaction",
    );
    above(
        Warning,
        "active_connections",
        count(look.active_connections),
        Some(options.active_connections),
        "active connections",
    );
    above(
        Warning,
        "waiting_locks",
        count(look.waiting_locks),
        Some(options.waiting_locks),
        "locks that are waited for",
    );
    above(
        Warning,
        "slow_statements",
        count(look.slow_statements),
        options.slow_statements,
        "slow statements",
    );
    above(
        Warning,
        "longest_transaction_s",
        look.longest_transaction_s,
        options.longest_transaction_s,
        "seconds of the longest transaction",
    );
    above(
        Warning,
        "replication_lag_s",
        look.replication_lag_s,
        options.replication_lag_s,
        "seconds of replication lag",
    );
    let hit = rates
        .and_then(|rates| rates.cache_hit_percent)
        .or_else(|| percent(look.blocks_hit as f64, look.blocks_read as f64));
    if let Some(value) = hit.filter(|hit| *hit < options.cache_hit_percent) {
        let threshold = options.cache_hit_percent;
        let message = format!("blocks found in the cache: {value} %, below {threshold} %");
        alerts.push(Alert { severity: Warning, metric: "cache_hit_percent", value, threshold, message });
    }
    alerts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_from_the_thresholds_on_and_not_before() {
        let options = MonitorOptions::default();
        let calm = Look {
            active_connections: 80,
            idle_in_transaction: 10,
            blocks_hit: 95_000,
            blocks_read: 5_000,
            ..Look::default()
        };
        assert_eq!(alerts(&calm, None, &options), []);
        let busy = Look {
            active_connections: 81,
            idle_in_transaction: 11,
            waiting_locks: 1,
            blocks_hit: 94_000,
            blocks_read: 6_000,
            ..Look::default()
        };
        let found: Vec<&str> = alerts(&busy, None, &options).iter().map(|alert| alert.metric).collect();
        assert_eq!(
            found,
            ["idle_in_transaction", "active_connections", "waiting_locks", "cache_hit_percent"]
        );
    }

    #[test]
    fn says_nothing_of_a_cache_that_was_hardly_asked() {
        assert_eq!(alerts(&Look { blocks_read: 9, ..Look::default() }, None, &MonitorOptions::default()), []);
    }
}
