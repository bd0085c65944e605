//! The log of a command: warnings of the libraries, on standard error, and its traces.

use std::io::{self, IsTerminal};

use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    registry,
    util::SubscriberInitExt,
};

use crate::messages::Messages;

/// Starts the log and sends traces, unless the process has a log.
pub(crate) fn start(messages: &Messages, #[cfg(feature = "otlp")] telemetry: Option<&pg_core::Telemetry>) {
    let level = if messages.quiet { LevelFilter::ERROR } else { LevelFilter::WARN };
    // Statements are logged where the configuration asks for it, whatever else is not.
    let targets = Targets::new().with_default(level).with_target("pg_core::statements", LevelFilter::INFO);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(messages.colour && io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        .with_filter(targets.with_target(pg_core::TRACES, LevelFilter::OFF));
    let subscriber = registry().with(lines);
    #[cfg(feature = "otlp")]
    let subscriber = subscriber.with(telemetry.map(pg_core::Telemetry::layer));
    // A program that runs this library may have a log of its own: that one stays.
    let _ = subscriber.try_init();
}

/// Begins to send traces, where it is said that they go somewhere.
///
/// # Errors
/// A receiver that cannot be used.
#[cfg(feature = "otlp")]
pub(crate) fn telemetry(
    configuration: &pg_core::Configuration,
) -> Result<Option<pg_core::Telemetry>, crate::failure::Failure> {
    let settings = configuration.telemetry.as_ref();
    let started = settings.map(|settings| pg_core::Telemetry::start(settings, "pg-cli")).transpose();
    started.map_err(|error| pg_core::ErrorReport::new(pg_core::ErrorKind::Argument, error.to_string()).into())
}
