//! A migration run: pass after pass, table after table, each a transfer that can be resumed.
//!
//! Invariant: a step that was done is not done again, whenever the run before was stopped; the next pass begins at a change that
//! is older than the snapshot of this one.

use std::{sync::Arc, time::Instant};

use pg_core::{Call, Conflict, Error, Fill, SharedSnapshot, StagedTransfer, Transferred};
use serde::{Deserialize, Serialize};

use super::{
    again, defer,
    follow::{Brought, Follower, bring, take_away},
    plan::OnConflict,
    prepared::{Migration, PreparedTable},
    query,
    staging::stage,
    state::{self, MigrationPass},
    sweeps::Sweeps,
    text,
};

/// What was done of a table.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MigratedTable {
    /// The target's table.
    pub table_name: String,
    /// Rows that this call read.
    pub rows_read: u64,
    /// Rows that this call inserted or replaced.
    pub rows_written: u64,
    /// Rows that this call took away, because the source's log says that they are gone.
    pub rows_deleted: u64,
    /// Rows that earlier calls had brought in this pass.
    pub earlier_rows: u64,
    /// Rows that were rejected in this pass.
    pub rejected: u64,
    /// From which change on rows were taken; null for all.
    pub since: Option<String>,
    /// Milliseconds that it took.
    pub duration_ms: f64,
}

