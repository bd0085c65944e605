//! What maintenance a database needs, judged from facts.
//!
//! Separate from the operation that plans and runs it, so that every judgement is a test without a server. Invariant: a
//! statement is made of names and literals that the server quoted, and of words of this module.

mod delete;
mod indexes;
mod step;
mod tables;

pub(crate) use delete::{Batches, batches};
pub(crate) use indexes::{is_leftover_of, judge_index};
pub(crate) use step::Step;
pub use step::{Action, MaintenanceTask};
pub(crate) use tables::{Thresholds, judge_table};
