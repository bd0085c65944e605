//! The rows of the sources: mapped, cleaned, and held in memory up to a bound.
//!
//! Invariant: a row is there with all its values, or counted as rejected with its reason; values that a policy masks are never read,
//! since a mask would pass for the value.

use pg_core::{Call, Connection, Error, Record};

use super::plan::{Plan, Source};
use crate::migrate::{
    Cleaner, cleaners, column::ColumnWork, key::key_text, plan::Column, shape, text, types::misfit,
};

/// Rejected rows that an answer shows.
const SHOWN: usize = 20;

/// A row of a source.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourceRow {
    /// The place of its source in the plan.
    pub source: usize,
    /// Its key, as texts show it.
    pub key: String,
    /// When it changed last, in seconds since 1970.
    pub changed: Option<f64>,
    /// The values of the result's columns, in their order.
    pub values: Vec<Option<String>>,
}

impl SourceRow {
    /// The value of a column.
    pub(crate) fn value(&self, place: usize) -> Option<&str> {
        self.values.get(place)?.as_deref()
    }
}

/// A source that can be read.
#[derive(Debug)]
pub(crate) struct Ready {
    /// The connection.
    pub connection: Connection,
    /// What is read: the values, the key, and when it changed.
    query: String,
    /// What is done for each column that it fills, by the column's place in the result.
    work: Vec<(usize, ColumnWork)>,
    keys: usize,
    is_dated: bool,
    /// The type of each column that it fills, as the server tells it.
    pub types: Vec<(usize, String)>,
}

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnusableRow {
    /// The source.
    pub source: String,
    /// Its key there.
    pub key: String,
    /// The column.
    pub column_name: String,
    /// The value.
    pub value: Option<String>,
    /// Why.
    pub reason: String,
}

/// The rows of all sources.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Those that can be used.
    pub rows: Vec<SourceRow>,
    /// How many each source has, and how many of them cannot be used.
    pub counts: Vec<(u64, u64)>,
    /// The first that cannot.
    pub rejected: Vec<UnusableRow>,
}

/// The connection of a source: the one that it says, that of its name, or the only one that there is.
fn connection(call: &Call, source: &Source) -> Result<Connection, Error> {
    let service = call.service();
    match &source.connection {
        Some(id) => service.connection(Some(id)),
        None => service
            .connection(Some(&source.name))
            .or_else(|error| service.connection(None).map_err(|_| error)),
    }
}

