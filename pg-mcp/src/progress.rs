//! How far a long operation is, told to a client that gave a token for it.
//!
//! Separate because the protocol has its own idea of it: numbers that rise with each notification. Invariant: a client that did
//! not ask is told nothing, and one that reads slowly holds nothing up: what it misses is overtaken by what comes.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use pg_core::{Call, Progress};
use rmcp::RoleServer;
use rmcp::model::ProgressNotificationParam;
use rmcp::service::RequestContext;
use tokio::sync::watch;

/// The time between two notifications.
const PAUSE: Duration = Duration::from_millis(500);

/// The call, and what tells its client how far it is, for as long as it is polled.
pub(crate) fn told(
    call: Call,
    context: &RequestContext<RoleServer>,
) -> (Call, impl Future<Output = Infallible> + use<>) {
    let (heard, mut told) = watch::channel(None::<Progress>);
    let token = context.meta.get_progress_token();
    let peer = context.peer.clone();
    let call = match token {
        Some(_) => call.with_progress(move |progress| drop(heard.send(Some(progress)))),
        None => call,
    };
    let telling = async move {
        let Some(token) = token else { return pending().await };
        let mut last = -1.0;
        while told.changed().await.is_ok() {
            let Some(progress) = told.borrow_and_update().clone() else { continue };
            let done = progress.rows as f64;
            if done <= last {
                continue;
            }
            last = done;
            let mut notification = ProgressNotificationParam::new(token.clone(), done);
            if let Some(of) = progress.of {
                notification = notification.with_total(of as f64);
            }
            if let Some(step) = &progress.step {
                notification = notification.with_message(step.to_string());
            }
            // A client that is gone is noticed elsewhere.
            let _sent = peer.notify_progress(notification).await;
            tokio::time::sleep(PAUSE).await;
        }
        pending().await
    };
    (call, telling)
}
