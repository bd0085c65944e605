//! A byte stream parted into records: lines, or in CSV what ends with a line end outside of quotes.
//!
//! Invariant: one record and what was read ahead of it are in memory, never the stream.

use tokio::io::{AsyncRead, AsyncReadExt};

use super::fields::{self, Field};
use crate::Error;
#[cfg(feature = "parquet")]
use crate::columnar::ParquetRows;

/// Bytes that are read at once.
const PIECE: usize = 64 << 10;
/// Bytes of the longest record. A quote that is left open would make the rest of the stream one record.
const LONGEST: usize = 16 << 20;

/// How records are written.
#[derive(Clone, Debug)]
pub(crate) enum Format {
    /// Fields with a delimiter between them, in quotes where needed, as COPY's CSV.
    Csv {
        /// What stands between two fields.
        delimiter: u8,
        /// What stands, without quotes, for NULL.
        null: String,
    },
    /// A JSON object a line.
    Ndjson,
    /// Rows of Parquet, each of which becomes a JSON object.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// One record as it stands in the stream.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// The line that it begins on, or the row that it is where there are no lines, counted from 1.
    pub line: u64,
    /// Its bytes without the line end.
    pub raw: Vec<u8>,
    /// Why it cannot be copied, where its reader knows that already.
    pub problem: Option<String>,
}

/// The records of a stream.
pub(crate) struct Records {
    reader: Box<dyn AsyncRead + Send + Unpin>,
    /// What a record is made of.
    pub format: Format,
    buffer: Vec<u8>,
    /// Where the next record begins in the buffer.
    start: usize,
    /// The line of the next record.
    line: u64,
    ended: bool,
    /// A record that was looked at and not taken.
    peeked: Option<Record>,
    /// Where they come from, if from Parquet.
    #[cfg(feature = "parquet")]
    rows: Option<ParquetRows>,
}

impl Records {
    /// Records of this stream, none of them read yet.
    pub(crate) fn new(reader: Box<dyn AsyncRead + Send + Unpin>, format: Format) -> Self {
        Self {
            reader,
            format,
            buffer: Vec::new(),
            start: 0,
            line: 1,
            ended: false,
            peeked: None,
            #[cfg(feature = "parquet")]
            rows: None,
        }
    }

    /// Rows of Parquet as records.
    #[cfg(feature = "parquet")]
    pub(crate) fn of_rows(rows: ParquetRows) -> Self {
        Self { rows: Some(rows), ..Self::new(Box::new(tokio::io::empty()), Format::Parquet) }
    }

    /// The columns that the rows of Parquet have.
    #[cfg(feature = "parquet")]
    pub(crate) fn columns(&self) -> Vec<String> {
        self.rows.as_ref().map(|rows| rows.columns().to_vec()).unwrap_or_default()
    }

    /// The next record; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Result<Option<Record>, Error> {
        if let Some(record) = self.peeked.take() {
            return Ok(Some(record));
        }
        #[cfg(feature = "parquet")]
        if let Some(rows) = &mut self.rows {
            return rows.next().await;
        }
        let mut scan = Scan { at: self.start, quoted: false, lines: 0 };
        let quotes = matches!(self.format, Format::Csv { .. });
        loop {
            if let Some(end) = scan.line_end(&self.buffer, quotes) {
                return Ok(Some(self.take(end, end + 1, scan.lines)));
            }
            if self.ended {
                let end = self.buffer.len();
                return Ok((self.start < end).then(|| self.take(end, end, scan.lines)));
            }
            if self.buffer.len() - self.start > LONGEST {
                return Err(Error::argument(format!(
                    "the record that begins on line {} is longer than {} MiB; is a quote left open there?",
                    self.line,
                    LONGEST >> 20
                )));
            }
            self.fill(&mut scan).await?;
        }
    }

    /// The next record, which stays the next.
    pub(crate) async fn peek(&mut self) -> Result<Option<Record>, Error> {
        self.peeked = self.next().await?;
        Ok(self.peeked.clone())
    }

    /// Takes the record that was looked at.
    pub(crate) fn skip_peeked(&mut self) {
        self.peeked = None;
    }

    fn take(&mut self, end: usize, next: usize, lines_inside: u64) -> Record {
        let mut raw = self.buffer.get(self.start..end).unwrap_or_default();
        if self.line == 1 {
            raw = raw.strip_prefix("\u{feff}".as_bytes()).unwrap_or(raw);
        }
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw).to_vec();
        let record = Record { line: self.line, raw, problem: None };
        self.start = next;
        self.line += lines_inside + 1;
        record
    }

    async fn fill(&mut self, scan: &mut Scan) -> Result<(), Error> {
        self.buffer.drain(..self.start);
        scan.at -= self.start;
        self.start = 0;
        let length = self.buffer.len();
        self.buffer.resize(length + PIECE, 0);
        let space = self.buffer.get_mut(length..).unwrap_or_default();
        let read = self.reader.read(space).await.map_err(|source| Error::Read { source })?;
        self.buffer.truncate(length + read);
        self.ended = read == 0;
        Ok(())
    }

    /// The fields of a record of CSV; none in other formats.
    ///
    /// # Errors
    /// What is wrong with the record, in words.
    pub(crate) fn fields(&self, record: &Record) -> Result<Vec<Field>, String> {
        match &self.format {
            Format::Csv { delimiter, .. } => fields::part(&record.raw, *delimiter),
            _ => Ok(Vec::new()),
        }
    }
}

/// How far a record has been looked through.
struct Scan {
    at: usize,
    quoted: bool,
    lines: u64,
}

impl Scan {
    fn line_end(&mut self, buffer: &[u8], quotes: bool) -> Option<usize> {
        for byte in buffer.get(self.at..)? {
            match byte {
                b'"' if quotes => self.quoted = !self.quoted,
                b'\n' if self.quoted => self.lines += 1,
                b'\n' => return Some(self.at),
                _ => {}
            }
            self.at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(text: &'static str, format: Format) -> Vec<(u64, String)> {
        let mut records = Records::new(Box::new(text.as_bytes()), format);
        let mut all = Vec::new();
        while let Some(record) = records.next().await.unwrap() {
            all.push((record.line, String::from_utf8(record.raw).unwrap()));
        }
        all
    }

    #[tokio::test]
    async fn a_line_end_inside_of_quotes_ends_no_record() {
        let csv = Format::Csv { delimiter: b',', null: String::new() };
        let all = read("\u{feff}a,b\r\n1,\"x\ny\"\n2,z", csv).await;
        assert_eq!(all, [(1, "a,b".into()), (2, "1,\"x\ny\"".into()), (4, "2,z".into())]);
    }

    #[tokio::test]
    async fn ndjson_knows_no_quotes() {
        let all = read("{\"a\": \"\\\"\"}\n{}\n", Format::Ndjson).await;
        assert_eq!(all, [(1, "{\"a\": \"\\\"\"}".into()), (2, "{}".into())]);
    }
}
