//! What a process has: its named connections, its cursors and counters. Both front ends make one and pass it to every
//! call.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use pg_policy::Access;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Configuration, Connection, ConnectionDefaults, Environment, Error, Grant, LentOptions, LentPool, Toolset,
    audit::Audit,
    confirm::Codes,
    connection::Blueprint,
    cursors::Cursors,
    histogram::Spread,
    metrics::{Counts, Metrics},
    open_transaction::OpenTransactions,
    policy::{policy, watched},
    recent::{Recent, RecentCall},
    results::{KeptResult, Results},
    settings::{ConfigurationError, ReportSettings},
};

/// The named connections, cursors and counters of one process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Service {
    inner: Arc<Inner>,
    scope: Arc<Scope>,
}

/// What one kind of caller reaches: all that is configured, or as much of it as a token grants.
#[derive(Debug)]
struct Scope {
    connections: RwLock<BTreeMap<String, Connection>>,
    highest: Access,
    toolsets: Vec<Toolset>,
    connect_hosts: Vec<String>,
    cursors: Cursors,
    results: Arc<Results>,
    transactions: OpenTransactions,
}

#[derive(Debug)]
struct Inner {
    started: Instant,
    stopping: CancellationToken,
    tasks: TaskTracker,
    defaults: ConnectionDefaults,
    list_all_tools: bool,
    reports: ReportSettings,
    environment: Environment,
    metrics: Metrics,
    slow_statement: Duration,
    logs_statements: bool,
    audit: Option<Audit>,
    codes: Codes,
    recent: Recent,
    /// In front of the numbers of calls, so that those of several processes are told apart.
    calls_of: String,
    calls: AtomicU64,
}

impl Service {
    /// A service with the configured connections. Nothing is connected yet. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`ConfigurationError`] for what is configured and cannot be had.
    pub fn new(
        mut configuration: Configuration,
        environment: Environment,
    ) -> Result<Self, ConfigurationError> {
        let audit = configuration
            .audit
            .as_ref()
            .map(Audit::open)
            .transpose()
            .map_err(|problem| ConfigurationError::Conflict { place: "[audit]".to_owned(), problem })?;
        let mut connections = BTreeMap::new();
        let mut highest = Access::Read;
        for (id, entry) in std::mem::take(&mut configuration.connections) {
            let policy = policy(entry.access, &entry.policy);
            highest = highest.max(entry.access);
            let connection = Connection::new(Blueprint {
                id: id.clone(),
                label: entry.label,
                settings: entry.settings,
                policy,
                limits: entry.limits,
                pool_size: entry.pool_size,
                search_path: entry.search_path,
                watched: watched(entry.access, &entry.policy),
                mask_key: entry.policy.mask_key.clone(),
                confirmation: entry.policy.confirmation,
                pooler: entry.pooler,
                pool: entry.pool,
                checks: entry.checks,
                maintenance: entry.maintenance,
                monitor: entry.monitor,
            });
            connections.insert(id, connection);
        }
        Ok(Self::with(connections, highest, configuration, environment, audit))
    }

    fn with(
        connections: BTreeMap<String, Connection>,
        highest: Access,
        configuration: Configuration,
        environment: Environment,
        audit: Option<Audit>,
    ) -> Self {
        let scope = Scope {
            connections: RwLock::new(connections),
            highest,
            toolsets: configuration.server.toolsets,
            connect_hosts: configuration.server.connect_hosts,
            cursors: Cursors::default(),
            results: Arc::default(),
            transactions: OpenTransactions::default(),
        };
        Self {
            scope: Arc::new(scope),
            inner: Arc::new(Inner {
                started: Instant::now(),
                stopping: CancellationToken::new(),
                tasks: TaskTracker::new(),
                defaults: configuration.defaults,
                list_all_tools: configuration.server.list_all_tools,
                reports: configuration.reports,
                environment,
                metrics: Metrics::default(),
                slow_statement: configuration.logging.slow_statement,
                logs_statements: configuration.logging.log_statements,
                audit,
                codes: Codes::new(configuration.codes_folder),
                recent: Recent::default(),
                calls_of: crate::process_name().to_owned(),
                calls: AtomicU64::new(1),
            }),
        }
    }

