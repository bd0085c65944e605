//! Rows for tests: made from what the schema says, what columns mean, and what a caller wishes.
//!
//! Separate from moving rows, which has a source. Invariant: a call fills all its tables or none, the same seed and the same empty
//! tables give the same rows, and what was made is remembered, so that it alone can be taken away.

mod build;
mod check;
mod choose;
mod learn;
mod meaning;
mod pattern;
mod random;
mod record;
mod search;
mod settle;
mod shape;
mod spec;
mod unique;
mod way;
mod world;

pub(crate) use build::{Built, build, key, sample};
pub(crate) use choose::{seconds, today};
pub(crate) use meaning::{Meaning, value};
pub(crate) use random::Dice;
pub(crate) use record::{Record, clean, cleanable, make, recorded, statements as record_statements};
pub(crate) use spec::Spec;
