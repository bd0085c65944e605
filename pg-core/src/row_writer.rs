//! Where rows go when they do not go into the answer: a byte stream in a line-based format, written as rows arrive.

use std::fmt;

use tokio::io::AsyncWrite;

/// The format of a stream of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// One JSON object a line.
    Ndjson,
    /// RFC 4180 with a header line; NULL is an empty field, the empty string is `""`, as psql writes them.
    Csv,
    /// Tab-separated with a header line, escaped as COPY's text format; NULL is `\N`.
    Tsv,
    /// A table of Markdown, as GitHub reads it; a line end in a value is `<br>`, NULL is `NULL`.
    Markdown,
}

/// A byte stream that rows are written to as they arrive.
pub struct RowWriter {
    pub(crate) format: RowFormat,
    pub(crate) target: Box<dyn AsyncWrite + Send + Unpin>,
}

impl RowWriter {
    /// Rows in `format` to `target`.
    pub fn new(format: RowFormat, target: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { format, target: Box::new(target) }
    }
}

impl fmt::Debug for RowWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowWriter").field("format", &self.format).finish_non_exhaustive()
    }
}
