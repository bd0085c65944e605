//! Several reads of one snapshot: a repeatable-read, read-only transaction whose statements travel together.
//!
//! Separate because elsewhere a read is one statement in a transaction of its own. Invariant: what is answered together was
//! true at one moment, as far as the server's own functions look at the snapshot too.

use std::sync::Arc;

use futures_util::{FutureExt, future::try_join_all};
use pg_policy::{Access, Vetted};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_postgres::Client;

use super::{CATALOG_PAGE, Connection, objects};
use crate::{
    Call, Error,
    connect::MessageBound,
    row_encoder::Shape,
    session::{Backend, Begin, Prepared, Records, classify, keep, on_session, prepare_anew},
    statement::{Kept, Past, run_prepared},
};

/// How often work is begun anew on another session, where the first was lost before anything was asked.
const TRIES: usize = 2;

/// What one of several reads gave.
#[derive(Debug)]
pub struct FetchedRows {
    separated: Vec<u8>,
    connection_id: String,
}

impl FetchedRows {
    /// The rows, each a JSON object of its columns, in the caller's own type.
    ///
    /// # Errors
    /// [`Error::Row`] where a row does not fit the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        objects(&self.separated).map_err(|error| error.on(&self.connection_id))
    }
}

impl Connection {
    /// The rows of several reads from one snapshot, in their order. The statements are sent together: however many they
    /// are, they cost as many round trips as one does in a transaction. The server's JIT compiler is left out.
    ///
    /// # Errors
    /// What running the statements gives, of the first that fails; [`Error::Access`] for a statement that writes.
    pub async fn fetch_together(
        &self,
        call: &Call,
        reads: Vec<(Vetted, Vec<Value>)>,
    ) -> Result<Vec<FetchedRows>, Error> {
        self.read_together(call, reads, Names::AsTheRoleSees).await
    }

    /// As [`fetch_together`](Self::fetch_together), with a search path that holds the system's schema only: definitions
    /// that the server writes then name every schema, and are the same text whoever asks.
    ///
    /// # Errors
    /// Those of [`fetch_together`](Self::fetch_together).
    pub async fn fetch_with_schemas_named(
        &self,
        call: &Call,
        reads: Vec<(Vetted, Vec<Value>)>,
    ) -> Result<Vec<FetchedRows>, Error> {
        self.read_together(call, reads, Names::WithSchema).await
    }

    async fn read_together(
        &self,
        call: &Call,
        reads: Vec<(Vetted, Vec<Value>)>,
        names: Names,
    ) -> Result<Vec<FetchedRows>, Error> {
        if let Some((writes, _)) = reads.iter().find(|(statement, _)| statement.access() > Access::Read) {
            return Err(Error::Access { needed: writes.access(), granted: Access::Read }.on(self.id()));
        }
        let reads: Arc<[(Vetted, Vec<Value>)]> = reads.into();
        for _ in 0..TRIES {
            let reads = Arc::clone(&reads);
            let answered = on_session(self, call, move |backend| {
                async move { together(backend, &reads, names).await }.boxed()
            });
            if let Some(answered) = answered.await.map_err(|error| error.on(self.id()))? {
                let rows = |separated| FetchedRows { separated, connection_id: self.id().to_owned() };
                return Ok(answered.into_iter().map(rows).collect());
            }
        }
        Err(Error::Lost { last_words: None }.on(self.id()))
    }
}

/// Keeps the server's JIT compiler out of this transaction. Sent and not waited for: what is sent next comes behind it.
///
/// Catalogs are guessed far too large, so that their plans are compiled: seconds for what takes milliseconds.
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
fn without_jit(client: &Client) {
    let _sent = client.batch_execute("SET LOCAL jit = off").now_or_never();
}

/// How the server's own functions write names.
#[derive(Clone, Copy, Debug)]
enum Names {
    /// Without the schemas of the session's search path.
    AsTheRoleSees,
    /// With every schema but the system's.
    WithSchema,
}

/// Empties the search path to the transaction's end.
#[expect(clippy::disallowed_methods, reason = "a constant text of ours that sets one setting")]
async fn name_schemas(client: &Client) -> Result<(), tokio_postgres::Error> {
    let text = "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)";
    client.query_typed(text, &[]).await.map(drop)
}

/// The rows of each read; nothing where the session was lost before it was asked anything.
async fn together(
    backend: &mut Backend,
    reads: &[(Vetted, Vec<Value>)],
    names: Names,
) -> Result<Option<Vec<Vec<u8>>>, Error> {
    let limit = backend.statement_timeout();
    let bound = backend.message_bound();
    let silent = || bound.as_ref().is_some_and(MessageBound::was_silent);
    let (transaction, cache) = match backend.begin(Begin::SNAPSHOT).await {
        Ok(begun) => begun,
        // Where one session has waited in vain, another would too.
        Err(Error::Lost { .. }) if !silent() => return Ok(None),
        Err(error) => return Err(error),
    };
    without_jit(transaction.client());
    if let Names::WithSchema = names {
        name_schemas(transaction.client()).await.map_err(|error| classify(&error, limit))?;
    }
    let known: Vec<Option<Arc<Prepared>>> =
        reads.iter().map(|(statement, _)| cache.get(statement.key()).cloned()).collect();
    let client = transaction.client();
    let place = Arc::clone(&cache.place);
    let place = &place;
    let prepared = try_join_all(reads.iter().zip(known).map(|((statement, _), known)| async move {
        match known {
            Some(prepared) => Ok(prepared),
            None => prepare_anew(client, place, statement, Records::Binary, limit).await,
        }
    }))
    .await?;
    for ((statement, _), prepared) in reads.iter().zip(&prepared) {
        keep(cache, statement, prepared);
    }
    let kept =
        Kept { shape: Shape::Objects, rows: CATALOG_PAGE.rows, bytes: CATALOG_PAGE.bytes, past: Past::Fails };
    let ran = try_join_all(reads.iter().zip(&prepared).map(|((statement, values), prepared)| {
        run_prepared(client, prepared, statement, values.as_slice(), kept, limit)
    }))
    .await?;
    // The transaction's end is sent and not waited for: whatever comes next on this backend comes after it.
    drop(transaction);
    if reads.iter().all(|(statement, _)| statement.only_built_in()) {
        backend.settle();
    }
    Ok(Some(ran.into_iter().map(|ran| ran.bytes).collect()))
}
