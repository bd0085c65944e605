//! Rows in the form in which they travel to the target.
//!
//! Source of the binary form: PostgreSQL documentation, COPY, "Binary Format".

use bytes::{BufMut, BytesMut};
use tokio_postgres::Row;

use crate::{Error, Parameter, Raw, bulk, session::Column};

/// The form in which rows travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As COPY's binary form: values go from wire to wire untouched.
    Binary,
    /// As COPY's text form.
    Text,
    /// As parameters of a statement.
    Values,
    /// Through a stage, and then as parameters.
    Staged,
}

/// What a COPY in binary begins with.
pub(super) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with.
pub(super) const TRAILER: &[u8] = &[0xff, 0xff];

/// Appends a row in binary.
pub(super) fn binary(row: &Row, out: &mut BytesMut) -> Result<(), Error> {
    // A table has at most 1,600 columns.
    out.put_i16(i16::try_from(row.len()).unwrap_or(i16::MAX));
    for index in 0..row.len() {
        match raw(row, index)? {
            Some(bytes) => {
                // A value has at most a gibibyte.
                out.put_i32(i32::try_from(bytes.len()).unwrap_or(i32::MAX));
                out.extend_from_slice(bytes);
            }
            None => out.put_i32(-1),
        }
    }
    Ok(())
}

/// Appends a row as a line of text.
pub(super) fn text(
    row: &Row,
    columns: &[Column],
    scratch: &mut Vec<u8>,
    out: &mut BytesMut,
) -> Result<(), Error> {
    for (index, column) in columns.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(b"\t");
        }
        if written(row, index, column, scratch)? {
            bulk::write_field(scratch, out);
        } else {
            bulk::write_null(out);
        }
    }
    out.extend_from_slice(b"\n");
    Ok(())
}

/// A row as parameters.
pub(super) fn values(row: &Row, columns: &[Column], scratch: &mut Vec<u8>) -> Result<Vec<Parameter>, Error> {
    Ok(cells(row, columns, scratch)?.into_iter().map(Parameter::of_text).collect())
}

/// A row as texts.
pub(super) fn cells(
    row: &Row,
    columns: &[Column],
    scratch: &mut Vec<u8>,
) -> Result<Vec<Option<String>>, Error> {
    columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            if !written(row, index, column, scratch)? {
                return Ok(None);
            }
            let text = String::from_utf8(scratch.clone());
            text.map(Some).map_err(|error| Error::Driver { problem: error.to_string() })
        })
        .collect()
}

fn written(row: &Row, index: usize, column: &Column, scratch: &mut Vec<u8>) -> Result<bool, Error> {
    scratch.clear();
    column
        .codec
        .write_text(raw(row, index)?, scratch)
        .map_err(|source| Error::Decode { column: column.name.clone(), source })
}

fn raw(row: &Row, index: usize) -> Result<Option<&[u8]>, Error> {
    row.try_get::<_, Option<Raw<'_>>>(index)
        .map(|value| value.map(|Raw(bytes)| bytes))
        .map_err(|error| Error::Driver { problem: error.to_string() })
}
