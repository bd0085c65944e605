//! A driver row into bytes of one format, in one pass from the wire.

use std::sync::Arc;

use tokio_postgres::Row;

use crate::{Error, Raw, RowFormat, markdown_cell, markdown_header, session::Column, write_json_string};

/// The shape in which rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// JSON objects by column name, separated by commas.
    Objects,
    /// JSON arrays in column order, separated by commas.
    Arrays,
    /// Lines of a stream format.
    Lines(RowFormat),
    /// The server's own bytes: of each column in order the length in bytes as a big-endian `i32`, -1 for NULL, and the value.
    Wire,
}

/// Writes the rows of one result.
#[derive(Debug)]
pub(crate) struct RowEncoder {
    shape: Shape,
    columns: Arc<[Column]>,
    /// For objects: `"name":` with its comma, ready to be copied.
    keys: Vec<Vec<u8>>,
    scratch: Vec<u8>,
}

impl RowEncoder {
    /// An encoder for rows of these columns.
    pub(crate) fn new(shape: Shape, columns: Arc<[Column]>) -> Self {
        let keys = object_keys(&columns);
        Self { shape, columns, keys, scratch: Vec::new() }
    }

    /// The first line of a stream with a header, empty for the others.
    pub(crate) fn header(&self) -> Vec<u8> {
        // A statement that gives no rows has no line for the names of none.
        if self.columns.is_empty() {
            return Vec::new();
        }
        let mut out = Vec::new();
        let separator = match self.shape {
            Shape::Lines(RowFormat::Csv) => b',',
            Shape::Lines(RowFormat::Tsv) => b'\t',
            Shape::Lines(RowFormat::Markdown) => {
                return markdown_header(self.columns.iter().map(|column| column.name.as_str()));
            }
            Shape::Objects | Shape::Arrays | Shape::Wire | Shape::Lines(RowFormat::Ndjson) => return out,
        };
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push(separator);
            }
            match self.shape {
                Shape::Lines(RowFormat::Csv) => write_csv(column.name.as_bytes(), &mut out),
                _ => write_tsv(column.name.as_bytes(), &mut out),
            }
        }
        out.push(b'\n');
        out
    }

    /// Appends one row, with the separator that its place asks for.
    pub(crate) fn row(&mut self, row: &Row, out: &mut Vec<u8>) -> Result<(), Error> {
        match self.shape {
            Shape::Objects | Shape::Lines(RowFormat::Ndjson) => self.object(row, out),
            Shape::Arrays => self.array(row, out),
            Shape::Lines(RowFormat::Csv) => self.line(row, b',', out),
            Shape::Lines(RowFormat::Tsv) => self.line(row, b'\t', out),
            Shape::Lines(RowFormat::Markdown) => self.markdown(row, out),
            Shape::Wire => self.wire(row, out),
        }
    }

    /// What stands between two rows.
    pub(crate) fn separator(&self) -> &'static [u8] {
        match self.shape {
            Shape::Objects | Shape::Arrays => b",",
            Shape::Lines(_) | Shape::Wire => b"",
        }
    }

    fn object(&self, row: &Row, out: &mut Vec<u8>) -> Result<(), Error> {
        out.push(b'{');
        for (index, (column, key)) in self.columns.iter().zip(&self.keys).enumerate() {
            out.extend_from_slice(key);
            column.codec.write_json(raw(row, index)?, out).map_err(|source| decode(column, source))?;
        }
        out.push(b'}');
        if matches!(self.shape, Shape::Lines(_)) {
            out.push(b'\n');
        }
        Ok(())
    }

    fn wire(&self, row: &Row, out: &mut Vec<u8>) -> Result<(), Error> {
        for index in 0..self.columns.len() {
            match raw(row, index)? {
                // The server's own messages count lengths in the same way.
                Some(value) => {
                    out.extend_from_slice(&i32::try_from(value.len()).unwrap_or(i32::MAX).to_be_bytes());
                    out.extend_from_slice(value);
                }
                None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
            }
        }
        Ok(())
    }

    fn array(&self, row: &Row, out: &mut Vec<u8>) -> Result<(), Error> {
        out.push(b'[');
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            column.codec.write_json(raw(row, index)?, out).map_err(|source| decode(column, source))?;
        }
        out.push(b']');
        Ok(())
    }

    fn markdown(&mut self, row: &Row, out: &mut Vec<u8>) -> Result<(), Error> {
        out.push(b'|');
        for (index, column) in self.columns.iter().enumerate() {
            self.scratch.clear();
            let value = raw(row, index)?;
            let present =
                column.codec.write_text(value, &mut self.scratch).map_err(|source| decode(column, source))?;
            markdown_cell(present.then_some(self.scratch.as_slice()), out);
        }
        out.push(b'\n');
        Ok(())
    }

    fn line(&mut self, row: &Row, separator: u8, out: &mut Vec<u8>) -> Result<(), Error> {
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push(separator);
            }
            self.scratch.clear();
            let value = raw(row, index)?;
            let present =
                column.codec.write_text(value, &mut self.scratch).map_err(|source| decode(column, source))?;
            match (present, separator) {
                (true, b',') => write_csv(&self.scratch, out),
                (true, _) => write_tsv(&self.scratch, out),
                (false, b',') => {}
                (false, _) => out.extend_from_slice(b"\\N"),
            }
        }
        out.push(b'\n');
        Ok(())
    }
}