    /// A service without connections, to which calls can add some. Must be called within a tokio runtime.
    #[must_use]
    pub fn empty() -> Self {
        Self::with(BTreeMap::new(), Access::Read, Configuration::default(), Environment::default(), None)
    }

    /// The same service for callers who hold this grant: fewer connections, with less access, and no others to be added. Pools,
    /// limits, counts and the audit log are the same; cursors and open transactions are the callers' own.
    ///
    /// # Errors
    /// [`Error::UnknownConnection`] for a name that the grant holds and nothing is configured for.
    pub fn granted(&self, grant: &Grant) -> Result<Self, Error> {
        let named = match grant.connections.as_slice() {
            [] => self.connections(),
            names => names.iter().map(|id| self.connection(Some(id))).collect::<Result<_, _>>()?,
        };
        let connections: BTreeMap<_, _> = named
            .iter()
            .map(|connection| {
                (connection.id().to_owned(), connection.at_most(grant.access, grant.role.as_deref()))
            })
            .collect();
        let scope = Scope {
            highest: connections.values().map(Connection::access).max().unwrap_or_default(),
            connections: RwLock::new(connections),
            toolsets: if grant.toolsets.is_empty() {
                self.scope.toolsets.clone()
            } else {
                grant.toolsets.clone()
            },
            connect_hosts: Vec::new(),
            cursors: Cursors::default(),
            results: Arc::default(),
            transactions: OpenTransactions::default(),
        };
        Ok(Self { inner: Arc::clone(&self.inner), scope: Arc::new(scope) })
    }

    /// The highest access of the configured connections: decides which operations are offered. It does not change while
    /// the process lives; connections that are added at run time never have more than the default.
    #[must_use]
    pub fn highest_access(&self) -> Access {
        self.scope.highest
    }

    /// How long the process has been up.
    #[must_use]
    pub fn uptime(&self) -> Duration {
        self.inner.started.elapsed()
    }

    /// The connection with this name; without a name the only one there is.
    ///
    /// # Errors
    /// [`Error::UnknownConnection`], which holds the names that exist.
    pub fn connection(&self, id: Option<&str>) -> Result<Connection, Error> {
        let connections = self.scope.connections.read().unwrap_or_else(PoisonError::into_inner);
        let found = match id {
            Some(id) => connections.get(id),
            None if connections.len() == 1 => connections.values().next(),
            None => None,
        };
        found.cloned().ok_or_else(|| Error::UnknownConnection {
            id: id.unwrap_or_default().to_owned(),
            known: connections.keys().cloned().collect(),
        })
    }

