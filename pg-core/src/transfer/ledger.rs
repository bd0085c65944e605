//! What the target remembers of a transfer that can be resumed: the ranges that are in, each written in the transaction that
//! brought its rows, and an epoch that a newer run raises.
//!
//! A transfer that is whole stays in it: a caller who was killed before the answer came asks again, and must not move it twice.
//!
//! Invariants: a range is in the ledger exactly when its rows are in the table. A run that was overtaken by a newer one, or
//! whose process is dead while its server session still works, cannot commit: it holds the transfer's row in share mode under
//! its own epoch, which the newer run changes once all who hold it are done.

use std::time::Duration;

use pg_policy::{Access, Vetted};
use serde::Deserialize;
use serde_json::Value;
use tokio_postgres::Client;

use super::ranges::{Bound, Range};
use crate::{
    Call, Connection, Error,
    row_encoder::Shape,
    statement::{Cache, Kept, Past, run},
    write::{End, write},
};

const SCHEMA: &str = "CREATE SCHEMA IF NOT EXISTS toolkit";
const TRANSFERS: &str = "CREATE TABLE IF NOT EXISTS toolkit.transfers (
    transfer_id text PRIMARY KEY, definition text NOT NULL, epoch bigint NOT NULL)";
const RANGES: &str = "CREATE TABLE IF NOT EXISTS toolkit.transfer_ranges (
    transfer_id text NOT NULL REFERENCES toolkit.transfers ON DELETE CASCADE, number bigint NOT NULL,
    behind text[], up_to text[], rows bigint NOT NULL, PRIMARY KEY (transfer_id, number))";
const THERE: &str = "SELECT pg_catalog.to_regclass('toolkit.transfer_ranges') IS NOT NULL AS there";
const BEGIN: &str = "INSERT INTO toolkit.transfers AS t (transfer_id, definition, epoch) VALUES ($1, $2, 1)
    ON CONFLICT (transfer_id) DO UPDATE SET epoch = t.epoch + 1 WHERE t.definition = excluded.definition
    RETURNING t.epoch";
const DONE: &str =
    "SELECT number, behind, up_to, rows FROM toolkit.transfer_ranges WHERE transfer_id = $1 ORDER BY number";
const HOLD: &str = "SELECT epoch FROM toolkit.transfers WHERE transfer_id = $1 AND epoch = $2 FOR SHARE";
const ADD: &str = "INSERT INTO toolkit.transfer_ranges (transfer_id, number, behind, up_to, rows) VALUES ($1, $2, $3, $4, $5)";

/// Enough for what these statements answer with.
const KEPT: Kept = Kept { shape: Shape::Objects, rows: 10_000_000, bytes: 1 << 30, past: Past::Counted };

/// A range that is in the target.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Done {
    /// Its number.
    pub number: i64,
    /// Its lower bound, which is not in it.
    pub behind: Option<Bound>,
    /// Its upper bound, which is in it.
    pub up_to: Option<Bound>,
    /// How many rows it brought.
    pub rows: u64,
}

#[derive(Deserialize)]
struct There {
    there: bool,
}

#[derive(Deserialize)]
struct Epoch {
    epoch: i64,
}

/// The ledger of one run of one transfer.
#[derive(Clone, Debug)]
pub(super) struct Ledger {
    transfer: String,
    epoch: i64,
    hold: Vetted,
    add: Vetted,
}

impl Ledger {
    /// Takes the transfer over from whoever had it, and gives the ranges that are in.
    pub(super) async fn begin(
        call: &Call,
        to: &Connection,
        transfer: &str,
        definition: &str,
    ) -> Result<(Self, Vec<Done>), Error> {
        make(call, to).await?;
        let begin = to.vet(call, BEGIN).await?;
        let parameters = [Value::from(transfer), Value::from(definition)];
        let (ran, _) = write(to, call, &begin, &parameters, KEPT, End::Commit).await?;
        let epochs: Vec<Epoch> = rows(&ran.bytes)?;
        let Some(Epoch { epoch }) = epochs.into_iter().next() else {
            return Err(Error::argument(format!(
                "the transfer `{transfer}` was begun with another source, target or key; give it another name, or ask for \
                 the same as then"
            )));
        };
        let done: Vec<Done> =
            to.fetch(call, &to.verdict(call, DONE).await?, &[Value::from(transfer)]).await?;
        let ledger = Self {
            transfer: transfer.to_owned(),
            epoch,
            hold: to.verdict(call, HOLD).await?,
            add: to.verdict(call, ADD).await?,
        };
        Ok((ledger, done))
    }

    /// Within the transaction of a range, before its rows: makes sure that this run still has the transfer.
    pub(super) async fn hold(
        &self,
        client: &Client,
        cache: &mut Cache,
        limit: Duration,
    ) -> Result<(), Error> {
        let parameters = [Value::from(self.transfer.as_str()), Value::from(self.epoch)];
        let ran = run(client, cache, &self.hold, &parameters, KEPT, limit).await?;
        if ran.returned == 1 {
            return Ok(());
        }
        Err(Error::argument(format!("another run has taken over the transfer `{}`", self.transfer)))
    }

    /// Within the same transaction, behind the rows: remembers the range.
    pub(super) async fn add(
        &self,
        client: &Client,
        cache: &mut Cache,
        range: &Range,
        rows: u64,
        limit: Duration,
    ) -> Result<(), Error> {
        let bound = |bound: &Option<Bound>| bound.clone().map_or(Value::Null, Value::from);
        let parameters = [
            Value::from(self.transfer.as_str()),
            Value::from(range.number),
            bound(&range.behind),
            bound(&range.up_to),
            Value::from(rows),
        ];
        run(client, cache, &self.add, &parameters, KEPT, limit).await.map(drop)
    }
}

/// Makes the tables where they are not there.
async fn make(call: &Call, to: &Connection) -> Result<(), Error> {
    let there: Vec<There> = to.fetch(call, &to.verdict(call, THERE).await?, &[]).await?;
    if there.iter().any(|row| row.there) {
        return Ok(());
    }
    if to.access() < Access::Schema {
        return Err(Error::argument(format!(
            "a transfer that can be resumed keeps its progress in the target, in two tables that are not there yet; have \
             them made once, or use a connection with schema access: {SCHEMA}; {TRANSFERS}; {RANGES};"
        )));
    }
    for text in [SCHEMA, TRANSFERS, RANGES] {
        let vetted = to.vet(call, text).await?;
        write(to, call, &vetted, &[], KEPT, End::Commit).await?;
    }
    Ok(())
}

fn rows<T: serde::de::DeserializeOwned>(separated: &[u8]) -> Result<Vec<T>, Error> {
    let json = [b"[", separated, b"]"].concat();
    serde_json::from_slice(&json).map_err(|source| Error::Row { source })
}
