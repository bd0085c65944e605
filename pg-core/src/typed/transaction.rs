//! A transaction in a caller's hands.

use std::{future::Future, sync::Arc};

use pg_policy::{Access, Vetted};
use postgres_types::ToSql;

use super::{
    FromRow,
    query::{Running, Values},
    record::records,
};
use crate::{
    Call, Caller, Connection, Error,
    given::{Encoded, Given},
    open_transaction::{self, Demand, Done},
    operations::Isolation,
    read::PageLimits,
    row_encoder::Shape,
    session::Begin,
    statement::too_many,
    transaction::{ATTEMPTS, asks_for_retry, pause},
    write::End,
};

/// How a transaction begins; by default as the server's own settings say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransactionOptions {
    /// The isolation level.
    pub isolation: Option<Isolation>,
    /// Whether the server refuses every write in it.
    pub read_only: bool,
    /// Whether it waits for a snapshot with which nothing can fail; with [`Isolation::Serializable`] and `read_only` only.
    pub deferrable: bool,
    /// Whether functions are made without a look at what their bodies name: it may be made after them.
    pub unchecked_bodies: bool,
}

/// An open transaction. Dropped, it is rolled back; left alone for longer than the connection's lease, too. A statement that
/// fails is undone alone, and the transaction goes on.
#[derive(Debug)]
pub struct Transaction {
    pub(super) connection: Connection,
    pub(super) call: Call,
    name: String,
    /// Its transactions end when it is dropped.
    _caller: Caller,
}

impl Connection {
    /// Begins a transaction.
    ///
    /// # Errors
    /// [`Error::Argument`] for options that contradict each other; [`Error::Limited`] where as many are open as may be; what
    /// connecting gives.
    pub async fn begin(&self, call: &Call, options: TransactionOptions) -> Result<Transaction, Error> {
        let TransactionOptions { isolation, read_only, deferrable, unchecked_bodies } = options;
        if deferrable && !(read_only && isolation == Some(Isolation::Serializable)) {
            return Err(Error::argument(
                "`deferrable` has an effect only together with serializable isolation and `read_only`",
            ));
        }
        let read_only = read_only || self.access() == Access::Read;
        let begin = Begin { read_only, isolation: isolation.map(Into::into), deferrable, unchecked_bodies };
        let caller = Caller::new();
        let call = call.clone().by(&caller);
        let name = open_transaction::open(self, &call, begin).await.map_err(|error| error.on(self.id()))?;
        Ok(Transaction { connection: self.clone(), call, name, _caller: caller })
    }

    /// Runs `work` in a transaction, which the work cannot end itself: it is committed where it succeeds and rolled back where it fails. Where the server asks
    /// for it, after a serialization failure or a deadlock, the work is done anew in a new transaction, a few times.
    ///
    /// # Errors
    /// What `work` gives; what [`begin`](Self::begin) and [`Transaction::commit`] give.
    pub async fn transaction<T, F>(
        &self,
        call: &Call,
        options: TransactionOptions,
        work: impl Fn(Arc<Transaction>) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut attempts = 1;
        loop {
            let transaction = Arc::new(self.begin(call, options).await?);
            let done = match work(Arc::clone(&transaction)).await {
                Ok(value) => transaction.end(End::Commit).await.map(|()| value),
                Err(error) => {
                    // It may have ended by itself; what went wrong first is what the caller is to hear.
                    let _ended = transaction.end(End::RollBack).await;
                    Err(error)
                }
            };
            match done {
                Err(error) if attempts < ATTEMPTS && asks_for_retry(&error) => {
                    pause(attempts).await;
                    attempts += 1;
                }
                other => return other,
            }
        }
    }
}

impl Transaction {
    /// The rows of a statement in the caller's own type.
    ///
    /// # Errors
    /// As [`Connection::query`]; a statement whose result is too large has run all the same, and only the end of the
    /// transaction decides about it.
    pub async fn query<T: FromRow>(
        &self,
        statement: &Vetted,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<T>, Error> {
        let limits = self.connection.limits();
        let most = PageLimits { rows: limits.max_rows, bytes: limits.max_bytes, largest: limits.max_bytes };
        let done = self.run("query", statement, parameters, most).await?;
        let Some(ran) = done.ran else { return Ok(Vec::new()) };
        if done.more {
            return Err(too_many(ran.kept).on(self.connection.id()));
        }
        records(&ran.columns, ran.bytes, ran.kept).iter().map(T::from_row).collect()
    }

    /// Runs a statement, and tells how many rows it inserted, updated, deleted or merged.
    ///
    /// # Errors
    /// As [`Connection::execute`].
    pub async fn execute(
        &self,
        statement: &Vetted,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Error> {
        let most = PageLimits { rows: 0, bytes: usize::MAX, largest: usize::MAX };
        let done = self.run("execute", statement, parameters, most).await?;
        Ok(done.ran.map_or(0, |ran| ran.affected))
    }

    /// Keeps what was done.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] or [`Error::CommitUnknown`] where the connection was lost meanwhile; what the server says of
    /// deferred constraints and of conflicts; [`Error::UnknownTransaction`] where it has ended before.
    pub async fn commit(self) -> Result<(), Error> {
        self.end(End::Commit).await
    }

    /// Undoes what was done.
    ///
    /// # Errors
    /// [`Error::UnknownTransaction`] where it has ended before.
    pub async fn roll_back(self) -> Result<(), Error> {
        self.end(End::RollBack).await
    }

    async fn end(&self, end: End) -> Result<(), Error> {
        let done = self.ask(&self.call, Demand::End(end)).await?;
        if done.changed_schema {
            self.connection.forget_catalog();
        }
        Ok(())
    }

    pub(super) async fn run(
        &self,
        name: &'static str,
        statement: &Vetted,
        values: Values<'_>,
        limits: PageLimits,
    ) -> Result<Done, Error> {
        let running = Running::begin(&self.connection, &self.call, name, statement).await?;
        let done = running.run(self.done(&running.call, statement, values, limits)).await;
        running.end(done)
    }

    async fn done(
        &self,
        call: &Call,
        statement: &Vetted,
        values: Values<'_>,
        limits: PageLimits,
    ) -> Result<Done, Error> {
        if statement.runs_outside_transaction() {
            return Err(Error::argument(format!(
                "{} cannot run inside a transaction; use `Connection::execute`",
                statement.kind()
            )));
        }
        let types = match statement.parameter_count() {
            0 => Vec::new(),
            _ => self.ask(call, Demand::Describe(statement.clone())).await?.parameter_types,
        };
        let parameters = Given::Encoded(Encoded::new(values, types)?.into());
        let vetted = statement.clone();
        let done = self.ask(call, Demand::Run { vetted, parameters, shape: Shape::Wire, limits }).await?;
        if let Some(ran) = &done.ran {
            call.trail().gave(ran.kept);
            call.trail().changed(ran.affected);
        }
        Ok(done)
    }

    pub(super) async fn ask(&self, call: &Call, demand: Demand) -> Result<Done, Error> {
        let done = open_transaction::ask(call, &self.name, demand).await;
        done.map_err(|error| error.on(self.connection.id()))
    }
}
