//! Rows out of a file of Parquet, each as the JSON object that a line of NDJSON would be.
//!
//! Separate from writing, whose types PostgreSQL chooses: here a file may have any of Arrow's. Invariants: a value is exact or its
//! row is told as one that cannot be copied; some batches are in memory, never the file.

use std::{collections::VecDeque, fs::File};

use arrow_array::RecordBatch;
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
};
use tokio::sync::mpsc;

use super::json::write_value;
use crate::{Error, copy_in::Record, nearest::nearest, write_json_string};

/// Rows that are read at once.
const ROWS: usize = 1024;
/// Batches that wait to be taken.
const WAITING: usize = 2;

/// A row, and why it cannot be copied if it cannot.
type Row = (Vec<u8>, Option<String>);

/// The rows of a file.
pub(crate) struct ParquetRows {
    columns: Vec<String>,
    batches: mpsc::Receiver<Result<Vec<Row>, Error>>,
    waiting: VecDeque<Row>,
    number: u64,
}

impl ParquetRows {
    /// The rows of a file, of these columns, or of all where none is named.
    ///
    /// # Errors
    /// [`Error::Argument`] for what is no Parquet, and for a column that it has not.
    pub(crate) async fn open(file: File, wanted: &[String]) -> Result<Self, Error> {
        let wanted = wanted.to_vec();
        let opened = tokio::task::spawn_blocking(move || open(file, &wanted)).await;
        let (columns, reader) = opened.map_err(|_| unreadable("its reader gave up"))??;
        let (sender, batches) = mpsc::channel(WAITING);
        let names = columns.clone();
        tokio::task::spawn_blocking(move || {
            for batch in reader {
                let rows = batch.map_err(unreadable).map(|batch| rows(&batch, &names));
                // Nobody waits for what comes behind a failure, or when the copying has ended.
                let failed = rows.is_err();
                if sender.blocking_send(rows).is_err() || failed {
                    return;
                }
            }
        });
        Ok(Self { columns, batches, waiting: VecDeque::new(), number: 0 })
    }

    /// The names of the columns, in the order of the rows' keys.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The next row, which has its number, counted from 1, for a line.
    pub(crate) async fn next(&mut self) -> Result<Option<Record>, Error> {
        while self.waiting.is_empty() {
            match self.batches.recv().await {
                Some(rows) => self.waiting.extend(rows?),
                None => return Ok(None),
            }
        }
        self.number += 1;
        let line = self.number;
        Ok(self.waiting.pop_front().map(|(raw, problem)| Record { line, raw, problem }))
    }
}

fn unreadable(problem: impl std::fmt::Display) -> Error {
    Error::argument(format!("the file cannot be read as Parquet: {problem}"))
}

/// The columns that are read, and their reader.
fn open(file: File, wanted: &[String]) -> Result<(Vec<String>, ParquetRecordBatchReader), Error> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(unreadable)?;
    let fields = builder.schema().fields().clone();
    let known: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
    let mut roots = Vec::new();
    for name in wanted {
        let mut found = known.iter().enumerate().filter(|(_, known)| *known == name);
        match (found.next(), found.next()) {
            (Some((root, _)), None) => roots.push(root),
            (Some(_), Some(_)) => return Err(twice(name)),
            (None, _) => {
                let near =
                    nearest(name, known.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
                return Err(Error::argument(format!(
                    "the file has no column `{name}`: it has {}{}",
                    known.join(", "),
                    near.unwrap_or_default()
                )));
            }
        }
    }
    if wanted.is_empty() {
        roots = (0..known.len()).collect();
        if let Some(name) =
            known.iter().enumerate().find(|(at, name)| known.iter().take(*at).any(|k| k == *name))
        {
            return Err(twice(name.1));
        }
    }
    roots.sort_unstable();
    let columns = roots.iter().filter_map(|root| known.get(*root)).map(|name| (*name).to_owned()).collect();
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let reader = builder.with_projection(mask).with_batch_size(ROWS).build().map_err(unreadable)?;
    Ok((columns, reader))
}

fn twice(name: &str) -> Error {
    Error::argument(format!("the file has more than one column `{name}`, and a table has not"))
}

/// The rows of a batch.
fn rows(batch: &RecordBatch, names: &[String]) -> Vec<Row> {
    (0..batch.num_rows()).map(|row| object(batch, names, row)).collect()
}

fn object(batch: &RecordBatch, names: &[String], row: usize) -> Row {
    let (mut raw, mut problem) = (Vec::new(), None);
    for (name, column) in names.iter().zip(batch.columns()) {
        raw.push(if raw.is_empty() { b'{' } else { b',' });
        write_json_string(name, &mut raw);
        raw.push(b':');
        let start = raw.len();
        if let Err(why) = write_value(column, row, &mut raw) {
            raw.truncate(start);
            raw.extend_from_slice(b"null");
            problem.get_or_insert_with(|| format!("column {name}: {why}"));
        }
    }
    raw.extend_from_slice(if raw.is_empty() { b"{}" } else { b"}" });
    (raw, problem)
}
