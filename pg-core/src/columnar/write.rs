//! Batches of columns into bytes.

use std::{
    collections::HashMap,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Field, Schema};
use parquet::{arrow::ArrowWriter, basic::Compression, file::properties::WriterProperties};

use super::{filling::Filling, kind::Kind};
use crate::{ColumnFormat, Error, row_encoder::distinct_names, session::Column};

/// Rows and bytes of a batch.
const ROWS: usize = 8192;
const BYTES: usize = 1 << 20;
/// Bytes of a row group of Parquet, as they are in memory: what a reader needs at once, and a writer.
const GROUP: usize = 4 << 20;

/// Bytes that were written and not yet taken.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Writer {
    Arrow(Box<StreamWriter<Written>>),
    Parquet(Box<ArrowWriter<Written>>),
}

/// Rows on their way into a columnar format.
pub(crate) struct Columnar {
    columns: Arc<[Column]>,
    schema: Arc<Schema>,
    fillings: Vec<Filling>,
    rows: usize,
    bytes: usize,
    writer: Writer,
    written: Written,
}

impl Columnar {
    /// A stream of rows with these columns.
    ///
    /// # Errors
    /// [`Error::Argument`] for a result without columns, which these formats cannot say.
    pub(crate) fn new(format: ColumnFormat, columns: &Arc<[Column]>) -> Result<Self, Error> {
        if columns.is_empty() {
            return Err(Error::argument(
                "the result has no columns, and Arrow and Parquet are made of columns",
            ));
        }
        let kinds: Vec<Kind> = columns.iter().map(Kind::of).collect();
        let names = distinct_names(columns.iter().map(|column| column.name.as_str()));
        let fields: Vec<Field> = names
            .into_iter()
            .zip(columns.iter())
            .zip(&kinds)
            .map(|((name, column), kind)| {
                let of = HashMap::from([("postgresql.type".to_owned(), column.type_name.clone())]);
                Field::new(name, kind.data_type(), true).with_metadata(of)
            })
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let written = Written::default();
        let writer = match format {
            ColumnFormat::Arrow => {
                Writer::Arrow(Box::new(StreamWriter::try_new(written.clone(), &schema).map_err(fault)?))
            }
            ColumnFormat::Parquet => {
                let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                let writer = ArrowWriter::try_new(written.clone(), Arc::clone(&schema), Some(properties));
                Writer::Parquet(Box::new(writer.map_err(fault)?))
            }
        };
        let fillings = kinds.into_iter().map(Filling::new).collect();
        Ok(Self { columns: Arc::clone(columns), schema, fillings, rows: 0, bytes: 0, writer, written })
    }

    /// Adds rows that were written as [`Shape::Wire`](crate::row_encoder::Shape::Wire); gives what is to be sent.
    ///
    /// # Errors
    /// [`Error::Argument`] for a value that the format has no place for.
    pub(crate) fn push(&mut self, mut rows: &[u8]) -> Result<Vec<u8>, Error> {
        while !rows.is_empty() {
            for (filling, column) in self.fillings.iter_mut().zip(self.columns.iter()) {
                let (value, rest) = cell(rows)?;
                rows = rest;
                let size = filling.push(value);
                self.bytes += size.map_err(|problem| {
                    Error::argument(format!("column `{}` ({}): {problem}", column.name, column.type_name))
                })?;
            }
            self.rows += 1;
            if self.rows >= ROWS || self.bytes >= BYTES {
                self.batch()?;
            }
        }
        Ok(self.written.take())
    }

    /// The end of the stream; gives what is left to be sent.
    ///
    /// # Errors
    /// What the format's writer says.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.batch()?;
        match self.writer {
            Writer::Arrow(mut writer) => writer.finish().map_err(fault)?,
            Writer::Parquet(writer) => drop(writer.close().map_err(fault)?),
        }
        Ok(self.written.take())
    }

    fn batch(&mut self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let arrays: Result<Vec<_>, String> = self.fillings.iter_mut().map(Filling::finish).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays.map_err(fault)?).map_err(fault)?;
        (self.rows, self.bytes) = (0, 0);
        match &mut self.writer {
            Writer::Arrow(writer) => writer.write(&batch).map_err(fault),
            Writer::Parquet(writer) => {
                writer.write(&batch).map_err(fault)?;
                if writer.in_progress_size() >= GROUP {
                    writer.flush().map_err(fault)?;
                }
                Ok(())
            }
        }
    }
}

fn cell(rows: &[u8]) -> Result<(Option<&[u8]>, &[u8]), Error> {
    let torn = || Error::Driver { problem: "a row ended too early".to_owned() };
    let (length, rest) = rows.split_first_chunk::<4>().ok_or_else(torn)?;
    match usize::try_from(i32::from_be_bytes(*length)) {
        Ok(length) => {
            let (value, rest) = rest.split_at_checked(length).ok_or_else(torn)?;
            Ok((Some(value), rest))
        }
        Err(_) => Ok((None, rest)),
    }
}

fn fault(problem: impl std::fmt::Display) -> Error {
    Error::Write { source: io::Error::other(problem.to_string()) }
}
