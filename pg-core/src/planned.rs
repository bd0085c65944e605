//! Plans: statements of an operation's own, each in a transaction of its own or in none, that are shown and confirmed as a
//! whole before the first is run.
//!
//! Separate from `confirm`, which tries one transaction and counts what it touches: a plan of hours cannot be tried.
//! Invariant: a planned statement was judged like a caller's, and runs only under a [`Leave`] that names its text.

use std::{collections::BTreeSet, time::Duration};

use futures_util::FutureExt;
use pg_policy::{Access, Vetted};
use postgres_types::Type;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio_postgres::Client;

use crate::{
    Call, Confirmation, Connection, Error, Pass, Preview,
    audit::hex,
    confirm::{Person, by_person},
    estimate::within_estimate,
    row_encoder::Shape,
    session::{Backend, Begin, classify, on_session, prepare},
    statement::{Kept, Past, Ran, run_prepared},
    write::{End, bare, finish},
};

/// Rows that a planned statement may return.
const KEPT: Kept = Kept { shape: Shape::Objects, rows: 10_000, bytes: 1 << 20, past: Past::Counted };

/// A statement that was judged and may become part of a plan.
#[derive(Clone, Debug)]
pub struct PlannedStatement {
    vetted: Vetted,
}

impl PlannedStatement {
    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.vetted.text()
    }

    /// Whether it cannot run inside a transaction, as VACUUM.
    #[must_use]
    pub fn runs_outside_transaction(&self) -> bool {
        self.vetted.runs_outside_transaction()
    }
}

/// What is asked to be confirmed.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// The operation.
    pub operation: &'static str,
    /// All statements.
    pub statements: &'a [&'a PlannedStatement],
    /// What else decides over what they do, such as how old a row has to be.
    pub options: Value,
    /// The plan in a sentence or two.
    pub summary: &'a str,
}

/// A code that stands for a plan.
#[derive(Clone, Debug)]
pub struct PlanCode {
    /// What to pass to confirm it, good once.
    pub code: String,
    /// For how many seconds it is good.
    pub expires_in_s: u64,
}

/// The proof that a plan was confirmed.
#[derive(Debug)]
pub struct Leave {
    connection: String,
    texts: BTreeSet<String>,
}

impl Leave {
    /// Lets a statement run that puts in order what a statement of the plan left behind when it was interrupted.
    pub fn include_aftermath(&mut self, statement: &PlannedStatement) {
        self.texts.insert(statement.text().to_owned());
    }
}

/// How long a planned statement may take: not the connection's limits, which are for a caller's statements.
#[derive(Clone, Copy, Debug)]
pub struct PlanBounds {
    /// How long it may run.
    pub statement_timeout: Duration,
    /// How long it may wait for a lock.
    pub lock_timeout: Duration,
}

/// Plans.
impl Connection {
    /// Judges a statement that is to become part of a plan.
    ///
    /// # Errors
    /// As [`vet`](Self::vet), but for what must be confirmed: the plan is.
    pub async fn vet_planned(&self, call: &Call, text: &str) -> Result<PlannedStatement, Error> {
        Ok(PlannedStatement { vetted: self.vet_with(call, text, &[]).await? })
    }

    /// A code that confirms a plan, where not only a person may.
    ///
    /// # Errors
    /// [`Error::Driver`] where the code cannot be kept.
    pub fn plan_code(&self, call: &Call, plan: &Plan<'_>) -> Result<Option<PlanCode>, Error> {
        let options = self.confirmation();
        if options.person {
            return Ok(None);
        }
        let code = call.service().codes().give(self.plan_binding(plan), Vec::new(), options.expiry)?;
        Ok(Some(PlanCode { code, expires_in_s: options.expiry.as_secs() }))
    }

    /// Whether somebody has said beforehand that the caller's plans are to be run (`--yes`), and that may count.
    #[must_use]
    pub fn is_confirmed_beforehand(&self, call: &Call) -> bool {
        matches!(call.person(), Person::Now(asker) if asker.assumes_yes())
    }

    /// Leave to run a plan: by its code, or from whom can be asked.
    ///
    /// # Errors
    /// [`Error::ConfirmationNeeded`] where nobody can be asked; [`Error::Declined`]; [`Error::Argument`] for a code that is not
    /// this plan's.
    pub async fn leave(&self, call: &Call, plan: &Plan<'_>, code: Option<&str>) -> Result<Leave, Error> {
        let leave = Leave {
            connection: self.id().to_owned(),
            texts: plan.statements.iter().map(|statement| statement.text().to_owned()).collect(),
        };
        let binding = self.plan_binding(plan);
        let codes = call.service().codes();
        let told = match (code, call.person()) {
            (Some(code), _) => Some(codes.take(code, &binding)),
            (None, Person::BetweenCalls(Some(pass))) => Some(codes.take(pass.secret(), &by_person(&binding))),
            _ => None,
        };
        if let Some(told) = told {
            told.map_err(|error| error.on(self.id()))?;
            return Ok(leave);
        }
        let demanded = plan
            .statements
            .iter()
            .any(|statement| self.needs_confirmation(&statement.vetted, statement.text()).is_some());
        let options = self.confirmation();
        let mut confirmation = Confirmation {
            reason: "a plan is run once it is confirmed".to_owned(),
            preview: Preview::of_plan(plan.summary),
            code: None,
            expires_in_s: None,
            pass: None,
        };
        let asker = match call.person() {
            Person::Now(asker) if !asker.assumes_yes() || options.assume_yes || !demanded => asker,
            Person::BetweenCalls(_) => {
                let pass = codes.give(by_person(&binding), Vec::new(), options.expiry)?;
                confirmation.pass = Some(Pass::from_sealed(pass));
                return Err(Error::ConfirmationNeeded(Box::new(confirmation)).on(self.id()));
            }
            Person::Now(_) | Person::Unreachable => {
                if let Some(PlanCode { code, expires_in_s }) = self.plan_code(call, plan)? {
                    (confirmation.code, confirmation.expires_in_s) = (Some(code), Some(expires_in_s));
                }
                return Err(Error::ConfirmationNeeded(Box::new(confirmation)).on(self.id()));
            }
        };
        let yes = tokio::select! {
            yes = asker.confirm(self.id(), &confirmation) => yes,
            () = call.cancellation().cancelled() => return Err(Error::Cancelled),
        };
        if yes { Ok(leave) } else { Err(Error::Declined) }
    }

