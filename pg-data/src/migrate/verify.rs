//! Whether the target holds what the source gives: every row of the source is cleaned once more, and compared by count, by hash
//! and by the sums of numbers; where they differ, row by row.
//!
//! Invariant: hashes of both sides are made by the target, of values of the target's types, so that how a value is written
//! makes no difference. Nothing is written.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use pg_core::{
    Batch, Call, Error, RefusedRow, SharedSnapshot, Stage, StageTarget, StagedRow, StagedTransfer, TextRow,
};
use pg_policy::Vetted;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    key::key_text,
    prepared::{Migration, PreparedTable},
    query,
    stage::{Kept, TableStage, in_words},
    staging::{Purpose, stage},
    state::{self, array},
};

/// Keys that are told of rows that differ.
const MOST_KEYS: usize = 20;

/// Rows that are told of those that the plan does not take.
const MOST_TOLD: usize = 3;

/// What a comparison found.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VerifiedTable {
    /// The target's table.
    pub table_name: String,
    /// Whether every row of the source that was not rejected is in the target as it should be, and none besides.
    pub equal: bool,
    /// Rows of the source.
    pub source_rows: i64,
    /// Those of them that are rejected.
    pub rejected: i64,
    /// Rows of the target.
    pub target_rows: i64,
    /// The hash of the source's rows as they should be in the target.
    pub source_hash: String,
    /// The hash of the target's rows.
    pub target_hash: String,
    /// Sums of the columns that hold numbers.
    pub sums: Vec<ComparedSum>,
    /// Rows of the source that the target lacks; null where rows were not compared one by one.
    pub missing: Option<i64>,
    /// Rows that differ.
    pub different: Option<i64>,
    /// Rows of the target that are none of the source's.
    pub extra: Option<i64>,
    /// Keys of the first that are missing or differ.
    pub keys: Vec<String>,
    /// What there is to say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl VerifiedTable {
    fn add(&mut self, note: String) {
        self.note = Some(match self.note.take() {
            Some(before) => format!("{before}. {note}"),
            None => note,
        });
    }
}

/// The sums of a column.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComparedSum {
    /// The target's column.
    pub column: String,
    /// The sum of what should be in it.
    pub source: String,
    /// The sum of what is.
    pub target: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Digest {
    rows: String,
    hash: String,
    sums: Vec<String>,
}

#[derive(Deserialize)]
struct Difference {
    key: String,
    missing: bool,
}

#[derive(Deserialize)]
struct Key {
    key: Option<String>,
}

#[derive(Deserialize)]
struct Sum {
    sum: String,
}

/// What was found so far.
#[derive(Debug, Default)]
struct Seen {
    rows: i64,
    rejected: i64,
    hash: i128,
    sums: Vec<Vec<String>>,
    missing: i64,
    different: i64,
    keys: Vec<String>,
    /// The first rows that the plan does not take, in words.
    not_taken: Vec<String>,
}

/// Rows on their way to a comparison.
#[derive(Debug)]
struct Comparing {
    inner: TableStage,
    /// The count, hash and sums of a batch; or else
    digest: Option<Vetted>,
    /// its rows that are missing or differ.
    differences: Option<Vetted>,
    seen: Mutex<Seen>,
}

impl Comparing {
    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes out what the target refused.
    async fn without_refused(
        &self,
        target: &mut StageTarget<'_>,
        batch: &mut Batch<Kept>,
    ) -> Result<(), Error> {
        let Some(statements) = &self.inner.statements else { return Ok(()) };
        let keys: Vec<String> = batch.rows.iter().map(|row| key_text(&row.key)).collect();
        let keys = array(keys.iter().map(|key| Some(key.as_str())));
        let parameters = [json!(self.inner.migration), json!(self.inner.table), keys];
        let refused: Vec<Key> = target.fetch(&statements.refused_keys, &parameters).await?;
        let refused: std::collections::HashSet<String> =
            refused.into_iter().filter_map(|row| row.key).collect();
        if !refused.is_empty() {
            let before = batch.rows.len();
            batch.rows.retain(|row| !refused.contains(&key_text(&row.key)));
            self.seen().rejected += (before - batch.rows.len()) as i64;
        }
        Ok(())
    }
}

