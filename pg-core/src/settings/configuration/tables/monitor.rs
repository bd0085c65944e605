//! `[monitor]`: from when on monitor raises an alert, and what it does then.

use serde::Deserialize;

use super::{
    super::{error::ConfigurationError, located::Located, monitor::MonitorOptions},
    Hidden,
};
use crate::{
    Environment,
    settings::{Secret, Webhook},
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
    /// Whether `/metrics` has the figures of the connection, looked at when it is asked; no by default.
    in_metrics: Option<bool>,
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
        let webhook = self.webhook(environment).map_err(|problem| ConfigurationError::Conflict {
            place: format!("{place}, monitor"),
            problem,
        })?;
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
            in_metrics: self.in_metrics.unwrap_or(default.in_metrics),
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
                Secret::new(
                    std::fs::read_to_string(file).map_err(|error| format!("webhook_file {file}: {error}"))?,
                )
            }
            _ => {
                return Err("the webhook is given twice, of webhook, webhook_env and webhook_file: keep one"
                    .to_owned());
            }
        };
        Webhook::new(url.expose(), self.webhook_hosts.as_deref().unwrap_or_default()).map(Some)
    }
}
