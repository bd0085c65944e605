//! The statements that are prepared on one backend, and what was learned of them there.
//!
//! Separate because what failed for what this side remembered, or did not know, is worth another try, and only here is it known when.
//! Invariant: of one statement the same is learned once.

use std::{fmt, num::NonZeroUsize, sync::Arc};

use lru::LruCache;
use pg_policy::Vetted;
use tokio_postgres::error::SqlState;

use super::Prepared;
use crate::{BindError, DecodeError, Error, spans::Place};

/// Statements kept on one backend; the least recently used one goes first.
const STATEMENTS: NonZeroUsize = NonZeroUsize::new(256).expect("not zero");

/// How records come, whose types only their bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Records {
    /// In binary, part by part.
    Binary,
    /// In the server's text form.
    Text,
}

/// The statements that are prepared on one backend, by their text.
pub(crate) struct PreparedCache {
    /// Where the backend is.
    pub(crate) place: Arc<Place>,
    statements: LruCache<Arc<str>, Arc<Prepared>>,
    /// Statements whose records hold what only the server can write: they come in its text form.
    records_as_text: LruCache<Arc<str>, ()>,
}

impl PreparedCache {
    /// Nothing is prepared on the backend at this place.
    pub(crate) fn new(place: Place) -> Self {
        Self {
            place: Arc::new(place),
            statements: LruCache::new(STATEMENTS),
            records_as_text: LruCache::new(STATEMENTS),
        }
    }

    /// The statement of this text.
    pub(crate) fn get(&mut self, key: &str) -> Option<&Arc<Prepared>> {
        self.statements.get(key)
    }

    /// Whether there is a statement of this text.
    pub(crate) fn contains(&self, key: &str) -> bool {
        self.statements.contains(key)
    }

    /// Remembers a statement.
    pub(crate) fn put(&mut self, key: Arc<str>, prepared: Arc<Prepared>) {
        self.statements.put(key, prepared);
    }

    /// Forgets all statements.
    pub(crate) fn clear(&mut self) {
        self.statements.clear();
    }

    /// All statements.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Prepared>> {
        self.statements.iter().map(|(_, prepared)| prepared)
    }

    /// How records of a statement are to come.
    pub(crate) fn records(&self, vetted: &Vetted) -> Records {
        if self.records_as_text.contains(vetted.key()) { Records::Text } else { Records::Binary }
    }

    /// Whether a failure was for what this side remembered, or did not know, of one of these statements, which is put right: run again,
    /// they may succeed.
    pub(crate) fn learn<'v>(&mut self, error: &Error, of: impl IntoIterator<Item = &'v Vetted>) -> bool {
        if is_stale_plan(error) {
            self.clear();
            return true;
        }
        if !needs_text_form(error) {
            return false;
        }
        let mut learned = false;
        for vetted in of {
            learned |= self.records_as_text.put(Arc::from(vetted.key()), ()).is_none();
            self.statements.pop(vetted.key());
        }
        learned
    }
}

impl fmt::Debug for PreparedCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedCache").field("place", &self.place).finish_non_exhaustive()
    }
}

/// Whether a statement prepared earlier no longer fits the schema. Source: PostgreSQL's "cached plan must not change
/// result type", which comes as feature_not_supported, and its "cache lookup failed for type", an internal error, where the
/// type of a parameter was dropped.
pub(crate) fn is_stale_plan(error: &Error) -> bool {
    match error {
        Error::Sql(sql) => {
            let is = |state: SqlState, words| sql.sqlstate == state.code() && sql.message.contains(words);
            is(SqlState::FEATURE_NOT_SUPPORTED, "cached plan")
                || is(SqlState::INTERNAL_ERROR, "cache lookup failed for type")
        }
        Error::Bind(source) => matches!(**source, BindError::TypesChanged),
        Error::At { source, .. } | Error::On { source, .. } => is_stale_plan(source),
        _ => false,
    }
}

/// Whether a record was met whose types, which only its bytes tell, are not all known here.
fn needs_text_form(error: &Error) -> bool {
    match error {
        Error::Decode { source, .. } => {
            matches!(source, DecodeError::NeedsTextForm { .. } | DecodeError::TooDeep { .. })
        }
        Error::At { source, .. } | Error::On { source, .. } => needs_text_form(source),
        _ => false,
    }
}
