//! The commands for whoever writes a policy: `pg-cli policy …`.
//!
//! Separate from the operations, because no client is to reach them. Invariant: what they know is in `pg_core::policy`; here are
//! their words, and how an answer is written.

mod arguments;
mod run;

pub(crate) use arguments::{PolicyRequest, command, request};
pub(crate) use run::run;
