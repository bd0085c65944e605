//! One server process and what this side knows of it: its driver client, how to cancel it, its prepared statements.

use std::{fmt, num::NonZeroUsize, sync::Arc, time::Duration};

use futures_util::future::try_join_all;
use lru::LruCache;
use tokio_postgres::Client;

use super::Prepared;
use crate::{
    Notice,
    connect::{CancelHandle, Notices, Opened},
};

/// Prepared statements kept on one backend; the least recently used one goes first.
const PREPARED_STATEMENTS: NonZeroUsize = NonZeroUsize::new(256).expect("not zero");

/// What ends every use of a session that may have changed session state. The prepared statements stay.
const RESET: [&str; 6] = [
    "ROLLBACK",
    "RESET ALL",
    "SELECT pg_catalog.pg_advisory_unlock_all()",
    "UNLISTEN *",
    "CLOSE ALL",
    "DISCARD TEMP",
];

/// One backend of a pool.
pub(crate) struct Backend {
    pub(super) client: Client,
    pub(super) cancel: CancelHandle,
    pub(super) prepared: LruCache<Arc<str>, Arc<Prepared>>,
    notices: Notices,
    setup: Arc<Setup>,
    clean: bool,
}

/// What a session starts with, and returns to.
#[derive(Debug)]
pub(crate) struct Setup {
    /// Settings by name, in order.
    pub settings: Vec<(String, String)>,
    /// The statement timeout among them.
    pub statement_timeout: Duration,
}

impl Backend {
    pub(super) async fn start(opened: Opened, setup: Arc<Setup>) -> Result<Self, tokio_postgres::Error> {
        let mut backend = Self {
            client: opened.client,
            cancel: opened.cancel,
            prepared: LruCache::new(PREPARED_STATEMENTS),
            notices: opened.notices,
            setup,
            clean: false,
        };
        backend.apply_setup().await?;
        backend.settle();
        Ok(backend)
    }

    /// The limit under which statements run here.
    pub(crate) fn statement_timeout(&self) -> Duration {
        self.setup.statement_timeout
    }

    /// From here on the session is not clean, until [`Self::settle`].
    pub(super) fn unsettle(&mut self) {
        self.clean = false;
        self.notices.clear();
    }

    /// Whether the work on the session ended in a known state, so that nothing needs to be reset.
    pub(super) fn is_settled(&self) -> bool {
        self.clean
    }

    /// The session is known to be idle, outside a transaction, with nothing of its last user left.
    pub(crate) fn settle(&mut self) {
        self.clean = true;
    }

    /// Whether the pool must give this backend up.
    pub(super) fn is_broken(&self) -> bool {
        !self.clean || self.client.is_closed()
    }

    /// What the server said beside its results since the session was checked out.
    pub(crate) fn take_notices(&self) -> Vec<Notice> {
        self.notices.take()
    }

    /// The driver's client and the cache of prepared statements, to be used side by side.
    pub(crate) fn parts(&mut self) -> (&mut Client, &mut LruCache<Arc<str>, Arc<Prepared>>) {
        (&mut self.client, &mut self.prepared)
    }

    /// Brings back the session state of a fresh session, in one round trip, and settles.
    pub(crate) async fn reset(&mut self) -> Result<(), tokio_postgres::Error> {
        let (statements, setup) =
            futures_util::join!(try_join_all(RESET.map(|text| self.run_constant(text))), self.apply_setup());
        statements?;
        setup?;
        self.settle();
        Ok(())
    }

    #[expect(clippy::disallowed_methods, reason = "the text is a constant of this module")]
    async fn run_constant(&self, text: &'static str) -> Result<(), tokio_postgres::Error> {
        self.client.execute_typed(text, &[]).await.map(drop)
    }

    #[expect(clippy::disallowed_methods, reason = "the text is a constant of this module; names and values are bound")]
    async fn apply_setup(&self) -> Result<(), tokio_postgres::Error> {
        use tokio_postgres::types::Type;
        let (names, values): (Vec<&str>, Vec<&str>) =
            self.setup.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).unzip();
        self.client
            .query_typed(
                "SELECT pg_catalog.set_config(s.name, s.value, false) \
                 FROM pg_catalog.unnest($1, $2) AS s(name, value)",
                &[(&names, Type::TEXT_ARRAY), (&values, Type::TEXT_ARRAY)],
            )
            .await
            .map(drop)
    }
}

impl Drop for Backend {
    /// A backend that is given up in the middle of a statement is told to stop: closing the socket alone would let the
    /// statement run to its end.
    fn drop(&mut self) {
        if self.clean || self.client.is_closed() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let cancel = self.cancel.clone();
            runtime.spawn(async move { cancel.cancel().await });
        }
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend").field("clean", &self.clean).finish_non_exhaustive()
    }
}
