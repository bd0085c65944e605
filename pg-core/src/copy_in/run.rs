//! The copying itself: records bound, gathered in chunks, and sent in one transaction.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use pg_policy::{Identifier, Vetted};
use postgres_types::Type;
use serde_json::{Map, Value};

use super::{Format, Records, Rejects, records::Record};
use crate::{
    Call, Connection, Error, Parameter,
    batch::OnError,
    bulk::{Failed, Instead, Most, Row, Way, skip},
    session::{Backend, Begin, on_session, prepare},
    statement::Cache,
    write::commit,
};

/// Records of a chunk.
const ROWS: usize = 4096;
/// Bytes of records of a chunk.
const BYTES: usize = 4 << 20;

/// Where rows go.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// The INSERT of one row, which says what is filled and was judged.
    pub insert: Vetted,
    /// What stands in for it.
    pub instead: Option<Instead>,
    /// The columns, in the order of the INSERT's parameters.
    pub columns: Arc<[String]>,
}

/// What was copied.
#[derive(Debug)]
pub(crate) struct Copied {
    /// Records that were read.
    pub read: u64,
    /// Rows that are in the table now.
    pub rows: u64,
    /// The records that were left out.
    pub rejects: Rejects,
}

/// The INSERT of one row into these columns. Only a text: it is judged like a caller's.
pub(crate) fn insert_text(schema: Option<&str>, table: &str, columns: &[String]) -> String {
    let schema = schema.map(|schema| format!("{}.", Identifier::new(schema))).unwrap_or_default();
    let names: Vec<String> = columns.iter().map(|column| Identifier::new(column).to_string()).collect();
    let values: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
    let table = Identifier::new(table);
    format!("INSERT INTO {schema}{table} ({}) VALUES ({})", names.join(", "), values.join(", "))
}

/// Copies all records, or with [`OnError::Skip`] all that can be.
pub(crate) async fn copy_in(
    connection: &Connection,
    call: &Call,
    target: Target,
    mut records: Records,
    on_error: OnError,
    rejects: Rejects,
) -> Result<Copied, Error> {
    on_session(connection, call, move |backend| {
        async move { attempt(backend, &target, &mut records, on_error, rejects).await }.boxed()
    })
    .await
}

/// Records that wait to be sent, and the rows that they make.
#[derive(Default)]
struct Chunk {
    records: Vec<Record>,
    rows: Vec<Row>,
    bytes: usize,
}

async fn attempt(
    backend: &mut Backend,
    target: &Target,
    records: &mut Records,
    on_error: OnError,
    rejects: Rejects,
) -> Result<Copied, Error> {
    let limit = backend.statement_timeout();
    let (mut transaction, cache) = backend.begin(Begin::WRITE).await?;
    let way = prepared(transaction.client(), cache, target, limit).await?;
    let mut copied = Copied { read: 0, rows: 0, rejects };
    let mut ended = false;
    while !ended {
        let mut chunk = Chunk::default();
        while chunk.records.len() < ROWS && chunk.bytes < BYTES {
            let Some(record) = records.next().await? else {
                ended = true;
                break;
            };
            if is_blank(&record, target, &records.format) {
                continue;
            }
            copied.read += 1;
            chunk.bytes += record.raw.len();
            match parameters(records, &record, &target.columns, way.parameter_types()) {
                Ok(parameters) => {
                    chunk.rows.push(Row { index: chunk.records.len(), parameters });
                    chunk.records.push(record);
                }
                Err(error) if on_error == OnError::Skip => {
                    copied.rejects.add(record.line, &error, &record.raw).await?;
                }
                Err(error) => {
                    // What stands before it may fail in the server: then that is the first failure.
                    send(&mut transaction, &way, &chunk, on_error, &mut copied, limit).await?;
                    return Err(error.in_line(record.line));
                }
            }
        }
        send(&mut transaction, &way, &chunk, on_error, &mut copied, limit).await?;
    }
    commit(transaction, limit).await?;
    copied.rejects.finish().await?;
    Ok(copied)
}