/// Holds a source against its database.
///
/// # Errors
/// An argument error for what is not there, for a type that does not fit, and for columns that are masked; what asking gives.
pub(crate) async fn ready(
    call: &Call,
    source: &Source,
    columns: &[String],
    wanted: &[Option<String>],
) -> Result<Ready, Error> {
    let wrong = |problem: String| Error::argument(format!("source {}: {problem}", source.name));
    let connection = connection(call, source)?;
    let origin = match (&source.source, &source.query) {
        (Some(name), _) => {
            let table = shape::table(call, &connection, name).await?;
            text::qualified(&table.schema, &table.table_name)
        }
        (None, query) => {
            let query = query.as_deref().unwrap_or_default().trim_end().trim_end_matches(';');
            format!("(\n{query}\n) AS source_rows")
        }
    };
    let mut outputs = Vec::new();
    let mut work = Vec::new();
    for (name, Column(rule)) in &source.columns {
        let value = match (&rule.from, &rule.sql) {
            (Some(from), _) => text::name(from),
            // A comment at the end of an expression ends with its line.
            (None, sql) => format!("(\n{}\n)", sql.as_deref().unwrap_or("NULL")),
        };
        outputs.push(value);
        let cleaners = cleaners(&rule.clean.0, &connection);
        let cleaners = cleaners.map_err(|problem| wrong(format!("column {name}: {problem}")))?;
        let place = columns.iter().position(|known| known == name).unwrap_or_default();
        let done = ColumnWork {
            name: name.clone(),
            filled_from: rule.from.clone().unwrap_or_else(|| name.clone()),
            data_type: wanted.get(place).cloned().flatten().unwrap_or_default(),
            cleaners,
            values: rule.values.clone().into_iter().collect(),
            default: rule.default.clone(),
            invalid: rule.invalid,
            found: None,
            exact: None,
        };
        work.push((place, done));
    }
    let filter = source.filter.as_ref().map(|filter| format!(" WHERE (\n{filter}\n)")).unwrap_or_default();
    let told = format!(
        "SELECT {} FROM {origin}{filter}",
        outputs
            .iter()
            .enumerate()
            .map(|(at, value)| format!("{value} AS c{at}"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    let described = pg_core::query_columns(call, &connection, &told).await?;
    let mut types = Vec::new();
    for ((place, work), column) in work.iter().zip(&described) {
        let produced = work.cleaners.iter().rev().find_map(Cleaner::produces);
        let wanted = wanted.get(*place).and_then(Option::as_deref);
        if work.values.is_empty()
            && let Some(problem) = wanted.and_then(|wanted| misfit(&column.data_type, produced, wanted))
        {
            return Err(wrong(format!("column {}: {problem}", work.name)));
        }
        let left = if work.cleaners.is_empty() { column.data_type.as_str() } else { "text" };
        types.push((*place, left.to_owned()));
    }
    let keys = source.key.0.iter().map(|name| text::name(name));
    let changed = source
        .changed_by
        .iter()
        .map(|name| format!("EXTRACT(EPOCH FROM ({})::timestamptz)::float8", text::name(name)));
    let values = outputs.iter().cloned().chain(keys).map(|value| format!("({value})::text")).chain(changed);
    let query = format!("SELECT {} FROM {origin}{filter}", values.collect::<Vec<_>>().join(", "));
    if connection.vet(call, &query).await?.is_masked() {
        return Err(wrong(
            "it reads columns that the policy of its connection masks, and a mask is no value; leave them out, or read by a \
             connection whose policy shows them"
                .to_owned(),
        ));
    }
    let is_dated = source.changed_by.is_some();
    Ok(Ready { connection, query, work, keys: source.key.0.len(), is_dated, types })
}

/// Reads all rows.
///
/// # Errors
/// An argument error for more rows than the plan allows, and for two rows of a source with one key; what reading gives.
pub(crate) async fn read(call: &Call, plan: &Plan, ready: &[Ready], width: usize) -> Result<Rows, Error> {
    let mut all = Rows::default();
    for (at, (source, ready)) in plan.sources.iter().zip(ready).enumerate() {
        let statement = ready.connection.vet(call, &ready.query).await?;
        let mut stream = ready.connection.stream::<Record>(call, &statement, &[]).await?;
        let (mut read, mut rejected) = (0, 0);
        let mut seen = std::collections::HashSet::new();
        while let Some(record) = stream.next().await? {
            read += 1;
            match row(&record, ready, at, width)? {
                Ok(row) => {
                    if !seen.insert(row.key.clone()) {
                        return Err(Error::argument(format!(
                            "source {}: two rows have the key {}; name in `key` columns that tell its rows apart",
                            source.name, row.key
                        )));
                    }
                    all.rows.push(row);
                }
                Err(unusable) => {
                    rejected += 1;
                    if all.rejected.len() < SHOWN {
                        all.rejected.push(UnusableRow { source: source.name.clone(), ..unusable });
                    }
                }
            }
            if all.rows.len() > plan.max_rows {
                return Err(Error::argument(format!(
                    "the sources have more than {} rows, which are held in memory while they are matched; raise `max_rows` where \
                     there is room, or narrow the sources by `filter`",
                    plan.max_rows
                )));
            }
        }
        all.counts.push((read, rejected));
    }
    Ok(all)
}

fn row(
    record: &Record,
    ready: &Ready,
    source: usize,
    width: usize,
) -> Result<Result<SourceRow, UnusableRow>, Error> {
    let first_key = ready.work.len();
    let mut key = Vec::with_capacity(ready.keys);
    for at in first_key..first_key + ready.keys {
        key.push(record.get::<Option<String>>(at)?);
    }
    let key = key_text(&key);
    let mut values = vec![None; width];
    for (at, (place, work)) in ready.work.iter().enumerate() {
        match work.clean(record.get::<Option<String>>(at)?) {
            Ok(value) => {
                if let Some(cell) = values.get_mut(*place) {
                    *cell = value;
                }
            }
            Err((value, reason)) => {
                let (source, value) = (String::new(), value.filter(|_| !work.anonymizes()));
                return Ok(Err(UnusableRow { source, key, column_name: work.name.clone(), value, reason }));
            }
        }
    }
    let changed = if ready.is_dated { record.get::<Option<f64>>(first_key + ready.keys)? } else { None };
    Ok(Ok(SourceRow { source, key, changed, values }))
}
