//! `[server]` and `[logging]`.

use serde::Deserialize;

use super::super::quantity::{ListenAddress, LogLevel};
use super::{Milliseconds, Parsed};
use crate::Toolset;

/// How the HTTP server is reached and what it accepts.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct ServerTable {
    /// Where to listen, as `host:port`; 127.0.0.1:3000 by default.
    pub(in super::super) listen: Option<Parsed<ListenAddress>>,
    /// Origins of browsers that may call, besides loopback.
    pub(in super::super) allowed_origins: Vec<String>,
    /// Hosts that `add_connection` may name over HTTP; none by default.
    pub(in super::super) connect_hosts: Vec<String>,
    /// The sets of tools that are offered: core, schema, query, health, data, admin; all by default.
    pub(in super::super) toolsets: Vec<Parsed<Toolset>>,
    /// Whether the list of tools also names those that are seldom asked for and can be called all the same; no by default.
    pub(in super::super) list_all_tools: bool,
}

/// What is logged.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct LoggingTable {
    /// The least severity that is logged: off, error, warn, info (the default), debug or trace.
    pub(in super::super) level: Option<Parsed<LogLevel>>,
    /// Whether the text of statements is logged; values of parameters never are.
    pub(in super::super) log_statements: Option<bool>,
    /// From which duration on a statement is logged as slow, in milliseconds; 1 second by default.
    pub(in super::super) slow_statement_ms: Option<Milliseconds>,
}
