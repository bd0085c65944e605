//! The suite: what the toolkit promises, tried from outside on a real PostgreSQL.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what stops a test has failed it"
)]

mod support;

mod architecture;
mod auditing;
mod bad_input;
mod checks;
mod cli;
mod columnar;
mod comparing;
mod confirming;
mod connect;
mod corpus;
mod faults;
mod generating;
mod harness;
mod integrating;
mod introspect;
mod limits;
mod maintenance;
mod masking;
mod mcp;
mod migrating;
mod monitor;
mod oracle;
mod policy;
mod pooled;
mod quality;
mod registry;
mod reports;
mod scenarios;
mod sessions;
mod telemetry;
mod upkeep;
mod values;
