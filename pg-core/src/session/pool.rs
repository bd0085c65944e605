//! A bounded pool of backends on bb8, with three things that bb8 leaves to its user: a failed connection attempt reaches
//! the caller who waits, a dead backend is passed over without a round trip, and a check-out says how long it waited.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::sync::watch;

use super::Backend;
use crate::{
    ConnectError, ConnectionSettings, Error,
    connect::{SessionStart, connect},
};

/// A checked-out backend.
pub(crate) type Session = bb8::PooledConnection<'static, Backends>;

/// How full a pool is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PoolStats {
    /// Most backends that the pool may have.
    pub size: u32,
    /// Backends that wait for work.
    pub idle_connections: u32,
    /// Backends that are checked out.
    pub active_connections: u32,
}

/// Makes backends for one pool.
#[derive(Debug)]
pub(crate) struct Backends {
    settings: Arc<ConnectionSettings>,
    start: Arc<SessionStart>,
    last_failed: LastFailed,
}

/// Whether the last attempt to connect failed.
type LastFailed = Arc<AtomicBool>;

impl bb8::ManageConnection for Backends {
    type Connection = Backend;
    type Error = FailedAttempt;

    async fn connect(&self) -> Result<Backend, FailedAttempt> {
        let begun = Instant::now();
        let connected = connect(&self.settings, &self.start)
            .await
            .map_err(|error| FailedAttempt { begun, error: Arc::new(error) })?;
        self.last_failed.store(false, Ordering::Relaxed);
        Ok(Backend::new(connected, Arc::clone(&self.start)))
    }

    async fn is_valid(&self, _backend: &mut Backend) -> Result<(), FailedAttempt> {
        Ok(())
    }

    fn has_broken(&self, backend: &mut Backend) -> bool {
        backend.is_broken()
    }
}

/// An attempt to connect that failed, and when it began.
#[derive(Clone, Debug)]
pub(crate) struct FailedAttempt {
    begun: Instant,
    error: Arc<ConnectError>,
}

/// Where bb8 reports attempts that failed: whoever waits for a backend hears of it.
#[derive(Clone, Debug)]
struct Failures {
    waiting: watch::Sender<Option<FailedAttempt>>,
    last_failed: LastFailed,
}

impl bb8::ErrorSink<FailedAttempt> for Failures {
    fn sink(&self, failed: FailedAttempt) {
        self.last_failed.store(true, Ordering::Relaxed);
        self.waiting.send_replace(Some(failed));
    }

    fn boxed_clone(&self) -> Box<dyn bb8::ErrorSink<FailedAttempt>> {
        Box::new(self.clone())
    }
}

/// A bounded pool of backends of one connection.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    backends: bb8::Pool<Backends>,
    failures: watch::Receiver<Option<FailedAttempt>>,
    last_failed: LastFailed,
    size: u32,
}

impl Pool {
    /// A pool without a backend yet; the first check-out opens one.
    pub(crate) fn new(
        settings: Arc<ConnectionSettings>,
        start: Arc<SessionStart>,
        size: u32,
        patience: Duration,
    ) -> Self {
        let (waiting, failures) = watch::channel(None);
        let last_failed = LastFailed::default();
        let backends = bb8::Pool::builder()
            .max_size(size)
            // The backend that was used last has the warmest caches.
            .queue_strategy(bb8::QueueStrategy::Lifo)
            .test_on_check_out(false)
            .retry_connection(false)
            .connection_timeout(patience)
            .error_sink(Box::new(Failures { waiting, last_failed: Arc::clone(&last_failed) }))
            .build_unchecked(Backends { settings, start, last_failed: Arc::clone(&last_failed) });
        Self { backends, failures, last_failed, size }
    }

    /// A clean backend, waited for in order of arrival.
    pub(crate) async fn check_out(&self) -> Result<Session, Error> {
        let begun = Instant::now();
        // Each backend of the pool can be dead at most once, and each attempt that is under way fail once; then only fresh
        // ones are left.
        for _ in 0..=self.size.saturating_mul(2) {
            let mut failures = self.failures.clone();
            failures.mark_unchanged();
            let session = tokio::select! {
                biased;
                session = self.backends.get_owned() => session,
                Ok(()) = failures.changed() => {
                    let failure = failures.borrow_and_update().clone();
                    match failure {
                        // What was so before this call began may be so no longer: a server that has restarted.
                        Some(failed) if failed.begun >= begun => return Err(Error::Connect(failed.error)),
                        _ => continue,
                    }
                }
            };
            match session {
                Ok(mut session) if session.is_broken() => session.unsettle(),
                Ok(session) => return Ok(session),
                Err(bb8::RunError::User(failed)) => return Err(Error::Connect(failed.error)),
                Err(bb8::RunError::TimedOut) => break,
            }
        }
        Err(Error::CheckOut { waited: begun.elapsed(), size: self.size })
    }

    /// Whether opening a backend failed when it was tried last.
    pub(crate) fn failed_last(&self) -> bool {
        self.last_failed.load(Ordering::Relaxed)
    }

    /// How full the pool is.
    pub(crate) fn stats(&self) -> PoolStats {
        let state = self.backends.state();
        PoolStats {
            size: self.size,
            idle_connections: state.idle_connections,
            active_connections: state.connections.saturating_sub(state.idle_connections),
        }
    }
}
