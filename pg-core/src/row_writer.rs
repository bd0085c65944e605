//! Where rows go when they do not go into the answer: a byte stream, written as rows arrive.

use std::{fmt, sync::Arc};

use tokio::io::{AsyncWrite, AsyncWriteExt};

#[cfg(feature = "parquet")]
use crate::columnar::Columnar;
use crate::{
    Error,
    row_encoder::{RowEncoder, Shape},
    session::Column,
};

/// The format of a stream of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// One JSON object a line.
    Ndjson,
    /// RFC 4180 with a header line; NULL is an empty field, the empty string is `""`, as COPY writes them; psql tells them apart in nothing.
    Csv,
    /// Tab-separated with a header line, escaped as COPY's text format; NULL is `\N`.
    Tsv,
    /// A table of Markdown, as GitHub reads it; a line end in a value is `<br>`, NULL is `NULL`.
    Markdown,
}

/// A binary format that holds rows by column.
///
/// Booleans, integers, floats, `oid`, `bytea`, `date`, `time`, `timestamp`, `timestamptz` (in UTC) and `numeric(p, s)` of up to 38
/// digits have types of their own, one-dimensional arrays are lists of those; everything else is PostgreSQL's text. A value
/// that its column's type cannot hold (`infinity`, `NaN` in a `numeric(p, s)`, `24:00`, arrays of several dimensions) is an
/// error that says so. The type in PostgreSQL is the field's metadata `postgresql.type`.
#[cfg(feature = "parquet")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnFormat {
    /// Apache Parquet, compressed with Snappy.
    Parquet,
    /// The stream format of Apache Arrow.
    Arrow,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Lines(RowFormat),
    #[cfg(feature = "parquet")]
    Columns(ColumnFormat),
}

/// A byte stream that rows are written to as they arrive.
pub struct RowWriter {
    format: Format,
    target: Box<dyn AsyncWrite + Send + Unpin>,
}

impl RowWriter {
    /// Rows in `format` to `target`.
    pub fn new(format: RowFormat, target: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { format: Format::Lines(format), target: Box::new(target) }
    }

    /// Rows by column in `format` to `target`.
    #[cfg(feature = "parquet")]
    pub fn columns(format: ColumnFormat, target: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { format: Format::Columns(format), target: Box::new(target) }
    }

    /// The shape in which it takes rows.
    pub(crate) fn shape(&self) -> Shape {
        match self.format {
            Format::Lines(format) => Shape::Lines(format),
            #[cfg(feature = "parquet")]
            Format::Columns(_) => Shape::Wire,
        }
    }

    /// Begins a result.
    ///
    /// # Errors
    /// [`Error::Write`]; [`Error::Argument`] for a result that the format cannot hold.
    pub(crate) async fn begin(&mut self, columns: &Arc<[Column]>) -> Result<RowSink<'_>, Error> {
        let mut sink = RowSink {
            target: &mut self.target,
            #[cfg(feature = "parquet")]
            columnar: match self.format {
                Format::Lines(_) => None,
                Format::Columns(format) => Some(Columnar::new(format, columns)?),
            },
        };
        match self.format {
            Format::Lines(format) => {
                sink.send(&RowEncoder::new(Shape::Lines(format), Arc::clone(columns)).header()).await?;
            }
            #[cfg(feature = "parquet")]
            Format::Columns(_) => {}
        }
        Ok(sink)
    }
}

/// A result on its way to a writer.
pub(crate) struct RowSink<'a> {
    target: &'a mut (dyn AsyncWrite + Send + Unpin),
    #[cfg(feature = "parquet")]
    columnar: Option<Columnar>,
}

impl RowSink<'_> {
    /// Writes rows that come in the writer's shape.
    ///
    /// # Errors
    /// [`Error::Write`]; [`Error::Argument`] for a value that the format has no place for.
    pub(crate) async fn rows(&mut self, rows: &[u8]) -> Result<(), Error> {
        #[cfg(feature = "parquet")]
        if let Some(columnar) = &mut self.columnar {
            let bytes = columnar.push(rows)?;
            return self.send(&bytes).await;
        }
        self.send(rows).await
    }

    /// Writes the end of the result.
    ///
    /// # Errors
    /// [`Error::Write`].
    #[cfg_attr(
        not(feature = "parquet"),
        expect(unused_mut, reason = "formats by column have an end of their own")
    )]
    pub(crate) async fn finish(mut self) -> Result<(), Error> {
        #[cfg(feature = "parquet")]
        if let Some(columnar) = self.columnar.take() {
            let bytes = columnar.finish()?;
            self.send(&bytes).await?;
        }
        self.target.flush().await.map_err(|source| Error::Write { source })
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.target.write_all(bytes).await.map_err(|source| Error::Write { source })
    }
}

impl fmt::Debug for RowWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowWriter").field("format", &self.format).finish_non_exhaustive()
    }
}
