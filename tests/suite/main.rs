//! The suite: what the toolkit promises, tried from outside on a real PostgreSQL.

mod cli;
mod connect;
mod corpus;
mod harness;
mod introspect;
mod mcp;
mod values;
