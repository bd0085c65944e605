//! Statements of which one row is wanted.
//!
//! Separate because what comes beside that row is an error here, and a result elsewhere.

use pg_policy::Vetted;
use postgres_types::ToSql;

use super::{
    FromRow, Record, Transaction,
    query::{Most, Running},
    record::records,
};
use crate::{
    Call, Connection, Error,
    read::PageLimits,
    statement::{several, too_many},
};

impl Connection {
    /// The one row of a statement. A statement that writes is committed.
    ///
    /// # Errors
    /// [`Error::RowCount`] where no row comes, or several; of a statement that writes nothing is kept where several come.
    /// What [`query`](Self::query) gives.
    ///
    /// ```no_run
    /// # async fn example(connection: pg_core::Connection, call: pg_core::Call) -> Result<(), pg_core::Error> {
    /// let add = connection.vet(&call, "INSERT INTO notes (text) VALUES ($1) RETURNING id").await?;
    /// let (id,): (i64,) = connection.query_one(&call, &add, &[&"remember"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn query_one<T: FromRow>(
        &self,
        call: &Call,
        statement: &Vetted,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<T, Error> {
        self.query_opt(call, statement, parameters).await?.ok_or_else(|| none().on(self.id()))
    }

    /// The row of a statement, if it returns one. A statement that writes is committed.
    ///
    /// # Errors
    /// [`Error::RowCount`] where several come, and then nothing is kept; what [`query`](Self::query) gives.
    pub async fn query_opt<T: FromRow>(
        &self,
        call: &Call,
        statement: &Vetted,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<T>, Error> {
        let running = Running::begin(self, call, "query", statement).await?;
        let rows = running.run(self.rows(&running.call, statement, parameters, Most::One)).await;
        running.end(rows)?.first().map(T::from_row).transpose()
    }
}

impl Transaction {
    /// The one row of a statement.
    ///
    /// # Errors
    /// [`Error::RowCount`] where no row comes, or several: the statement has run all the same, and only the end of the
    /// transaction, or a savepoint, decides about it. What [`query`](Self::query) gives.
    pub async fn query_one<T: FromRow>(
        &self,
        statement: &Vetted,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<T, Error> {
        self.query_opt(statement, parameters).await?.ok_or_else(|| none().on(self.connection.id()))
    }

    /// The row of a statement, if it returns one.
    ///
    /// # Errors
    /// As [`query_one`](Self::query_one), but for no row.
    pub async fn query_opt<T: FromRow>(
        &self,
        statement: &Vetted,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<T>, Error> {
        let bytes = self.connection.limits().max_bytes;
        let most = PageLimits { rows: 1, bytes, largest: bytes };
        let done = self.run("query", statement, parameters, most).await?;
        let Some(ran) = done.ran else { return Ok(None) };
        if done.more {
            let error = if ran.kept == 1 { several() } else { too_many(ran.kept) };
            return Err(error.on(self.connection.id()));
        }
        let rows: Vec<Record> = records(&ran.columns, ran.bytes, ran.kept);
        rows.first().map(T::from_row).transpose()
    }
}

fn none() -> Error {
    Error::RowCount { wanted: "one row", found: "none" }
}
