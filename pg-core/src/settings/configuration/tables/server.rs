//! `[server]` and `[logging]`.

use std::collections::BTreeMap;

use pg_policy::Access;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected},
};

use super::super::located::Located;
use super::super::quantity::{ListenAddress, LogLevel};
use super::{Bytes, Calls, Milliseconds, OauthTable, Parsed};
use crate::{TokenHash, Toolset};

/// How the HTTP server is reached and what it accepts.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct ServerTable {
    /// Where to listen, as `host:port`; 127.0.0.1:3000 by default.
    pub(in super::super) listen: Option<Parsed<ListenAddress>>,
    /// Origins of browsers that may call, besides loopback.
    pub(in super::super) allowed_origins: Vec<String>,
    /// Names by which callers may call the server, besides those of this machine.
    pub(in super::super) allowed_hosts: Vec<String>,
    /// Whether TLS is ended in front of this server, by a proxy: without it, it listens on loopback only.
    pub(in super::super) tls_in_front: bool,
    /// The callers over HTTP, by name, each known by a token. Where one is listed, nobody without a token is served.
    pub(in super::super) tokens: BTreeMap<String, TokenTable>,
    /// Callers over HTTP who are known by what an authorization server says of them (OAuth 2.1, JSON Web Tokens).
    pub(in super::super) oauth: Option<OauthTable>,
    /// Requests that each caller over HTTP may send in a minute; no limit by default.
    pub(in super::super) requests_per_minute: Option<Calls>,
    /// Requests that each caller over HTTP may have at work at once; no limit by default.
    pub(in super::super) max_concurrent: Option<Calls>,
    /// The most bytes of a request's body; 16 MiB by default.
    pub(in super::super) max_body_bytes: Option<Bytes>,
    /// Hosts that `add_connection` may name over HTTP; none by default.
    pub(in super::super) connect_hosts: Vec<String>,
    /// The sets of tools that are offered: core, schema, query, health, data, admin; all by default.
    pub(in super::super) toolsets: Vec<Parsed<Toolset>>,
    /// Whether the list of tools also names those that are seldom asked for and can be called all the same; no by default.
    pub(in super::super) list_all_tools: bool,
}

/// The hash of a token. What is none may be the token itself, so it is not shown.
#[derive(Debug)]
pub(in super::super) struct HashOfToken(pub(in super::super) TokenHash);

impl<'de> Deserialize<'de> for HashOfToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let hidden = Unexpected::Other("a value that is not shown, since it may be a token");
        text.parse().map(Self).map_err(|allowed| D::Error::invalid_value(hidden, &allowed))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for HashOfToken {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HashOfToken".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

/// A caller over HTTP.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in super::super) struct TokenTable {
    /// The hash of the token, as `pg-mcp token` prints it: `sha256:` and 64 hexadecimal digits.
    pub(in super::super) hash: HashOfToken,
    /// The connections that the caller sees; all of them by default.
    #[serde(default)]
    pub(in super::super) connections: Vec<String>,
    /// The most that the caller's statements may do: read (the default), write, schema or admin, on each connection no more than its own.
    #[serde(default)]
    pub(in super::super) access: Option<Located<Access>>,
    /// The sets of tools that the caller is offered; those of the server by default.
    #[serde(default)]
    pub(in super::super) toolsets: Vec<Parsed<Toolset>>,
    /// The role of the database in which the caller's statements run; the connection's own by default.
    #[serde(default)]
    pub(in super::super) role: Option<Located<String>>,
    /// Whether the caller may see what all callers did: /metrics, /connections and /query_history; no by default.
    #[serde(default)]
    pub(in super::super) administrator: bool,
    /// Requests that the caller may send in a minute; those of the server by default.
    #[serde(default)]
    pub(in super::super) requests_per_minute: Option<Calls>,
    /// Requests that the caller may have at work at once; those of the server by default.
    #[serde(default)]
    pub(in super::super) max_concurrent: Option<Calls>,
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
