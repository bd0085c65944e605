//! The formats of data on stdout.

#[cfg(feature = "parquet")]
use pg_core::ColumnFormat;
use pg_core::{RowFormat, RowWriter};
use tokio::io::AsyncWrite;

/// How data is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns for people.
    Table,
    /// One value a line, as psql's \x.
    Expanded,
    /// The whole answer as one JSON object.
    Json,
    /// One JSON object a row.
    Ndjson,
    /// RFC 4180 with a header line; NULL is an empty field, the empty string is "".
    Csv,
    /// Tab-separated with a header line, escaped as in COPY; NULL is \N.
    Tsv,
    /// A table of Markdown, or a report.
    Markdown,
    /// A page of HTML, for reports.
    Html,
    /// A line and an exit code for Nagios, for reports.
    Nagios,
    /// JUnit's XML, for reports.
    Junit,
    /// Apache Parquet, for the rows of a statement.
    #[cfg(feature = "parquet")]
    Parquet,
    /// The stream format of Apache Arrow, for the rows of a statement.
    #[cfg(feature = "parquet")]
    Arrow,
}

impl Format {
    /// The format where none is asked for.
    pub(crate) fn default_for(terminal: bool) -> Self {
        if terminal { Format::Table } else { Format::Json }
    }

    /// The format in which rows can be written as they arrive, if this is one.
    pub(crate) fn rows(self) -> Option<RowFormat> {
        match self {
            Format::Table
            | Format::Expanded
            | Format::Json
            | Format::Html
            | Format::Nagios
            | Format::Junit => None,
            Format::Ndjson => Some(RowFormat::Ndjson),
            Format::Csv => Some(RowFormat::Csv),
            Format::Tsv => Some(RowFormat::Tsv),
            Format::Markdown => Some(RowFormat::Markdown),
            #[cfg(feature = "parquet")]
            Format::Parquet | Format::Arrow => None,
        }
    }

    /// What writes rows as they arrive in this format, where it can be written so.
    pub(crate) fn writer(self, target: impl AsyncWrite + Send + Unpin + 'static) -> Option<RowWriter> {
        match self {
            #[cfg(feature = "parquet")]
            Format::Parquet => Some(RowWriter::columns(ColumnFormat::Parquet, target)),
            #[cfg(feature = "parquet")]
            Format::Arrow => Some(RowWriter::columns(ColumnFormat::Arrow, target)),
            _ => self.rows().map(|rows| RowWriter::new(rows, target)),
        }
    }

    /// Whether it is made of bytes that are no text.
    pub(crate) fn is_binary(self) -> bool {
        match self {
            #[cfg(feature = "parquet")]
            Format::Parquet | Format::Arrow => true,
            _ => false,
        }
    }

    /// Whether only reports can be written in it.
    pub(crate) fn is_for_reports(self) -> bool {
        matches!(self, Format::Html | Format::Nagios | Format::Junit)
    }

    /// Whether a program reads errors too: they are then JSON.
    pub(crate) fn errors_as_json(self) -> bool {
        matches!(self, Format::Json | Format::Ndjson)
    }
}
