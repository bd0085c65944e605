//! `[server.oauth]`.

use std::collections::BTreeMap;

use pg_policy::Access;
use serde::Deserialize;

use super::super::located::Located;
use super::{Calls, Parsed};
use crate::Toolset;

/// Callers over HTTP who are known by what an authorization server says of them (OAuth 2.1, JSON Web Tokens).
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in super::super) struct OauthTable {
    /// The authorization server, as its tokens name it (`iss`).
    pub(in super::super) issuer: Located<String>,
    /// The address by which clients reach this server, such as <https://db.example.com/mcp>.
    pub(in super::super) resource: Located<String>,
    /// For whom tokens must be meant (`aud`), one of these; the resource by default.
    #[serde(default)]
    pub(in super::super) audiences: Vec<String>,
    /// The file with the authorization server's keys (JWKS); read again when a token names a key that is not in it.
    #[serde(default)]
    pub(in super::super) jwks_file: Option<Located<String>>,
    /// The address of the authorization server's keys (JWKS).
    #[serde(default)]
    pub(in super::super) jwks_url: Option<Located<String>>,
    /// How tokens may be signed: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA; all of them by default.
    #[serde(default)]
    pub(in super::super) algorithms: Vec<Located<String>>,
    /// What callers are granted: the first whose scopes and subjects fit.
    #[serde(default)]
    pub(in super::super) grants: Vec<OauthGrantTable>,
}

/// What callers with these scopes are granted.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in super::super) struct OauthGrantTable {
    /// The scopes that a token must have, all of them.
    pub(in super::super) scopes: Vec<String>,
    /// Those who are meant, as tokens name them (`sub`); whoever has the scopes by default.
    #[serde(default)]
    pub(in super::super) subjects: Vec<String>,
    /// The role of the database in which each subject's statements run; whoever is not listed is not meant.
    #[serde(default)]
    pub(in super::super) roles: BTreeMap<String, String>,
    /// The role of the database in which statements run; the connection's own by default.
    #[serde(default)]
    pub(in super::super) role: Option<Located<String>>,
    /// The connections that the caller sees; all of them by default.
    #[serde(default)]
    pub(in super::super) connections: Vec<String>,
    /// The most that the caller's statements may do: read (the default), write, schema or admin, on each connection no more than its own.
    #[serde(default)]
    pub(in super::super) access: Option<Located<Access>>,
    /// The sets of tools that the caller is offered; those of the server by default.
    #[serde(default)]
    pub(in super::super) toolsets: Vec<Parsed<Toolset>>,
    /// Whether the caller may see what all callers did: /metrics, /connections and /query_history; no by default.
    #[serde(default)]
    pub(in super::super) administrator: bool,
    /// Requests that each subject may send in a minute; those of the server by default.
    #[serde(default)]
    pub(in super::super) requests_per_minute: Option<Calls>,
    /// Requests that each subject may have at work at once; those of the server by default.
    #[serde(default)]
    pub(in super::super) max_concurrent: Option<Calls>,
}
