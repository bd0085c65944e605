//! The suite: what the toolkit promises, tried from outside on a real PostgreSQL.

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
