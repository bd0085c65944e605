//! Savepoints of a transaction in a caller's hands.
//!
//! Separate from [`Transaction`]'s statements, which have savepoints of their own: one that fails is undone alone already.

use super::Transaction;
use crate::{
    Error,
    open_transaction::{Demand, SavepointAction},
};

impl Transaction {
    /// Sets a savepoint. Names may come again: the one that was set last counts.
    ///
    /// ```no_run
    /// # use pg_core::{Call, Connection, Error, TransactionOptions};
    /// # async fn example(connection: Connection, call: Call) -> Result<(), Error> {
    /// let charge = connection.vet(&call, "UPDATE accounts SET balance = balance - $1 WHERE id = $2").await?;
    /// let transaction = connection.begin(&call, TransactionOptions::default()).await?;
    /// transaction.savepoint("before the fee").await?;
    /// if transaction.execute(&charge, &[&5_i32, &7_i32]).await? != 1 {
    ///     transaction.roll_back_to("before the fee").await?;
    /// }
    /// transaction.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Argument`] where 100 are set already; [`Error::UnknownTransaction`] where the transaction has ended; what the
    /// server says.
    pub async fn savepoint(&self, name: &str) -> Result<(), Error> {
        self.at(name, SavepointAction::Set).await
    }

    /// Undoes what came after a savepoint, which stays.
    ///
    /// # Errors
    /// [`Error::Argument`] for a name that is not set; as [`savepoint`](Self::savepoint).
    pub async fn roll_back_to(&self, name: &str) -> Result<(), Error> {
        self.at(name, SavepointAction::RollBackTo).await
    }

    /// Forgets a savepoint and those set after it, and keeps what came since.
    ///
    /// # Errors
    /// As [`roll_back_to`](Self::roll_back_to).
    pub async fn release(&self, name: &str) -> Result<(), Error> {
        self.at(name, SavepointAction::Release).await
    }

    async fn at(&self, name: &str, action: SavepointAction) -> Result<(), Error> {
        let demand = Demand::Savepoint { name: name.to_owned(), action };
        self.ask(&self.call, demand).await.map(drop)
    }
}
