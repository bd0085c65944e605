//! Changes that are shown first and made only once somebody said yes.
//!
//! A change is run in a transaction, what it touched is counted inside, and it is rolled back; the answer is a preview with
//! a code. With the code it is run again, and kept only if the counts still hold. Invariant: a change that the policy wants
//! confirmed is committed by nothing but a transaction whose own counts are those that were confirmed; what cannot ask is
//! refused.

mod agreement;
mod check;
mod codes;
mod preview;
mod touched;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use pg_policy::Vetted;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub use agreement::Agreement;
pub(crate) use check::{Check, Condition};
pub(crate) use codes::Codes;
pub use preview::{Preview, Sample};
pub use touched::TableChange;

use crate::{Call, Connection, Error, audit::hex, write::End};

/// How often a person is asked anew because the counts changed meanwhile.
const MOST_ASKED: usize = 3;

/// A change that waits for somebody's yes.
#[derive(Clone, Debug, Serialize)]
pub struct Confirmation {
    /// Why it has to be confirmed.
    pub reason: String,
    /// What it would do.
    pub preview: Preview,
    /// What to pass as `confirm`, good once and for exactly this call; none where only a person may confirm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// For how many seconds the code is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u64>,
    /// What the person's yes is given with, where that person is asked between two calls ([`Call::asking_between_calls`]).
    #[serde(skip)]
    pub pass: Option<Pass>,
}

/// A person's yes to one change, once it comes back from them: good once, for a while, for exactly the call that was shown, and no
/// value of `confirm`. A front end seals it where only the person can send it back.
#[derive(Clone)]
pub struct Pass(String);

impl Pass {
    /// The pass that was sealed as this text.
    #[must_use]
    pub fn from_sealed(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text, to be sealed.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass")
    }
}

/// How the person behind a call is reached where a change must be confirmed.
#[derive(Clone, Debug, Default)]
pub(crate) enum Person {
    /// Not at all.
    #[default]
    Unreachable,
    /// While the call waits.
    Now(Arc<dyn Asker>),
    /// Between this call and its repetition, which brings the pass.
    BetweenCalls(Option<Pass>),
}

impl fmt::Display for Confirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing was changed yet: {}; {}", self.reason, self.preview.sentence())
    }
}

/// Somebody who can be asked while a call waits.
#[async_trait]
pub trait Asker: fmt::Debug + Send + Sync {
    /// Whether the change is to be made.
    async fn confirm(&self, connection: &str, confirmation: &Confirmation) -> bool;

    /// Whether it says yes without looking, as `--yes` does; that counts only where the policy allows it.
    fn assumes_yes(&self) -> bool {
        false
    }
}

/// When a change has to be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Always.
    Always,
    /// If it touches more rows than this.
    Above(u64),
}

/// A change as its operation was asked for it.
pub(crate) struct Change<'a> {
    /// The operation.
    pub operation: &'static str,
    /// Its statements: vetted, as the caller wrote them, and their parameters.
    pub statements: Vec<(&'a Vetted, &'a str, Value)>,
    /// What else decides over what it does.
    pub options: Value,
    /// The code that the caller gave.
    pub confirm: Option<&'a str>,
    /// Whether only a preview is wanted.
    pub dry_run: bool,
}

/// What became of a change.
pub(crate) struct Settled<T> {
    /// What its statements gave.
    pub done: T,
    /// The preview, where it was a dry run.
    pub preview: Option<Preview>,
}

