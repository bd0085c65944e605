//! The program's configuration: connections, server and logging, from one TOML file, the environment and the command line.
//!
//! What says where a connection goes is taken from the first of: command line, environment, file, built-in default. What
//! bounds a connection is never widened from outside the file: of several bounds the narrowest holds, and only a built-in
//! default gives way.
//!
//! | setting | command line ([`Overrides`]) | environment | file | default |
//! |---|---|---|---|---|
//! | the connection `default` | `connection` | `DATABASE_URL`, else `DATABASE_URI`, else `DB_HOST`, `DB_PORT`, `DB_NAME` (or `DB_DATABASE`), `DB_USER`, `DB_PASSWORD`; with no connection from anywhere, libpq's `PGHOST`, `PGSERVICE`, `PGDATABASE` … | `[connections.default]` | none |
//! | other connections | – | – | `[connections.NAME]` | none |
//! | options missing in a connection | – | libpq's `PG*`, service file, passfile | – | libpq's |
//! | profile | – | – | `profile` of the connection, else of `[defaults]`; `[profiles.NAME]` | none |
//! | access | `access`, up to the profile's | – | `access` of the connection, else of its profile, else of `[defaults]` | `read`; `write` if `READONLY_MODE=false` |
//! | … held to read | `READONLY_MODE=true` | (stands above everything else) | | |
//! | backends in a pool | – | `DEFAULT_POOL_SIZE` (stands for `[defaults]`: a connection's own `pool_size` wins) | `pool_size` | 10 |
//! | a backend's age, idle time, and patience for one | – | – | `pool.max_age_ms`, `pool.idle_ms`, `pool.check_out_ms` | 30 min, 10 min, 15 s |
//! | PgBouncer on the way | – | – | `pgbouncer`: `auto`, `off`, `session`, `transaction` | `auto` |
//! | most backends in any pool | – | `MAX_CONNECTIONS` | – | no cap |
//! | statement time-out | `statement_timeout` | `QUERY_TIMEOUT` (seconds, or `500ms`, `30s`, `2min`); the shortest holds | `limits.statement_timeout_ms` | 30 s |
//! | lock time-out | – | – | `limits.lock_timeout_ms` | 5 s |
//! | transactions open from call to call | – | – | `limits.open_transactions` | 3 |
//! | how long one may be left alone | – | – | `limits.transaction_lease_ms` | 60 s |
//! | rows of one answer | – | – | `limits.rows`, `limits.max_rows` | 1000, 10000 |
//! | bytes of one answer | – | – | `limits.max_bytes` | 1 MiB; pg-mcp cuts between rows at 32 KiB |
//! | allowed operations | – | `ALLOWED_OPERATIONS` (comma list), **in common with** the file's | `policy.allowed_operations` | what the access allows |
//! | blocked operations | – | `BLOCKED_KEYWORDS` (comma list), **added** to the file's | `policy.blocked_operations` | none |
//! | masked columns, and the key of their tokens | – | – | `policy.masked_columns`, `policy.mask_key_file`, `policy.mask_key_env` | none; a key of the process |
//! | allowed functions | – | – | `policy.allowed_functions` | those known to be harmless |
//! | functions, schemas, tables, columns denied | – | – | `policy.denied_functions`, `denied_schemas`, `denied_tables`, `denied_columns`; they add up | none |
//! | schemas, tables, columns allowed | – | – | `policy.allowed_schemas` and `allowed_tables` (one list in two keys), `allowed_columns` | all |
//! | settings and foreign-data wrappers allowed | – | – | `policy.allowed_settings`, `policy.allowed_wrappers` | none |
//! | conditions, `TRUNCATE`, `DROP` | – | – | `policy.require_where`, `policy.truncate`, `policy.drop` | false, true, true |
//! | length of a statement | – | `MAX_QUERY_LENGTH` (bytes); the shorter holds | `policy.max_statement_bytes` | 1 MiB |
//! | address of the HTTP server | `listen` | `MCP_SERVER_HOST`, `MCP_SERVER_PORT` | `server.listen` | none, else 127.0.0.1 and 3000 |
//! | origins of browsers | – | – | `server.allowed_origins` | loopback |
//! | hosts for `add_connection` over HTTP | – | – | `server.connect_hosts` | none |
//! | names of the HTTP server | – | – | `server.allowed_hosts` | this machine's |
//! | TLS ended in front of it | – | – | `server.tls_in_front` | no |
//! | callers over HTTP | – | – | `server.tokens.NAME` | anybody on this machine |
//! | callers known by an authorization server | – | – | `[server.oauth]`, `[[server.oauth.grants]]` | none |
//! | requests of each caller over HTTP | – | – | `server.requests_per_minute`, `server.max_concurrent`, of a caller in `server.tokens.NAME` | no limit |
//! | bytes of a request | – | – | `server.max_body_bytes` | 16 MiB |
//! | sets of tools | `toolsets` | – | `server.toolsets` | all |
//! | seldom used tools in the list | `list_all_tools` | – | `server.list_all_tools` | no |
//! | log level | `log_level` | `MCP_LOG_LEVEL` | `logging.level` | `info` |
//! | logging of statements | – | `ENABLE_QUERY_LOGGING` | `logging.log_statements` | off |
//! | slow statements | – | `SLOW_QUERY_THRESHOLD` (milliseconds, or `2s`) | `logging.slow_statement_ms` | 1 s |
//! | calls at once, statements a minute | – | – | `limits.max_concurrent`, `limits.statements_per_minute` | no limit |
//! | estimated cost, estimated rows | – | – | `limits.max_cost`, `limits.max_rows_estimate` | no limit |
//! | bytes of a result that is kept | – | – | `limits.max_result_bytes` | 16 MiB |
//! | size of one row as sent | – | – | `limits.max_message_bytes` | 64 MiB |
//! | what must be confirmed | – | – | `policy.confirm` | nothing |
//! | audit log | – | – | `[audit]` | none |
//! | checks of databases | – | – | `checks.NAME` of the connection, else `[checks.NAME]` | each check's own |
//! | reports that callers can name, and how often their pages load again | – | – | `[reports]` | none, never |
//! | maintenance | – | – | `maintenance` of the connection, else `[maintenance]` | thresholds of its own, no rules |
//! | monitor | – | – | `monitor` of the connection, else `[monitor]` | the thresholds of its own |
//! | traces | – | `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`, `OTEL_SDK_DISABLED` … | `[telemetry]` | none |
//! | the file itself | argument of [`Configuration::load`] | `PG_TOOLKIT_CONFIG` | – | none |
//!
//! Inside the file, a profile is laid over the one that it extends and may say anything; a connection that names a profile may
//! narrow it and never widen it; what neither says comes from `[defaults]`. What is blocked adds up on every way.
//!
//! The keys are the fields of the types in `tables/`. A new one is a field there with its documentation, a line in `Terms::over`
//! (and in `narrowing` where it could widen a profile), and a field of what it becomes in `entry`.
//!
//! Invariants: a key or a value that is not understood is an error, in the file as in the environment; no error holds a
//! secret or a connection string.

