//! A named connection: where it leads, what may be done on it, within which limits, and its pool.

use std::{
    collections::HashSet,
    num::NonZeroUsize,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use lru::LruCache;
use pg_policy::{Access, ExplainOptions, Explanation, Policy, Refusal, Verdict, Vetted};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    Call, ConnectionSettings, Error, ErrorKind, Limits, PoolStats,
    catalog::{self, FunctionRow, ServerRow, ViewRow},
    connect::SessionStart,
    facts::{KnownFunctions, NameKind},
    masks,
    mend::mend,
    read::{PageLimits, Reading},
    row_encoder::Shape,
    session::{LONGEST_KEPT, Pool, Session},
    statement::Kept,
    write::{End, write},
};

/// Verdicts kept for each connection; the least recently used one goes first.
const VERDICTS: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");
/// How often the catalog is asked for the sake of one verdict: about functions, operators, masks, and once more.
const MOST_QUESTIONS: usize = 6;
/// How long a verdict holds: what it rests on in the catalog may change at any time.
const VERDICT_HOLDS: Duration = Duration::from_secs(30);
/// How long a caller waits for a backend: opening one, or one of the pool becoming free.
const CHECK_OUT: Duration = Duration::from_secs(15);
/// How long a caller waits before the oldest cursor gives up its backend, and then the next oldest.
const CURSORS_YIELD: Duration = Duration::from_millis(500);
/// Rows and bytes that a catalog query may return.
const CATALOG_PAGE: PageLimits = PageLimits { rows: 1_000_000, bytes: 256 << 20, strict: false };

/// A named connection. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connection {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    id: String,
    label: Option<String>,
    settings: Arc<ConnectionSettings>,
    policy: Policy,
    limits: Limits,
    pool: Pool,
    functions: KnownFunctions,
    verdicts: Mutex<LruCache<String, (Instant, Vetted)>>,
    server: tokio::sync::OnceCell<ServerRow>,
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
}

