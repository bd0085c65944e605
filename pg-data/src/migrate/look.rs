//! A look at a migration before it begins: what it would do, to how many rows, how long that may take, and what the first rows
//! would become. Nothing is written.

use std::time::Instant;

use pg_core::{Batch, Call, Error, Stage, StageTarget, StagedRow, TextRow};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    create,
    prepared::{Migration, PreparedTable},
    query,
    run::Counted,
    stage::in_words,
    staging::{Purpose, stage},
    state::array,
    text,
};

/// Rows that are tried.
const TRIED: usize = 1000;
/// Rows that are shown.
const SHOWN: usize = 3;
/// A row that is read and cleaned takes so many times longer until it is written, by experience, in per cent.
const WRITING: f64 = 2.0;

/// What would become of a table.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedTable {
    /// The target's table.
    pub table_name: String,
    /// What is read: a table, or a query.
    pub source: String,
    /// Rows that would be read; null where they could not be counted in time.
    pub rows: Option<i64>,
    /// Its columns, and what fills each.
    pub columns: Vec<PlannedColumn>,
    /// The source's columns that tell rows apart.
    pub key: Vec<String>,
    /// The first rows as they would be.
    pub first_rows: Vec<Map<String, Value>>,
    /// Rows that were tried.
    pub tried: usize,
    /// Those of them that would be rejected, the first with key, column, value and reason.
    pub rejected: usize,
    /// The first of those, in words.
    pub rejects: Vec<String>,
    /// The statements that would make the table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub created_by: Vec<String>,
}

/// What would fill a column.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedColumn {
    /// The target's column.
    pub name: String,
    /// Its type.
    pub data_type: String,
    /// What fills it: a column or an expression of the source.
    pub filled_from: String,
    /// What is done on the way.
    pub steps: Vec<String>,
}

/// What would be done, and about how many seconds it takes.
///
/// # Errors
/// What asking gives; what is wrong with an expression.
pub(crate) async fn look(call: &Call, migration: &Migration) -> Result<(Vec<PlannedTable>, f64), Error> {
    let mut planned = Vec::new();
    let mut seconds = 0.0;
    for table in &migration.tables {
        let (one, row_seconds) = tried(call, migration, table).await?;
        seconds +=
            one.rows.unwrap_or_default() as f64 * row_seconds * WRITING / migration.plan.jobs.max(1) as f64;
        planned.push(one);
    }
    Ok((planned, (seconds * 10.0).ceil() / 10.0))
}

#[derive(Deserialize)]
struct Written {
    written: TextRow,
}

async fn tried(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
) -> Result<(PlannedTable, f64), Error> {
    let source = &migration.source;
    let count = query::count(&table.spec, table.source.as_ref(), None);
    let rows: Option<i64> = match source.fetch::<Counted>(call, &source.vet(call, &count).await?, &[]).await {
        Ok(rows) => rows.first().map(|row| row.rows),
        Err(error) if error.kind() == pg_core::ErrorKind::Timeout => {
            table.source.as_ref().and_then(|source| source.row_estimate)
        }
        Err(error) => return Err(error),
    };
    let stage = stage(call, migration, table, 1, Purpose::Show).await?;
    let clock = Instant::now();
    let given = first(call, migration, table).await?;
    let tried = given.len();
    let mut batch = stage.clean(given);
    let mut target = StageTarget::reads(call, &migration.target);
    if table.target.exists {
        stage.complete(&mut target, &mut batch).await?;
    }
    let row_seconds = clock.elapsed().as_secs_f64() / tried.max(1) as f64;
    let columns: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .chain(table.spec.new_key.as_deref())
        .collect();
    let Batch { rows: mut cleaned, rejected } = batch;
    cleaned.truncate(SHOWN);
    let shown = written(call, migration, table, cleaned).await?.into_iter().map(|row| {
        let values = row.into_iter().map(Value::from);
        columns.iter().map(|name| (*name).to_owned()).zip(values).collect()
    });
    let one = PlannedTable {
        table_name: table.spec.target.clone(),
        source: table.spec.source.clone().or_else(|| table.spec.query.clone()).unwrap_or_default(),
        rows,
        columns: table.columns.iter().map(column).collect(),
        key: table.key.clone(),
        first_rows: shown.collect(),
        tried,
        rejected: rejected.len(),
        rejects: rejected.iter().take(SHOWN).map(in_words).collect(),
        created_by: if table.target.exists { Vec::new() } else { create::statements(table) },
    };
    Ok((one, row_seconds))
}

