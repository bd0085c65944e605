//! What the target remembers of a migration that follows the source's log: the slot, and the keys of rows that have changed
//! and are not brought yet.
//!
//! Invariant: a key is forgotten only when its row was read in a snapshot that sees the transaction that changed it, and what
//! was read is in the target.

use pg_core::{Call, Connection, Error};
use pg_policy::Access;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::migrate::{by_key::Key, state, state::array, text};

const TABLES: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS toolkit.migration_slots (
    migration text PRIMARY KEY, slot_name text NOT NULL, made_at timestamptz NOT NULL DEFAULT now())",
    "CREATE TABLE IF NOT EXISTS toolkit.migration_changes (
    migration text NOT NULL, table_name text NOT NULL, key text[] NOT NULL, xid text, gone boolean NOT NULL DEFAULT false,
    PRIMARY KEY (migration, table_name, key))",
    "ALTER TABLE toolkit.migration_passes ADD COLUMN IF NOT EXISTS followed bigint NOT NULL DEFAULT 0",
];
const THERE: &str = "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = pg_catalog.to_regclass('toolkit.migration_passes') AND a.attname = 'followed')
    AND pg_catalog.to_regclass('toolkit.migration_slots') IS NOT NULL AS there";
const SLOTS_THERE: &str = "SELECT pg_catalog.to_regclass('toolkit.migration_slots') IS NOT NULL AS there";
const SLOT: &str = "SELECT slot_name AS name FROM toolkit.migration_slots WHERE migration = $1";
const NAME_SLOT: &str = "INSERT INTO toolkit.migration_slots (migration, slot_name)
    SELECT $1, 'toolkit_' || left(regexp_replace(lower($1), '[^a-z0-9]+', '_', 'g'), 40) || '_' ||
      left(md5(random()::text || clock_timestamp()::text), 8)
    ON CONFLICT (migration) DO NOTHING";
const FORGET_SLOT: &str = "DELETE FROM toolkit.migration_slots WHERE migration = $1";
const FORGET_CHANGES: &str = "DELETE FROM toolkit.migration_changes WHERE migration = $1";
const ADD: &str = "INSERT INTO toolkit.migration_changes (migration, table_name, key, xid)
    SELECT $1, u.table_name, u.key::text[], u.xid FROM unnest($2::text[], $3::text[], $4::text[]) AS u (table_name, key, xid)
    ON CONFLICT (migration, table_name, key) DO UPDATE SET xid = coalesce(excluded.xid, migration_changes.xid)";
const UNSEEN: &str =
    "SELECT DISTINCT xid AS name FROM toolkit.migration_changes WHERE migration = $1 AND xid IS NOT NULL";
const NOW_SEEN: &str =
    "UPDATE toolkit.migration_changes SET xid = NULL WHERE migration = $1 AND xid = ANY ($2::text[])";
const ALL_THERE: &str = "UPDATE toolkit.migration_changes SET gone = false WHERE migration = $1 AND gone";
const GONE: &str = "UPDATE toolkit.migration_changes AS c SET gone = true FROM unnest($3::text[]) AS u (key)
    WHERE c.migration = $1 AND c.table_name = $2 AND c.key = u.key::text[]";
const KEYS: &str = "SELECT key FROM toolkit.migration_changes
    WHERE migration = $1 AND table_name = $2 AND key > $3::text[] AND ($4::bool IS NULL OR gone = $4::bool)
    ORDER BY key LIMIT $5";
const DONE: &str = "DELETE FROM toolkit.migration_changes WHERE migration = $1 AND xid IS NULL";
const WAITING: &str = "SELECT count(*) AS rows FROM toolkit.migration_changes WHERE migration = $1";
const COUNT: &str = "UPDATE toolkit.migration_passes SET followed = $4
    WHERE migration = $1 AND pass = $2 AND table_name = $3";

/// Keys of rows that have changed.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub tables: Vec<String>,
    pub keys: Vec<Key>,
    /// The transaction of each that the snapshot does not see.
    pub unseen: Vec<Option<String>>,
}

