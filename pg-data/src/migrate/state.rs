//! What the target remembers of migrations, in its schema `toolkit`: passes, keys that were mapped, rows that were rejected, and
//! what was taken away to be made again.
//!
//! Invariant: what belongs to rows is written in their transaction (`stage.rs`), what belongs to a step in that of the step, so
//! that a run that is killed at any moment leaves nothing half said.

use pg_core::{Call, Connection, Error};
use pg_policy::{Access, Vetted};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const TABLES: [&str; 5] = [
    "CREATE SCHEMA IF NOT EXISTS toolkit",
    "CREATE TABLE IF NOT EXISTS toolkit.migration_passes (
    migration text NOT NULL, pass integer NOT NULL, table_name text NOT NULL, since text, next_since text,
    rows_before bigint NOT NULL, began_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz,
    PRIMARY KEY (migration, table_name, pass))",
    "CREATE TABLE IF NOT EXISTS toolkit.migration_keys (
    migration text NOT NULL, table_name text NOT NULL, legacy text NOT NULL, new text NOT NULL,
    PRIMARY KEY (migration, table_name, legacy))",
    "CREATE TABLE IF NOT EXISTS toolkit.migration_rejects (
    migration text NOT NULL, pass integer NOT NULL, table_name text NOT NULL, key text, column_name text, value text,
    reason text NOT NULL, sqlstate text, source_row jsonb, rejected_at timestamptz NOT NULL DEFAULT now())",
    "CREATE TABLE IF NOT EXISTS toolkit.migration_deferred (
    migration text NOT NULL, number integer NOT NULL, table_name text NOT NULL, object text NOT NULL,
    definition text NOT NULL, PRIMARY KEY (migration, number))",
];
const INDEX: &str = "CREATE INDEX IF NOT EXISTS migration_rejects_key ON toolkit.migration_rejects (migration, table_name, key)";
const THERE: &str = "SELECT (pg_catalog.to_regclass('toolkit.migration_deferred') IS NOT NULL
    AND pg_catalog.to_regclass('toolkit.migration_rejects_key') IS NOT NULL) AS there";
const BEGIN: &str =
    "INSERT INTO toolkit.migration_passes (migration, pass, table_name, since, next_since, rows_before)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (migration, table_name, pass) DO NOTHING";
const END: &str = "UPDATE toolkit.migration_passes SET ended_at = coalesce(ended_at, now())
    WHERE migration = $1 AND pass = $2 AND table_name = $3";
const PASSES: &str =
    "SELECT p.pass, p.table_name, p.since, p.next_since, p.rows_before, p.began_at::text AS began_at,
    p.ended_at::text AS ended_at,
    coalesce((SELECT sum(r.rows) FROM toolkit.transfer_ranges AS r
      WHERE r.transfer_id = p.migration || '/' || p.table_name || '#' || p.pass), 0)::bigint
      + coalesce((to_jsonb(p) ->> 'followed')::bigint, 0) AS rows,
    (SELECT count(*) FROM toolkit.migration_rejects AS j
      WHERE j.migration = p.migration AND j.table_name = p.table_name AND j.pass = p.pass) AS rejected
    FROM toolkit.migration_passes AS p WHERE p.migration = $1 ORDER BY p.pass, p.began_at, p.table_name";
const PASSES_WITHOUT_RANGES: &str = "SELECT p.pass, p.table_name, p.since, p.next_since, p.rows_before,
    p.began_at::text AS began_at, p.ended_at::text AS ended_at, 0::bigint AS rows, 0::bigint AS rejected
    FROM toolkit.migration_passes AS p WHERE p.migration = $1 ORDER BY p.pass, p.began_at, p.table_name";
const RANGES_THERE: &str = "SELECT pg_catalog.to_regclass('toolkit.transfer_ranges') IS NOT NULL AS there";
const REJECTS: &str =
    "SELECT table_name, key, column_name, value, reason, sqlstate FROM toolkit.migration_rejects
    WHERE migration = $1 ORDER BY rejected_at, table_name, key LIMIT 20";
const ALL_REJECTS: &str =
    "SELECT table_name, pass, key, column_name, value, reason, sqlstate, source_row FROM toolkit.migration_rejects
    WHERE migration = $1 ORDER BY rejected_at, table_name, key";
