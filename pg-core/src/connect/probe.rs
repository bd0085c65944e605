//! A look at a server: connect, start a session, and leave.
//!
//! Separate from pools and sessions, so that settings can be checked before anything is built on them.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::time::Instant;

use super::error::ConnectError;
use super::open::connect;
use super::start::SessionStart;
use crate::settings::{ConnectionSettings, Limits, Pooler, Target};

/// How long the server may take to hear that we leave.
const GOODBYE: Duration = Duration::from_secs(1);

/// What a look at a server found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Probe {
    /// The server that was connected to, of several that were named.
    pub target: Target,
    /// The server's version as it names it.
    pub server_version: Option<String>,
    /// Whether the connection was encrypted.
    pub encrypted: bool,
    /// Whether a cancel request, which takes a connection of its own, was delivered.
    pub can_cancel: bool,
    /// From the first packet to the session's start.
    pub latency: Duration,
    /// What was ignored and why, in words, without secrets.
    pub warnings: Vec<String>,
}

/// Connects, starts a session, and closes it; runs nothing else.
///
/// # Errors
///
/// [`ConnectError`], as for any connection of these settings.
pub async fn probe(settings: &ConnectionSettings) -> Result<Probe, ConnectError> {
    let begun = Instant::now();
    let start = SessionStart::new(&Limits::default(), &[], settings.application_name(), Pooler::Auto);
    let mut connected = connect(settings, &start).await?;
    let latency = begun.elapsed();
    let can_cancel = connected.cancel.cancel().await.is_ok();
    // Without its client the driver says goodbye and ends; dropped at once, the server would log a lost connection.
    drop(connected.client);
    let goodbye = async { while connected.driver.next().await.is_some_and(|message| message.is_ok()) {} };
    let _closed_in_time = tokio::time::timeout(GOODBYE, goodbye).await;
    Ok(Probe {
        target: connected.target,
        server_version: connected.server_version,
        encrypted: connected.encrypted,
        can_cancel,
        latency,
        warnings: connected.warnings,
    })
}
