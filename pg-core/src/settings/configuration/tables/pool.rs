//! `pool`: how long backends are kept, and waited for.

use std::time::Duration;

use serde::Deserialize;

use super::super::entry::PoolOptions;
use super::Milliseconds;

/// How long a pool keeps its backends, and how long callers wait for one.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct PoolTable {
    /// How old a backend grows before another takes its place, in milliseconds; 30 minutes by default.
    max_age_ms: Option<Milliseconds>,
    /// How long a backend may wait for work before it is closed, in milliseconds; 10 minutes by default.
    idle_ms: Option<Milliseconds>,
    /// How long a caller waits for a backend, in milliseconds; 15 seconds by default.
    check_out_ms: Option<Milliseconds>,
}

impl PoolTable {
    /// What is said here, over what is said there.
    pub(in super::super) fn over(self, under: &Self) -> Self {
        Self {
            max_age_ms: self.max_age_ms.or(under.max_age_ms),
            idle_ms: self.idle_ms.or(under.idle_ms),
            check_out_ms: self.check_out_ms.or(under.check_out_ms),
        }
    }

    /// The options: what was said, else the defaults.
    pub(in super::super) fn options(&self) -> PoolOptions {
        let default = PoolOptions::default();
        let time = |said: &Option<Milliseconds>, default| {
            said.as_ref().map_or(default, |said| Duration::from_millis(said.get()))
        };
        PoolOptions {
            max_age: time(&self.max_age_ms, default.max_age),
            idle: time(&self.idle_ms, default.idle),
            check_out: time(&self.check_out_ms, default.check_out),
        }
    }
}
