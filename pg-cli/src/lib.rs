#![doc = include_str!("../README.md")]
//!
//! ## Inside
//!
//! An adapter: it loops over the lists of operations, and holds neither their names nor their logic. What it does itself
//! is what a command line needs: flags, where SQL text comes from, formats, messages, signals, exit codes.
//!
//! Invariants: stdout (or the file of `--output`) carries data and nothing else; every way to end is an
//! [`Exit`](pg_core::Exit) or 130; no flag takes a password.

mod registry;

mod arguments;
mod audit;
mod command;
mod comment;
mod confirm;
mod examples;
mod flags;
mod script;
mod text;

mod connection;
mod policy;

mod man;
mod schema;
mod server;
mod steps;

mod failure;
mod report;
mod run;
mod session;
mod signals;

mod delimited;
mod deliver;
mod format;
mod json;
mod list;
mod log;
mod messages;
mod output;
mod pager;
mod printable;
mod progress;
mod sections;
mod show;
mod table;

pub use command::command;
pub use pg_core::Environment;
pub use run::run;
