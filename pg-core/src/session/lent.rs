//! Backends of a pool that belongs to the service that embeds this crate.
//!
//! Such a session is somebody else's: what they set on it is theirs. So its transactions get their settings each for itself,
//! as behind a pooler, and nothing is reset. Invariant: a session on which a statement was stopped, and which may yet meet
//! the request to stop it, does not go back to its owner's pool: it is ended.

use std::{
    fmt,
    ops::DerefMut,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bb8::ManageConnection;
use bb8_postgres::PostgresConnectionManager;
use tokio_postgres::{
    Client, Socket,
    tls::{MakeTlsConnect, TlsConnect},
};

use super::{Backend, PoolStats};
use crate::{
    Error,
    connect::{CancelHandle, SessionStart},
};

/// A client of somebody else's pool, which gets it back when it is dropped.
pub(super) type LentClient = Box<dyn DerefMut<Target = Client> + Send + Sync>;

/// A pool that a service owns already, lent to this crate. Cheap to clone.
///
/// Its sockets are its owner's driver's: `limits.max_message_bytes` does not hold on them, and that the server has hung up or the
/// network gone silent is known only when that driver knows it. The crate's page says what to do about that.
#[derive(Clone)]
pub struct LentPool {
    lender: Arc<dyn Lender>,
}

impl fmt::Debug for LentPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LentPool").field("stats", &self.lender.stats()).finish()
    }
}

#[async_trait]
trait Lender: Send + Sync {
    async fn lend(&self) -> Result<(LentClient, CancelHandle), Error>;
    fn stats(&self) -> PoolStats;
}

struct Bb8<M: ManageConnection, T> {
    pool: bb8::Pool<M>,
    tls: T,
    size: u32,
}

impl LentPool {
    /// A pool of `bb8-postgres`, with the TLS that its manager connects by: cancel requests take connections of their own.
    #[must_use]
    pub fn new<T>(pool: bb8::Pool<PostgresConnectionManager<T>>, tls: T) -> Self
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::Stream: Send + Sync,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let size = pool.config().max_size;
        Self { lender: Arc::new(Bb8 { pool, tls, size }) }
    }

    /// A backend, waited for as long as its owner's pool waits.
    pub(super) async fn check_out(&self, start: &Arc<SessionStart>) -> Result<Backend, Error> {
        let (client, cancel) = self.lender.lend().await?;
        Ok(Backend::lent(client, cancel, Arc::clone(start)))
    }

    /// How full it is.
    pub(super) fn stats(&self) -> PoolStats {
        self.lender.stats()
    }
}

#[async_trait]
impl<M, T> Lender for Bb8<M, T>
where
    M: ManageConnection<Connection = Client, Error = tokio_postgres::Error>,
    T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
    T::Stream: Send + Sync,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    async fn lend(&self) -> Result<(LentClient, CancelHandle), Error> {
        let begun = Instant::now();
        let mut passed_over = 0;
        let client = loop {
            let client = self.pool.get_owned().await.map_err(|error| match error {
                bb8::RunError::User(error) => Error::Lent { problem: error.to_string() },
                bb8::RunError::TimedOut => Error::CheckOut {
                    waited: begun.elapsed(),
                    size: self.size,
                    in_use: self.stats().active_connections,
                },
            })?;
            // A pool that does not test what it gives hands out dead sessions too; given back, each is given up.
            if !client.is_closed() || passed_over > self.size {
                break client;
            }
            passed_over += 1;
        };
        let cancel = CancelHandle::lent(client.cancel_token(), self.tls.clone());
        Ok((Box::new(client), cancel))
    }

    fn stats(&self) -> PoolStats {
        PoolStats::of(&self.pool.state(), self.size)
    }
}

/// How long a session that is ended may take to end.
const ENDING: Duration = Duration::from_secs(5);
/// How long it may take to be known as ended, once it was told to end.
const KNOWN: Duration = Duration::from_millis(2);

/// Ends a session, so that its owner's pool sees it closed and gives it up.
pub(super) async fn end(client: &Client) {
    let ended = async {
        // Its own answer is the error that it was ended. It is asked again: the request that stopped the session's last
        // statement may arrive only now, and stop this one.
        while !client.is_closed() {
            let _answer = super::backend::run_constant(
                client,
                "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())",
            )
            .await;
            tokio::time::sleep(KNOWN).await;
        }
    };
    // A session that does not answer in time is busy; it ends when it gets there.
    let _in_time = tokio::time::timeout(ENDING, ended).await;
}