const NAMES: &str = "SELECT DISTINCT migration AS name FROM toolkit.migration_passes ORDER BY 1 LIMIT 50";

/// A pass over a table.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MigrationPass {
    /// Which, counted from 1; those behind the first take what changed since.
    pub pass: i32,
    /// The target's table.
    pub table_name: String,
    /// From which change on rows were taken; null for all.
    pub since: Option<String>,
    /// From which change on the next pass takes rows.
    pub next_since: Option<String>,
    /// Rows that the table had before the first pass.
    pub rows_before: i64,
    /// When it was begun.
    pub began_at: String,
    /// When it was whole; null before.
    pub ended_at: Option<String>,
    /// Rows that it wrote.
    pub rows: i64,
    /// Rows that it rejected.
    pub rejected: i64,
}

/// A row that was not moved.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RejectedRow {
    /// The target's table.
    pub table_name: String,
    /// Its key in the source.
    pub key: Option<String>,
    /// The column, where one is at fault.
    pub column_name: Option<String>,
    /// Its value.
    pub value: Option<String>,
    /// Why.
    pub reason: String,
    /// What the target said, where it was the target that refused.
    pub sqlstate: Option<String>,
}

#[derive(Deserialize)]
struct There {
    there: bool,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// The name of the transfer that a pass over a table is.
pub(crate) fn transfer_id(migration: &str, table: &str, pass: i32) -> String {
    format!("{migration}/{table}#{pass}")
}

async fn asked(call: &Call, target: &Connection, text: &str) -> Result<bool, Error> {
    let rows: Vec<There> = target.fetch(call, &target.vet(call, text).await?, &[]).await?;
    Ok(rows.iter().any(|row| row.there))
}

/// Makes the tables where they are not there.
///
/// # Errors
/// An argument error with the statements where the connection may not make them; what running them gives.
pub(crate) async fn make(call: &Call, target: &Connection) -> Result<(), Error> {
    if asked(call, target, THERE).await? {
        return Ok(());
    }
    if target.access() < Access::Schema {
        return Err(Error::argument(format!(
            "a migration keeps its progress in the target, in tables of the schema toolkit that are not there yet; have them \
             made once, or use a connection with schema access: {}; {INDEX};",
            TABLES.join("; ")
        )));
    }
    for text in TABLES.into_iter().chain([INDEX]) {
        run(call, target, text, &[]).await?;
    }
    Ok(())
}

/// Runs a statement of ours in a transaction of its own.
///
/// # Errors
/// [`Error::Refused`]; what running it gives.
pub(crate) async fn run(
    call: &Call,
    target: &Connection,
    text: &str,
    parameters: &[&(dyn pg_core::ToSql + Sync)],
) -> Result<u64, Error> {
    let vetted = target.vet(call, text).await?;
    target.execute(call, &vetted, parameters).await
}

/// The passes of a migration so far; none where nothing was ever migrated.
///
/// # Errors
/// What asking gives.
pub(crate) async fn passes(
    call: &Call,
    target: &Connection,
    name: &str,
) -> Result<Vec<MigrationPass>, Error> {
    if !asked(call, target, THERE).await? {
        return Ok(Vec::new());
    }
    let text = if asked(call, target, RANGES_THERE).await? { PASSES } else { PASSES_WITHOUT_RANGES };
    target.fetch(call, &target.vet(call, text).await?, &[json!(name)]).await
}

/// The first rows that a migration rejected.
///
/// # Errors
/// What asking gives.
pub(crate) async fn rejects(call: &Call, target: &Connection, name: &str) -> Result<Vec<RejectedRow>, Error> {
    if !asked(call, target, THERE).await? {
        return Ok(Vec::new());
    }
    target.fetch(call, &target.vet(call, REJECTS).await?, &[json!(name)]).await
}

/// All rows that a migration rejected, a JSON object on each line.
///
/// # Errors
/// What asking gives.
pub(crate) async fn all_rejects(call: &Call, target: &Connection, name: &str) -> Result<String, Error> {
    let statement = target.vet(call, ALL_REJECTS).await?;
    let mut stream = target.stream::<pg_core::Record>(call, &statement, &[&name]).await?;
    let mut lines = String::new();
    while let Some(record) = stream.next().await? {
        let row: Value = record.deserialize()?;
        lines.push_str(&row.to_string());
        lines.push('\n');
    }
    Ok(lines)
}

/// The names of migrations that the target remembers.
///
/// # Errors
/// What asking gives.
pub(crate) async fn known(call: &Call, target: &Connection) -> Result<Vec<String>, Error> {
    if !asked(call, target, THERE).await? {
        return Ok(Vec::new());
    }
    let rows: Vec<Named> = target.fetch(call, &target.vet(call, NAMES).await?, &[]).await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Remembers that a pass over a table was begun.
///
/// # Errors
/// What running the statement gives.
pub(crate) async fn begin(
    call: &Call,
    target: &Connection,
    migration: &str,
    pass: &MigrationPass,
) -> Result<(), Error> {
    let MigrationPass { pass, table_name, since, next_since, rows_before, .. } = pass;
    run(call, target, BEGIN, &[&migration, pass, table_name, since, next_since, rows_before]).await.map(drop)
}

/// Remembers that it is whole.
///
/// # Errors
/// What running the statement gives.
pub(crate) async fn end(
    call: &Call,
    target: &Connection,
    migration: &str,
    pass: i32,
    table: &str,
) -> Result<(), Error> {
    run(call, target, END, &[&migration, &pass, &table]).await.map(drop)
}

/// The statements that a stage runs in the transactions of its rows. Lists are joined: compared with `= ANY ($3)` of a prepared statement,
/// each row of a table could be held against the whole list in turn.
#[derive(Clone, Debug)]
pub(crate) struct Statements {
    /// Keys that were mapped: `$1` migration, `$2` table, `$3` old keys.
    pub find_keys: Vetted,
    /// Remembers keys: `$3` old ones, `$4` new ones.
    pub add_keys: Option<Vetted>,
    /// Remembers rejected rows: `$2` pass, `$3` table, then an array for each field.
    pub add_rejects: Option<Vetted>,
    /// Forgets rejected rows by their keys: `$3`.
    pub forget_rejects: Option<Vetted>,
    /// Keys of rows that the target refused: `$3`.
    pub refused_keys: Vetted,
}

impl Statements {
    /// Has them judged; those that write only where rows are written.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub(crate) async fn vetted(call: &Call, target: &Connection, writes: bool) -> Result<Self, Error> {
        let vet = async |text: &str| target.vet(call, text).await;
        let writing =
            async |text: &str| if writes { target.vet(call, text).await.map(Some) } else { Ok(None) };
        Ok(Self {
            find_keys: vet(
                "SELECT k.legacy, k.new FROM unnest($3::text[]) AS u (legacy)
                 JOIN toolkit.migration_keys AS k ON k.migration = $1 AND k.table_name = $2 AND k.legacy = u.legacy",
            )
            .await?,
            add_keys: writing(
                "INSERT INTO toolkit.migration_keys (migration, table_name, legacy, new)
                 SELECT $1, $2, u.legacy, u.new FROM unnest($3::text[], $4::text[]) AS u (legacy, new)
                 ON CONFLICT (migration, table_name, legacy) DO NOTHING",
            )
            .await?,
            add_rejects: writing(
                "INSERT INTO toolkit.migration_rejects
                   (migration, pass, table_name, key, column_name, value, reason, sqlstate, source_row)
                 SELECT $1, $2, $3, u.key, u.column_name, u.value, u.reason, u.sqlstate, u.source_row::jsonb
                 FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
                   AS u (key, column_name, value, reason, sqlstate, source_row)",
            )
            .await?,
            forget_rejects: writing(
                "DELETE FROM toolkit.migration_rejects AS r USING unnest($3::text[]) AS u (key)
                 WHERE r.migration = $1 AND r.table_name = $2 AND r.key = u.key",
            )
            .await?,
            refused_keys: vet(
                "SELECT r.key FROM unnest($3::text[]) AS u (key) JOIN toolkit.migration_rejects AS r
                 ON r.migration = $1 AND r.table_name = $2 AND r.key = u.key WHERE r.sqlstate IS NOT NULL",
            )
            .await?,
        })
    }
}

/// Texts as the value of an array parameter.
pub(crate) fn array<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Value {
    texts.into_iter().map(|text| text.map_or(Value::Null, Value::from)).collect()
}
