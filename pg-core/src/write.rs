//! Writes: one vetted statement in a transaction of its own, committed; or bare, where PostgreSQL wants it so.

use std::{sync::Arc, time::Duration};

use futures_util::{FutureExt, join};
use pg_policy::Vetted;
use tokio_postgres::Client;

use crate::{
    Call, Connection, Error, Notice,
    confirm::Check,
    given::Given,
    outcome::{known_by, transaction_id},
    session::{Backend, Begin, classify, on_session, prepare},
    statement::{Cache, Kept, Ran, run, run_prepared},
};

/// How a statement's transaction ends.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// What it did stays.
    Commit,
    /// What it did is undone.
    RollBack,
    /// What it touched decides whether it stays.
    Checked(Arc<Check>),
}

impl End {
    /// The number of the transaction, where it may be committed.
    pub(crate) async fn transaction_id(
        &self,
        client: &Client,
        limit: Duration,
    ) -> Result<Option<String>, Error> {
        match self {
            End::Commit | End::Checked(_) => transaction_id(client, limit).await,
            End::RollBack => Ok(None),
        }
    }

    /// To be called when the transaction has begun.
    pub(crate) async fn begin(&self, client: &Client, limit: Duration) -> Result<(), Error> {
        match self {
            End::Checked(check) => check.begin(client, limit).await,
            End::Commit | End::RollBack => Ok(()),
        }
    }
}

/// Runs one statement that may write.
pub(crate) async fn write(
    connection: &Connection,
    call: &Call,
    vetted: &Vetted,
    parameters: impl Into<Given>,
    kept: Kept,
    end: End,
) -> Result<(Ran, Vec<Notice>), Error> {
    let (vetted, parameters) = (vetted.clone(), parameters.into());
    on_session(connection, call, move |backend| {
        async move {
            let ran = if vetted.runs_outside_transaction() {
                bare(backend, &vetted, &parameters, kept).await?
            } else {
                in_transaction(backend, &vetted, &parameters, kept, end).await?
            };
            Ok((ran, backend.notices().take()))
        }
        .boxed()
    })
    .await
}

async fn in_transaction(
    backend: &mut Backend,
    vetted: &Vetted,
    parameters: &Given,
    kept: Kept,
    end: End,
) -> Result<Ran, Error> {
    let first = attempt(backend, vetted, parameters, kept, &end).await;
    match first {
        Err(error) if backend.learn(&error, [vetted]) => {
            attempt(backend, vetted, parameters, kept, &end).await
        }
        other => other,
    }
}

async fn attempt(
    backend: &mut Backend,
    vetted: &Vetted,
    parameters: &Given,
    kept: Kept,
    end: &End,
) -> Result<Ran, Error> {
    let limit = backend.statement_timeout();
    let (transaction, cache) = backend.begin(Begin::WRITE).await?;
    end.begin(transaction.client(), limit).await?;
    let client = transaction.client();
    let prepared = prepare(client, cache, vetted, limit).await?;
    let (ran, id) = join!(
        run_prepared(client, &prepared, vetted, parameters, kept, limit),
        end.transaction_id(client, limit)
    );
    let (ran, id) = (ran?, id?);
    finish(transaction, end, limit).await.map_err(|error| known_by(error, id))?;
    Ok(ran)
}

/// Ends a transaction. A connection lost while committing leaves an outcome that nobody here knows.
pub(crate) async fn finish(
    transaction: tokio_postgres::Transaction<'_>,
    end: &End,
    limit: Duration,
) -> Result<(), Error> {
    let commits = match end {
        End::Commit => true,
        End::RollBack => false,
        End::Checked(check) => check.decide(transaction.client(), limit).await?,
    };
    let ended = if commits { transaction.commit().await } else { transaction.rollback().await };
    ended.map_err(|error| match classify(&error, limit) {
        Error::Lost { .. } if commits => Error::OutcomeUnknown,
        error => error,
    })
}

/// Commits a transaction that is known by its number should the answer be lost.
pub(crate) async fn commit(
    transaction: tokio_postgres::Transaction<'_>,
    limit: Duration,
) -> Result<(), Error> {
    let id = transaction_id(transaction.client(), limit).await?;
    finish(transaction, &End::Commit, limit).await.map_err(|error| known_by(error, id))
}

/// VACUUM, CREATE INDEX CONCURRENTLY and their like refuse to run in a transaction. The session is made read-write for
/// the one statement and reset afterwards, as every session is that wrote.
pub(crate) async fn bare(
    backend: &mut Backend,
    vetted: &Vetted,
    parameters: &Given,
    kept: Kept,
) -> Result<Ran, Error> {
    if !backend.scope().is_session() {
        return Err(Error::argument(format!(
            "{} cannot run inside a transaction, and behind a pooler that gives each transaction another backend there is \
             nothing else: use a connection that leads to the server itself",
            vetted.kind()
        )));
    }
    let limit = backend.statement_timeout();
    let (client, cache) = backend.parts();
    let client: &Client = client;
    let cache: &mut Cache = cache;
    allow_writes(client).await.map_err(|error| classify(&error, limit))?;
    run(client, cache, vetted, parameters, kept, limit).await
}

#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
async fn allow_writes(client: &Client) -> Result<(), tokio_postgres::Error> {
    client.execute_typed("SET default_transaction_read_only = off", &[]).await.map(drop)
}
