//! A bounded pool of backends on bb8, with three things that bb8 leaves to its user: a failed connection attempt reaches
//! the caller who waits, a dead backend is passed over without a round trip, and a check-out says how long it waited.

use std::{
    ops::{Deref, DerefMut},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use serde::Serialize;
use tokio::sync::watch;

use super::{Backend, LentPool};
use crate::{
    ConnectError, ConnectionSettings, Error, PoolOptions,
    connect::{SessionStart, connect},
};

/// How often backends that are too old, or idle for too long, are looked for.
const REAPING: Duration = Duration::from_secs(30);

/// A checked-out backend.
#[derive(Debug)]
pub(crate) enum Session {
    /// One of a pool of ours.
    Own(bb8::PooledConnection<'static, Backends>),
    /// One of a pool that was lent.
    Lent(Backend),
}

impl Deref for Session {
    type Target = Backend;

    fn deref(&self) -> &Backend {
        match self {
            Session::Own(session) => session,
            Session::Lent(backend) => backend,
        }
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut Backend {
        match self {
            Session::Own(session) => session,
            Session::Lent(backend) => backend,
        }
    }
}

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

impl PoolStats {
    pub(super) fn of(state: &bb8::State, size: u32) -> Self {
        Self {
            size,
            idle_connections: state.idle_connections,
            active_connections: state.connections.saturating_sub(state.idle_connections),
        }
    }
}

/// An attempt to open a backend that failed.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    begun: Instant,
    error: Arc<ConnectError>,
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
    type Error = Failed;

    async fn connect(&self) -> Result<Backend, Failed> {
        let begun = Instant::now();
        let failed = |error| Failed { begun, error: Arc::new(error) };
        let connected = connect(&self.settings, &self.start).await.map_err(failed)?;
        self.last_failed.store(false, Ordering::Relaxed);
        Ok(Backend::new(connected, Arc::clone(&self.start), self.settings.database()))
    }

    async fn is_valid(&self, _backend: &mut Backend) -> Result<(), Failed> {
        Ok(())
    }

    fn has_broken(&self, backend: &mut Backend) -> bool {
        backend.is_broken()
    }
}

/// Where bb8 reports attempts that failed: whoever waits for a backend hears of it.
#[derive(Clone, Debug)]
struct Failures {
    waiting: watch::Sender<Option<Failed>>,
    last_failed: LastFailed,
}

impl bb8::ErrorSink<Failed> for Failures {
    fn sink(&self, failed: Failed) {
        self.last_failed.store(true, Ordering::Relaxed);
        self.waiting.send_replace(Some(failed));
    }

    fn boxed_clone(&self) -> Box<dyn bb8::ErrorSink<Failed>> {
        Box::new(self.clone())
    }
}

/// The backends of one connection.
#[derive(Clone, Debug)]
pub(crate) enum Pool {
    /// A pool of ours.
    Own(OwnPool),
    /// A pool that was lent, and how its transactions begin.
    Lent(LentPool, Arc<SessionStart>),
}

impl Pool {
    /// A pool without a backend yet; the first check-out opens one.
    pub(crate) fn new(
        settings: Arc<ConnectionSettings>,
        start: Arc<SessionStart>,
        size: u32,
        options: PoolOptions,
    ) -> Self {
        Self::Own(OwnPool::new(settings, start, size, options))
    }

    /// A pool whose sessions work as this role; one of ours has backends of its own, as many as this one.
    pub(crate) fn as_role(&self, role: &str) -> Self {
        match self {
            Self::Own(pool) => Self::Own(OwnPool::new(
                Arc::clone(&pool.settings),
                Arc::new(pool.start.as_role(role)),
                pool.size,
                pool.options,
            )),
            Self::Lent(pool, start) => Self::Lent(pool.clone(), Arc::new(start.as_role(role))),
        }
    }

    /// A clean backend, waited for in order of arrival.
    pub(crate) async fn check_out(&self) -> Result<Session, Error> {
        match self {
            Self::Own(pool) => pool.check_out().await.map(Session::Own),
            Self::Lent(pool, start) => pool.check_out(start).await.map(Session::Lent),
        }
    }

    /// Whether opening a backend failed when it was tried last.
    pub(crate) fn failed_last(&self) -> bool {
        match self {
            Self::Own(pool) => pool.last_failed.load(Ordering::Relaxed),
            Self::Lent(..) => false,
        }
    }

    /// How full the pool is.
    pub(crate) fn stats(&self) -> PoolStats {
        match self {
            Self::Own(pool) => PoolStats::of(&pool.backends.state(), pool.size),
            Self::Lent(pool, _) => pool.stats(),
        }
    }
}

/// A bounded pool of backends of one connection.
#[derive(Clone, Debug)]
pub(crate) struct OwnPool {
    backends: bb8::Pool<Backends>,
    failures: watch::Receiver<Option<Failed>>,
    last_failed: LastFailed,
    size: u32,
    options: PoolOptions,
    settings: Arc<ConnectionSettings>,
    start: Arc<SessionStart>,
}

impl OwnPool {
    fn new(
        settings: Arc<ConnectionSettings>,
        start: Arc<SessionStart>,
        size: u32,
        options: PoolOptions,
    ) -> Self {
        let (waiting, failures) = watch::channel(None);
        let last_failed = LastFailed::default();
        let backends = bb8::Pool::builder()
            .max_size(size)
            // The backend that was used last has the warmest caches.
            .queue_strategy(bb8::QueueStrategy::Lifo)
            .test_on_check_out(false)
            .retry_connection(false)
            .connection_timeout(options.check_out)
            .max_lifetime(Some(options.max_age))
            .idle_timeout(Some(options.idle))
            .reaper_rate(REAPING.min(options.max_age).min(options.idle))
            .error_sink(Box::new(Failures { waiting, last_failed: Arc::clone(&last_failed) }))
            .build_unchecked(Backends {
                settings: Arc::clone(&settings),
                start: Arc::clone(&start),
                last_failed: Arc::clone(&last_failed),
            });
        Self { backends, failures, last_failed, size, options, settings, start }
    }

    async fn check_out(&self) -> Result<bb8::PooledConnection<'static, Backends>, Error> {
        let begun = Instant::now();
        // Over again for each backend that is dead, and each attempt to open one that is older than this caller.
        while begun.elapsed() < self.options.check_out {
            let mut failures = self.failures.clone();
            failures.mark_unchanged();
            let mut next = pin!(self.backends.get_owned());
            let session = match next.as_mut().now_or_never() {
                Some(session) => session,
                None => tokio::select! {
                    biased;
                    session = next => session,
                    Ok(()) = failures.changed() => {
                        let failed = failures.borrow_and_update().clone();
                        match failed {
                            // The server may be back since an older attempt was begun.
                            Some(failed) if failed.begun >= begun => return Err(Error::Connect(failed.error)),
                            _ => continue,
                        }
                    }
                },
            };
            match session {
                Ok(mut session) if session.is_broken() || session.has_ended() => session.unsettle(),
                Ok(session) => return Ok(session),
                Err(bb8::RunError::User(failed)) => return Err(Error::Connect(failed.error)),
                Err(bb8::RunError::TimedOut) => break,
            }
        }
        let in_use = PoolStats::of(&self.backends.state(), self.size).active_connections;
        Err(Error::CheckOut { waited: begun.elapsed(), size: self.size, in_use })
    }
}
