//! The way of Rust callers: their own values as parameters, rows into their own types.
//!
//! Separate from the operations, whose values are JSON. Invariant: what runs is a [`pg_policy::Vetted`], in the same
//! transactions, within the same limits and on the same sessions; of the driver nothing shows but its traits of values.

mod from_row;
mod one;
mod query;
mod record;
mod savepoints;
mod stream;
mod transaction;

pub use from_row::FromRow;
pub use record::{ColumnIndex, Record};
pub use stream::RowStream;
pub use transaction::{Transaction, TransactionOptions};
