//! Reads PostgreSQL's catalog.

/// Every operation of this crate, in the order in which front ends show them.
pub static OPERATIONS: &[&dyn pg_core::AnyOperation] = &[];
