//! A named connection: where it leads, what may be done on it, within which limits, and its pool.

mod declaring;
mod masked;
mod narrowed;
mod planning;
mod read_page;
mod together;
mod vetting;

pub use planning::{PlanRequest, Plans, SimulatedIndex};
pub use read_page::{ReadPage, WholeRead};
pub use together::FetchedRows;

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    pin::pin,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use lru::LruCache;
use pg_policy::{Access, ExplainOptions, MaskKey, Policy, Vetted};
use postgres_types::Type;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    Call, CheckOptions, ConfirmationOptions, ConnectionSettings, Error, LentPool, Limits, MaintenanceOptions,
    MonitorOptions, ParameterTypes, PolicyOptions, PoolOptions, PoolStats, Pooler,
    audit::Recordable,
    catalog::{self, ServerRow},
    connect::SessionStart,
    estimate::within_estimate,
    facts::KnownFacts,
    given::Given,
    histogram::{Histogram, Spread},
    mend::mend,
    policy,
    read::{PageLimits, Reading},
    row_encoder::Shape,
    session::{Pool, Session},
    statement::{Kept, Past},
    throttle::Throttle,
    write::{End, write},
};

/// Verdicts, and types of parameters, kept for each connection; the least recently used one goes first.
const VERDICTS: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");
/// How long a caller waits before the oldest cursor gives up its backend, and then the next oldest.
const CURSORS_YIELD: Duration = Duration::from_millis(500);
/// Rows and bytes that a catalog query may return.
const CATALOG_PAGE: PageLimits = PageLimits { rows: 1_000_000, bytes: 256 << 20, largest: usize::MAX };

/// A named connection. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connection {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    id: String,
    label: Option<String>,
    settings: Option<Arc<ConnectionSettings>>,
    policy: Policy,
    limits: Limits,
    pool: Pool,
    facts: KnownFacts,
    verdicts: Mutex<LruCache<String, (Instant, Vetted)>>,
    parameter_types: Mutex<LruCache<String, Vec<Type>>>,
    server: tokio::sync::OnceCell<ServerRow>,
    throttle: Arc<Throttle>,
    check_outs: Arc<Histogram>,
    watched: Option<Policy>,
    confirmation: ConfirmationOptions,
    checks: BTreeMap<String, CheckOptions>,
    maintenance: MaintenanceOptions,
    monitor: MonitorOptions,
    mask_key: Option<MaskKey>,
}

/// What may be done on a pool that is lent.
#[derive(Clone, Debug, Default)]
pub struct LentOptions {
    /// The most that a statement may do.
    pub access: Access,
    /// How much one statement may take and give.
    pub limits: Limits,
    /// What the policy makes of statements.
    pub policy: PolicyOptions,
    /// The schemas that unqualified names are looked for in; empty leaves it to the session.
    pub search_path: Vec<String>,
    /// What people call it.
    pub label: Option<String>,
}

/// What a connection is made of.
#[derive(Debug)]
pub(crate) struct Blueprint {
    pub id: String,
    pub label: Option<String>,
    pub settings: ConnectionSettings,
    pub policy: Policy,
    pub limits: Limits,
    pub pool_size: u32,
    pub search_path: Vec<String>,
    /// The policy without the kinds of statements that must be confirmed.
    pub watched: Option<Policy>,
    /// What must be confirmed.
    pub confirmation: ConfirmationOptions,
    /// The key of masks, where one is configured.
    pub mask_key: Option<MaskKey>,
    pub pooler: Pooler,
    pub pool: PoolOptions,
    /// What is said of checks.
    pub checks: BTreeMap<String, CheckOptions>,
    /// What is said of maintenance.
    pub maintenance: MaintenanceOptions,
    /// What is looked for by monitor_databases.
    pub monitor: MonitorOptions,
}

impl Connection {
    /// A connection that has not connected yet.
    pub(crate) fn new(blueprint: Blueprint) -> Self {
        let Blueprint {
            id,
            label,
            settings,
            policy,
            limits,
            pool_size,
            search_path,
            pooler,
            pool,
            watched,
            confirmation,
            mask_key,
            checks,
            maintenance,
            monitor,
        } = blueprint;
        let settings = Arc::new(settings);
        let start = Arc::new(SessionStart::new(&limits, &search_path, settings.application_name(), pooler));
        let pool = Pool::new(Arc::clone(&settings), start, pool_size, pool);
        Self::with(
            id,
            label,
            Some(settings),
            policy,
            limits,
            pool,
            (watched, confirmation, checks, maintenance, monitor, mask_key),
        )
    }

    /// A connection on a pool that was lent.
    pub(crate) fn lent(id: String, pool: LentPool, policy: Policy, options: LentOptions) -> Self {
        let start = SessionStart::new(&options.limits, &options.search_path, "", Pooler::Transaction);
        let pool = Pool::Lent(pool, Arc::new(start));
        let watched = policy::watched(options.access, &options.policy);
        let said = (
            watched,
            options.policy.confirmation.clone(),
            BTreeMap::new(),
            MaintenanceOptions::default(),
            MonitorOptions::default(),
            options.policy.mask_key.clone(),
        );
        Self::with(id, options.label, None, policy, options.limits, pool, said)
    }