#[derive(Deserialize)]
struct Newest {
    newest: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Counted {
    pub rows: i64,
}

/// The pass that is to be run: one that was begun and is not whole, or the next.
fn current(migration: &Migration, passes: &[MigrationPass]) -> Option<i32> {
    let newest = passes.iter().map(|pass| pass.pass).max()?;
    let is_whole =
        migration.tables.iter().filter(|table| newest == 1 || table.has_later_passes()).all(|table| {
            let mut passes = passes.iter().filter(|pass| pass.table_name == table.spec.target);
            passes.any(|pass| pass.pass == newest && pass.ended_at.is_some())
        });
    Some(if is_whole { newest + 1 } else { newest })
}

/// Runs it.
///
/// # Errors
/// The first error; what is done by then stays done, and the same call goes on from there.
pub(crate) async fn run(call: &Call, migration: &Migration) -> Result<(i32, Vec<MigratedTable>), Error> {
    let (source, target) = (&migration.source, &migration.target);
    let name = &migration.plan.name;
    enough_backends(migration)?;
    state::make(call, target).await?;
    let passes = state::passes(call, target, name).await?;
    if passes.is_empty() {
        defer::before(call, migration).await?;
    }
    let pass = current(migration, &passes).unwrap_or(1);
    let follower = Follower::open(call, migration, passes.is_empty()).await?;
    let mut open = Vec::new();
    for table in &migration.tables {
        if pass > 1 && !table.has_later_passes() {
            continue;
        }
        let known = |of: i32| {
            passes.iter().find(|known| known.pass == of && known.table_name == table.spec.target).cloned()
        };
        let begun = match known(pass) {
            Some(begun) => begun,
            None => begin(call, migration, table, pass, known(pass - 1)).await?,
        };
        open.push((table, begun));
    }
    // Taken once all of them know where the next pass begins.
    let mut done = Vec::new();
    let mut snapshot = None;
    if open.iter().any(|(_, begun)| begun.ended_at.is_none()) {
        let taken = SharedSnapshot::take(call, source).await?;
        let follower = follower.as_ref().filter(|_| pass > 1);
        if let Some(follower) = follower {
            follower.collect(call, migration, &taken).await?;
        }
        done = tables(call, migration, &open, follower, &taken).await?;
        snapshot = Some(taken);
    }
    if migration.plan.retry_rejects {
        retry(call, migration, &passes, snapshot, &mut done).await?;
    }
    defer::after(call, migration).await?;
    let passes = state::passes(call, target, name).await?;
    for table in &mut done {
        let same = passes.iter().filter(|known| known.table_name == table.table_name);
        // Those that were taken again may be of any pass.
        let counted = same.filter(|known| known.pass == pass || migration.plan.retry_rejects);
        table.rejected = counted.map(|known| known.rejected.unsigned_abs()).sum();
    }
    Ok((pass, done))
}

/// Takes rejected rows of passes that were whole before this run again.
async fn retry(
    call: &Call,
    migration: &Migration,
    passes: &[MigrationPass],
    snapshot: Option<SharedSnapshot>,
    done: &mut Vec<MigratedTable>,
) -> Result<(), Error> {
    if passes.iter().all(|pass| pass.rejected == 0) {
        return Ok(());
    }
    let snapshot = match snapshot {
        Some(snapshot) => snapshot,
        None => SharedSnapshot::take(call, &migration.source).await?,
    };
    for table in &migration.tables {
        let of = || passes.iter().filter(|pass| pass.table_name == table.spec.target);
        let Some(pass) = of().map(|pass| pass.pass).max() else { continue };
        if of().all(|pass| pass.rejected == 0) {
            continue;
        }
        let clock = Instant::now();
        let taken = again::take(call, migration, table, pass, &snapshot, false).await?;
        let written = taken.written + again::settle(call, migration, table, pass, &snapshot).await?;
        set_sequences(call, migration, table).await?;
        let duration_ms = clock.elapsed().as_secs_f64() * 1000.0;
        match done.iter_mut().find(|known| known.table_name == table.spec.target) {
            Some(known) => {
                known.rows_read += taken.read;
                known.rows_written += written;
                known.duration_ms += duration_ms;
            }
            None => done.push(MigratedTable {
                table_name: table.spec.target.clone(),
                rows_read: taken.read,
                rows_written: written,
                rows_deleted: 0,
                earlier_rows: of().map(|pass| pass.rows.unsigned_abs()).sum(),
                rejected: 0,
                since: None,
                duration_ms,
            }),
        }
    }
    Ok(())
}

/// Fills the tables of a pass that are not whole; those that follow the log are whole together.
async fn tables(
    call: &Call,
    migration: &Migration,
    open: &[(&PreparedTable, MigrationPass)],
    follower: Option<&Follower>,
    snapshot: &SharedSnapshot,
) -> Result<Vec<MigratedTable>, Error> {
    let mut done = Vec::new();
    let mut brought: Vec<Brought<'_>> = Vec::new();
    let mut deleted = match follower {
        Some(_) => take_away(call, migration, false).await?,
        None => Vec::new(),
    };
    for (table, begun) in open {
        if follower.is_some() && table.followed.is_some() {
            let clock = Instant::now();
            let mut one = bring(call, migration, table, begun.pass, snapshot).await?;
            one.written += again::settle(call, migration, table, begun.pass, snapshot).await?;
            set_sequences(call, migration, table).await?;
            done.push(MigratedTable {
                table_name: table.spec.target.clone(),
                rows_read: one.read,
                rows_written: one.written,
                rows_deleted: 0,
                earlier_rows: 0,
                rejected: 0,
                since: None,
                duration_ms: clock.elapsed().as_secs_f64() * 1000.0,
            });
            brought.push(one);
        } else if begun.ended_at.is_none() {
            done.push(fill(call, migration, table, begun, snapshot).await?);
        }
    }
    let Some(follower) = follower else { return Ok(done) };
    deleted.append(&mut take_away(call, migration, true).await?);
    for one in &mut brought {
        let same = deleted.iter().filter(|gone| gone.table.spec.target == one.table.spec.target);
        one.deleted = same.map(|gone| gone.deleted).sum();
        let told = done.iter_mut().filter(|told| told.table_name == one.table.spec.target);
        told.for_each(|told| told.rows_deleted = one.deleted);
    }
    let pass = open.first().map_or(1, |(_, begun)| begun.pass);
    follower.end(call, migration, pass, &brought).await?;
    Ok(done)
}

/// Remembers where a pass over a table begins, and where the next one will.
async fn begin(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    pass: i32,
    before: Option<MigrationPass>,
) -> Result<MigrationPass, Error> {
    let (source, target) = (&migration.source, &migration.target);
    let newest = match query::newest(&table.spec, table.source.as_ref(), migration.plan.overlap_s) {
        Some(text) => {
            let rows: Vec<Newest> = source.fetch(call, &source.vet(call, &text).await?, &[]).await?;
            rows.into_iter().next().and_then(|row| row.newest)
        }
        None => None,
    };
    let rows_before = match &before {
        Some(before) => before.rows_before,
        None => {
            let text = format!("SELECT pg_catalog.count(*) AS rows FROM {}", table.target.qualified());
            let rows: Vec<Counted> = target.fetch(call, &target.vet(call, &text).await?, &[]).await?;
            rows.first().map_or(0, |row| row.rows)
        }
    };
    let since = before.and_then(|before| before.next_since);
    let begun = MigrationPass {
        pass,
        table_name: table.spec.target.clone(),
        next_since: newest.or_else(|| since.clone()),
        since,
        rows_before,
        began_at: String::new(),
        ended_at: None,
        rows: 0,
        rejected: 0,
    };
    state::begin(call, target, &migration.plan.name, &begun).await?;
    Ok(begun)
}

/// Fills a table.
async fn fill(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    begun: &MigrationPass,
    snapshot: &SharedSnapshot,
) -> Result<MigratedTable, Error> {
    let clock = Instant::now();
    let pass = begun.pass;
    let since = begun.since.as_deref();
    let name = &migration.plan.name;
    let mut moved = Transferred::default();
    let mut sweeps = Sweeps::new(call, migration, table, pass);
    while let Some(purpose) = sweeps.next().await? {
        let stage = stage(call, migration, table, pass, purpose).await?;
        let transfer = StagedTransfer {
            source: migration.source.clone(),
            target: migration.target.clone(),
            query: query::rows(&table.spec, table.source.as_ref(), &table.columns, &table.key, since),
            key: (0..table.key.len()).map(query::key_name).collect(),
            fill: Some(filling(table, pass)),
            stage: Arc::new(stage),
            // A further sweep that was stopped begins anew.
            transfer_id: sweeps.is_first().then(|| state::transfer_id(name, &table.spec.target, pass)),
            estimate: table.source.as_ref().and_then(|source| u64::try_from(source.row_estimate?).ok()),
            range_rows: migration.plan.range_rows,
            jobs: if table.key.is_empty() { 1 } else { migration.plan.jobs },
            snapshot: Some(snapshot.name().to_owned()),
        };
        let swept = transfer.run(call).await?;
        if sweeps.is_first() {
            moved = swept;
        }
    }
    moved.written += sweeps.helped().await?;
    moved.written += again::settle(call, migration, table, pass, snapshot).await?;
    set_sequences(call, migration, table).await?;
    state::end(call, &migration.target, name, pass, &table.spec.target).await?;
    Ok(MigratedTable {
        table_name: table.spec.target.clone(),
        rows_read: moved.read,
        rows_written: moved.written,
        rows_deleted: 0,
        earlier_rows: moved.earlier,
        rejected: 0,
        since: begun.since.clone(),
        duration_ms: clock.elapsed().as_secs_f64() * 1000.0,
    })
}

/// What is filled. A later pass replaces what an earlier one brought.
pub(crate) fn filling(table: &PreparedTable, pass: i32) -> Fill {
    Fill {
        schema: Some(table.target.schema.clone()),
        table: table.target.name.clone(),
        columns: table.filled(),
        conflict: match table.spec.on_conflict {
            _ if pass > 1 => Conflict::Upsert,
            OnConflict::Error => Conflict::Fail,
            OnConflict::Skip => Conflict::Skip,
            OnConflict::Upsert => Conflict::Upsert,
        },
        conflict_columns: table.conflict.clone(),
    }
}

/// Moves the sequences of columns that were filled behind their highest values.
async fn set_sequences(call: &Call, migration: &Migration, table: &PreparedTable) -> Result<(), Error> {
    let target = &migration.target;
    for column in &table.target.columns {
        let counts = column.identity.is_some()
            || column.default_value.as_deref().is_some_and(|value| value.contains("nextval("));
        if !counts || !table.columns.iter().any(|filled| filled.name == column.name) {
            continue;
        }
        let sequence = format!(
            "pg_catalog.pg_get_serial_sequence({}, {})::regclass",
            text::literal(&table.target.qualified()),
            text::literal(&column.name)
        );
        let text = format!(
            "SELECT pg_catalog.setval(s.sequence, m.highest) AS highest FROM (SELECT {sequence} AS sequence) AS s, \
             (SELECT pg_catalog.max({})::bigint AS highest FROM {}) AS m WHERE s.sequence IS NOT NULL AND m.highest > \
             coalesce(pg_catalog.pg_sequence_last_value(s.sequence), 0)",
            text::name(&column.name),
            table.target.qualified()
        );
        state::run(call, target, &text, &[]).await?;
    }
    Ok(())
}

fn enough_backends(migration: &Migration) -> Result<(), Error> {
    let (source, target) = (&migration.source, &migration.target);
    let jobs = migration.plan.jobs;
    // One finds ranges, one keeps the snapshot, and one is there for what is asked beside the rows.
    let needs = if source.id() == target.id() {
        vec![(source, 2 * jobs + 3)]
    } else {
        vec![(source, jobs + 3), (target, jobs + 1)]
    };
    for (connection, needed) in needs {
        let size = connection.pool_stats().size as usize;
        if size < needed {
            return Err(Error::argument(format!(
                "{jobs} jobs need {needed} backends of {}, and its pool has {size}; raise its `pool_size`, or set fewer `jobs` \
                 in the plan",
                connection.id()
            )));
        }
    }
    Ok(())
}
