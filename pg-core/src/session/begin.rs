//! The one way to begin a transaction.
//!
//! Separate because every read and write begins here, so that what a transaction needs of its session is seen to in one
//! place. Invariant: no statement of a caller's is sent before its transaction has begun.

use futures_util::FutureExt;
use tokio_postgres::{Client, IsolationLevel, Transaction, error::SqlState};

use super::{Backend, classify};
use crate::{Error, SqlError, connect::begin_in_scope, statement::Cache};

/// How a transaction begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begin {
    /// Whether the server refuses to write in it.
    pub read_only: bool,
    /// The isolation level, the server's default where none is given.
    pub isolation: Option<IsolationLevel>,
    /// Whether it waits for a snapshot that cannot fail; counts for serializable read-only ones only.
    pub deferrable: bool,
    /// Whether bodies of functions may name what is not there.
    pub unchecked_bodies: bool,
}

impl Begin {
    /// A transaction that only reads.
    pub(crate) const READ: Self =
        Self { read_only: true, isolation: None, deferrable: false, unchecked_bodies: false };
    /// A transaction that only reads, all its statements from one snapshot.
    pub(crate) const SNAPSHOT: Self = Self { isolation: Some(IsolationLevel::RepeatableRead), ..Self::READ };
    /// A transaction that may write.
    pub(crate) const WRITE: Self = Self { read_only: false, ..Self::READ };
}

impl Backend {
    /// Begins a transaction; gives it with the cache of statements prepared on this backend.
    pub(crate) async fn begin(&mut self, begin: Begin) -> Result<(Transaction<'_>, &mut Cache), Error> {
        let limit = self.statement_timeout();
        let name = self.own_name();
        let mut builder = self.client.build_transaction().read_only(begin.read_only);
        if let Some(level) = begin.isolation {
            builder = builder.isolation_level(level);
        }
        if begin.deferrable {
            builder = builder.deferrable(true);
        }
        let transaction = builder.start().await.map_err(|error| match classify(&error, limit) {
            // Only a standby has not the feature of writing.
            Error::Sql(sql) if !begin.read_only && sql.sqlstate == SqlState::FEATURE_NOT_SUPPORTED.code() => {
                Error::Sql(Box::new(SqlError::of_standby(*sql)))
            }
            error => error,
        })?;
        if !self.scope.is_session() {
            // Sent and not waited for: whatever is sent next comes behind it, and should it fail, the transaction is aborted
            // and nothing else runs in it.
            let _sent =
                begin_in_scope(transaction.client(), &self.start, self.scope, name.as_deref()).now_or_never();
            if self.scope.shares_names() {
                self.prepared.clear();
            }
        }
        if begin.unchecked_bodies {
            // As above.
            let _sent = leave_bodies_unchecked(transaction.client()).now_or_never();
        }
        Ok((transaction, &mut self.prepared))
    }
}

#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn leave_bodies_unchecked(client: &Client) -> Result<(), tokio_postgres::Error> {
    client.execute_typed("SET LOCAL check_function_bodies = off", &[]).await.map(drop)
}
