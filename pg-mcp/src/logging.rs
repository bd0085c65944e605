//! The log: on standard error, since standard output is the protocol's.
//!
//! Invariant: the log of the MCP library stays at errors, whatever the level, because below that it writes out messages,
//! and with them parameter values.

use std::io;

use tracing::Level;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts the log from this severity on, unless the process has one.
pub(crate) fn start(level: Option<Level>) {
    let Some(level) = level else { return };
    let ours = ["pg_mcp", "pg_core", "pg_introspect", "pg_policy"];
    let targets = Targets::new().with_default(Level::ERROR).with_targets(ours.map(|name| (name, level)));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false);
    // A host that embeds this crate may have its own log.
    let _ = tracing_subscriber::registry().with(lines).with(targets).try_init();
}
