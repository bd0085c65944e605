//! Later passes that follow the source's log by logical decoding: what changed, and what is gone, without a column that says so.
//!
//! The log tells which rows changed, by their keys; the rows themselves are read in a snapshot, as every pass reads them. So a
//! pass brings the target to one moment of the source, whatever happened in between and however often a pass is stopped.
//! Invariants: the slot is older than the first snapshot; a key is forgotten only once its row was read after the change.

mod bring;
mod collect;
mod line;
mod memory;
mod slot;
mod sql;

use std::collections::HashSet;

use pg_core::{Call, Connection, Error, SharedSnapshot};
use serde::Deserialize;
use serde_json::json;

pub(crate) use bring::{Brought, bring, take_away};
pub use slot::MigrationSlot;

use super::{
    plan::{Changes, Plan},
    prepared::{Migration, PreparedTable},
};
use crate::catalog;

#[derive(Deserialize)]
struct Logged {
    logged_as: String,
    kind: String,
    persistence: String,
    identity: String,
    identity_columns: Vec<String>,
}

/// The slot of a migration, there and whole.
#[derive(Debug)]
pub(crate) struct Follower {
    slot_name: String,
}

/// Holds the tables of a plan against the source's log: each gets the names by which the log knows it.
///
/// # Errors
/// What keeps a table, or the source, from being followed; [`Error::Refused`] where the source's policy does not allow the
/// functions that it takes; what asking gives.
pub(crate) async fn prepare(
    call: &Call,
    plan: &Plan,
    source: &Connection,
    tables: &mut [PreparedTable],
    notes: &mut Vec<String>,
) -> Result<(), Error> {
    if plan.changes != Changes::LogicalDecoding {
        return Ok(());
    }
    if let Some(problem) = slot::hindrance(call, source).await? {
        return Err(Error::argument(problem));
    }
    let mut problems = Vec::new();
    for table in tables.iter_mut() {
        let Some(shape) = &table.source else {
            if table.spec.changed_by.is_none() {
                notes.push(format!(
                    "{}: what a query gives cannot be found in the log, so later passes leave it as it is; say `changed_by`, \
                     or name a table as its `source`",
                    table.spec.target
                ));
            }
            continue;
        };
        let rows: Vec<Logged> =
            catalog::FOLLOWED.rows(call, source, &[json!(shape.schema), json!(shape.table_name)]).await?;
        match hindrance(table, &rows) {
            Some(problem) => problems.push(format!("table {}: {problem}", table.spec.target)),
            None => table.followed = Some(rows.into_iter().map(|row| row.logged_as).collect()),
        }
    }
    if !problems.is_empty() {
        return Err(Error::argument(format!(
            "changes cannot be followed through the source's log: {}; or say how each table is followed without it \
             (`changed_by`), and leave `changes` out",
            problems.join("; ")
        )));
    }
    notes.push(
        "from the first pass on the source keeps its log for this migration, in a replication slot; give it up with finish"
            .to_owned(),
    );
    Ok(())
}

/// Why a table cannot be followed.
fn hindrance(table: &PreparedTable, logged: &[Logged]) -> Option<String> {
    if table.key.is_empty() {
        return Some("it has no key".to_owned());
    }
    for one in logged.iter().filter(|one| one.kind != "p") {
        let name = &one.logged_as;
        if one.kind != "r" {
            return Some(format!("{name} is no table that the log knows (a view, or a foreign table)"));
        }
        if one.persistence != "p" {
            return Some(format!("{name} is unlogged or temporary, and the log does not hold its rows"));
        }
        let told: HashSet<&String> = one.identity_columns.iter().collect();
        if one.identity != "f" && !table.key.iter().all(|column| told.contains(column)) {
            return Some(format!(
                "the log does not tell the key ({}) of rows of {name} that change; the migration's `key` must be the primary \
                 key, or let the source say more: ALTER TABLE {name} REPLICA IDENTITY FULL, or USING INDEX",
                table.key.join(", ")
            ));
        }
    }
    let by_key = |name: &String| {
        let column = table.columns.iter().find(|column| column.name == *name);
        column.and_then(|column| column.rule.from.as_ref()).is_some_and(|from| table.key.contains(from))
    };
    if table.spec.new_key.is_none() && (table.conflict.is_empty() || !table.conflict.iter().all(by_key)) {
        return Some(
            "which row of the target a row that is gone had become cannot be told: no column of the target holds the \
             source's key, or `conflict` names others; fill columns from the key, or say `new_key`"
                .to_owned(),
        );
    }
    None
}