impl Connection {
    /// A connection that has not connected yet.
    pub(crate) fn new(blueprint: Blueprint) -> Self {
        let Blueprint { id, label, settings, policy, limits, pool_size, search_path } = blueprint;
        let settings = Arc::new(settings);
        let start = Arc::new(SessionStart::new(&limits, &search_path));
        let pool = Pool::new(Arc::clone(&settings), start, pool_size, CHECK_OUT);
        Self {
            inner: Arc::new(Inner {
                id,
                label,
                settings,
                policy,
                limits,
                pool,
                functions: KnownFunctions::default(),
                verdicts: Mutex::new(LruCache::new(VERDICTS)),
                server: tokio::sync::OnceCell::new(),
            }),
        }
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

    /// Takes out of an error what the server says of stored rows, where the policy masks columns: also a commit and a
    /// trigger may speak of them.
    pub(crate) fn hide_rows(&self, error: &mut Error) {
        if let Some(sql) = error.sql_mut().filter(|_| !self.inner.policy.masks().is_empty()) {
            sql.detail = None;
        }
    }

    /// The limits of a statement and its answer.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Where it leads.
    #[must_use]
    pub fn settings(&self) -> &ConnectionSettings {
        &self.inner.settings
    }

    /// How full its pool is.
    #[must_use]
    pub fn pool_stats(&self) -> PoolStats {
        self.inner.pool.stats()
    }

    /// Whether opening a backend failed when it was tried last.
    pub(crate) fn failed_last(&self) -> bool {
        self.inner.pool.failed_last()
    }

    /// Judges a statement by this connection's policy, with what the catalog says of the functions that it calls.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Connect`] and its like where the catalog had to be asked and could not be.
    pub async fn vet(&self, call: &Call, text: &str) -> Result<Vetted, Error> {
        if let Some((_, vetted)) =
            self.verdicts().get(text).filter(|(given, _)| given.elapsed() <= VERDICT_HOLDS)
        {
            return Ok(vetted.clone());
        }
        let vetted = self
            .judge(call, |policy, functions| policy.vet(text, functions))
            .await
            .map_err(|error| error.on(self.id()))?;
        if text.len() <= LONGEST_KEPT {
            self.verdicts().put(text.to_owned(), (Instant::now(), vetted.clone()));
        }
        Ok(vetted)
    }

    /// What this connection's policy makes of a statement and why, with what the catalog says.
    ///
    /// # Errors
    /// As [`vet`](Self::vet), but for a refusal, which is the answer.
    pub async fn explain_verdict(&self, call: &Call, text: &str) -> Result<Explanation, Error> {
        let refused = match self.vet(call, text).await {
            Ok(_) => None,
            Err(error) if matches!(error.kind(), ErrorKind::Refused | ErrorKind::Sql) => Some(error.report()),
            Err(error) => return Err(error),
        };
        let mut explanation = self.inner.policy.explain(text, &self.inner.functions);
        if let Some(report) = refused
            && explanation.verdict == Verdict::Allowed
        {
            // Nothing in the statement itself, but in what it names.
            explanation.refuse(report.rule, report.message, report.why, report.hint);
        }
        Ok(explanation)
    }

    /// Judges what the views are made of that a statement names, and the views in those.
    async fn judge_views(&self, call: &Call, vetted: &Vetted) -> Result<(), Error> {
        let mut open: Vec<(Option<String>, String)> = relations(vetted);
        let mut seen: HashSet<(String, String)> = HashSet::new();
        while !open.is_empty() {
            let names: Vec<&str> = open.iter().map(|(_, name)| name.as_str()).collect();
            let unknown = self.inner.functions.unknown_views(&names);
            if !unknown.is_empty() {
                let parameters = [Value::from(unknown.clone())];
                let rows: Vec<ViewRow> = self.fetch(call, catalog::VIEWS.vetted()?, &parameters).await?;
                self.inner.functions.learn_views(unknown, rows);
            }
            for (schema, name) in std::mem::take(&mut open) {
                for view in self.inner.functions.views(schema.as_deref(), &name) {
                    if !seen.insert((view.schema.clone(), view.name.clone())) {
                        continue;
                    }
                    let inside = self
                        .judge_text(call, |policy, functions| policy.vet(&view.definition, functions))
                        .await
                        .map_err(|error| Error::View {
                            view: format!("{}.{}", view.schema, view.name),
                            source: Box::new(error),
                        })?;
                    open.extend(relations(&inside));
                }
            }
        }
        Ok(())
    }

    async fn judge(
        &self,
        call: &Call,
        vet: impl Fn(&Policy, &KnownFunctions) -> Result<Vetted, Refusal> + Send,
    ) -> Result<Vetted, Error> {
        let vetted = self.judge_text(call, vet).await?;
        self.judge_views(call, &vetted).await?;
        Ok(vetted)
    }

    async fn judge_text(
        &self,
        call: &Call,
        vet: impl Fn(&Policy, &KnownFunctions) -> Result<Vetted, Refusal> + Send,
    ) -> Result<Vetted, Error> {
        // A refusal names what one rule needs to know; with that known, another rule may need more.
        for _ in 0..MOST_QUESTIONS {
            let refusal = match vet(&self.inner.policy, &self.inner.functions) {
                Ok(vetted) if self.inner.functions.knows_collisions() => return Ok(vetted),
                Ok(_) => {
                    // A name of the server's own may mean a user's function as well: judged again with those known.
                    let rows = self.fetch(call, catalog::COLLISIONS.vetted()?, &[]).await?;
                    self.inner.functions.learn_collisions(rows);
                    continue;
                }
                Err(refusal) => refusal,
            };
            if refusal.needs_mask_facts() {
                masks::load(self, call, &self.inner.policy, &self.inner.functions.masks).await?;
                continue;
            }
            let functions: Vec<String> =
                refusal.needs_facts().iter().map(|function| function.name.clone()).collect();
            let operators: Vec<String> =
                refusal.needs_operator_facts().iter().map(|operator| operator.symbol.clone()).collect();
            if functions.is_empty() && operators.is_empty() {
                return Err(refusal.into());
            }
            for (names, query, kind) in [
                (functions, &catalog::FUNCTIONS, NameKind::Function),
                (operators, &catalog::OPERATORS, NameKind::Operator),
            ] {
                if !names.is_empty() {
                    let rows: Vec<FunctionRow> =
                        self.fetch(call, query.vetted()?, &[Value::from(names.clone())]).await?;
                    self.inner.functions.learn(kind, names, rows);
                }
            }
        }
        Ok(vet(&self.inner.policy, &self.inner.functions)?)
    }

    fn verdicts(&self) -> std::sync::MutexGuard<'_, LruCache<String, (Instant, Vetted)>> {
        self.inner.verdicts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was read from the catalog, as after a change of the schema.
    pub(crate) fn forget_catalog(&self) {
        self.inner.functions.forget();
        self.verdicts().clear();
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

    /// The rows of `EXPLAIN` with these options for a caller's statement. With `analyze` the statement runs, in a
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
    ) -> Result<Vec<T>, Error> {
        let explained = match self.vet(call, text).await {
            Ok(vetted) => vetted.explain(options).map_err(|refusal| Error::from(refusal).on(self.id())),
            // To plan a write is to read: what is refused as a statement may still be planned.
            Err(error) if !options.analyze => self
                .judge(call, |policy, functions| policy.vet_explain(text, options, functions))
                .await
                .map_err(|_| error),
            Err(error) => Err(error),
        };
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
        let kept = Kept { shape: Shape::Objects, rows: CATALOG_PAGE.rows, bytes: CATALOG_PAGE.bytes };
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
        let mut session = pin!(self.inner.pool.check_out());
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

/// The relations that a statement names and that may be views of users.
fn relations(vetted: &Vetted) -> Vec<(Option<String>, String)> {
    let users = |schema: Option<&str>| !matches!(schema, Some("pg_catalog" | "information_schema"));
    vetted
        .relations()
        .iter()
        .filter(|relation| users(relation.schema.as_deref()))
        .map(|relation| (relation.schema.clone(), relation.name.clone()))
        .collect()
}

fn objects<T: DeserializeOwned>(separated: &[u8]) -> Result<Vec<T>, Error> {
    let mut json = Vec::with_capacity(separated.len() + 2);
    json.push(b'[');
    json.extend_from_slice(separated);
    json.push(b']');
    serde_json::from_slice(&json).map_err(|source| Error::Row { source })
}
