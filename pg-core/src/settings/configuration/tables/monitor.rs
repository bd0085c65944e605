//! `[monitor]`: from when on monitor raises an alert, and what it does then.

use std::time::Duration;

use serde::Deserialize;

use super::{
    super::{error::ConfigurationError, located::Located, monitor::MonitorOptions},
    Hidden,
};
use crate::{
    Environment,
    settings::{Secret, Webhook, private_file},
};

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
    /// The address that is told by POST when the set of alerts changes: by https, or http on this machine.
    webhook: Option<Hidden>,
    /// The variable that holds that address.
    webhook_env: Option<Located<String>>,
    /// The file that holds that address.
    webhook_file: Option<Located<String>>,
    /// The hosts that the address may be on.
    webhook_hosts: Option<Vec<String>>,
}

impl MonitorTable {
    /// What is said here, over what is said there.
    pub(in super::super) fn over(self, under: &Self) -> Self {
        let own = self.webhook.is_some() || self.webhook_env.is_some() || self.webhook_file.is_some();
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
            // One address in all: what is said here stands for all the ways there.
            webhook: self.webhook.clone().or_else(|| under.webhook.clone().filter(|_| !own)),
            webhook_env: self.webhook_env.clone().or_else(|| under.webhook_env.clone().filter(|_| !own)),
            webhook_file: self.webhook_file.clone().or_else(|| under.webhook_file.clone().filter(|_| !own)),
            webhook_hosts: self.webhook_hosts.or_else(|| under.webhook_hosts.clone()),
        }
    }

    /// The options: what was said, else the defaults.
    ///
    /// # Errors
    /// A webhook that is given twice, cannot be read, or may not be reached.
    pub(in super::super) fn options(
        self,
        place: &str,
        environment: &Environment,
    ) -> Result<MonitorOptions, ConfigurationError> {
        let wrong = |problem| ConfigurationError::Conflict { place: format!("{place}, monitor"), problem };
        let webhook = self.webhook(environment).map_err(wrong)?;
        let interval = self.interval_s.map(between_looks).transpose().map_err(wrong)?;
        let default = MonitorOptions::default();
        Ok(MonitorOptions {
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
            interval,
            webhook,
        })
    }

    fn webhook(&self, environment: &Environment) -> Result<Option<Webhook>, String> {
        let url = match (&self.webhook, &self.webhook_env, &self.webhook_file) {
            (None, None, None) => return Ok(None),
            (Some(url), None, None) => url.0.clone(),
            (None, Some(variable), None) => {
                let name = &variable.value;
                let unset = || format!("webhook_env names `{name}`, which is not set, or empty");
                Secret::from(environment.non_empty(name).ok_or_else(unset)?)
            }
            (None, None, Some(file)) => {
                let file = &file.value;
                let unread = |error: std::io::Error| format!("webhook_file {file}: {error}");
                if !private_file::is_private(&std::fs::metadata(file).map_err(unread)?) {
                    return Err(format!(
                        "webhook_file {file} can be read by others: {}",
                        private_file::REMEDY
                    ));
                }
                Secret::new(std::fs::read_to_string(file).map_err(unread)?)
            }
            _ => {
                return Err("the webhook is given twice, of webhook, webhook_env and webhook_file: keep one"
                    .to_owned());
            }
        };
        Webhook::new(url.expose(), self.webhook_hosts.as_deref().unwrap_or_default()).map(Some)
    }
}

/// A pause that neither hammers a server nor forgets it.
fn between_looks(seconds: f64) -> Result<Duration, String> {
    match Duration::try_from_secs_f64(seconds) {
        Ok(pause) if (1.0..=3_600.0).contains(&seconds) => Ok(pause),
        _ => Err(format!("interval_s is {seconds}: give seconds from 1 to 3600")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(table: MonitorTable) -> Result<MonitorOptions, ConfigurationError> {
        table.options("[monitor]", &std::iter::empty::<(&str, &str)>().collect())
    }

    #[test]
    fn a_pause_keeps_to_its_bounds() {
        for wrong in [0.0, -5.0, f64::NAN, 1e6] {
            assert!(between_looks(wrong).is_err(), "{wrong}");
        }
        assert_eq!(between_looks(30.0), Ok(Duration::from_secs(30)));
    }

    #[test]
    fn who_is_watched_is_in_the_metrics_unless_it_is_said_otherwise() {
        let watched = MonitorTable { interval_s: Some(10.0), ..MonitorTable::default() };
        assert!(options(watched.clone()).unwrap().in_metrics);
        assert!(!options(MonitorTable { in_metrics: Some(false), ..watched }).unwrap().in_metrics);
    }

    #[test]
    fn a_webhook_without_its_host_in_the_list_is_an_error_that_does_not_show_it() {
        let url = Hidden(Secret::new("https://hooks.example/hunter2"));
        let table = MonitorTable { webhook: Some(url), ..MonitorTable::default() };
        let problem = options(table.clone()).unwrap_err().to_string();
        assert!(problem.contains("webhook_hosts") && !problem.contains("hunter2"), "{problem}");
        let hosts = Some(vec!["hooks.example".to_owned()]);
        assert!(
            options(MonitorTable { webhook_hosts: hosts.clone(), ..table.clone() })
                .unwrap()
                .webhook
                .is_some()
        );
        // Said of the connection, it stands for all that is said for all.
        let own = MonitorTable {
            webhook: Some(Hidden(Secret::new("https://evil.example/x"))),
            ..MonitorTable::default()
        };
        assert!(options(own.over(&MonitorTable { webhook_hosts: hosts, ..table })).is_err());
    }
}
