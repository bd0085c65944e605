//! What a row can be read into.

use postgres_types::FromSqlOwned;

use super::Record;
use crate::Error;

/// A type that a row can be read into. Tuples are, by the order of the columns; a struct is by
/// [`from_row!`](crate::from_row), by the names of its fields, or by hand.
pub trait FromRow: Sized + Send + 'static {
    /// Reads a row.
    ///
    /// # Errors
    /// What [`Record::get`] gives.
    fn from_row(row: &Record) -> Result<Self, Error>;
}

impl FromRow for Record {
    fn from_row(row: &Record) -> Result<Self, Error> {
        Ok(row.clone())
    }
}

macro_rules! tuples {
    ($(($($column:ident $place:literal),+))+) => {$(
        impl<$($column: FromSqlOwned + Send + 'static),+> FromRow for ($($column,)+) {
            fn from_row(row: &Record) -> Result<Self, Error> {
                Ok(($(row.get::<$column>($place as usize)?,)+))
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
}

/// Reads rows into a struct: each field from the column of its name, or of the name behind `=>`.
///
/// ```
/// struct Customer {
///     id: i32,
///     email: Option<String>,
/// }
///
/// pg_core::from_row!(Customer { id => "customer_id", email });
/// ```
#[macro_export]
macro_rules! from_row {
    ($type:ident { $($field:ident $(=> $column:literal)?),+ $(,)? }) => {
        impl $crate::FromRow for $type {
            fn from_row(row: &$crate::Record) -> ::core::result::Result<Self, $crate::Error> {
                ::core::result::Result::Ok(Self {
                    $($field: row.get($crate::from_row!(@column $field $($column)?))?),+
                })
            }
        }
    };
    (@column $field:ident) => { ::core::stringify!($field) };
    (@column $field:ident $column:literal) => { $column };
}
