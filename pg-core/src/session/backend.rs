//! One server process and what this side knows of it: its driver client, how to cancel it, its prepared statements.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{FutureExt, future::try_join_all};
use pg_policy::Vetted;
use tokio_postgres::Client;

use super::PreparedCache;
use super::lent::{self, LentClient};
use super::notices::Notices;
use crate::Error;
use crate::connect::{
    CancelHandle, Connected, Holds, Line, MessageBound, Names, Scope, SessionStart, start_session,
};
use crate::spans::Place;

/// How long a stopped backend may take to end its transaction.
const QUIET: Duration = Duration::from_secs(2);

/// A session that was in use so lately is not asked about: the question is a system call, which callers who share a busy pool
/// would pay for with each statement.
const LATELY: Duration = Duration::from_millis(1);

/// What ends every use of a session that may have changed session state. The prepared statements stay.
const RESET: [&str; 9] = [
    "ROLLBACK",
    // `RESET ALL` leaves both as they are.
    "SET SESSION AUTHORIZATION DEFAULT",
    "RESET ROLE",
    "RESET ALL",
    "SELECT pg_catalog.pg_advisory_unlock_all()",
    "UNLISTEN *",
    "CLOSE ALL",
    "DISCARD TEMP",
    "DISCARD SEQUENCES",
];

/// A driver's client, by whom it is owned.
pub(super) enum Held {
    /// By this crate.
    Own(Client),
    /// By a pool that was lent; taken out where its end is seen to.
    Lent(Option<LentClient>),
}

/// One backend of a pool.
pub(crate) struct Backend {
    pub(super) client: Held,
    pub(super) cancel: CancelHandle,
    pub(super) prepared: PreparedCache,
    notices: Notices,
    /// The connection, seen from beside; not of a pool that was lent.
    wire: Option<(Line, MessageBound)>,
    pub(super) start: Arc<SessionStart>,
    pub(super) scope: Scope,
    clean: bool,
    /// When the last user was done.
    settled: Instant,
    /// Something of the last user cannot be taken back.
    given_up: bool,
    /// The caller whom the session shows to those who watch the server.
    shown: Option<String>,
}

impl Backend {
    /// A backend whose session has started.
    pub(super) fn new(connected: Connected, start: Arc<SessionStart>, database: &str) -> Self {
        let place = Place::new(&connected.target, database);
        Self {
            client: Held::Own(connected.client),
            cancel: connected.cancel,
            prepared: PreparedCache::new(place),
            notices: Notices::listen(connected.driver),
            wire: Some((connected.line, connected.bound)),
            start,
            scope: connected.scope,
            clean: true,
            settled: Instant::now(),
            given_up: false,
            shown: None,
        }
    }

