//! Tells a webhook when the set of a connection's alerts changes.
//!
//! Separate from judging looks. Invariant: a message holds names, numbers and our own words, never a statement's text; what cannot be
//! delivered is tried again a few times and then logged, and holds up no look.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use pg_core::{Connection, send_to_webhook};
use serde_json::json;

use super::Alert;

/// How often a message is tried.
const TRIES: u32 = 3;

/// What was raised when a webhook was told last, by connection. A connection's name may be given to another one: what is then told once
/// too often says so itself.
static RAISED: LazyLock<Mutex<HashMap<String, BTreeSet<&'static str>>>> = LazyLock::new(Mutex::default);

/// What is said where the server cannot be looked at.
pub(crate) const UNREACHABLE: &str = "unreachable";

/// The message that a look brings, if it changes what is raised.
fn message(
    key: &str,
    connection: &Connection,
    alerts: &[Alert],
    unreachable: Option<&str>,
) -> Option<Vec<u8>> {
    let mut now: BTreeSet<&'static str> = alerts.iter().map(|alert| alert.metric).collect();
    now.extend(unreachable.map(|_| UNREACHABLE));
    let before = {
        let mut raised = RAISED.lock().unwrap_or_else(PoisonError::into_inner);
        let before = raised.get(key).cloned().unwrap_or_default();
        if before == now {
            return None;
        }
        raised.insert(key.to_owned(), now.clone());
        before
    };
    let resolved: Vec<_> = before.difference(&now).collect();
    let began: Vec<_> = now.difference(&before).collect();
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