    /// Runs a statement of a confirmed plan, committed, and gives the rows that it returns.
    ///
    /// # Errors
    /// [`Error::Declined`] for a statement that the leave does not name; what running the statement gives.
    pub async fn run_planned<T: DeserializeOwned>(
        &self,
        call: &Call,
        leave: &Leave,
        statement: &PlannedStatement,
        parameters: &[Value],
        bounds: PlanBounds,
    ) -> Result<Vec<T>, Error> {
        if leave.connection != self.id() || !leave.texts.contains(statement.text()) {
            return Err(Error::Declined.on(self.id()));
        }
        let ran =
            self.planned(call, statement, parameters, bounds).await.map_err(|error| error.on(self.id()))?;
        super::connection::objects(&ran.bytes).map_err(|error| error.on(self.id()))
    }

    async fn planned(
        &self,
        call: &Call,
        statement: &PlannedStatement,
        parameters: &[Value],
        bounds: PlanBounds,
    ) -> Result<Ran, Error> {
        let vetted = statement.vetted.clone();
        if !vetted.runs_outside_transaction() {
            within_estimate(call, self, &vetted, parameters).await?;
        }
        let changes_schema = vetted.access() >= Access::Schema;
        let given = parameters.to_vec().into();
        let ran = on_session(self, call, move |backend| {
            async move {
                if vetted.runs_outside_transaction() {
                    if backend.scope().is_session() {
                        bound(backend.parts().0, bounds, Lasts::Session).await?;
                    }
                    bare(backend, &vetted, &given, KEPT).await
                } else {
                    in_transaction(backend, &vetted, &given, bounds).await
                }
            }
            .boxed()
        })
        .await?;
        if changes_schema {
            self.forget_catalog();
        }
        call.trail().changed(ran.affected);
        Ok(ran)
    }

    /// Whether a session of this connection is its own from statement to statement, and not a pooler's.
    ///
    /// # Errors
    /// What connecting gives.
    pub async fn keeps_sessions(&self, call: &Call) -> Result<bool, Error> {
        let kept = on_session(self, call, |backend| {
            async move {
                let kept = backend.scope().is_session();
                backend.settle();
                Ok(kept)
            }
            .boxed()
        });
        kept.await.map_err(|error| error.on(self.id()))
    }

    /// A digest of everything that decides over what a plan does.
    fn plan_binding(&self, plan: &Plan<'_>) -> String {
        let texts: Vec<&str> = plan.statements.iter().map(|statement| statement.text()).collect();
        let whole = json!([
            "plan",
            plan.operation,
            self.id(),
            self.settings().map(|settings| settings.describe()),
            self.access().to_string(),
            format!("{:?}", self.confirmation()),
            texts,
            plan.options,
        ]);
        hex(&Sha256::digest(whole.to_string()))
    }
}

async fn in_transaction(
    backend: &mut Backend,
    vetted: &Vetted,
    parameters: &crate::given::Given,
    bounds: PlanBounds,
) -> Result<Ran, Error> {
    let limit = bounds.statement_timeout;
    let (transaction, cache) = backend.begin(Begin::WRITE).await?;
    let client = transaction.client();
    bound(client, bounds, Lasts::Transaction).await?;
    let prepared = prepare(client, cache, vetted, limit).await?;
    let ran = run_prepared(client, &prepared, vetted, parameters, KEPT, limit).await?;
    finish(transaction, &End::Commit, limit).await?;
    Ok(ran)
}

/// How long the bounds are to hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lasts {
    Transaction,
    Session,
}

/// Gives the session, which is reset when it goes back, or the transaction these bounds.
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn bound(client: &Client, bounds: PlanBounds, lasts: Lasts) -> Result<(), Error> {
    let text = "SELECT pg_catalog.set_config('statement_timeout', $1, $3), pg_catalog.set_config('lock_timeout', $2, $3)";
    let statement = bounds.statement_timeout.as_millis().clamp(1, i32::MAX as u128).to_string();
    let lock = bounds.lock_timeout.as_millis().clamp(1, i32::MAX as u128).to_string();
    let local = lasts == Lasts::Transaction;
    let parameters: [(&(dyn postgres_types::ToSql + Sync), Type); 3] =
        [(&statement, Type::TEXT), (&lock, Type::TEXT), (&local, Type::BOOL)];
    client
        .query_typed(text, &parameters)
        .await
        .map(drop)
        .map_err(|error| classify(&error, bounds.statement_timeout))
}
