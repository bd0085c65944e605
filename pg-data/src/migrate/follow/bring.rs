//! Rows that have changed, brought; rows that are gone, taken away.
//!
//! Invariants: everything is read in the snapshot of the pass. Rows that are gone go first, those last that others point at, so
//! that a value that must be unique is free again; what cannot go yet, because a row points at it that is brought only
//! afterwards, goes at the end.

use std::{collections::VecDeque, sync::Arc};

use pg_core::{Call, Error, SharedSnapshot, Stage, StageTarget, StagedRow, TextRow};

use super::{memory, sql};
use crate::migrate::{
    by_key::{Key, bring_some, missing},
    key::key_text,
    prepared::{Migration, PreparedTable},
    staging::{Purpose, stage},
    sweeps::Sweeps,
};

/// Keys that are asked about at once.
const TOGETHER: usize = 4000;

/// A row still points at what is to go.
const STILL_POINTED_AT: &str = "23503";

/// What was done of a table.
#[derive(Debug)]
pub(crate) struct Brought<'a> {
    /// The table.
    pub table: &'a PreparedTable,
    /// Rows that were read.
    pub read: u64,
    /// Rows that were inserted or replaced.
    pub written: u64,
    /// Rows that were taken away.
    pub deleted: u64,
}

impl Brought<'_> {
    /// Rows of the target that were written or taken away.
    pub(super) fn rows(&self) -> i64 {
        i64::try_from(self.written + self.deleted).unwrap_or(i64::MAX)
    }
}

/// The tables that are followed, those first that others point at.
fn followed(migration: &Migration) -> impl DoubleEndedIterator<Item = &PreparedTable> {
    migration.tables.iter().filter(|table| table.followed.is_some())
}

/// Pages through the keys of a table.
struct Pages<'a> {
    call: &'a Call,
    migration: &'a Migration,
    table: &'a str,
    gone: Option<bool>,
    behind: Key,
}

impl<'a> Pages<'a> {
    fn new(call: &'a Call, migration: &'a Migration, table: &'a PreparedTable, gone: Option<bool>) -> Self {
        Self { call, migration, table: &table.spec.target, gone, behind: Key::new() }
    }

    async fn next(&mut self) -> Result<Option<Vec<Key>>, Error> {
        let of = (self.migration.plan.name.as_str(), self.table);
        let target = &self.migration.target;
        let keys = memory::keys(self.call, target, of, &self.behind, self.gone, TOGETHER).await?;
        let Some(last) = keys.last() else { return Ok(None) };
        self.behind.clone_from(last);
        Ok(Some(keys))
    }
}

/// Finds out which of the rows that changed are gone.
///
/// # Errors
/// What either side gives.
pub(super) async fn mark_gone(
    call: &Call,
    migration: &Migration,
    snapshot: &SharedSnapshot,
) -> Result<(), Error> {
    for table in followed(migration) {
        let mut pages = Pages::new(call, migration, table, None);
        while let Some(keys) = pages.next().await? {
            let gone = missing(call, migration, table, &keys, snapshot).await?;
            if !gone.is_empty() {
                let (target, name) = (&migration.target, &migration.plan.name);
                memory::gone(call, target, name, &table.spec.target, &gone).await?;
            }
        }
    }
    Ok(())
}

/// Takes the rows away that are gone, as far as nothing points at them.
///
/// # Errors
/// What the target gives, but for a row that still points at one of them, unless it is the `last` time.
pub(crate) async fn take_away<'a>(
    call: &Call,
    migration: &'a Migration,
    last: bool,
) -> Result<Vec<Brought<'a>>, Error> {
    let mut taken = Vec::new();
    for table in followed(migration).rev() {
        let mut pages = Pages::new(call, migration, table, Some(true));
        let mut deleted = 0;
        while let Some(keys) = pages.next().await? {
            // Where one row cannot go, the others of its page do.
            let mut parts = VecDeque::from([keys]);
            while let Some(mut keys) = parts.pop_front() {
                match take_some(call, migration, table, &keys).await {
                    Ok(rows) => deleted += rows,
                    Err(error) if error.sqlstate() != Some(STILL_POINTED_AT) => return Err(error),
                    Err(_) if keys.len() > 1 => {
                        parts.push_front(keys.split_off(keys.len() / 2));
                        parts.push_front(keys);
                    }
                    Err(error) if last => return Err(error),
                    Err(_) => {}
                }
            }
        }
        taken.push(Brought { table, read: 0, written: 0, deleted });
    }
    Ok(taken)
}