    /// A backend of somebody else's pool.
    pub(super) fn lent(client: LentClient, cancel: CancelHandle, start: Arc<SessionStart>) -> Self {
        Self {
            client: Held::Lent(Some(client)),
            cancel,
            // Its owner knows where it is.
            prepared: PreparedCache::new(Place::default()),
            // They go to its owner's driver.
            notices: Notices::default(),
            wire: None,
            start,
            // Names of prepared statements are this process's own, and each is dropped when the session goes back.
            scope: Scope::Transaction { names: Names::Apart },
            clean: true,
            settled: Instant::now(),
            given_up: false,
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
        self.settled = Instant::now();
    }

    /// The pool is to give this backend up, whatever becomes of the work on it.
    pub(crate) fn give_up(&mut self) {
        self.given_up = true;
    }

    /// Whether the pool must give this backend up.
    pub(super) fn is_broken(&self) -> bool {
        !self.clean || self.given_up || self.client.is_closed() || self.is_worn()
    }

    /// Whether the server has hung up while the session rested, which the driver hears of only when it is polled next.
    pub(super) fn has_ended(&self) -> bool {
        let Some((line, _)) = &self.wire else { return false };
        self.settled.elapsed() >= LATELY && line.has_ended()
    }

    /// How large a message of the server may be; not known of a pool that was lent.
    pub(crate) fn message_bound(&self) -> Option<MessageBound> {
        self.wire.as_ref().map(|(_, bound)| bound.clone())
    }

    /// Whether the driver keeps statements of its own on a backend that the next transaction may not meet: it prepares
    /// some by name when it looks up a type, and has no way to forget them.
    fn is_worn(&self) -> bool {
        self.scope.shares_names() && self.prepared.all().any(|prepared| prepared.has_own_types())
    }

    /// How much of the session may be used.
    pub(crate) fn scope(&self) -> Scope {
        self.scope
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

    /// Whether a failure of one of these statements was for what this side remembered, or did not know, which is put right.
    pub(crate) fn learn<'v>(&mut self, error: &Error, of: impl IntoIterator<Item = &'v Vetted>) -> bool {
        self.prepared.learn(error, of)
    }

    /// The driver's client and the cache of prepared statements, to be used side by side.
    pub(crate) fn parts(&mut self) -> (&mut Client, &mut PreparedCache) {
        (&mut self.client, &mut self.prepared)
    }

    /// The same, for work that rests on the session's settings from one transaction to the next.
    pub(crate) fn own_parts(&mut self) -> Result<(&mut Client, &mut PreparedCache), Error> {
        if self.scope.is_session() {
            return Ok(self.parts());
        }
        Err(Error::argument(
            "this needs a session of its own, and a pooler, or a pool that was lent, gives each transaction another one: use \
             a connection that leads to the server itself",
        ))
    }

    /// Shows a caller to those who watch the server, behind the connection's own name. It is sent and not waited for:
    /// whatever comes next on this backend comes after it.
    pub(crate) fn show_caller(&mut self, caller: Option<String>) {
        if !self.scope.is_session() {
            // Each transaction shows it for itself.
            self.shown = caller;
        } else if self.shown != caller {
            let name = match &caller {
                Some(caller) => format!("{}/{caller}", self.start.application_name),
                None => self.start.application_name.clone(),
            };
            let _sent = self.set_name(&name).now_or_never();
            self.shown = caller;
        }
    }

    /// The name that a transaction shows for itself, where the session is not ours.
    pub(super) fn own_name(&self) -> Option<String> {
        let caller = self.shown.as_ref().filter(|_| !self.scope.is_session())?;
        Some(match self.start.application_name.as_str() {
            "" => caller.clone(),
            name => format!("{name}/{caller}"),
        })
    }

    #[expect(clippy::disallowed_methods, reason = "the text is a constant, and the name is bound")]
    async fn set_name(&self, name: &str) -> Result<(), tokio_postgres::Error> {
        const SET: &str = "SELECT pg_catalog.set_config('application_name', $1, false)";
        self.client.query_typed(SET, &[(&name, postgres_types::Type::TEXT)]).await.map(drop)
    }

    /// Brings back the session state of a fresh session, in one round trip, and settles.
    ///
    /// A session that is not ours keeps its state: only an open transaction is ended.
    pub(crate) async fn reset(&mut self) -> Result<(), tokio_postgres::Error> {
        if !self.scope.is_session() {
            self.run_constant("ROLLBACK").await?;
            self.settle();
            return Ok(());
        }
        let (statements, setup, prepared_by_callers) = futures_util::join!(
            try_join_all(RESET.map(|text| self.run_constant(text))),
            start_session(&self.client, &self.start, Holds::Session),
            self.has_prepared_by_statement()
        );
        statements?;
        setup?;
        if prepared_by_callers? {
            // Their names are the caller's, so all go, those of this side with them.
            self.run_constant("DEALLOCATE ALL").await?;
            self.forget_prepared();
        }
        self.shown = None;
        self.settle();
        Ok(())
    }

    /// Whether a function has run PREPARE on this session.
    #[expect(clippy::disallowed_methods, reason = "the text is a constant")]
    async fn has_prepared_by_statement(&self) -> Result<bool, tokio_postgres::Error> {
        const FIND: &str = "SELECT 1 FROM pg_catalog.pg_prepared_statements WHERE from_sql LIMIT 1";
        Ok(!self.client.query_typed(FIND, &[]).await?.is_empty())
    }

    /// Whether the server still answers on this session: an empty statement, in one round trip.
    pub(crate) async fn answers(&self) -> bool {
        self.client.check_connection().await.is_ok()
    }

    /// Waits until a stopped backend has ended its transaction, so that nothing of it is seen in the server any more.
    pub(crate) async fn fall_quiet(&self) {
        // A backend that does not answer is given up all the same.
        let _quiet = tokio::time::timeout(QUIET, self.run_constant("ROLLBACK")).await;
    }

    async fn run_constant(&self, text: &'static str) -> Result<(), tokio_postgres::Error> {
        run_constant(&self.client, text).await
    }
}

impl Deref for Held {
    type Target = Client;

    #[expect(clippy::unreachable, reason = "a lent client is taken out in `drop` only")]
    fn deref(&self) -> &Client {
        match self {
            Held::Own(client) => client,
            Held::Lent(Some(client)) => client,
            Held::Lent(None) => unreachable!("a lent client is used after its backend"),
        }
    }
}

impl DerefMut for Held {
    #[expect(clippy::unreachable, reason = "a lent client is taken out in `drop` only")]
    fn deref_mut(&mut self) -> &mut Client {
        match self {
            Held::Own(client) => client,
            Held::Lent(Some(client)) => client,
            Held::Lent(None) => unreachable!("a lent client is used after its backend"),
        }
    }
}

/// Runs a text of this crate.
#[expect(clippy::disallowed_methods, reason = "the text is a constant of this crate")]
pub(super) async fn run_constant(client: &Client, text: &'static str) -> Result<(), tokio_postgres::Error> {
    client.execute_typed(text, &[]).await.map(drop)
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
            let lent = match &mut self.client {
                Held::Lent(client) => client.take(),
                Held::Own(_) => None,
            };
            runtime.spawn(async move {
                let _delivered = cancel.cancel().await;
                // Its owner must not get it back with the request on its way.
                if let Some(client) = lent {
                    lent::end(&client).await;
                }
            });
        }
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend").field("clean", &self.clean).finish_non_exhaustive()
    }
}
