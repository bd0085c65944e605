//! The replication slot by which the source keeps its log for a migration.
//!
//! Invariants: the slot is older than the first snapshot that rows are read from, so that no change falls between them; it is
//! moved on only past changes that the target has remembered. That the source's policy must allow its functions by name, or
//! the connection have admin access, is nobody's exception here: they are judged as anybody's.

use std::time::Duration;

use pg_core::{Call, Connection, Error};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::memory;
use crate::catalog;

const MAKE: &str = "SELECT lsn::text AS lsn FROM pg_catalog.pg_create_logical_replication_slot($1::text::name, 'test_decoding')";
const MOVE_ON: &str = "SELECT (pg_catalog.pg_replication_slot_advance(s.slot_name, $2::text::pg_lsn)).end_lsn::text AS lsn
    FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_name = $1::text AND s.confirmed_flush_lsn < $2::text::pg_lsn";
const DROP: &str = "SELECT pg_catalog.pg_drop_replication_slot(s.slot_name)::text AS lsn
    FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_name = $1::text";
/// A look at changes that have not been read: some lines of those up to a place in the log, of some tables.
pub(super) const LOOK: &str = "SELECT lsn::text AS lsn, xid::text AS xid, data FROM pg_catalog.pg_logical_slot_peek_changes(
    $1::text::name, $2::text::pg_lsn, $3::int4, 'include-xids', '0', 'skip-empty-xacts', '1') WHERE data LIKE ANY ($4::text[])";

/// What the server says where a library is not there.
const NO_SUCH_FILE: &str = "58P01";

/// What the source keeps for a migration that follows its log.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MigrationSlot {
    /// The replication slot.
    pub slot_name: String,
    /// Up to which place in the log its changes have been read.
    pub read_up_to: Option<String>,
    /// Bytes of log behind that place.
    pub unread_bytes: i64,
    /// Bytes of log that the source keeps because of the slot.
    pub kept_bytes: i64,
    /// What the server says of what it keeps: reserved, extended, unreserved, or lost.
    pub wal_status: String,
}

#[derive(Deserialize)]
struct Place {
    #[expect(dead_code, reason = "that there is a row is all that is wanted")]
    lsn: Option<String>,
}

#[derive(Deserialize)]
struct Decoding {
    wal_level: String,
    in_recovery: bool,
}

#[derive(Deserialize)]
struct Flushed {
    inserted: String,
    flushed: String,
    all_flushed: bool,
    writer_delay_ms: Option<i64>,
}

/// Why a source's log cannot be decoded; the functions that it takes are judged too.
///
/// # Errors
/// [`Error::Refused`] with the rule; what asking gives.
pub(super) async fn hindrance(call: &Call, source: &Connection) -> Result<Option<String>, Error> {
    for text in [MAKE, LOOK, MOVE_ON, DROP] {
        source.vet(call, text).await?;
    }
    let rows: Vec<Decoding> = catalog::DECODING.rows(call, source, &[]).await?;
    Ok(rows.into_iter().next().and_then(|told| match told {
        Decoding { in_recovery: true, .. } => {
            Some(format!("{} is a standby: name the primary as the source", source.id()))
        }
        Decoding { wal_level, .. } if wal_level != "logical" => Some(format!(
            "the log of {} holds too little to be decoded (wal_level is {wal_level}): set wal_level = logical and restart the \
             server, or name a column that says when a row changed (`changed_by`)",
            source.id()
        )),
        Decoding { .. } => None,
    }))
}

/// The slot as it is; none where there is none.
///
/// # Errors
/// What asking gives.
pub(super) async fn look(
    call: &Call,
    source: &Connection,
    name: &str,
) -> Result<Option<MigrationSlot>, Error> {
    Ok(catalog::SLOT.rows(call, source, &[json!(name)]).await?.into_iter().next())
}

/// Sees to it that the slot is there: made before the first pass, and whole before every other.
///
/// # Errors
/// An argument error where changes were lost; what making it gives.
pub(super) async fn ensure(
    call: &Call,
    source: &Connection,
    name: &str,
    is_first: bool,
) -> Result<(), Error> {
    let lost = |why: &str| {
        Err(Error::argument(format!(
            "changes of {} since the last pass are lost: its replication slot {name} {why}; empty the target's tables and \
             migrate anew under another name",
            source.id()
        )))
    };
    match look(call, source, name).await? {
        Some(slot) if slot.wal_status == "lost" => {
            lost("was left behind by the log (max_slot_wal_keep_size)")
        }
        Some(_) => Ok(()),
        None if !is_first => lost("is gone"),
        None => run(call, source, MAKE, &[json!(name)]).await.map_err(|error| match error.kind() {
            pg_core::ErrorKind::Timeout => Error::argument(format!(
                "the replication slot could not be made in time: the server waits until every transaction that writes has \
                 ended, and one is long; end it, or allow more time ({error})"
            )),
            _ if error.sqlstate() == Some(NO_SUCH_FILE) => Error::argument(format!(
                "the server of {} lacks its own output plugin test_decoding, which comes with PostgreSQL's contrib modules; \
                 install them ({error})",
                source.id()
            )),
            _ => error,
        }),
    }
}

/// Moves the slot on to a place, past what was read.
///
/// # Errors
/// What running the statement gives.
pub(super) async fn move_on(call: &Call, source: &Connection, name: &str, to: &str) -> Result<(), Error> {
    run(call, source, MOVE_ON, &[json!(name), json!(to)]).await
}

/// Gives the slot up, if it is there.
///
/// # Errors
/// What running the statement gives.
pub(super) async fn give_up(call: &Call, source: &Connection, name: &str) -> Result<(), Error> {
    run(call, source, DROP, &[json!(name)]).await
}

/// What is done to a slot is done at once: the transaction around it undoes nothing of it.
async fn run(
    call: &Call,
    source: &Connection,
    text: &str,
    parameters: &[serde_json::Value],
) -> Result<(), Error> {
    let vetted = source.vet(call, text).await?;
    source.fetch_rolled_back::<Place>(call, &vetted, parameters).await.map(drop)
}

/// The place in the log up to which everything is flushed that was committed by now, and decoding sees only what is flushed.
///
/// # Errors
/// What asking gives.
pub(super) async fn flushed(call: &Call, source: &Connection) -> Result<String, Error> {
    let mut waited = Duration::ZERO;
    let mut from = None;
    loop {
        let rows: Vec<Flushed> = catalog::FLUSHED.rows(call, source, &[]).await?;
        let Some(told) = rows.into_iter().next() else { return Err(memory::silent()) };
        let from = from.get_or_insert_with(|| told.inserted.clone());
        // What is committed asynchronously is flushed within three rounds of the server's writer, what is no commit perhaps never.
        let rounds = told.writer_delay_ms.unwrap_or(200).unsigned_abs();
        if told.all_flushed
            || places(&told.flushed) >= places(from)
            || waited > Duration::from_millis(4 * rounds)
        {
            return Ok(told.flushed);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        waited += Duration::from_millis(20);
    }
}

/// A place in the log as a number, so that places can be compared.
fn places(lsn: &str) -> u64 {
    let part = |text: &str| u64::from_str_radix(text, 16).unwrap_or_default();
    lsn.split_once('/').map_or(0, |(high, low)| (part(high) << 32) | part(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_the_log_are_compared_as_numbers() {
        assert!(places("1/0") > places("0/FFFFFFFF"));
        assert!(places("A/10") > places("9/FFFF"));
        assert_eq!(places("0/16B3748"), 0x16B_3748);
    }
}
