//! Work on a session that a caller who goes away does not leave half done: it then goes on in a task of its own, which
//! cancels the statement in the server, waits for the backend to fall quiet, and gives it up.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use tokio::{runtime::Handle, sync::oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, Span};

use super::Backend;
use crate::{
    Call, Connection, Error,
    connect::{CancelHandle, MessageBound},
};

/// How long a cancel request may take to be delivered.
const CANCEL_DELIVERY: Duration = Duration::from_secs(5);
/// How long to wait for a cancelled statement before it is cancelled again.
const CANCEL_AGAIN: Duration = Duration::from_millis(100);
/// How long a cancelled statement may take to end.
const CANCEL_EFFECT: Duration = Duration::from_secs(5);

/// Work that its caller drives as long as it waits for it, and that goes on in a task of its own from the moment when the
/// caller goes away. Driving it saves a task and two wake-ups for each call.
pub(crate) struct Carried {
    work: Option<BoxFuture<'static, ()>>,
    tasks: TaskTracker,
    runtime: Handle,
}

impl Carried {
    /// Work that is not begun before it is polled or dropped; it counts among the tasks until it has ended.
    pub(crate) fn new(tasks: &TaskTracker, work: impl Future<Output = ()> + Send + 'static) -> Self {
        let work: BoxFuture<'static, ()> = Box::pin(tasks.track_future(work));
        Self { work: Some(work), tasks: tasks.clone(), runtime: Handle::current() }
    }

    /// Drives the work until `answered` gives what it has told, which it may do before it ends.
    pub(crate) async fn until<T>(&mut self, answered: &mut oneshot::Receiver<T>) -> Option<T> {
        tokio::select! {
            biased;
            answer = &mut *answered => return answer.ok(),
            () = &mut *self => {}
        }
        answered.await.ok()
    }
}

impl Future for Carried {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if let Some(work) = &mut self.work {
            std::task::ready!(work.as_mut().poll(context));
            self.work = None;
        }
        Poll::Ready(())
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        // What has panicked cannot go on.
        if let Some(work) = self.work.take().filter(|_| !std::thread::panicking()) {
            self.tasks.spawn_on(work, &self.runtime);
        }
    }
}

/// How the work on a session is stopped: by the caller's token, by way of the server.
#[derive(Clone)]
pub(crate) struct Stop {
    /// Fires when the caller cancels or goes away.
    pub token: CancellationToken,
    /// Reaches the backend beside its busy connection.
    pub cancel: CancelHandle,
}

/// Runs `work`; when the token fires, stops its statement in the server, waits until that took effect, and says so. Work
/// that was done all the same counts as done; work that does not end in time has an outcome that nobody knows.
pub(crate) async fn stoppable<T>(
    stop: &Stop,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::pin!(work);
    tokio::select! {
        biased;
        result = &mut work => result,
        () = stop.token.cancelled() => {
            let given_up = Instant::now() + CANCEL_EFFECT;
            loop {
                // A request that reaches the backend between two messages stops nothing, so it is repeated. Whether it is
                // delivered or not, the backend is given up afterwards.
                let _delivered = tokio::time::timeout(CANCEL_DELIVERY, stop.cancel.cancel()).await;
                match tokio::time::timeout(CANCEL_AGAIN, &mut work).await {
                    Ok(Ok(done)) => return Ok(done),
                    Ok(Err(unknown @ (Error::OutcomeUnknown | Error::CommitUnknown { .. }))) => return Err(unknown),
                    Ok(Err(_)) => return Err(Error::Cancelled),
                    Err(_) if Instant::now() >= given_up => return Err(Error::OutcomeUnknown),
                    Err(_) => {}
                }
            }
        }
    }
}

/// Tells a session that was lost from one that was given up because of a message that was too large.
pub(crate) fn why_lost(bound: &Option<MessageBound>, error: Error) -> Error {
    match bound {
        Some(bound) => bound.why_lost(error),
        None => error,
    }
}

/// Checks a session out and runs `work` on it. The answer reaches the caller before the session is brought
/// back to its initial state.
pub(crate) async fn on_session<T, F>(connection: &Connection, call: &Call, work: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: for<'a> FnOnce(&'a mut Backend) -> BoxFuture<'a, Result<T, Error>> + Send + 'static,
{
    let mut session = connection.check_out(call).await?;
    let token = call.cancellation().child_token();
    let gone = token.clone().drop_guard();
    let (answer, mut answered) = oneshot::channel();
    let span = Span::current();
    let mut work = Carried::new(call.service().tasks(), async move {
        session.unsettle();
        let stop = Stop { token, cancel: session.cancel.clone() };
        let bound = session.message_bound();
        // Left with the work, so that what comes after the answer does not lengthen the operation.
        let result = stoppable(&stop, work(&mut session).instrument(span))
            .await
            .map_err(|error| why_lost(&bound, error));
        let stopped = stop.token.is_cancelled();
        // The caller may have gone away: then there is nobody to tell.
        let _told = answer.send(result);
        // A cancel request may still be on its way to the backend: it is not used again.
        if stopped {
            session.fall_quiet().await;
        } else if !session.is_settled() {
            let _reset = session.reset().await;
        }
    });
    let result = work.until(&mut answered).await.unwrap_or(Err(Error::Lost { last_words: None }));
    drop(gone.disarm());
    result
}
