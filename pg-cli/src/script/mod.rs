//! Statements as psql's users give them: `-c`, `-f` and stdin, several of them, with variables, one after the other or as
//! one transaction.
//!
//! Separate from the arguments of an operation, because one command here is several calls of one. Invariant: what a script holds
//! is cut and numbered by the parser's crate, and each statement runs as if it had come alone.

mod read;
mod run;
mod variables;

pub(crate) use read::{ScriptRun, arguments, read, takes, with_subcommand};
pub(crate) use run::run;
pub(crate) use variables::parse as variable;
