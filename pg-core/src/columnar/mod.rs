//! Rows as columns: Apache Arrow's stream format and Apache Parquet, written in batches as rows arrive, and Parquet read.
//!
//! Separate, and behind the feature `parquet`, because of the crates that it needs. Invariants: a value is written as what it is,
//! or as PostgreSQL's text, or is an error, and never rounded; memory does not grow with the result.

mod filling;
mod json;
mod kind;
mod read;
mod write;

pub(crate) use read::ParquetRows;
pub(crate) use write::Columnar;
