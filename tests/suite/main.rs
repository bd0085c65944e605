//! The suite: what the toolkit promises, tried from outside on a real PostgreSQL.

mod cli;
mod connect;
mod harness;
mod mcp;
mod values;