/// Keys of an object for each column. A name that occurs again gets a number, so that no column hides another.
fn object_keys(columns: &[Column]) -> Vec<Vec<u8>> {
    distinct_names(columns.iter().map(|column| column.name.as_str()))
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let mut key = Vec::with_capacity(name.len() + 4);
            if index > 0 {
                key.push(b',');
            }
            write_json_string(name, &mut key);
            key.push(b':');
            key
        })
        .collect()
}

/// The names with repeated ones numbered: `id`, `id_2`, `id_3`, never clashing with a name that is there already.
pub(crate) fn distinct_names<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let taken: std::collections::HashSet<&str> = names.clone().collect();
    let mut given: std::collections::HashSet<String> = std::collections::HashSet::new();
    names
        .map(|name| {
            let mut candidate = name.to_owned();
            let mut number = 2;
            while given.contains(&candidate) || (candidate != name && taken.contains(candidate.as_str())) {
                candidate = format!("{name}_{number}");
                number += 1;
            }
            given.insert(candidate.clone());
            candidate
        })
        .collect()
}

fn raw(row: &Row, index: usize) -> Result<Option<&[u8]>, Error> {
    row.try_get::<_, Option<Raw<'_>>>(index)
        .map(|value| value.map(|Raw(bytes)| bytes))
        .map_err(|error| Error::Driver { problem: error.to_string() })
}

fn decode(column: &Column, source: crate::DecodeError) -> Error {
    Error::Decode { column: column.name.clone(), source }
}

/// RFC 4180 as COPY writes it: quotes where needed, and around the empty string, which tells it from NULL; psql leaves those out.
fn write_csv(value: &[u8], out: &mut Vec<u8>) {
    let quote = value.is_empty()
        || value == b"\\."
        || value.iter().any(|byte| matches!(byte, b'"' | b',' | b'\n' | b'\r'));
    if !quote {
        out.extend_from_slice(value);
        return;
    }
    out.push(b'"');
    for byte in value {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// The escapes of COPY's text format. Source: PostgreSQL documentation, COPY, "Text Format".
fn write_tsv(value: &[u8], out: &mut Vec<u8>) {
    for byte in value {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0b => out.extend_from_slice(b"\\v"),
            0x0c => out.extend_from_slice(b"\\f"),
            other => out.push(*other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{distinct_names, write_csv, write_tsv};

    #[test]
    fn numbers_repeated_names_without_clash() {
        let names = ["id", "id", "id_2", "id"];
        assert_eq!(distinct_names(names.into_iter()), ["id", "id_3", "id_2", "id_4"]);
    }

    #[test]
    fn quotes_what_csv_needs_quoted() {
        let mut out = Vec::new();
        write_csv(b"a\"b", &mut out);
        write_csv(b"", &mut out);
        write_csv(b"plain", &mut out);
        assert_eq!(out, b"\"a\"\"b\"\"\"plain");
    }

    #[test]
    fn escapes_what_copy_escapes() {
        let mut out = Vec::new();
        write_tsv(b"a\tb\\c\nd\x08\x0b\x0c", &mut out);
        assert_eq!(out, b"a\\tb\\\\c\\nd\\b\\v\\f");
    }
}
