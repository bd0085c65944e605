//! The project's task runner, and what it shares with the test harness: finding and running a private PostgreSQL.
//!
//! `cargo xtask setup | test [FILTER] | demo [--once] [--size small|large]`

pub mod account;
pub mod apt;
pub mod cargo;
pub mod cluster;
pub mod command;
pub mod coordinates;
pub mod demo;
pub mod demo_config;
pub mod docs;
pub mod error;
pub mod guard;
pub mod haproxy;
pub mod libclang;
pub mod load;
pub mod node;
pub mod pgbouncer;
pub mod postgres;
pub mod project;
pub mod python;
pub mod regression;
pub mod running;
pub mod say;
pub mod setup;
pub mod shop;
pub mod tally;
pub mod test;
pub mod tour;
