//! The program's configuration: connections, server and logging, from one TOML file, the environment and the command line.
//!
//! What is given in several places is taken from the first of: command line, environment, file, built-in default.
//!
//! | setting | command line ([`Overrides`]) | environment | file | default |
//! |---|---|---|---|---|
//! | the connection `default` | `connection` | `DATABASE_URL`, else `DATABASE_URI`, else `DB_HOST`, `DB_PORT`, `DB_NAME` (or `DB_DATABASE`), `DB_USER`, `DB_PASSWORD`; with no connection from anywhere, libpq's `PGHOST`, `PGSERVICE`, `PGDATABASE` … | `[connections.default]` | none |
//! | other connections | – | – | `[connections.NAME]` | none |
//! | options missing in a connection | – | libpq's `PG*`, service file, passfile | – | libpq's |
//! | access | `access` | – | `access` of the connection, else of `[defaults]` | `read`; `write` if `READONLY_MODE=false` |
//! | … held to read | `READONLY_MODE=true` | (stands above everything else) | | |
//! | backends in a pool | – | `DEFAULT_POOL_SIZE` (stands for `[defaults]`: a connection's own `pool_size` wins) | `pool_size` | 10 |
//! | most backends in any pool | – | `MAX_CONNECTIONS` | – | no cap |
//! | statement time-out | `statement_timeout` | `QUERY_TIMEOUT` (seconds, or `500ms`, `30s`, `2min`) | `limits.statement_timeout_ms` | 30 s |
//! | lock time-out | – | – | `limits.lock_timeout_ms` | 5 s |
//! | transactions open from call to call | – | – | `limits.open_transactions` | 3 |
//! | how long one may be left alone | – | – | `limits.transaction_lease_ms` | 60 s |
//! | rows of one answer | – | – | `limits.rows`, `limits.max_rows` | 1000, 10000 |
//! | bytes of one answer | – | – | `limits.max_bytes` | 1 MiB |
//! | allowed operations | – | `ALLOWED_OPERATIONS` (comma list) | `policy.allowed_operations` | what the access allows |
//! | blocked operations | – | `BLOCKED_KEYWORDS` (comma list), **added** to the file's | `policy.blocked_operations` | none |
//! | allowed functions | – | – | `policy.allowed_functions` | those known to be harmless |
//! | length of a statement | – | `MAX_QUERY_LENGTH` (bytes) | `policy.max_statement_bytes` | 1 MiB |
//! | address of the HTTP server | `listen` | `MCP_SERVER_HOST`, `MCP_SERVER_PORT` | `server.listen` | none, else 127.0.0.1 and 3000 |
//! | origins of browsers | – | – | `server.allowed_origins` | loopback |
//! | hosts for `add_connection` over HTTP | – | – | `server.connect_hosts` | none |
//! | log level | `log_level` | `MCP_LOG_LEVEL` | `logging.level` | `info` |
//! | logging of statements | – | `ENABLE_QUERY_LOGGING` | `logging.log_statements` | off |
//! | slow statements | – | `SLOW_QUERY_THRESHOLD` (milliseconds, or `2s`) | `logging.slow_statement_ms` | 1 s |
//! | the file itself | argument of [`Configuration::load`] | `PG_TOOLKIT_CONFIG` | – | none |
//!
//! Invariants: a key or a value that is not understood is an error, in the file as in the environment; no error holds a
//! secret or a connection string.

mod document;
mod draft;
mod entry;
mod error;
mod file;
mod load;
mod quantity;
mod variables;

pub use entry::{ConnectionDefaults, ConnectionEntry, Limits, PolicyOptions};
pub use error::{ConfigurationError, FilePosition};
pub use load::{Configuration, Overrides};
pub use quantity::{ListenAddress, LogLevel};

use std::time::Duration;

#[cfg(test)]
mod tests;

/// How the HTTP server is reached and what it accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerSettings {
    /// Where to listen, if anything was said about it; whether to serve HTTP at all is the program's decision.
    pub listen: Option<ListenAddress>,
    /// Origins of browsers that may call, besides loopback.
    pub allowed_origins: Vec<String>,
    /// Hosts that `add_connection` may name over HTTP.
    pub connect_hosts: Vec<String>,
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggingSettings {
    /// The least severity that is logged.
    pub level: LogLevel,
    /// Whether the text of statements is logged; values of parameters never are.
    pub log_statements: bool,
    /// From which duration on a statement is logged as slow.
    pub slow_statement: Duration,
}
