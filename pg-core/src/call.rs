//! One call of an operation: who asks, how it is stopped, and where rows go.

use std::{fmt, sync::Arc};

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::{
    Asker, Caller, Identity, Pass, Progress, RowWriter, Service, Update, confirm::Person, trail::Trail,
};

/// From where a caller speaks, which decides what add_connection may reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The same user on the same machine: a terminal, or a client that started this process.
    #[default]
    Local,
    /// Over the network.
    Remote,
}

/// One call of an operation. Dropping the future of an operation, or cancelling the token, stops its statement in the server.
#[derive(Clone, Debug)]
pub struct Call {
    service: Service,
    origin: Origin,
    cancel: CancellationToken,
    rows: Option<Arc<Mutex<RowWriter>>>,
    keeps_cursors: bool,
    caller: Option<Caller>,
    identity: Arc<Identity>,
    person: Person,
    trail: Arc<Trail>,
    local_files: bool,
    progress: Option<Listener<Progress>>,
    updates: Option<Listener<Update>>,
    /// The connection on which the changes of this call were confirmed as a whole.
    agreed: Option<Arc<str>>,
    trace_parent: Option<Arc<str>>,
}

/// Whoever wants to know how far a call is.
struct Listener<T>(Arc<dyn Fn(T) + Send + Sync>);

impl<T> Clone for Listener<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Listener<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

impl Call {
    /// A call by a local caller, answered in memory.
    #[must_use]
    pub fn new(service: &Service) -> Self {
        Self {
            service: service.clone(),
            origin: Origin::Local,
            cancel: service.stopping().child_token(),
            rows: None,
            keeps_cursors: false,
            caller: None,
            identity: Arc::default(),
            person: Person::default(),
            trail: Arc::default(),
            local_files: false,
            progress: None,
            updates: None,
            agreed: None,
            trace_parent: None,
        }
    }

    /// Says from where the caller speaks.
    #[must_use]
    pub fn from_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Sends rows, as they come, to a writer instead of into the answer.
    #[must_use]
    pub fn with_rows_to(mut self, writer: RowWriter) -> Self {
        self.rows = Some(Arc::new(Mutex::new(writer)));
        self
    }

    /// Says that the caller can come back to this process for the next page of a long result.
    #[must_use]
    pub fn with_cursors(mut self) -> Self {
        self.keeps_cursors = true;
        self
    }

    /// Says which client calls: what the call leaves open ends when that client goes.
    #[must_use]
    pub fn by(mut self, caller: &Caller) -> Self {
        self.caller = Some(caller.clone());
        self
    }

    /// Says who calls, for the audit log and for those who watch the server.
    #[must_use]
    pub fn identified(mut self, identity: impl Into<Arc<Identity>>) -> Self {
        self.identity = identity.into();
        self
    }

    /// Says whom to ask where a change must be confirmed.
    #[must_use]
    pub fn with_asker(mut self, asker: Arc<dyn Asker>) -> Self {
        self.person = Person::Now(asker);
        self
    }

    /// Says that the person behind the caller can be asked where a change must be confirmed, but not while the call waits: it ends with
    /// [`Error::ConfirmationNeeded`](crate::Error::ConfirmationNeeded), whose pass a repetition of the call brings once that person said yes.
    #[must_use]
    pub fn asking_between_calls(mut self, pass: Option<Pass>) -> Self {
        self.person = Person::BetweenCalls(pass);
        self
    }

    /// How to reach whoever can confirm a change.
    pub(crate) fn person(&self) -> &Person {
        &self.person
    }

    /// The same call with a trail of its own, for an operation that is about to run.
    pub(crate) fn running(&self, operation: &'static str) -> Self {
        Self { trail: Arc::new(Trail::of(operation)), ..self.clone() }
    }

    /// Who calls.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Who calls, to be kept.
    pub(crate) fn shared_identity(&self) -> Arc<Identity> {
        Arc::clone(&self.identity)
    }

    /// What the call leaves behind.
    pub(crate) fn trail(&self) -> &Trail {
        &self.trail
    }

    /// Says that the caller may name files of this machine: one who could read them without this program too.
    #[must_use]
    pub fn with_local_files(mut self) -> Self {
        self.local_files = true;
        self
    }

    /// Says how far a long call is, now and then, to a function that must return at once.
    #[must_use]
    pub fn with_progress(mut self, listener: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Listener(Arc::new(listener)));
        self
    }

    /// The same call, once its changes on a connection were confirmed as a whole.
    pub(crate) fn agreed_on(&self, connection_id: &str) -> Self {
        Self { agreed: Some(connection_id.into()), ..self.clone() }
    }

    /// Whether the changes of this call on a connection were confirmed as a whole.
    pub(crate) fn is_agreed_on(&self, connection_id: &str) -> bool {
        self.agreed.as_deref() == Some(connection_id)
    }

    /// The same call with a token of its own: for what must be put in order once the call itself was cancelled.
    #[must_use]
    pub fn afterwards(&self) -> Self {
        Self { cancel: CancellationToken::new(), ..self.clone() }
    }

    /// Says which span of the caller's the call belongs to, by the header `traceparent` of W3C Trace Context. One that cannot be
    /// read is passed over, as is every one where the feature `otlp` is off.
    #[must_use]
    pub fn caused_by(mut self, traceparent: &str) -> Self {
        self.trace_parent = Some(traceparent.into());
        self
    }

    /// The caller's span.
    #[cfg(feature = "otlp")]
    pub(crate) fn trace_parent(&self) -> Option<&str> {
        self.trace_parent.as_deref()
    }

    /// Says how a watch stands, each time it looks, to a function that must return at once. A watch with a listener may go on for as
    /// long as it is wanted.
    #[must_use]
    pub fn with_updates(mut self, listener: impl Fn(Update) + Send + Sync + 'static) -> Self {
        self.updates = Some(Listener(Arc::new(listener)));
        self
    }

    /// Whether anybody hears what a watch tells before its answer.
    #[must_use]
    pub fn hears_updates(&self) -> bool {
        self.updates.is_some()
    }

    /// Tells how a watch stands to whoever hears it.
    pub fn tell_update(&self, update: impl FnOnce() -> Option<Update>) {
        if let Some((Listener(listener), update)) =
            self.updates.as_ref().and_then(|heard| Some((heard, update()?)))
        {
            listener(update);
        }
    }

    /// The token that cancels this call.
    #[must_use]
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancel
    }

    /// What the call works on.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// From where the caller speaks.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    pub(crate) fn caller_gone(&self) -> Option<CancellationToken> {
        self.caller.as_ref().map(Caller::gone)
    }

    pub(crate) fn keeps_cursors(&self) -> bool {
        self.keeps_cursors
    }

    /// Tells whoever wants to know how far the call is.
    pub fn tell(&self, progress: Progress) {
        if let Some(Listener(listener)) = &self.progress {
            listener(progress);
        }
    }

    /// Whether the caller may name files of this machine.
    #[must_use]
    pub fn has_local_files(&self) -> bool {
        self.local_files
    }

    pub(crate) fn rows(&self) -> Option<&Arc<Mutex<RowWriter>>> {
        self.rows.as_ref()
    }
}