mod audit;
mod bounds;
mod contradictions;
mod deserializer;
mod document;
mod entry;
mod error;
mod file;
mod lists;
mod load;
mod located;
mod maintenance;
mod masking;
mod monitor;
mod name;
mod narrowing;
mod oauth;
mod profiles;
mod quantity;
#[cfg(feature = "schema")]
mod schema;
mod tables;
mod telemetry;
mod terms;
mod variables;

pub use audit::{AuditKey, AuditParameters, AuditSettings};
pub use entry::{
    CheckOptions, ConfirmationOptions, ConnectionDefaults, ConnectionEntry, Limits, PolicyOptions,
    PoolOptions, Pooler, Profile, RuleOptions,
};
pub use error::{ConfigurationError, FilePosition};
pub use load::{Configuration, Overrides};
pub use maintenance::{MaintenanceOptions, OldPartitions, PartitionRule, Period, RetentionRule};
pub use monitor::MonitorOptions;
pub use oauth::{OauthGrant, OauthKeys, OauthSettings};
pub use quantity::{ListenAddress, LogLevel};
pub use tables::CHECK_NAMES;
pub use telemetry::TelemetrySettings;

use crate::{CallerLimits, Grant, TokenHash, Toolset};
use std::path::{Path, PathBuf};
use std::{collections::BTreeMap, time::Duration};

#[cfg(test)]
mod tests;

/// Reads another TOML document as the configuration file is read: an unknown key is an error, and every error says where.
/// `name` is what errors call the document.
///
/// # Errors
/// [`ConfigurationError`] for what is no TOML and for what does not fit the type.
pub fn read_toml<T: serde::de::DeserializeOwned>(name: &Path, text: &str) -> Result<T, ConfigurationError> {
    document::Document::new(name.to_owned(), text.to_owned()).read()
}

/// How the HTTP server is reached and what it accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerSettings {
    /// Where to listen, if anything was said about it; whether to serve HTTP at all is the program's decision.
    pub listen: Option<ListenAddress>,
    /// Origins of browsers that may call, besides loopback.
    pub allowed_origins: Vec<String>,
    /// Names by which callers may call the server, besides those of this machine.
    pub allowed_hosts: Vec<String>,
    /// Whether TLS is ended in front of this server.
    pub tls_in_front: bool,
    /// The callers over HTTP by name: the hash of each one's token, and what it grants.
    pub tokens: BTreeMap<String, (TokenHash, Grant)>,
    /// The authorization server whose tokens are believed, and what they grant.
    pub oauth: Option<OauthSettings>,
    /// What each caller over HTTP may send.
    pub limits: CallerLimits,
    /// The most bytes of a request's body.
    pub max_body_bytes: Option<usize>,
    /// Hosts that `add_connection` may name over HTTP.
    pub connect_hosts: Vec<String>,
    /// The sets of operations that are offered; all where none is named.
    pub toolsets: Vec<Toolset>,
    /// Whether the list of tools also names those that are seldom asked for.
    pub list_all_tools: bool,
}

/// Where the reports are that callers can name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportSettings {
    /// The folder with their files.
    pub folder: Option<PathBuf>,
    /// After how long a page in a browser loads itself again, where its report does not say.
    pub refresh: Option<Duration>,
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
