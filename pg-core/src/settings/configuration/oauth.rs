//! `[server.oauth]`: whose tokens are believed, and what they grant.
//!
//! Source: RFC 9728 (protected resource metadata), RFC 9068 (access tokens that are JSON Web Tokens), RFC 8725 (their best current
//! practice). Invariant: only signatures made with a key that this server cannot have itself are believed; none by a shared secret.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::WebAddress;
use super::error::ConfigurationError;
use super::file::caller_limits;
use super::located::Located;
use super::tables::{OauthGrantTable, OauthTable, Parsed};
use super::terms::conflict;
use crate::{CallerLimits, Grant};

/// How tokens may be signed.
const ALGORITHMS: [&str; 9] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

/// Whose tokens are believed, and what they grant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OauthSettings {
    /// The authorization server, as its tokens name it.
    pub issuer: String,
    /// The address by which clients reach this server, without a query or a fragment.
    pub resource: String,
    /// For whom tokens must be meant: one of these.
    pub audiences: Vec<String>,
    /// Where the authorization server's keys are.
    pub keys: OauthKeys,
    /// The names of the algorithms by which tokens may be signed (RFC 7518), none of them with a shared secret.
    pub algorithms: Vec<String>,
    /// What callers are granted: the first that fits.
    pub grants: Vec<OauthGrant>,
}

/// Where an authorization server's keys are, as a JSON Web Key Set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OauthKeys {
    /// In a file.
    File(PathBuf),
    /// On the web.
    Address(WebAddress),
}

/// What callers are granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OauthGrant {
    /// The scopes that a token must have, all of them.
    pub scopes: Vec<String>,
    /// Those who are meant; everybody where none is named.
    pub subjects: Vec<String>,
    /// The role of the database for each subject; where one is named, whoever is not is not meant.
    pub roles: BTreeMap<String, String>,
    /// What they reach.
    pub grant: Grant,
}

impl OauthSettings {
    /// The scopes that some grant asks for, each once, in the order of the grants.
    #[must_use]
    pub fn scopes(&self) -> Vec<&str> {
        let mut scopes: Vec<&str> = Vec::new();
        for scope in self.grants.iter().flat_map(|grant| &grant.scopes) {
            if !scopes.contains(&scope.as_str()) {
                scopes.push(scope);
            }
        }
        scopes
    }

    /// The host of [`resource`](Self::resource).
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.resource.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or_default();
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
            _ => authority,
        }
    }
}

/// Reads `[server.oauth]`.
pub(super) fn settings(
    table: Option<OauthTable>,
    limits: CallerLimits,
) -> Result<Option<OauthSettings>, ConfigurationError> {
    let Some(table) = table else { return Ok(None) };
    let section = |problem: &str| ConfigurationError::Conflict {
        place: "[server.oauth]".to_owned(),
        problem: problem.to_owned(),
    };
    if table.issuer.value.is_empty() {
        return Err(conflict(&table.issuer, "`issuer` is empty: it is what tokens say in `iss`".to_owned()));
    }
    WebAddress::new("the resource", &table.resource.value)
        .map_err(|problem| conflict(&table.resource, problem))?;
    if table.resource.value.contains(['?', '#']) {
        return Err(conflict(&table.resource, "`resource` has no query and no fragment".to_owned()));
    }
    let keys = match (&table.jwks_file, &table.jwks_url) {
        (Some(file), None) => OauthKeys::File(PathBuf::from(&file.value)),
        (None, Some(url)) => OauthKeys::Address(
            WebAddress::new("the keys", &url.value).map_err(|problem| conflict(url, problem))?,
        ),
        _ => return Err(section("the keys are in one place: give `jwks_file` or `jwks_url`")),
    };
    let mut algorithms = Vec::new();
    for name in table.algorithms {
        if !ALGORITHMS.contains(&name.value.as_str()) {
            let problem = format!(
                "tokens signed by {} are not believed: allowed are {}",
                name.value,
                ALGORITHMS.join(", ")
            );
            return Err(conflict(&name, problem));
        }
        algorithms.push(name.value);
    }
    if algorithms.is_empty() {
        algorithms.extend(ALGORITHMS.map(str::to_owned));
    }
    if table.grants.is_empty() {
        return Err(section("it grants nothing to anybody: add a [[server.oauth.grants]] with `scopes`"));
    }
    let grants = table.grants.into_iter().map(|table| grant(table, limits)).collect::<Result<_, _>>()?;
    Ok(Some(OauthSettings {
        issuer: table.issuer.value,
        audiences: if table.audiences.is_empty() {
            vec![table.resource.value.clone()]
        } else {
            table.audiences
        },
        resource: table.resource.value,
        keys,
        algorithms,
        grants,
    }))
}

fn grant(table: OauthGrantTable, limits: CallerLimits) -> Result<OauthGrant, ConfigurationError> {
    let wrong = |problem: String| ConfigurationError::Conflict {
        place: "[[server.oauth.grants]]".to_owned(),
        problem,
    };
    let scope_is_word = |scope: &String| {
        !scope.is_empty() && scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
    };
    if table.scopes.is_empty() && table.subjects.is_empty() && table.roles.is_empty() {
        return Err(wrong(
            "it fits every token: say by `scopes`, `subjects` or `roles` who is meant".to_owned(),
        ));
    }
    if let Some(scope) = table.scopes.iter().find(|scope| !scope_is_word(scope)) {
        return Err(wrong(format!("`{scope}` is no scope: one is a word without white space and quotes")));
    }
    if let (Some(role), false) = (&table.role, table.roles.is_empty()) {
        return Err(conflict(role, "give `role` for all, or `roles` by subject".to_owned()));
    }
    let own = caller_limits(table.requests_per_minute, table.max_concurrent);
    for given in table.roles.values() {
        role_name(given).map_err(wrong)?;
    }
    Ok(OauthGrant {
        scopes: table.scopes,
        subjects: table.subjects,
        roles: table.roles,
        grant: Grant {
            connections: table.connections,
            access: table.access.map(|access| access.value).unwrap_or_default(),
            toolsets: table.toolsets.into_iter().map(|Parsed(set)| set).collect(),
            administrator: table.administrator,
            limits: own.or(limits),
            role: role(table.role)?,
        },
    })
}

/// A role of the database that callers are given.
pub(super) fn role(role: Option<Located<String>>) -> Result<Option<String>, ConfigurationError> {
    let Some(role) = role else { return Ok(None) };
    role_name(&role.value).map_err(|problem| conflict(&role, problem))?;
    Ok(Some(role.value))
}

/// What `SET ROLE` takes for no role at all would give callers more than they were granted.
fn role_name(role: &str) -> Result<(), String> {
    if role.is_empty() || role.eq_ignore_ascii_case("none") {
        return Err(format!("`{role}` is no role of a database"));
    }
    Ok(())
}