/// Runs a change: at once, as a preview, or with what was confirmed, as policy and caller say. `run` runs it once, to the
/// end that it is given.
pub(crate) async fn settle<'a, T>(
    call: &Call,
    connection: &Connection,
    change: Change<'a>,
    run: impl Fn(End) -> BoxFuture<'a, Result<T, Error>> + Send + Sync,
) -> Result<Settled<T>, Error> {
    let bare = change.statements.iter().find(|(vetted, _, _)| vetted.runs_outside_transaction());
    if change.dry_run {
        if change.confirm.is_some() {
            return Err(Error::argument("give `dry_run` or `confirm`, not both"));
        }
        if let Some((vetted, _, _)) = bare {
            return Err(Error::argument(format!(
                "{} cannot run in a transaction, so there is no dry run of it",
                vetted.kind()
            )));
        }
        let (done, check) = attempt(call, connection, &change, Condition::Never, &run).await?;
        let preview = look(call, connection, &check).await;
        return Ok(Settled { done, preview: Some(preview) });
    }
    let needs =
        change.statements.iter().filter_map(|(vetted, text, _)| connection.needs_confirmation(vetted, text));
    let Some(need) = needs.reduce(Need::and) else {
        return Ok(Settled { done: run(End::Commit).await?, preview: None });
    };
    let binding = binding(connection, &change);
    let codes = call.service().codes();
    let mut changed = false;
    let told = match (change.confirm, call.person()) {
        (Some(code), _) => Some(codes.take(code, &binding)?),
        (None, Person::BetweenCalls(Some(Pass(pass)))) => Some(codes.take(pass, &by_person(&binding))?),
        _ => None,
    };
    let mut condition = match (told, need) {
        (Some(changes), _) => {
            if bare.is_some() {
                return Ok(Settled { done: run(End::Commit).await?, preview: None });
            }
            changed = true;
            Condition::Exactly(changes)
        }
        (None, Need::Always) => Condition::Never,
        (None, Need::Above(rows)) => Condition::AtMost(rows),
    };
    for _ in 0..MOST_ASKED {
        let preview = match bare {
            Some((vetted, _, _)) => Preview::untried(&vetted.kind().to_string()),
            None => {
                let (done, check) = attempt(call, connection, &change, condition, &run).await?;
                if check.seen().kept {
                    return Ok(Settled { done, preview: None });
                }
                look(call, connection, &check).await
            }
        };
        let changes = preview.tables.clone();
        let mut confirmation = Confirmation {
            reason: reason(need, changed),
            preview,
            code: None,
            expires_in_s: None,
            pass: None,
        };
        let options = connection.confirmation();
        let asker = match call.person() {
            Person::Now(asker) if !asker.assumes_yes() || options.assume_yes => asker,
            Person::BetweenCalls(_) => {
                confirmation.pass = Some(Pass(codes.give(by_person(&binding), changes, options.expiry)?));
                return Err(Error::ConfirmationNeeded(Box::new(confirmation)));
            }
            Person::Now(_) | Person::Unreachable => {
                if !options.person {
                    confirmation.code = Some(codes.give(binding, changes, options.expiry)?);
                    confirmation.expires_in_s = Some(options.expiry.as_secs());
                }
                return Err(Error::ConfirmationNeeded(Box::new(confirmation)));
            }
        };
        let yes = tokio::select! {
            yes = asker.confirm(connection.id(), &confirmation) => yes,
            () = call.cancellation().cancelled() => return Err(Error::Cancelled),
        };
        if !yes {
            return Err(Error::Declined);
        }
        if bare.is_some() {
            return Ok(Settled { done: run(End::Commit).await?, preview: None });
        }
        changed = true;
        condition = Condition::Exactly(changes);
    }
    Err(Error::argument("what the change touches changes too fast to be confirmed; nothing was changed"))
}

impl Need {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Need::Above(a), Need::Above(b)) => Need::Above(a.min(b)),
            _ => Need::Always,
        }
    }
}

async fn attempt<'a, T>(
    call: &Call,
    connection: &Connection,
    change: &Change<'a>,
    condition: Condition,
    run: &(impl Fn(End) -> BoxFuture<'a, Result<T, Error>> + Send + Sync),
) -> Result<(T, Arc<Check>), Error> {
    let mut samples = Vec::new();
    let named = change.statements.iter().flat_map(|(vetted, _, _)| vetted.relations());
    for relation in named.take(8) {
        let name = match &relation.schema {
            Some(schema) => format!("{}.{}", preview::quoted(schema), preview::quoted(&relation.name)),
            None => preview::quoted(&relation.name),
        };
        // What may not be read is not shown.
        if let Ok(vetted) = connection.verdict(call, &preview::sample(&name, "xmin")).await {
            let named = match &relation.schema {
                Some(schema) => format!("{schema}.{}", relation.name),
                None => relation.name.clone(),
            };
            samples.push((named, vetted));
        }
    }
    let check = Arc::new(Check::new(condition, samples));
    let done = run(End::Checked(Arc::clone(&check))).await?;
    Ok((done, check))
}

async fn look(call: &Call, connection: &Connection, check: &Check) -> Preview {
    let seen = std::mem::take(&mut *check.seen());
    Preview::of(call, connection, seen).await
}

fn reason(need: Need, changed: bool) -> String {
    match (need, changed) {
        (_, true) => {
            "what it touches has changed since it was shown, so it must be confirmed anew".to_owned()
        }
        (Need::Always, _) => "the policy of this connection wants such a change confirmed".to_owned(),
        (Need::Above(rows), _) => {
            format!("the policy of this connection wants a change of more than {rows} rows confirmed")
        }
    }
}

/// What a person's yes is bound to: no code for `confirm` is bound to the same.
pub(crate) fn by_person(binding: &str) -> String {
    format!("by a person: {binding}")
}

/// A digest of everything that decides over what a change does and whether it may.
fn binding(connection: &Connection, change: &Change<'_>) -> String {
    let statements: Vec<Value> = change
        .statements
        .iter()
        .map(|(vetted, text, parameters)| json!([text, parameters, vetted.declared_types()]))
        .collect();
    let whole = json!([
        change.operation,
        connection.id(),
        connection.settings().map(|settings| settings.describe()),
        connection.access().to_string(),
        format!("{:?}", connection.confirmation()),
        statements,
        change.options,
    ]);
    hex(&Sha256::digest(whole.to_string()))
}
