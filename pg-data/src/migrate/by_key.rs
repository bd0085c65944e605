//! Rows whose keys are known, asked for and brought: those that the source's log names, and those that were rejected.
//!
//! Separate from passes through whole tables. Invariant: a key is compared as a value of its column's type, so that
//! how it is written makes no difference.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use pg_core::{
    Batch, Call, Error, RefusedRow, SharedSnapshot, Stage, StageTarget, StagedRow, StagedTransfer, TextRow,
    Transferred,
};

use super::{
    prepared::{Migration, PreparedTable},
    query::{self, filtered, origin},
    run,
    stage::TableStage,
    text,
};

/// Rows of a range: all of them, since as many keys are asked for at once as one range holds.
const TOGETHER: u64 = 1 << 20;

/// A key: a value for each of its columns.
pub(crate) type Key = Vec<String>;

/// The keys that are asked for, as a list of rows.
fn asked(table: &PreparedTable, keys: &[Key]) -> String {
    let mut typed = Vec::new();
    let mut arrays = Vec::new();
    for (at, data_type) in table.key_types.iter().enumerate() {
        let number = at + 1;
        typed.push(format!("u.k{number}::{data_type} AS \"toolkit asked {number}\""));
        let values: Vec<&String> = keys.iter().filter_map(|key| key.get(at)).collect();
        arrays.push(format!("{}::text[]", text::literal(&text::array(values))));
    }
    let names: Vec<String> = (1..=table.key.len()).map(|number| format!("k{number}")).collect();
    format!(
        "SELECT {}, u.n AS \"toolkit number\" FROM unnest({}) WITH ORDINALITY AS u ({}, n)",
        typed.join(", "),
        arrays.join(", "),
        names.join(", ")
    )
}

fn same_key(table: &PreparedTable) -> String {
    let compared =
        table.key.iter().enumerate().map(|(at, name)| {
            format!("{} = \"toolkit asked\".\"toolkit asked {}\"", text::name(name), at + 1)
        });
    compared.collect::<Vec<_>>().join(" AND ")
}

/// The places, counted from 1, of those keys that the source has no row for.
fn gone(table: &PreparedTable, keys: &[Key]) -> String {
    let same = same_key(table);
    let condition =
        filtered(&table.spec).map_or_else(|| same.clone(), |filter| format!("{filter} AND {same}"));
    format!(
        "SELECT \"toolkit asked\".\"toolkit number\" AS number FROM ({}) AS \"toolkit asked\" WHERE NOT EXISTS \
         (SELECT 1 FROM {} WHERE {condition})",
        asked(table, keys),
        origin(&table.spec, table.source.as_ref())
    )
}

/// The rows of those keys, as every pass reads rows.
fn there(table: &PreparedTable, keys: &[Key]) -> String {
    let rows = query::rows(&table.spec, table.source.as_ref(), &table.columns, &table.key, None);
    let joined = if table.spec.filter.is_some() { "AND" } else { "WHERE" };
    // Two ways of writing one key are one row.
    format!(
        "{rows} {joined} EXISTS (SELECT 1 FROM ({}) AS \"toolkit asked\" WHERE {})",
        asked(table, keys),
        same_key(table)
    )
}

/// Those of the keys that the source has no row for.
///
/// # Errors
/// What the source gives.
pub(crate) async fn missing(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    keys: &[Key],
    snapshot: &SharedSnapshot,
) -> Result<Vec<Key>, Error> {
    let stage = Arc::new(Numbers::default());
    let query = gone(table, keys);
    transfer(migration, query, Vec::new(), Arc::clone(&stage), snapshot).run(call).await?;
    Ok(stage.take().into_iter().filter_map(|at| keys.get(at).cloned()).collect())
}

/// Brings the rows of some keys, in one transaction.
///
/// # Errors
/// What either side gives.
pub(crate) async fn bring_some(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    keys: &[Key],
    (pass, stage): (i32, Arc<TableStage>),
    snapshot: &SharedSnapshot,
) -> Result<Transferred, Error> {
    let key = (0..table.key.len()).map(query::key_name).collect();
    let transfer = StagedTransfer {
        fill: Some(run::filling(table, pass)),
        ..transfer(migration, there(table, keys), key, stage, snapshot)
    };
    transfer.run(call).await
}

fn transfer<S: Stage>(
    migration: &Migration,
    query: String,
    key: Vec<String>,
    stage: Arc<S>,
    snapshot: &SharedSnapshot,
) -> StagedTransfer<S> {
    StagedTransfer {
        source: migration.source.clone(),
        target: migration.target.clone(),
        query,
        key,
        fill: None,
        stage,
        transfer_id: None,
        estimate: None,
        range_rows: TOGETHER,
        jobs: 1,
        snapshot: Some(snapshot.name().to_owned()),
    }
}

/// A stage that only notes the numbers that it is given, less one.
#[derive(Debug, Default)]
struct Numbers(Mutex<Vec<usize>>);

impl Numbers {
    fn take(&self) -> Vec<usize> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Stage for Numbers {
    type Rejected = ();

    fn clean(&self, rows: Vec<TextRow>) -> Batch<()> {
        let numbers = rows.into_iter().flatten().flatten();
        let places = numbers.filter_map(|number| number.parse::<usize>().ok()?.checked_sub(1));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(places);
        Batch { rows: Vec::new(), rejected: Vec::new() }
    }

    async fn resolve(&self, _target: &mut StageTarget<'_>, _batch: &mut Batch<()>) -> Result<(), Error> {
        Ok(())
    }

    async fn settle(
        &self,
        _target: &mut StageTarget<'_>,
        _batch: Batch<()>,
        _refused: Vec<RefusedRow>,
    ) -> Result<(), Error> {
        Ok(())
    }

    fn bears_refusals(&self) -> bool {
        true
    }

    fn named(&self, error: Error, _row: &StagedRow) -> Error {
        error
    }
}
