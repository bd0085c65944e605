//! Rejected rows, taken again: those that were, once what was wrong is mended, and those that wait for another row of their own table.
//!
//! Separate from the sweeps, which go through whole tables. Invariant: a row that goes in leaves the rejects in the transaction that
//! writes it, one that does not stands there with its newest reason, and one that the source has no longer is forgotten.

use std::sync::Arc;

use pg_core::{Call, Error, SharedSnapshot};
use serde::Deserialize;
use serde_json::json;

use super::{
    by_key::{Key, bring_some, missing},
    key::{key_text, parted},
    plan::OnReject,
    prepared::{Migration, PreparedTable},
    run::Counted,
    stage::NOT_THERE,
    staging::{Purpose, stage},
    state::{self, RejectedRow},
};

/// Keys that are taken at once.
const TOGETHER: usize = 1000;

const KEYS: &str = "SELECT DISTINCT key COLLATE \"C\" AS key FROM toolkit.migration_rejects
    WHERE migration = $1 AND table_name = $2 AND key COLLATE \"C\" > $3 AND ($4::text IS NULL OR reason = $4 OR sqlstate = $5)
    ORDER BY 1 LIMIT $6";
const WAITING: &str = "SELECT pg_catalog.count(*) AS rows FROM toolkit.migration_rejects
    WHERE migration = $1 AND table_name = $2 AND (reason = $3 OR sqlstate = $4)";
const FIRST: &str =
    "SELECT table_name, key, column_name, value, reason, sqlstate FROM toolkit.migration_rejects
    WHERE migration = $1 AND table_name = $2 AND (reason = $3 OR sqlstate = $4) ORDER BY key LIMIT 1";
const FORGET: &str =
    "DELETE FROM toolkit.migration_rejects WHERE migration = $1 AND table_name = $2 AND key = ANY ($3)";

#[derive(Deserialize)]
struct Rejected {
    key: String,
}

/// What became of rows that were taken again.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Taken {
    /// Rows that the source still has.
    pub read: u64,
    /// Rows that went in.
    pub written: u64,
}

/// Takes the rejected rows of a table again: all of them, or those that wait for others of the table.
///
/// # Errors
/// What either side gives; a row that is rejected again, where none may be.
pub(crate) async fn take(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    pass: i32,
    snapshot: &SharedSnapshot,
    waiting_only: bool,
) -> Result<Taken, Error> {
    let (target, name) = (&migration.target, &migration.plan.name);
    let of = &table.spec.target;
    let mut taken = Taken::default();
    // Without a key nobody knows which rows they are.
    if table.key.is_empty() {
        return Ok(taken);
    }
    let listed = target.vet(call, KEYS).await?;
    let stage = Arc::new(stage(call, migration, table, pass, Purpose::Again).await?);
    let mut behind = String::new();
    loop {
        let reason = waiting_only.then(|| reason(table));
        let parameters =
            [json!(name), json!(of), json!(behind), json!(reason), json!(NOT_THERE), json!(TOGETHER)];
        let page: Vec<Rejected> = target.fetch(call, &listed, &parameters).await?;
        let Some(last) = page.last() else { return Ok(taken) };
        behind.clone_from(&last.key);
        let keys: Vec<Key> =
            page.iter().filter_map(|rejected| parted(&rejected.key, table.key.len())).collect();
        if keys.is_empty() {
            continue;
        }
        let gone = missing(call, migration, table, &keys, snapshot).await?;
        let gone: Vec<String> =
            gone.into_iter().map(|key| key_text(&key.into_iter().map(Some).collect::<Vec<_>>())).collect();
        if !gone.is_empty() {
            state::run(call, target, FORGET, &[name, of, &gone]).await?;
        }
        let moved = bring_some(call, migration, table, &keys, (pass, Arc::clone(&stage)), snapshot).await?;
        taken.read += moved.read;
        taken.written += moved.written;
    }
}

/// Brings rows that wait for others of their table, as long as that helps any.
///
/// # Errors
/// What either side gives; a row that none could help, where rows may not be rejected.
pub(crate) async fn settle(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    pass: i32,
    snapshot: &SharedSnapshot,
) -> Result<u64, Error> {
    let mut written = 0;
    if !table.points_at_itself() {
        return Ok(0);
    }
    let target = &migration.target;
    let counting = target.vet(call, WAITING).await?;
    let which =
        [json!(migration.plan.name), json!(table.spec.target), json!(reason(table)), json!(NOT_THERE)];
    let mut before = i64::MAX;
    loop {
        let counted: Vec<Counted> = target.fetch(call, &counting, &which).await?;
        let waiting = counted.first().map_or(0, |counted| counted.rows);
        if waiting == 0 || waiting >= before {
            break;
        }
        before = waiting;
        written += take(call, migration, table, pass, snapshot, true).await?.written;
    }
    if migration.plan.on_reject == OnReject::Stop {
        let first: Vec<RejectedRow> = target.fetch(call, &target.vet(call, FIRST).await?, &which).await?;
        if let Some(row) = first.first() {
            return Err(Error::argument(format!(
                "table {}, key {}: it points at a row of its own table that did not come: {}; mend the source, or set on_reject = \
                 \"keep\"",
                table.spec.target,
                row.key.as_deref().unwrap_or_default(),
                row.reason
            )));
        }
    }
    Ok(written)
}

/// Why a row waits whose key is mapped.
fn reason(table: &PreparedTable) -> String {
    format!("what was migrated into {} does not have it", table.spec.target)
}
