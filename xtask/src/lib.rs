//! The project's task runner, and what it shares with the test harness: finding and running a private PostgreSQL.
//!
//! `cargo xtask setup | test [FILTER] | demo [--once] [--size small|large]`

pub mod account;
pub mod apt;
pub mod cluster;
pub mod command;
pub mod coordinates;
pub mod error;
pub mod guard;
pub mod libclang;
pub mod postgres;
pub mod project;
pub mod python;
pub mod say;
pub mod setup;
pub mod shop;
pub mod tally;
pub mod test;