    /// Every connection, by name.
    #[must_use]
    pub fn connections(&self) -> Vec<Connection> {
        self.scope.connections.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Fires when the process stops; every call's token is its child.
    #[must_use]
    pub fn stopping(&self) -> &CancellationToken {
        &self.inner.stopping
    }

    /// Cancels every running statement in the server and waits until that is done or `within` is over.
    pub async fn stop(&self, within: Duration) {
        self.inner.stopping.cancel();
        self.inner.tasks.close();
        // What is not done by then is left to the server, which sees the sockets close.
        let _in_time = tokio::time::timeout(within, self.inner.tasks.wait()).await;
        if let Some(audit) = &self.inner.audit {
            let _written = tokio::time::timeout(within, audit.flush()).await;
        }
    }

    /// Adds a connection on a pool that the embedding service owns already. Its sessions stay their owner's: each transaction
    /// gets its settings for itself, and nothing of the session is reset. Statements that cannot run in a transaction are not
    /// run on it.
    ///
    /// # Errors
    /// [`Error::Argument`] where the name is taken.
    pub fn lend(&self, id: &str, pool: LentPool, options: LentOptions) -> Result<Connection, Error> {
        let policy = policy(options.access, &options.policy);
        let connection = Connection::lent(id.to_owned(), pool, policy, options);
        self.add(connection.clone())?;
        Ok(connection)
    }

    pub(crate) fn add(&self, connection: Connection) -> Result<(), Error> {
        let mut connections = self.scope.connections.write().unwrap_or_else(PoisonError::into_inner);
        let id = connection.id().to_owned();
        if connections.contains_key(&id) {
            return Err(Error::argument(format!(
                "connection `{id}` exists already; choose another name, or remove it first"
            )));
        }
        connections.insert(id, connection);
        Ok(())
    }

    pub(crate) fn remove(&self, id: &str) -> Result<(), Error> {
        let mut connections = self.scope.connections.write().unwrap_or_else(PoisonError::into_inner);
        if connections.remove(id).is_none() {
            let known = connections.keys().cloned().collect();
            return Err(Error::UnknownConnection { id: id.to_owned(), known });
        }
        drop(connections);
        self.scope.cursors.end(id);
        self.scope.results.end(id);
        self.scope.transactions.end(id);
        Ok(())
    }

    /// The codes that wait to confirm changes.
    pub(crate) fn codes(&self) -> &Codes {
        &self.inner.codes
    }

    /// Keeps the calls that end from now on, at most this many: the oldest gives way. What was said first holds.
    pub fn keep_recent_calls(&self, most: usize) {
        self.inner.recent.keep(most);
    }

    /// The calls that ended last, of all callers, the last one first; none where none are kept.
    #[must_use]
    pub fn recent_calls(&self, most: usize) -> Vec<RecentCall> {
        self.inner.recent.latest(most)
    }

    pub(crate) fn recent(&self) -> &Recent {
        &self.inner.recent
    }

    /// The audit log, if one is kept.
    pub(crate) fn audit(&self) -> Option<&Audit> {
        self.inner.audit.as_ref()
    }

    /// Whether the text of statements is logged.
    pub(crate) fn logs_statements(&self) -> bool {
        self.inner.logs_statements
    }

    /// From which duration on a call is logged as slow.
    pub(crate) fn slow_statement(&self) -> Duration {
        self.inner.slow_statement
    }

    /// A name for a call, which no other call has.
    pub(crate) fn next_call(&self) -> String {
        format!("{}-{}", self.inner.calls_of, self.inner.calls.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.inner.tasks
    }

    pub(crate) fn results(&self) -> &Arc<Results> {
        &self.scope.results
    }

    /// The results that are kept for these callers, the newest last.
    #[must_use]
    pub fn kept_results(&self) -> Vec<KeptResult> {
        self.scope.results.all()
    }

    /// The result at an address.
    ///
    /// # Errors
    /// An argument error where none is kept there for these callers, or no longer.
    pub fn kept_result(&self, uri: &str) -> Result<KeptResult, Error> {
        self.scope.results.find(uri)
    }

    pub(crate) fn cursors(&self) -> &Cursors {
        &self.scope.cursors
    }

    pub(crate) fn transactions(&self) -> &OpenTransactions {
        &self.scope.transactions
    }

    pub(crate) fn defaults(&self) -> &ConnectionDefaults {
        &self.inner.defaults
    }

    /// Whether operations of this set are to be offered.
    #[must_use]
    pub fn offers(&self, set: Toolset) -> bool {
        self.scope.toolsets.is_empty() || self.scope.toolsets.contains(&set)
    }

    /// Whether the list of tools names those too that are seldom asked for ([`crate::Operation::LISTED`]).
    #[must_use]
    pub fn lists_all_tools(&self) -> bool {
        self.inner.list_all_tools
    }

    /// Where the reports are that callers can name.
    #[must_use]
    pub fn reports(&self) -> &ReportSettings {
        &self.inner.reports
    }

    pub(crate) fn connect_hosts(&self) -> &[String] {
        &self.scope.connect_hosts
    }

    pub(crate) fn environment(&self) -> &Environment {
        &self.inner.environment
    }

    pub(crate) fn count<T>(&self, result: &Result<T, Error>, took: Duration) {
        self.inner.metrics.count(result, took, self.inner.slow_statement);
    }

    pub(crate) fn ended(&self, operation: &'static str, took: Duration) {
        self.inner.metrics.ended(operation, took);
    }

    pub(crate) fn durations(&self) -> Spread {
        self.inner.metrics.durations()
    }

    /// How long each operation took that was called since the process began, by its name.
    #[must_use]
    pub fn operation_durations(&self) -> Vec<(&'static str, Spread)> {
        self.inner.metrics.by_operation()
    }

    pub(crate) fn count_rows(&self, rows: u64) {
        self.inner.metrics.count_rows(rows);
    }

    pub(crate) fn counts(&self) -> Counts {
        self.inner.metrics.counts()
    }
}
