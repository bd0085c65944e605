//! What a stage may ask of the target.

use std::time::Duration;

use pg_policy::{Access, Vetted};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_postgres::Client;

use crate::{
    Call, Connection, Error,
    row_encoder::Shape,
    statement::{Cache, Kept, Past, run},
};

/// Enough for what a batch of rows asks.
const KEPT: Kept = Kept { shape: Shape::Objects, rows: 1_000_000, bytes: 256 << 20, past: Past::Fails };

/// The target as a stage sees it: inside the transaction of a range, or, where nothing is to be written, by reads of its own.
#[derive(Debug)]
pub struct StageTarget<'a>(Kind<'a>);

enum Kind<'a> {
    Session { client: &'a Client, cache: &'a mut Cache, limit: Duration },
    Reads { call: &'a Call, connection: &'a Connection },
}

impl std::fmt::Debug for Kind<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Kind::Session { .. } => "Session",
            Kind::Reads { .. } => "Reads",
        })
    }
}

impl<'a> StageTarget<'a> {
    /// A target that can only be read, for a look at a few rows.
    #[must_use]
    pub fn reads(call: &'a Call, connection: &'a Connection) -> Self {
        Self(Kind::Reads { call, connection })
    }

    pub(super) fn session(client: &'a Client, cache: &'a mut Cache, limit: Duration) -> Self {
        Self(Kind::Session { client, cache, limit })
    }

    /// Whether it can be written to.
    #[must_use]
    pub fn takes_writes(&self) -> bool {
        matches!(self.0, Kind::Session { .. })
    }

    /// Runs a statement, and gives the rows that it returns.
    ///
    /// # Errors
    /// What running it gives; [`Error::Access`] for one that writes where nothing can be written.
    pub async fn fetch<T: DeserializeOwned>(
        &mut self,
        statement: &Vetted,
        parameters: &[Value],
    ) -> Result<Vec<T>, Error> {
        match &mut self.0 {
            Kind::Reads { call, connection } => connection.fetch(call, statement, parameters).await,
            Kind::Session { client, cache, limit } => {
                let ran = run(client, cache, statement, parameters, KEPT, *limit).await?;
                let json = [b"[".as_slice(), &ran.bytes, b"]"].concat();
                serde_json::from_slice(&json).map_err(|source| Error::Row { source })
            }
        }
    }

    /// Runs a statement whose rows, if any, are not wanted, and gives how many it touched.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub async fn execute(&mut self, statement: &Vetted, parameters: &[Value]) -> Result<u64, Error> {
        match &mut self.0 {
            Kind::Reads { .. } => Err(Error::Access { needed: statement.access(), granted: Access::Read }),
            Kind::Session { client, cache, limit } => {
                let kept = Kept { past: Past::Counted, rows: 0, ..KEPT };
                Ok(run(client, cache, statement, parameters, kept, *limit).await?.affected)
            }
        }
    }
}
