//! Tells a webhook when the set of a connection's alerts changes.
//!
//! Separate from judging looks. Invariant: a message holds names, numbers and our own words, never a statement's text; what cannot be
//! delivered is tried again a few times and then logged, and holds up no look.

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use pg_core::{Connection, send_to_webhook};
use serde_json::json;

use super::{
    Alert,
    raised::{Raised, Turn},
};

/// How often a message is tried.
const TRIES: u32 = 3;

/// What was raised when a webhook was told last.
static TOLD: LazyLock<Raised> = LazyLock::new(Raised::default);

/// The message that a look brings, if it changes what is raised.
fn message(
    key: &str,
    connection: &Connection,
    alerts: &[Alert],
    unreachable: Option<&str>,
) -> Option<Vec<u8>> {
    let Turn { began, resolved } = TOLD.turn(key, alerts, unreachable.is_some())?;
    let message = json!({
        "source": "pg-toolkit",
        "connection_id": connection.id(),
        "at_epoch_s": SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
        "alerts": alerts,
        "unreachable": unreachable.is_some(),
        "began": began,
        "resolved": resolved,
    });
    serde_json::to_vec(&message).ok()
}

/// Tells the connection's webhook, where it has one and there is something new; the task ends when it was told, or could not be.
pub(crate) fn notify(
    key: &str,
    connection: &Connection,
    alerts: &[Alert],
    unreachable: Option<&str>,
) -> Option<tokio::task::JoinHandle<()>> {
    let webhook = connection.monitor().webhook.clone()?;
    let body = message(key, connection, alerts, unreachable)?;
    let id = connection.id().to_owned();
    Some(tokio::spawn(async move {
        let mut problem = String::new();
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_secs(1 << attempt)).await;
            }
            match send_to_webhook(&webhook, body.clone()).await {
                Ok(()) => return,
                Err(told) => problem = told,
            }
        }
        tracing::warn!(
            connection = id,
            webhook = webhook.host(),
            "monitor: the webhook was not told: {problem}"
        );
    }))
}