/// Rows as the target would write them: through its expressions and types. Where it does not take them, or has not the types yet, they
/// are told as they come.
async fn written(
    call: &Call,
    migration: &Migration,
    table: &PreparedTable,
    rows: Vec<StagedRow>,
) -> Result<Vec<TextRow>, Error> {
    let target = &migration.target;
    let new_key = table.spec.new_key.as_deref().and_then(|name| Some((name, table.target.data_type(name)?)));
    let width = rows.first().map_or(0, |row| row.values.len());
    let given: Vec<TextRow> = rows.into_iter().map(|row| row.values).collect();
    if width == 0 || !table.target.exists {
        return Ok(given);
    }
    let statement = target.vet(call, &query::as_written(&table.columns, new_key)).await?;
    let parameters: Vec<Value> =
        (0..width).map(|at| array(given.iter().map(|row| row.get(at)?.as_deref()))).collect();
    match target.fetch::<Written>(call, &statement, &parameters).await {
        Ok(rows) => Ok(rows.into_iter().map(|row| row.written).collect()),
        // A value that does not fit is told as it comes; what is wrong with an expression is an error.
        Err(error)
            if error.sqlstate().is_some_and(|state| state.starts_with("22") || state.starts_with("23")) =>
        {
            Ok(given)
        }
        Err(error) => Err(error),
    }
}

/// The first rows of the source, as texts.
async fn first(call: &Call, migration: &Migration, table: &PreparedTable) -> Result<Vec<TextRow>, Error> {
    let source = &migration.source;
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.clone())
        .chain((0..table.key.len()).map(query::key_name))
        .collect();
    let outputs: Vec<String> =
        names.iter().map(|name| format!("first_rows.{0}::text AS {0}", text::name(name))).collect();
    let rows = query::rows(&table.spec, table.source.as_ref(), &table.columns, &table.key, None);
    let query = format!("SELECT {} FROM (\n{rows}\n) AS first_rows LIMIT {TRIED}", outputs.join(", "));
    let rows: Vec<Map<String, Value>> = source.fetch(call, &source.vet(call, &query).await?, &[]).await?;
    let as_text = |row: &Map<String, Value>| {
        names.iter().map(|name| row.get(name).and_then(Value::as_str).map(str::to_owned)).collect()
    };
    Ok(rows.iter().map(as_text).collect())
}

fn column(column: &super::prepared::PreparedColumn) -> PlannedColumn {
    let rule = &column.rule;
    let mut steps = rule.clean.0.clone();
    if !rule.values.is_empty() {
        steps.push(format!("{} values have other words", rule.values.len()));
    }
    if let Some(value) = &rule.default {
        steps.push(format!("{value:?} for NULL"));
    }
    if let Some(lookup) = &rule.lookup {
        steps.push(format!("{}.{} where {} is the value", lookup.table, lookup.take, lookup.matched));
    }
    if let Some(of) = &rule.key_of {
        steps.push(format!("the new key in {of}"));
    }
    if let Some(expression) = &rule.target_sql {
        steps.push(format!("{expression} in the target"));
    }
    PlannedColumn {
        name: column.name.clone(),
        data_type: column.data_type.clone(),
        filled_from: rule.from.clone().or_else(|| rule.sql.clone()).unwrap_or_default(),
        steps,
    }
}
