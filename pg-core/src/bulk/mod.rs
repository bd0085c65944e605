//! Many rows into one statement: the ways in which they travel, which of them is right for a statement, and how rows that fail
//! are found among those that do not.
//!
//! Separate from [`batch`](crate::batch) and [`copy_in`](crate::copy_in), which both stand on it. Invariant: whatever the way,
//! rows have the effect that the statement has row by row, in their order.

mod choose;
mod copy;
mod skip;
mod way;

pub(crate) use choose::{Instead, choose, choose_copy};
pub(crate) use copy::{write_field, write_null};
pub(crate) use skip::{Failed, Most, skip};
pub(crate) use way::{Row, Way};
