//! Rows of CSV, NDJSON or Parquet into a table, read record by record, bound by the columns' types, and sent in chunks.
//!
//! Separate from [`batch`](crate::batch), whose rows are in memory already. Invariants: memory does not grow with the stream;
//! all chunks are one transaction; a record that cannot be copied is known by its line.

mod fields;
mod records;
mod rejects;
mod run;

#[cfg(feature = "parquet")]
pub(crate) use records::Record;
pub(crate) use records::{Format, Records};
pub use rejects::Rejected;
pub(crate) use rejects::Rejects;
pub(crate) use run::{Target, copy_in, insert_text};