    fn with(
        id: String,
        label: Option<String>,
        settings: Option<Arc<ConnectionSettings>>,
        policy: Policy,
        limits: Limits,
        pool: Pool,
        (watched, confirmation, checks, maintenance, monitor, mask_key): (
            Option<Policy>,
            ConfirmationOptions,
            BTreeMap<String, CheckOptions>,
            MaintenanceOptions,
            MonitorOptions,
            Option<MaskKey>,
        ),
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                id,
                label,
                settings,
                policy,
                limits,
                pool,
                facts: KnownFacts::default(),
                verdicts: Mutex::new(LruCache::new(VERDICTS)),
                parameter_types: Mutex::new(LruCache::new(VERDICTS)),
                server: tokio::sync::OnceCell::new(),
                throttle: Arc::new(Throttle::new(&limits)),
                check_outs: Arc::default(),
                watched,
                confirmation,
                checks,
                maintenance,
                monitor,
                mask_key,
            }),
        }
    }

    /// What the configuration says of a check of this database.
    #[must_use]
    pub fn check_options(&self, check: &str) -> CheckOptions {
        self.inner.checks.get(check).copied().unwrap_or_default()
    }

    /// What the configuration says of maintenance of this database.
    #[must_use]
    pub fn maintenance(&self) -> &MaintenanceOptions {
        &self.inner.maintenance
    }

    /// What the configuration says of monitoring this database.
    #[must_use]
    pub fn monitor(&self) -> &MonitorOptions {
        &self.inner.monitor
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.inner.id
    }

    /// What people call it.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.inner.label.as_deref()
    }

    /// The most that a statement may do on it.
    #[must_use]
    pub fn access(&self) -> Access {
        self.inner.policy.access()
    }

    /// The limits of a statement and its answer.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Where it leads; not known of a pool that was lent.
    #[must_use]
    pub fn settings(&self) -> Option<&ConnectionSettings> {
        self.inner.settings.as_deref()
    }

    /// How full its pool is.
    #[must_use]
    pub fn pool_stats(&self) -> PoolStats {
        self.inner.pool.stats()
    }

    /// How long callers waited for a backend, those included who got none.
    #[must_use]
    pub fn check_out_waits(&self) -> Spread {
        self.inner.check_outs.spread()
    }

    /// Whether opening a backend failed when it was tried last.
    pub(crate) fn failed_last(&self) -> bool {
        self.inner.pool.failed_last()
    }

    /// The rows of a read, each a JSON object of its columns, in the caller's own type.
    ///
    /// # Errors
    /// What running the statement gives; [`Error::Row`] where a row does not fit the type; [`Error::Access`] for a
    /// statement that writes.
    pub async fn fetch<T: DeserializeOwned>(
        &self,
        call: &Call,
        statement: &Vetted,
        parameters: &[Value],
    ) -> Result<Vec<T>, Error> {
        self.fetch_given(call, statement, parameters).await
    }

    /// The same, whatever way the parameters are given.
    pub(crate) async fn fetch_given<T: DeserializeOwned>(
        &self,
        call: &Call,
        statement: &Vetted,
        parameters: impl Into<Given>,
    ) -> Result<Vec<T>, Error> {
        if statement.access() > Access::Read {
            return Err(Error::Access { needed: statement.access(), granted: Access::Read }.on(self.id()));
        }
        let rows = async {
            let (_reading, page) =
                Reading::open(self, call, statement, parameters, Shape::Objects, CATALOG_PAGE).await?;
            objects(&page.bytes)
        };
        rows.await.map_err(|error: Error| error.on(self.id()))
    }

    /// The rows of `EXPLAIN` with these options for a caller's statement, with values and declared types of its parameters. With `analyze` the statement runs, in a
    /// transaction that is rolled back; without, read access is enough whatever the statement would do.
    ///
    /// # Errors
    /// [`Error::Refused`]; what running the statement gives, with places in the caller's own text.
    pub async fn explain<T: DeserializeOwned>(
        &self,
        call: &Call,
        text: &str,
        options: &ExplainOptions,
        parameters: &[Value],
        types: &ParameterTypes,
    ) -> Result<Vec<T>, Error> {
        let explained = self.explained(call, text, options, parameters, types).await;
        let rows = match explained {
            Ok(explained) => {
                let rows = if options.analyze {
                    self.fetch_rolled_back(call, &explained, parameters).await
                } else {
                    self.fetch(call, &explained, parameters).await
                };
                rows.map_err(|error| moved_back(error, explained.text(), text))
            }
            Err(error) => Err(error),
        };
        mend(call, self, text, rows).await
    }

    /// A caller's statement with `EXPLAIN` in front of it, as far as the policy lets it be planned, or run.
    async fn explained(
        &self,
        call: &Call,
        text: &str,
        options: &ExplainOptions,
        parameters: &[Value],
        types: &ParameterTypes,
    ) -> Result<Vetted, Error> {
        match self.vet_with(call, text, parameters).await {
            Ok(vetted) => {
                let vetted = self.declare(call, &vetted, types).await?;
                if options.analyze {
                    within_estimate(call, self, &vetted, parameters)
                        .await
                        .map_err(|error| error.on(self.id()))?;
                }
                vetted.explain(options).map_err(|refusal| Error::from(refusal).on(self.id()))
            }
            // To plan a write is to read: what is refused as a statement may still be planned.
            Err(error) if !options.analyze && matches!(innermost(&error), Error::Refused(_)) => {
                let explained = self
                    .judge(call, |policy, functions| policy.vet_explain(text, options, functions))
                    .await
                    .map_err(|_| error);
                let composed = explained.as_ref().map_or(text, Vetted::text).to_owned();
                let recorded = call
                    .trail()
                    .decided(call, self, &composed, Recordable::Once(parameters), &explained)
                    .await;
                match recorded.and(explained) {
                    Ok(explained) => self.declare(call, &explained, types).await,
                    Err(error) => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// The rows of a statement that may write, which is undone afterwards: it runs in a transaction that is rolled back.
    ///
    /// # Errors
    /// What running the statement gives; [`Error::Access`] where the connection may not do what the statement does.
    pub async fn fetch_rolled_back<T: DeserializeOwned>(
        &self,
        call: &Call,
        statement: &Vetted,
        parameters: &[Value],
    ) -> Result<Vec<T>, Error> {
        if statement.access() > self.access() {
            return Err(Error::Access { needed: statement.access(), granted: self.access() }.on(self.id()));
        }
        let kept = Kept {
            shape: Shape::Objects,
            rows: CATALOG_PAGE.rows,
            bytes: CATALOG_PAGE.bytes,
            past: Past::Counted,
        };
        let rows = async {
            let (ran, _notices) = write(self, call, statement, parameters, kept, End::RollBack).await?;
            objects(&ran.bytes)
        };
        rows.await.map_err(|error: Error| error.on(self.id()))
    }

    /// The server's version as one number, for example 150018.
    ///
    /// # Errors
    /// What connecting gives.
    pub async fn server_version_number(&self, call: &Call) -> Result<u32, Error> {
        Ok(self.server(call).await?.version_number)
    }

    /// The server and the role that this connection leads to, read once.
    pub(crate) async fn server(&self, call: &Call) -> Result<&ServerRow, Error> {
        self.inner.server.get_or_try_init(|| self.read_server(call)).await
    }

    /// The server and the role, read now.
    pub(crate) async fn read_server(&self, call: &Call) -> Result<ServerRow, Error> {
        let rows: Vec<ServerRow> = self.fetch(call, catalog::SERVER.vetted()?, &[]).await?;
        rows.into_iter()
            .next()
            .ok_or_else(|| Error::Driver { problem: "the server did not describe itself".into() })
    }

    /// Most readings of this connection that wait for a next page: each holds a backend.
    pub(crate) fn cursor_bound(&self) -> usize {
        (self.inner.pool.stats().size / 2).max(1) as usize
    }

    /// A clean backend. A caller who has waited for a while gets one that only waits for somebody's next page.
    pub(crate) async fn check_out(&self, call: &Call) -> Result<Session, Error> {
        call.trail().enter(self)?;
        let begun = Instant::now();
        let session = self.wait_for_backend(call).await;
        self.inner.check_outs.observe(begun.elapsed());
        let mut session = session.map_err(|error| error.told_to(call.origin()))?;
        session.show_caller(call.identity().label());
        Ok(session)
    }

    async fn wait_for_backend(&self, call: &Call) -> Result<Session, Error> {
        let mut session = pin!(self.inner.pool.check_out());
        // Mostly a backend rests in the pool, and no clock needs to be set.
        if let Some(session) = session.as_mut().now_or_never() {
            return session;
        }
        loop {
            tokio::select! {
                biased;
                session = &mut session => return session,
                () = call.cancellation().cancelled() => return Err(Error::Cancelled),
                () = tokio::time::sleep(CURSORS_YIELD) => call.service().cursors().end_oldest(self.id()),
            }
        }
    }
}

/// Moves the place of an error from a composed text to the caller's text inside it.
fn moved_back(mut error: Error, composed: &str, text: &str) -> Error {
    if let Some(sql) = error.sql_mut() {
        let before = composed.find(text).and_then(|at| composed.get(..at)).map(|front| front.chars().count());
        sql.position = sql.position.zip(before).and_then(|(position, before)| position.checked_sub(before));
    }
    error
}

/// An error without what says where it happened.
fn innermost(error: &Error) -> &Error {
    match error {
        Error::On { source, .. } | Error::At { source, .. } | Error::Pointed { source, .. } => {
            innermost(source)
        }
        other => other,
    }
}

pub(crate) fn objects<T: DeserializeOwned>(separated: &[u8]) -> Result<Vec<T>, Error> {
    let mut json = Vec::with_capacity(separated.len() + 2);
    json.push(b'[');
    json.extend_from_slice(separated);
    json.push(b']');
    serde_json::from_slice(&json).map_err(|source| Error::Row { source })
}