impl Follower {
    /// Sees to it that the source keeps its log, before the first snapshot; none where the plan does not follow it.
    ///
    /// # Errors
    /// An argument error where changes were lost, or were never kept; what either side gives.
    pub(crate) async fn open(
        call: &Call,
        migration: &Migration,
        is_first: bool,
    ) -> Result<Option<Self>, Error> {
        if migration.plan.changes != Changes::LogicalDecoding
            || migration.tables.iter().all(|table| table.followed.is_none())
        {
            return Ok(None);
        }
        let (target, name) = (&migration.target, &migration.plan.name);
        memory::make(call, target).await?;
        let slot_name = match memory::slot(call, target, name).await? {
            Some(slot_name) => slot_name,
            None if is_first => memory::name_slot(call, target, name).await?,
            None => {
                return Err(Error::argument(format!(
                    "the source keeps no changes for migration {name}: it was finished, or its first pass did not follow the \
                     log; migrate anew under another name"
                )));
            }
        };
        slot::ensure(call, &migration.source, &slot_name, is_first).await?;
        Ok(Some(Self { slot_name }))
    }

    /// Finds out what changed up to a snapshot, and which rows are gone in it.
    ///
    /// # Errors
    /// What either side gives.
    pub(crate) async fn collect(
        &self,
        call: &Call,
        migration: &Migration,
        snapshot: &SharedSnapshot,
    ) -> Result<(), Error> {
        collect::collect(call, migration, self, snapshot).await?;
        bring::mark_gone(call, migration, snapshot).await
    }

    /// Ends a pass.
    ///
    /// # Errors
    /// What the target gives.
    pub(crate) async fn end(
        &self,
        call: &Call,
        migration: &Migration,
        pass: i32,
        brought: &[Brought<'_>],
    ) -> Result<(), Error> {
        let rows: Vec<(&str, i64)> =
            brought.iter().map(|one| (one.table.spec.target.as_str(), one.rows())).collect();
        memory::end(call, &migration.target, &migration.plan.name, pass, &rows).await
    }
}

/// Whether a migration's changes are kept, and how far they were read; none where the source keeps none.
///
/// # Errors
/// What asking gives.
pub(crate) async fn slot(call: &Call, migration: &Migration) -> Result<Option<MigrationSlot>, Error> {
    match memory::slot(call, &migration.target, &migration.plan.name).await? {
        Some(name) => slot::look(call, &migration.source, &name).await,
        None => Ok(None),
    }
}

/// The name of a migration's slot, and the changes that the target has been told and that wait.
///
/// # Errors
/// What asking gives.
pub(crate) async fn waiting(
    call: &Call,
    target: &Connection,
    migration: &str,
) -> Result<Option<(String, i64)>, Error> {
    match memory::slot(call, target, migration).await? {
        Some(name) => Ok(Some((name, memory::waiting(call, target, migration).await?))),
        None => Ok(None),
    }
}

/// Ends the following: the source's slot is given up, and the target forgets it. Told again, it does nothing.
///
/// # Errors
/// What either side gives.
pub(crate) async fn finish(call: &Call, migration: &Migration) -> Result<bool, Error> {
    let (target, name) = (&migration.target, &migration.plan.name);
    let Some(slot_name) = memory::slot(call, target, name).await? else { return Ok(false) };
    slot::give_up(call, &migration.source, &slot_name).await?;
    memory::forget(call, target, name).await?;
    Ok(true)
}
