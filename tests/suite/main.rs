//! The suite: what the toolkit promises, tried from outside on a real PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that does not find what it asks for has failed, there and then"
)]

mod support;

mod architecture;
mod bad_input;
mod cli;
mod connect;
mod harness;
mod introspect;
mod mcp;
mod registry;
mod scenarios;
mod sessions;
mod values;
