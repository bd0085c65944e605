//! One server process and what this side knows of it: its driver client, how to cancel it, its prepared statements.

use std::{fmt, num::NonZeroUsize, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::try_join_all};
use lru::LruCache;
use tokio_postgres::Client;

use super::Prepared;
use super::notices::Notices;
use crate::connect::{CancelHandle, Connected, SessionStart, start_session};

/// Prepared statements kept on one backend; the least recently used one goes first.
const PREPARED_STATEMENTS: NonZeroUsize = NonZeroUsize::new(256).expect("not zero");

/// How long a stopped backend may take to end its transaction.
const QUIET: Duration = Duration::from_secs(2);

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
    start: Arc<SessionStart>,
    clean: bool,
    /// The caller whom the session shows to those who watch the server.
    shown: Option<String>,
}

impl Backend {
    /// A backend whose session has started.
    pub(super) fn new(connected: Connected, start: Arc<SessionStart>) -> Self {
        Self {
            client: connected.client,
            cancel: connected.cancel,
            prepared: LruCache::new(PREPARED_STATEMENTS),
            notices: Notices::listen(connected.driver),
            start,
            clean: true,
            shown: None,
        }
    }

    /// The limit under which statements run here.
    pub(crate) fn statement_timeout(&self) -> Duration {
        self.start.statement_timeout
    }

    /// From here on the session is not clean, until [`Self::settle`].
    pub(crate) fn unsettle(&mut self) {
        self.clean = false;
        drop(self.notices.take());
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

    /// Where the server's notices arrive.
    pub(crate) fn notices(&self) -> Notices {
        self.notices.clone()
    }

    /// Reaches the backend beside its busy connection.
    pub(crate) fn cancel_handle(&self) -> CancelHandle {
        self.cancel.clone()
    }

    /// Forgets what is prepared, as after a change of the schema.
    pub(crate) fn forget_prepared(&mut self) {
        self.prepared.clear();
    }

    /// The driver's client and the cache of prepared statements, to be used side by side.
    pub(crate) fn parts(&mut self) -> (&mut Client, &mut LruCache<Arc<str>, Arc<Prepared>>) {
        (&mut self.client, &mut self.prepared)
    }

    /// Shows a caller to those who watch the server, behind the connection's own name. It is sent and not waited for:
    /// whatever comes next on this backend comes after it.
    pub(crate) fn show_caller(&mut self, caller: Option<String>) {
        if self.shown != caller {
            let name = match &caller {
                Some(caller) => format!("{}/{caller}", self.start.application_name),
                None => self.start.application_name.clone(),
            };
            let _sent = self.set_name(&name).now_or_never();
            self.shown = caller;
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the text is a constant, and the name is bound")]
    async fn set_name(&self, name: &str) -> Result<(), tokio_postgres::Error> {
        const SET: &str = "SELECT pg_catalog.set_config('application_name', $1, false)";
        self.client.query_typed(SET, &[(&name, postgres_types::Type::TEXT)]).await.map(drop)
    }

    /// Brings back the session state of a fresh session, in one round trip, and settles.
    pub(crate) async fn reset(&mut self) -> Result<(), tokio_postgres::Error> {
        let (statements, setup) = futures_util::join!(
            try_join_all(RESET.map(|text| self.run_constant(text))),
            start_session(&self.client, &self.start)
        );
        statements?;
        setup?;
        self.shown = None;
        self.settle();
        Ok(())
    }

    /// Waits until a stopped backend has ended its transaction, so that nothing of it is seen in the server any more.
    pub(crate) async fn fall_quiet(&self) {
        // A backend that does not answer is given up all the same.
        let _quiet = tokio::time::timeout(QUIET, self.run_constant("ROLLBACK")).await;
    }

    #[expect(clippy::disallowed_methods, reason = "the text is a constant of this module")]
    async fn run_constant(&self, text: &'static str) -> Result<(), tokio_postgres::Error> {
        self.client.execute_typed(text, &[]).await.map(drop)
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