#[async_trait]
impl Stage for Comparing {
    type Rejected = Kept;

    fn clean(&self, rows: Vec<TextRow>) -> Batch<Kept> {
        let all = rows.len() as i64;
        let batch = self.inner.clean(rows);
        self.seen().rows += all;
        batch
    }

    async fn resolve(&self, target: &mut StageTarget<'_>, batch: &mut Batch<Kept>) -> Result<(), Error> {
        self.inner.complete(target, batch).await?;
        {
            let mut seen = self.seen();
            seen.rejected += batch.rejected.len() as i64;
            let room = MOST_TOLD.saturating_sub(seen.not_taken.len());
            seen.not_taken.extend(batch.rejected.iter().take(room).map(in_words));
        }
        self.without_refused(target, batch).await?;
        let rows = std::mem::take(&mut batch.rows);
        if rows.is_empty() {
            return Ok(());
        }
        let width = rows.first().map_or(0, |row| row.values.len());
        let mut parameters: Vec<Value> =
            (0..width).map(|at| array(rows.iter().map(|row| row.values.get(at)?.as_deref()))).collect();
        if let Some(statement) = &self.digest {
            let digests: Vec<Digest> = target.fetch(statement, &parameters).await?;
            let mut seen = self.seen();
            for Digest { hash, sums, .. } in digests {
                seen.hash = seen.hash.wrapping_add(hash.parse().unwrap_or_default());
                seen.sums.resize(sums.len(), Vec::new());
                for (all, sum) in seen.sums.iter_mut().zip(sums) {
                    all.push(sum);
                }
            }
        }
        if let Some(statement) = &self.differences {
            let keys: Vec<String> = rows.iter().map(|row| key_text(&row.key)).collect();
            parameters.push(array(keys.iter().map(|key| Some(key.as_str()))));
            let differences: Vec<Difference> = target.fetch(statement, &parameters).await?;
            let mut seen = self.seen();
            for Difference { key, missing } in differences {
                if missing {
                    seen.missing += 1;
                } else {
                    seen.different += 1;
                }
                if seen.keys.len() < MOST_KEYS {
                    seen.keys.push(key);
                }
            }
        }
        Ok(())
    }

    async fn settle(
        &self,
        _target: &mut StageTarget<'_>,
        _batch: Batch<Kept>,
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

/// From where the source is looked at, and what for.
struct Sight<'a> {
    snapshot: &'a SharedSnapshot,
    purpose: Purpose,
}

/// Compares every table.
///
/// # Errors
/// What reading either side gives.
pub(crate) async fn verify(call: &Call, migration: &Migration) -> Result<Vec<VerifiedTable>, Error> {
    let passes = state::passes(call, &migration.target, &migration.plan.name).await?;
    // Also what was brought by other means can be compared; it has no rejects.
    let purpose = if passes.is_empty() { Purpose::Show } else { Purpose::Compare };
    let snapshot = SharedSnapshot::take(call, &migration.source).await?;
    let mut verified = Vec::new();
    for table in &migration.tables {
        let before = passes
            .iter()
            .find(|pass| pass.table_name == table.spec.target)
            .map_or(0, |pass| pass.rows_before);
        verified.push(one(call, migration, table, before, &Sight { snapshot: &snapshot, purpose }).await?);
    }
    Ok(verified)
}

async fn one(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    rows_before: i64,
    sight: &Sight<'_>,
) -> Result<VerifiedTable, Error> {
    let target = &migration.target;
    let new_key = table.spec.new_key.as_deref().and_then(|name| Some((name, table.target.data_type(name)?)));
    let digest = target.vet(call, &query::digest_of_values(&table.columns, new_key)).await?;
    let seen = compared(call, migration, table, sight, Some(digest), None).await?;
    let of_table = query::digest_of_table(&table.target, &table.columns, new_key);
    let found: Vec<Digest> = target.fetch(call, &target.vet(call, &of_table).await?, &[]).await?;
    let found =
        found.into_iter().next().unwrap_or(Digest { rows: "0".into(), hash: "0".into(), sums: Vec::new() });
    let mut verified = VerifiedTable {
        table_name: table.spec.target.clone(),
        source_rows: seen.rows,
        rejected: seen.rejected,
        target_rows: found.rows.parse().unwrap_or_default(),
        source_hash: seen.hash.to_string(),
        target_hash: found.hash,
        note: (!seen.not_taken.is_empty())
            .then(|| format!("rows that the plan does not take, the first: {}", seen.not_taken.join("; "))),
        ..VerifiedTable::default()
    };
    let numbers = table
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.data_type.as_str()))
        .chain(new_key)
        .filter(|(_, data_type)| query::is_number(data_type));
    let mut sums = seen.sums.into_iter();
    let mut told = found.sums.into_iter();
    for (name, _) in numbers {
        let source = added(call, migration, sums.next().unwrap_or_default()).await?;
        verified.sums.push(ComparedSum {
            column: name.to_owned(),
            source,
            target: told.next().unwrap_or_default(),
        });
    }
    let same_sums = verified.sums.iter().all(|sum| same_number(&sum.source, &sum.target));
    verified.equal = verified.source_rows - verified.rejected == verified.target_rows
        && verified.source_hash == verified.target_hash
        && same_sums;
    if !verified.equal {
        row_by_row(call, migration, table, new_key, rows_before, sight, &mut verified).await?;
    }
    Ok(verified)
}

