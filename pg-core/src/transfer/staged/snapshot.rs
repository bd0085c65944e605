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
        let (name_out, name) = oneshot::channel();
        let (call, held) = (call.clone(), connection.clone());
        let holding = tokio::spawn(async move {
            on_session(&held, &call, move |backend| hold(backend, name_out, closed).boxed()).await
        });
        match name.await {
            Ok(name) => Ok(Self { name, _open: open }),
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
}

async fn hold(
    backend: &mut Backend,
    name: oneshot::Sender<String>,
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
    if name.send(exported).is_err() {
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
