//! Finding out what became of a transaction whose commit was lost on its way.
//!
//! The server knows a transaction that has changed something by a number, and can be asked about it later. Separate because every
//! way of writing wants it. Invariant: it is asked before the commit is sent, so that a connection that is lost by then is known to have
//! committed nothing.

use std::time::Duration;

use tokio_postgres::Client;

use crate::{Error, session::classify};

/// The number under which the server knows the transaction that is open; none as long as it has changed nothing. Polled behind a
/// statement it travels with it, in the same round trip.
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
pub(crate) async fn transaction_id(client: &Client, limit: Duration) -> Result<Option<String>, Error> {
    const ASK: &str = "SELECT pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text";
    let row = client.query_typed_one(ASK, &[]).await.map_err(|error| classify(&error, limit))?;
    row.try_get(0).map_err(|error| classify(&error, limit))
}

/// Adds the number to an error that leaves the outcome unknown.
pub(crate) fn known_by(error: Error, transaction_id: Option<String>) -> Error {
    match (error, transaction_id) {
        (Error::OutcomeUnknown, Some(transaction_id)) => Error::CommitUnknown { transaction_id },
        (error, _) => error,
    }
}