/// Finds out which rows it is that differ.
async fn row_by_row(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    new_key: Option<(&str, &str)>,
    rows_before: i64,
    sight: &Sight<'_>,
    verified: &mut VerifiedTable,
) -> Result<(), Error> {
    let Some(text) = query::differences(&table.target, &table.columns, new_key, &table.conflict) else {
        verified.add(
            "which rows differ cannot be told: no column of the target holds the source's key; say `conflict`".to_owned(),
        );
        return Ok(());
    };
    let differences = migration.target.vet(call, &text).await?;
    let seen = compared(call, migration, table, sight, None, Some(differences)).await?;
    let expected = verified.source_rows - verified.rejected;
    let extra = verified.target_rows - (expected - seen.missing);
    verified.missing = Some(seen.missing);
    verified.different = Some(seen.different);
    verified.extra = Some(extra);
    verified.keys = seen.keys;
    if seen.missing + seen.different == 0 && extra > 0 && extra <= rows_before {
        verified.equal = true;
        verified.add(format!(
            "every row that was migrated is as it should be; the {extra} others were there before the migration"
        ));
    }
    Ok(())
}

/// Sends every row of the source through a comparison.
async fn compared(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    sight: &Sight<'_>,
    digest: Option<Vetted>,
    differences: Option<Vetted>,
) -> Result<Seen, Error> {
    let inner = stage(call, migration, table, 1, sight.purpose).await?;
    let comparing = Arc::new(Comparing { inner, digest, differences, seen: Mutex::default() });
    let transfer = StagedTransfer {
        source: migration.source.clone(),
        target: migration.target.clone(),
        query: query::rows(&table.spec, table.source.as_ref(), &table.columns, &table.key, None),
        key: (0..table.key.len()).map(query::key_name).collect(),
        fill: None,
        stage: Arc::clone(&comparing),
        transfer_id: None,
        estimate: table.source.as_ref().and_then(|source| u64::try_from(source.row_estimate?).ok()),
        range_rows: migration.plan.range_rows,
        jobs: if table.key.is_empty() { 1 } else { migration.plan.jobs },
        snapshot: Some(sight.snapshot.name().to_owned()),
    };
    transfer.run(call).await?;
    let seen = std::mem::take(&mut *comparing.seen());
    Ok(seen)
}

/// The sum of sums: the server adds, because no digit may be lost.
async fn added(call: &Call, migration: &Migration, sums: Vec<String>) -> Result<String, Error> {
    const ADD: &str =
        "SELECT coalesce(pg_catalog.sum(part::numeric), 0)::text AS sum FROM unnest($1::text[]) AS part";
    let target = &migration.target;
    let parameters = [array(sums.iter().map(|sum| Some(sum.as_str())))];
    let rows: Vec<Sum> = target.fetch(call, &target.vet(call, ADD).await?, &parameters).await?;
    Ok(rows.into_iter().next().map(|row| row.sum).unwrap_or_default())
}

/// Whether two numbers are one, however many zeros end them.
fn same_number(one: &str, other: &str) -> bool {
    let plain = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    plain(one) == plain(other)
}
