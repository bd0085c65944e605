//! Rows as columns: Apache Arrow's stream format and Apache Parquet, written in batches as rows arrive.
//!
//! Separate, and behind the feature `parquet`, because of the crates that it needs. Invariants: a value is written as what it is,
//! or as PostgreSQL's text, or is an error, and never rounded; memory does not grow with the result.

mod filling;
mod kind;
mod write;

pub(crate) use write::Columnar;
