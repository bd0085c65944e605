//! The quality of data: a suite of checks, the running of it, and what earlier runs found.
//!
//! Separate from the operation, which is the way in. Invariant: the data is read and never written; what could not be looked
//! at is `unknown` with its reason, never `ok`.

mod ask;
mod drift;
mod history;
mod kind;
mod outcome;
mod run;
mod score;
mod sql;
mod state;
mod suggest;
mod suite;
mod table;
mod whole;

pub(crate) use ask::Asked;
pub(crate) use history::{History, Run, counted};
pub(crate) use kind::Kind;
pub use outcome::CheckedRule;
pub(crate) use run::{Found, Running, run, worst};
pub(crate) use score::score;
pub(crate) use suggest::suggest;
pub(crate) use suite::{Suite, sample};
