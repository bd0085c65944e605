//! The log: on standard error, since standard output is the protocol's.
//!
//! Invariant: the log of the MCP library stays at errors, whatever the level, because below that it writes out messages,
//! and with them parameter values.

use std::io;

use tracing::Level;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// The level of a name as the configuration has it; `None` where it is no level.
pub(crate) fn level(name: &str) -> Option<Level> {
    match name.trim().to_ascii_lowercase().as_str() {
        "error" | "critical" => Some(Level::ERROR),
        "warn" | "warning" => Some(Level::WARN),
        "info" | "notice" => Some(Level::INFO),
        "debug" => Some(Level::DEBUG),
        "trace" => Some(Level::TRACE),
        _ => None,
    }
}

/// Starts the log, unless the process has one.
pub(crate) fn start(level: Level) {
    let ours = ["pg_mcp", "pg_core", "pg_introspect", "pg_policy"];
    let targets = Targets::new().with_default(Level::ERROR).with_targets(ours.map(|name| (name, level)));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false);
    // A host that embeds this crate may have its own log.
    let _ = tracing_subscriber::registry().with(lines).with(targets).try_init();
}
