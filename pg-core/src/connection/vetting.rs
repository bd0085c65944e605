//! The verdicts of a connection: what its policy makes of a statement, asked, cached, counted and recorded.
//!
//! Separate from what a connection is and where it leads. Invariant: a caller's statement is vetted by [`Connection::vet`] or
//! `vet_with` and nothing else, so that it is counted and its decision recorded; only what can ask for a confirmation may
//! use the second.

use std::{
    collections::BTreeSet,
    sync::PoisonError,
    time::{Duration, Instant},
};

use lru::LruCache;
use pg_policy::{Access, Explanation, Policy, Questions, Refusal, Vetted};
use postgres_types::Type;
use serde_json::Value;

use super::Connection;
use crate::{
    Call, ConfirmationOptions, Error, ErrorKind, Parameters,
    audit::Recordable,
    catalog,
    confirm::Need,
    facts::{KnownFacts, NameKind},
    masks,
    session::LONGEST_KEPT,
};

/// How often the catalog is asked for the sake of one verdict: each time leads one view deeper at least.
const MOST_QUESTIONS: usize = 40;
/// How long a verdict holds: what it rests on in the catalog may change at any time.
const VERDICT_HOLDS: Duration = Duration::from_secs(30);

impl Connection {
    /// Judges a statement by this connection's policy, with what the catalog says of the functions that it calls.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Connect`] and its like where the catalog had to be asked and could not be.
    pub async fn vet(&self, call: &Call, text: &str) -> Result<Vetted, Error> {
        let vetted = self.vet_with(call, text, &[]).await?;
        self.without_confirmation(call, &vetted, text).map_err(|error| error.on(self.id()))?;
        Ok(vetted)
    }

    /// Lets a statement run that was vetted before: within the access of the connection, counted, and recorded.
    ///
    /// # Errors
    /// [`Error::Access`]; [`Error::Limited`] for what must be confirmed and where the limit of statements is reached;
    /// [`Error::Unrecorded`].
    pub(crate) async fn admit(&self, call: &Call, statement: &Vetted) -> Result<(), Error> {
        if statement.access() > self.access() {
            return Err(Error::Access { needed: statement.access(), granted: self.access() });
        }
        self.without_confirmation(call, statement, statement.text())?;
        call.trail().enter(self)?;
        self.inner.throttle.statement()?;
        call.trail().decided(call, self, statement.text(), Recordable::Once(&[]), &Ok::<(), Error>(())).await
    }

    /// Refuses what must be confirmed.
    fn without_confirmation(&self, call: &Call, vetted: &Vetted, text: &str) -> Result<(), Error> {
        if call.is_agreed_on(self.id()) || self.needs_confirmation(vetted, text).is_none() {
            return Ok(());
        }
        Err(Error::Limited {
            rule: "policy.confirm",
            problem: format!(
                "{} must be confirmed on this connection, and this operation cannot ask",
                vetted.kind()
            ),
            instead: "use execute_query, execute_transaction or batch_execute, each a transaction of its own"
                .to_owned(),
            retry_after: None,
        })
    }

    /// The types of a statement's parameters, where the server said them before.
    pub(crate) fn known_parameter_types(&self, statement: &Vetted) -> Option<Vec<Type>> {
        self.parameter_types().get(statement.key()).cloned()
    }

    /// Remembers the types of a statement's parameters.
    pub(crate) fn note_parameter_types(&self, statement: &Vetted, types: Vec<Type>) {
        if statement.text().len() <= LONGEST_KEPT {
            self.parameter_types().put(statement.key().to_owned(), types);
        }
    }

    fn parameter_types(&self) -> std::sync::MutexGuard<'_, LruCache<String, Vec<Type>>> {
        self.inner.parameter_types.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What must be confirmed.
    pub(crate) fn confirmation(&self) -> &ConfirmationOptions {
        &self.inner.confirmation
    }

    /// Whether and when a statement must be confirmed. One that cannot be told must be.
    pub(crate) fn needs_confirmation(&self, vetted: &Vetted, text: &str) -> Option<Need> {
        let options = &self.inner.confirmation;
        if vetted.access() == Access::Read && !vetted.runs_outside_transaction() {
            return None;
        }
        let watched = self.inner.watched.as_ref();
        if options.writes || watched.is_some_and(|policy| policy.vet(text, &self.inner.facts).is_err()) {
            return Some(Need::Always);
        }
        options
            .rows_above
            .map(|rows| if vetted.runs_outside_transaction() { Need::Always } else { Need::Above(rows) })
    }

    /// The same, of a statement with these parameters, which the audit log may hold.
    pub(crate) async fn vet_with(
        &self,
        call: &Call,
        text: &str,
        parameters: &[Value],
    ) -> Result<Vetted, Error> {
        self.vet_given(call, text, Recordable::Once(parameters)).await
    }

    /// The same, of a statement that runs for each of these rows.
    pub(crate) async fn vet_rows(
        &self,
        call: &Call,
        text: &str,
        rows: &[Parameters],
    ) -> Result<Vetted, Error> {
        self.vet_given(call, text, Recordable::Rows(rows)).await
    }