async fn prepared(
    client: &tokio_postgres::Client,
    cache: &mut Cache,
    target: &Target,
    limit: Duration,
) -> Result<Way, Error> {
    let one = prepare(client, cache, &target.insert, limit).await?;
    Ok(match &target.instead {
        Some(Instead::Copy(copy)) => Way::Copy { one, copy: prepare(client, cache, copy, limit).await? },
        Some(Instead::Arrays(arrays)) => {
            Way::Arrays { one, many: prepare(client, cache, arrays, limit).await? }
        }
        None => Way::Pipelined(one),
    })
}

/// Sends a chunk. Where nothing may fail, the first failure ends it all.
async fn send(
    transaction: &mut tokio_postgres::Transaction<'_>,
    way: &Way,
    chunk: &Chunk,
    on_error: OnError,
    copied: &mut Copied,
    limit: Duration,
) -> Result<(), Error> {
    let mut failed: Vec<Failed> = Vec::new();
    let failures = if on_error == OnError::Skip { usize::MAX } else { 1 };
    let most = Most { failures, time: limit };
    copied.rows += skip(transaction, way, &chunk.rows, &mut failed, most).await?;
    failed.sort_by_key(|(index, _)| *index);
    for (index, error) in failed {
        let Some(record) = chunk.records.get(index) else { continue };
        if on_error == OnError::Abort {
            return Err(error.in_line(record.line));
        }
        copied.rejects.add(record.line, &error, &record.raw).await?;
    }
    Ok(())
}

/// Whether a record is an empty line, which means nothing where a row has several columns.
fn is_blank(record: &Record, target: &Target, format: &Format) -> bool {
    let blank = record.raw.iter().all(u8::is_ascii_whitespace);
    match format {
        Format::Csv { .. } => record.raw.is_empty() && target.columns.len() > 1,
        Format::Ndjson => blank,
        #[cfg(feature = "parquet")]
        Format::Parquet => false,
    }
}

/// The values of a record, bound by the types of the columns.
fn parameters(
    records: &Records,
    record: &Record,
    columns: &[String],
    types: &[Type],
) -> Result<Vec<Parameter>, Error> {
    if let Some(problem) = &record.problem {
        return Err(Error::argument(problem.as_str()));
    }
    let values = match &records.format {
        Format::Csv { null, .. } => {
            let fields = records.fields(record).map_err(Error::argument)?;
            if fields.len() != columns.len() {
                return Err(Error::argument(format!(
                    "the record has {} fields, and {} columns are filled",
                    fields.len(),
                    columns.len()
                )));
            }
            let value = |field: super::fields::Field| {
                if !field.quoted && field.text == *null { Value::Null } else { Value::String(field.text) }
            };
            fields.into_iter().map(value).collect()
        }
        Format::Ndjson => object(&record.raw, columns)?,
        #[cfg(feature = "parquet")]
        Format::Parquet => object(&record.raw, columns)?,
    };
    let bound = (1..).zip(&values).zip(types).zip(columns);
    bound
        .map(|(((position, value), ty), column)| {
            Parameter::from_json(position, value, ty)
                .map_err(|error| Error::argument(format!("column {column}: {error}")))
        })
        .collect()
}

fn object(raw: &[u8], columns: &[String]) -> Result<Vec<Value>, Error> {
    let mut object: Map<String, Value> = serde_json::from_slice(raw)
        .map_err(|error| Error::argument(format!("the line is no JSON object: {error}")))?;
    let values = columns.iter().map(|column| object.remove(column).unwrap_or(Value::Null)).collect();
    match object.keys().next() {
        Some(left) => {
            Err(Error::argument(format!("the key `{left}` is not among the columns: {}", columns.join(", "))))
        }
        None => Ok(values),
    }
}
