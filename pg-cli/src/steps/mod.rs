//! `pg-cli run FILE`: operations one after the other, with conditions on what came before, for cron and CI.
//!
//! Separate from scripts of SQL: a step is any operation. Invariant: there is no language here beyond a pointer into an earlier
//! answer and a comparison; a file is checked whole before its first step runs.

mod condition;
mod file;
mod run;
mod value;
mod words;

pub(crate) use run::run;
pub(crate) use words::{RUN, Wanted, command, read};
