//! One row of a result, as the server sent it.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use postgres_types::FromSql;
use serde::de::DeserializeOwned;

use crate::{Error, session::Column};

/// One row of a result, its values not yet decoded. Rows that came together share their memory.
#[derive(Clone)]
pub struct Record {
    columns: Arc<[Column]>,
    bytes: Bytes,
    cells: Box<[Option<Range<usize>>]>,
}

/// Shows the columns and not their values.
impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.columns()).finish()
    }
}

/// What names a column of a [`Record`]: its name, or its place counted from 0.
pub trait ColumnIndex: std::fmt::Display + Copy {
    /// The place of the column among these names.
    fn place<'a>(self, names: impl Iterator<Item = &'a str>) -> Option<usize>;
}

impl ColumnIndex for usize {
    fn place<'a>(self, names: impl Iterator<Item = &'a str>) -> Option<usize> {
        (self < names.count()).then_some(self)
    }
}

impl ColumnIndex for &str {
    fn place<'a>(self, mut names: impl Iterator<Item = &'a str>) -> Option<usize> {
        names.position(|name| name == self)
    }
}

impl Record {
    /// The names of the columns, in order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The value of a column, by its name or its place. NULL is read as an `Option`.
    ///
    /// # Errors
    /// [`Error::Column`] where there is no such column, where it is of another type, and for NULL in a type without it.
    pub fn get<'a, T: FromSql<'a>>(&'a self, column: impl ColumnIndex) -> Result<T, Error> {
        let place = column.place(self.columns());
        let found = place.and_then(|place| Some((self.columns.get(place)?, self.cells.get(place)?)));
        let Some((known, cell)) = found else {
            let names: Vec<&str> = self.columns().collect();
            return Err(Error::Column {
                column: column.to_string(),
                problem: format!("the result has no such column, but {}", names.join(", ")),
            });
        };
        let unread = |problem: String| Error::Column { column: known.name.clone(), problem };
        if !T::accepts(&known.wire) {
            return Err(unread(format!(
                "it is {}, which {} does not read; choose another Rust type, or cast the column",
                known.type_name,
                std::any::type_name::<T>()
            )));
        }
        let value = match cell {
            Some(range) => T::from_sql(&known.wire, self.bytes.get(range.clone()).unwrap_or_default()),
            None => T::from_sql_null(&known.wire),
        };
        value.map_err(|error| match cell {
            Some(_) => unread(error.to_string()),
            None => unread("it is NULL; read it as an Option".to_owned()),
        })
    }

    /// The whole row in a type of serde's: an object by column name, its values as answers in JSON show them.
    ///
    /// # Errors
    /// [`Error::Row`] where it does not fit; [`Error::Decode`] for bytes that cannot be read.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let mut json = Vec::with_capacity(self.columns.len() * 16);
        for (index, (column, cell)) in self.columns.iter().zip(&self.cells).enumerate() {
            json.push(if index == 0 { b'{' } else { b',' });
            crate::write_json_string(&column.name, &mut json);
            json.push(b':');
            let value = cell.clone().and_then(|range| self.bytes.get(range));
            column
                .codec
                .write_json(value, &mut json)
                .map_err(|source| Error::Decode { column: column.name.clone(), source })?;
        }
        json.extend_from_slice(if json.is_empty() { b"{}" } else { b"}" });
        serde_json::from_slice(&json).map_err(|source| Error::Row { source })
    }
}

/// The rows in bytes that were written as [`Shape::Wire`](crate::row_encoder::Shape::Wire).
pub(super) fn records(columns: &Arc<[Column]>, bytes: Vec<u8>, rows: u64) -> Vec<Record> {
    let bytes = Bytes::from(bytes);
    let mut at = 0;
    let mut next = || {
        let length = bytes.get(at..at + 4)?.try_into().ok().map(i32::from_be_bytes)?;
        at += 4;
        let Ok(length) = usize::try_from(length) else { return Some(None) };
        let cell = at..at + length;
        at = cell.end;
        Some(Some(cell))
    };
    (0..rows)
        .map_while(|_| {
            let cells: Option<Box<[_]>> = columns.iter().map(|_| next()).collect();
            Some(Record { columns: Arc::clone(columns), bytes: bytes.clone(), cells: cells? })
        })
        .collect()
}