#[derive(Deserialize)]
struct There {
    there: bool,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Keyed {
    key: Key,
}

#[derive(Deserialize)]
struct Counted {
    rows: i64,
}

/// The error of a server that gives no row where there is always one.
pub(super) fn silent() -> Error {
    Error::Driver { problem: "the server gave no row for a question that always has one".to_owned() }
}

async fn asked(call: &Call, target: &Connection, text: &str) -> Result<bool, Error> {
    let rows: Vec<There> = target.fetch(call, &target.vet(call, text).await?, &[]).await?;
    Ok(rows.iter().any(|row| row.there))
}

/// Makes the tables where they are not there.
///
/// # Errors
/// An argument error with the statements where the connection may not make them; what running them gives.
pub(super) async fn make(call: &Call, target: &Connection) -> Result<(), Error> {
    if asked(call, target, THERE).await? {
        return Ok(());
    }
    if target.access() < Access::Schema {
        return Err(Error::argument(format!(
            "a migration that follows the source's log keeps what changed in tables of the schema toolkit that are not there yet; \
             have them made once, or use a connection with schema access: {}",
            TABLES.join("; ")
        )));
    }
    for text in TABLES {
        state::run(call, target, text, &[]).await?;
    }
    Ok(())
}

/// The name of the slot of a migration; none where it has none.
///
/// # Errors
/// What asking gives.
pub(super) async fn slot(call: &Call, target: &Connection, migration: &str) -> Result<Option<String>, Error> {
    if !asked(call, target, SLOTS_THERE).await? {
        return Ok(None);
    }
    let rows: Vec<Named> = target.fetch(call, &target.vet(call, SLOT).await?, &[json!(migration)]).await?;
    Ok(rows.into_iter().next().map(|row| row.name))
}

/// Gives a migration's slot a name, before it is made, so that one that is made is always known.
///
/// # Errors
/// What running the statement gives.
pub(super) async fn name_slot(call: &Call, target: &Connection, migration: &str) -> Result<String, Error> {
    state::run(call, target, NAME_SLOT, &[&migration]).await?;
    slot(call, target, migration).await?.ok_or_else(silent)
}

/// Forgets the slot and everything that came by it.
///
/// # Errors
/// What running the statements gives.
pub(super) async fn forget(call: &Call, target: &Connection, migration: &str) -> Result<(), Error> {
    state::run(call, target, FORGET_CHANGES, &[&migration]).await?;
    state::run(call, target, FORGET_SLOT, &[&migration]).await.map(drop)
}

/// Remembers keys.
///
/// # Errors
/// What running the statement gives.
pub(super) async fn add(
    call: &Call,
    target: &Connection,
    migration: &str,
    changes: &Changes,
) -> Result<(), Error> {
    if changes.keys.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = changes.keys.iter().map(text::array).collect();
    state::run(call, target, ADD, &[&migration, &changes.tables, &keys, &changes.unseen]).await.map(drop)
}

/// The transactions that no snapshot has seen yet, of those that changed rows.
///
/// # Errors
/// What asking gives.
pub(super) async fn unseen(call: &Call, target: &Connection, migration: &str) -> Result<Vec<String>, Error> {
    let rows: Vec<Named> = target.fetch(call, &target.vet(call, UNSEEN).await?, &[json!(migration)]).await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Begins a pass: these transactions are seen now, and whether a row is gone is to be found out anew.
///
/// # Errors
/// What running the statements gives.
pub(super) async fn begin(
    call: &Call,
    target: &Connection,
    migration: &str,
    seen: &[String],
) -> Result<(), Error> {
    state::run(call, target, NOW_SEEN, &[&migration, &seen]).await?;
    state::run(call, target, ALL_THERE, &[&migration]).await.map(drop)
}

/// Remembers that rows are gone.
///
/// # Errors
/// What running the statement gives.
pub(super) async fn gone(
    call: &Call,
    target: &Connection,
    migration: &str,
    table: &str,
    keys: &[Key],
) -> Result<(), Error> {
    let keys: Vec<String> = keys.iter().map(text::array).collect();
    state::run(call, target, GONE, &[&migration, &table, &keys]).await.map(drop)
}

/// Some keys of a table, in order, behind one: all of them, or those whose rows are gone, or are there.
///
/// # Errors
/// What asking gives.
pub(super) async fn keys(
    call: &Call,
    target: &Connection,
    (migration, table): (&str, &str),
    behind: &[String],
    gone: Option<bool>,
    most: usize,
) -> Result<Vec<Key>, Error> {
    let behind: Value = array(behind.iter().map(|part| Some(part.as_str())));
    let parameters = [json!(migration), json!(table), behind, json!(gone), json!(most)];
    let rows: Vec<Keyed> = target.fetch(call, &target.vet(call, KEYS).await?, &parameters).await?;
    Ok(rows.into_iter().map(|row| row.key).collect())
}

/// Ends a pass: what was brought is forgotten, and what was brought of each table is counted.
///
/// # Errors
/// What running the statements gives.
pub(super) async fn end(
    call: &Call,
    target: &Connection,
    migration: &str,
    pass: i32,
    tables: &[(&str, i64)],
) -> Result<(), Error> {
    state::run(call, target, DONE, &[&migration]).await?;
    for (table, rows) in tables {
        state::run(call, target, COUNT, &[&migration, &pass, table, rows]).await?;
        state::end(call, target, migration, pass, table).await?;
    }
    Ok(())
}

/// Keys that wait for the next pass.
///
/// # Errors
/// What asking gives.
pub(super) async fn waiting(call: &Call, target: &Connection, migration: &str) -> Result<i64, Error> {
    let rows: Vec<Counted> =
        target.fetch(call, &target.vet(call, WAITING).await?, &[json!(migration)]).await?;
    Ok(rows.first().map_or(0, |row| row.rows))
}
