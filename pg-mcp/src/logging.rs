//! The log: on standard error, since standard output is the protocol's.
//!
//! Invariant: the log of the MCP library stays at errors, whatever the level, because below that it writes out messages,
//! and with them parameter values.

use std::io;

use tracing::Level;
use tracing_subscriber::{
    Layer, Registry,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    registry,
    util::SubscriberInitExt,
};

/// Starts the log from this severity on, and sends traces, unless the process has a log.
pub(crate) fn start(level: Option<Level>, #[cfg(feature = "otlp")] telemetry: Option<&pg_core::Telemetry>) {
    let subscriber = registry().with(level.map(lines));
    #[cfg(feature = "otlp")]
    let subscriber = subscriber.with(telemetry.map(pg_core::Telemetry::layer));
    // A host that embeds this crate may have its own log.
    let _ = subscriber.try_init();
}

/// The log's lines. Spans are for traces, and none stands in front of a line.
fn lines(level: Level) -> impl Layer<Registry> {
    let ours = ["pg_mcp", "pg_core", "pg_introspect", "pg_policy"];
    let targets = Targets::new().with_default(Level::ERROR).with_targets(ours.map(|name| (name, level)));
    let targets = targets.with_target(pg_core::TRACES, LevelFilter::OFF);
    tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false).with_filter(targets)
}