    async fn vet_given(&self, call: &Call, text: &str, given: Recordable<'_>) -> Result<Vetted, Error> {
        let verdict = async {
            call.trail().enter(self)?;
            self.inner.throttle.statement()?;
            self.verdict(call, text).await
        };
        let verdict = verdict.await.map_err(|error| error.on(self.id()));
        let recorded = call.trail().decided(call, self, text, given, &verdict).await;
        recorded.map_err(|error| error.on(self.id())).and(verdict)
    }

    /// A place for a call among those at work.
    pub(crate) fn place(&self) -> Result<Option<tokio::sync::OwnedSemaphorePermit>, Error> {
        self.inner.throttle.place()
    }

    /// The verdict on a text, from the cache if it is fresh.
    pub(crate) async fn verdict(&self, call: &Call, text: &str) -> Result<Vetted, Error> {
        if let Some((_, vetted)) =
            self.verdicts().get(text).filter(|(given, _)| given.elapsed() <= VERDICT_HOLDS)
        {
            return Ok(vetted.clone());
        }
        let vetted = self.judge(call, |policy, functions| policy.vet(text, functions)).await?;
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
        match self.verdict(call, text).await {
            Err(error) if error.kind() != ErrorKind::Refused => Err(error.on(self.id())),
            // What the verdict rests on is known now.
            Ok(_) | Err(_) => Ok(self.inner.policy.explain(text, &self.inner.facts)),
        }
    }

    /// Whether a statement does no more with masked columns than show and count them: what it compares, groups or reckons with
    /// would be masks, and say nothing of the values behind them.
    ///
    /// # Errors
    /// As [`vet`](Self::vet).
    pub async fn only_shows_masks(&self, call: &Call, text: &str) -> Result<bool, Error> {
        if !self.vet(call, text).await?.is_masked() {
            return Ok(true);
        }
        let stricter = self.inner.policy.showing_masks_only();
        match self.judge(call, |_, facts| stricter.vet(text, facts)).await {
            Ok(_) => Ok(true),
            Err(Error::Refused(_)) => Ok(false),
            Err(error) => Err(error.on(self.id())),
        }
    }

    /// A verdict of this connection's policy, or one like it, with what the catalog says.
    pub(crate) async fn judge<T>(
        &self,
        call: &Call,
        vet: impl Fn(&Policy, &KnownFacts) -> Result<T, Refusal> + Send,
    ) -> Result<T, Error> {
        let facts = &self.inner.facts;
        // Each refusal names all that it could not judge; what is learnt may lead on, as from a view to its tables.
        for _ in 0..MOST_QUESTIONS {
            let questions = match vet(&self.inner.policy, facts) {
                Ok(vetted) if facts.knows_collisions() => return Ok(vetted),
                Ok(_) => Questions::default(),
                Err(refusal) if refusal.needs_mask_facts() => {
                    masks::load(self, call, &self.inner.policy, &facts.masks).await?;
                    continue;
                }
                Err(refusal) if !refusal.cannot_be_judged() => return Err(refusal.into()),
                Err(refusal) => refusal.questions().clone(),
            };
            // A name of the server's own may mean a user's function as well: judged again with those known.
            if !facts.knows_collisions() {
                let rows = self.fetch(call, catalog::COLLISIONS.vetted()?, &[]).await?;
                facts.learn_collisions(rows);
            }
            self.ask(call, questions).await?;
        }
        Ok(vet(&self.inner.policy, facts)?)
    }

    /// Asks the catalog what a verdict needs to know.
    async fn ask(&self, call: &Call, questions: Questions) -> Result<(), Error> {
        let facts = &self.inner.facts;
        let functions = once(questions.functions.into_iter().map(|function| function.name));
        let operators = once(questions.operators.into_iter().map(|operator| operator.symbol));
        let relations = once(questions.relations.into_iter().map(|relation| relation.name));
        let types = once(questions.types.into_iter().map(|name| name.name));
        let changes = once(questions.changes.into_iter().map(|name| name.name));
        for (names, query, kind) in [
            (functions, &catalog::FUNCTIONS, NameKind::Function),
            (operators, &catalog::OPERATORS, NameKind::Operator),
        ] {
            if !names.is_empty() {
                let rows = self.fetch(call, query.vetted()?, &[Value::from(names.clone())]).await?;
                facts.learn_functions(kind, names, rows);
            }
        }
        if !relations.is_empty() {
            let parameters = [Value::from(relations.clone())];
            let rows = self.fetch(call, catalog::RELATIONS.vetted()?, &parameters).await?;
            facts.learn_relations(relations, rows);
        }
        if !changes.is_empty() {
            let parameters = [Value::from(changes.clone())];
            let rows = self.fetch(call, catalog::CHANGES.vetted()?, &parameters).await?;
            facts.learn_changes(changes, rows);
        }
        if !types.is_empty() {
            let rows = self.fetch(call, catalog::TYPES.vetted()?, &[Value::from(types.clone())]).await?;
            facts.learn_types(types, rows);
        }
        Ok(())
    }

    fn verdicts(&self) -> std::sync::MutexGuard<'_, LruCache<String, (Instant, Vetted)>> {
        self.inner.verdicts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was read from the catalog, as after a change of the schema.
    pub(crate) fn forget_catalog(&self) {
        self.inner.facts.forget();
        self.verdicts().clear();
    }
}

/// Each name once.
fn once(names: impl Iterator<Item = String>) -> Vec<String> {
    let names: BTreeSet<String> = names.collect();
    names.into_iter().collect()
}