async fn take_some(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    keys: &[Key],
) -> Result<u64, Error> {
    let Some(text) = sql::take_away(&of_key(table)) else { return Ok(0) };
    let (target, name) = (&migration.target, &migration.plan.name);
    let rows = in_target(call, migration, table, keys).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let texts: Vec<Option<String>> = rows.iter().map(|row| Some(key_text(&row.key))).collect();
    let width = if table.spec.new_key.is_some() { 0 } else { table.conflict.len() };
    let values: Vec<Vec<Option<String>>> =
        (0..width).map(|at| rows.iter().map(|row| row.values.get(at).cloned().flatten()).collect()).collect();
    let mut parameters: Vec<&(dyn pg_core::ToSql + Sync)> = vec![name, &table.spec.target, &texts];
    parameters.extend(values.iter().map(|column| column as &(dyn pg_core::ToSql + Sync)));
    target.execute(call, &target.vet(call, &text).await?, &parameters).await
}

/// The table as far as its key fills it.
fn of_key(table: &PreparedTable) -> PreparedTable {
    let columns = match table.spec.new_key {
        Some(_) => Vec::new(),
        None => {
            let wanted = |name: &String| table.columns.iter().find(|column| column.name == *name).cloned();
            table.conflict.iter().filter_map(wanted).collect()
        }
    };
    PreparedTable {
        spec: table.spec.clone(),
        target: table.target.clone(),
        source: None,
        columns,
        key: table.key.clone(),
        key_types: table.key_types.clone(),
        conflict: table.conflict.clone(),
        followed: None,
    }
}

/// What keys of the source have become in the target: cleaned and looked up as their rows were.
async fn in_target(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    keys: &[Key],
) -> Result<Vec<StagedRow>, Error> {
    let mut of_key = of_key(table);
    // Its own new keys are found where the rows are taken away.
    of_key.spec.new_key = None;
    let from = |key: &Key| -> TextRow {
        let value = |name: &String| {
            let at = table.key.iter().position(|part| part == name)?;
            key.get(at).cloned()
        };
        let cells = of_key.columns.iter().map(|column| column.rule.from.as_ref().and_then(value));
        cells.chain(key.iter().cloned().map(Some)).collect()
    };
    let stage = stage(call, migration, &of_key, 2, Purpose::Compare).await?;
    let mut batch = stage.clean(keys.iter().map(from).collect());
    let mut target = StageTarget::reads(call, &migration.target);
    stage.complete(&mut target, &mut batch).await?;
    // What is rejected by its key never came into the target.
    Ok(batch.rows)
}

/// Brings the rows of a table that changed and are there.
///
/// # Errors
/// What either side gives.
pub(crate) async fn bring<'a>(
    call: &Call,
    migration: &Migration,
    table: &'a PreparedTable,
    pass: i32,
    snapshot: &SharedSnapshot,
) -> Result<Brought<'a>, Error> {
    let mut brought = Brought { table, read: 0, written: 0, deleted: 0 };
    let mut sweeps = Sweeps::new(call, migration, table, pass);
    while let Some(purpose) = sweeps.next().await? {
        let stage = Arc::new(stage(call, migration, table, pass, purpose).await?);
        let mut pages = Pages::new(call, migration, table, Some(false));
        while let Some(keys) = pages.next().await? {
            let moved =
                bring_some(call, migration, table, &keys, (pass, Arc::clone(&stage)), snapshot).await?;
            if sweeps.is_first() {
                brought.read += moved.read;
                brought.written += moved.written;
            }
        }
    }
    brought.written += sweeps.helped().await?;
    Ok(brought)
}
