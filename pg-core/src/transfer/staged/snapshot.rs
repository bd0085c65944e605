//! A snapshot that several transfers read: a session that exports it and keeps its transaction open.

use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio_postgres::{Client, IsolationLevel};

use crate::{
    Call, Connection, Error,
    session::{Backend, classify, on_session},
    transfer::ranges::export,
};

/// How often the session says something, so that the server does not end it for idling in a transaction.
const SAYS_SOMETHING: Duration = Duration::from_secs(2);

/// A snapshot of a connection's database, there for others as long as this lives.
#[derive(Debug)]
pub struct SharedSnapshot {
    name: String,
    sees: String,
    /// Dropped, it ends the session.
    _open: oneshot::Sender<()>,
}

impl SharedSnapshot {
    /// Takes a snapshot.
    ///
    /// # Errors
    /// What connecting gives.
    pub async fn take(call: &Call, connection: &Connection) -> Result<Self, Error> {
        let (open, closed) = oneshot::channel();
        let (taken, snapshot) = oneshot::channel();
        let (call, held) = (call.clone(), connection.clone());
        let holding = tokio::spawn(async move {
            on_session(&held, &call, move |backend| hold(backend, taken, closed).boxed()).await
        });
        match snapshot.await {
            Ok((name, sees)) => Ok(Self { name, sees, _open: open }),
            // It has failed, and says why.
            Err(_) => Err(match holding.await {
                Ok(Err(error)) => error.on(connection.id()),
                Ok(Ok(())) | Err(_) => Error::Lost { last_words: None },
            }),
        }
    }

    /// Its name in the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which transactions it sees, as the server writes it: `xmin:xmax:xip,…`, by transaction ids of 64 bits.
    #[must_use]
    pub fn sees(&self) -> &str {
        &self.sees
    }
}

async fn hold(
    backend: &mut Backend,
    taken: oneshot::Sender<(String, String)>,
    mut closed: oneshot::Receiver<()>,
) -> Result<(), Error> {
    let limit = backend.statement_timeout();
    let (client, _) = backend.own_parts()?;
    let driver = |error: tokio_postgres::Error| classify(&error, limit);
    let transaction = client
        .build_transaction()
        .read_only(true)
        .isolation_level(IsolationLevel::RepeatableRead)
        .start()
        .await
        .map_err(driver)?;
    let exported = export(transaction.client()).await.map_err(driver)?;
    let sees = sees(transaction.client()).await.map_err(driver)?;
    if taken.send((exported, sees)).is_err() {
        return Ok(());
    }
    while tokio::time::timeout(SAYS_SOMETHING, &mut closed).await.is_err() {
        say_something(transaction.client()).await.map_err(driver)?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn say_something(client: &Client) -> Result<(), tokio_postgres::Error> {
    client.execute_typed("SELECT 1", &[]).await.map(drop)
}

#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn sees(client: &Client) -> Result<String, tokio_postgres::Error> {
    let row = client.query_typed_one("SELECT pg_catalog.txid_current_snapshot()::text", &[]).await?;
    row.try_get(0)
}
