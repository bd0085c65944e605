//! Callers whom an authorization server vouches for: an OAuth 2.1 resource server, for access tokens that are JSON Web Tokens.
//!
//! Source: the MCP specification, "Authorization"; RFC 9068 and RFC 8725 for tokens, RFC 9728 for what clients are told. Separate from
//! callers with tokens of the configuration, who need nobody's word. Invariant: a token is believed only whole: its signature by a key of
//! the configured issuer, its time, its audience; none is passed on to a database or written anywhere.

mod keys;
mod metadata;
mod signature;

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header, errors::ErrorKind};
use lru::LruCache;
use pg_core::{Grant, OauthGrant, OauthSettings};
use serde::Deserialize;

use self::keys::{Keys, NoKey};
use super::callers::Caller;
use crate::Error;

pub(super) use metadata::{PATH, routes};

/// How far the clocks may be apart, in seconds.
const LEEWAY_S: u64 = 30;
/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 16 * 1024;
/// Subjects whose sessions are kept at once; the one who was away longest gives way.
const SUBJECTS: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// Makes what a subject is led to: of what was granted, and the subject's name.
pub(super) type Lead = Box<dyn Fn(&Grant, &str) -> Result<Caller, Error> + Send + Sync>;

/// Believes tokens.
pub(super) struct Oauth {
    settings: Arc<OauthSettings>,
    keys: Keys,
    lead: Lead,
    subjects: Mutex<LruCache<(usize, String), Arc<Caller>>>,
}

impl Oauth {
    /// Reads the keys where they are in a file; keys on the web may come later.
    ///
    /// # Errors
    /// [`Error::Oauth`] for a file that holds no keys.
    pub(super) async fn new(settings: OauthSettings, lead: Lead) -> Result<Self, Error> {
        signature::install();
        let keys = Keys::new(settings.keys.clone());
        keys.begin().await.map_err(|problem| Error::Oauth { problem })?;
        let subjects = Mutex::new(LruCache::new(SUBJECTS));
        Ok(Self { settings: Arc::new(settings), keys, lead, subjects })
    }

    /// The caller who brings this token.
    pub(super) async fn caller(&self, token: &str) -> Result<Arc<Caller>, Refused> {
        let believed = self.believe(token).await?;
        let scopes = believed.scopes();
        let fitting =
            self.settings.grants.iter().enumerate().find(|(_, grant)| fits(grant, &believed.sub, &scopes));
        let Some((number, granted)) = fitting else {
            tracing::warn!("a token was refused: nothing is granted to its subject and scopes");
            return Err(self.refused(Why::Scope));
        };
        let key = (number, believed.sub);
        let mut subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(caller) = subjects.get(&key) {
            return Ok(Arc::clone(caller));
        }
        let mut grant = granted.grant.clone();
        if let Some(role) = granted.roles.get(&key.1) {
            grant.role = Some(role.clone());
        }
        let caller = (self.lead)(&grant, &format!("oauth:{}", key.1)).map_err(|error| {
            tracing::error!("a grant of [server.oauth] cannot be given: {error}");
            self.refused(Why::Scope)
        })?;
        let caller = Arc::new(caller);
        subjects.put(key, Arc::clone(&caller));
        Ok(caller)
    }

    async fn believe(&self, token: &str) -> Result<Claims, Refused> {
        let invalid = |why: &'static str| {
            tracing::warn!("a token was refused: {why}");
            self.refused(Why::Token(why))
        };
        if token.len() > MAX_TOKEN {
            return Err(invalid("it is longer than 16 KiB"));
        }
        let head =
            decode_header(token).map_err(|_| invalid("it is no JSON Web Token that is understood here"))?;
        let name = format!("{:?}", head.alg);
        if !self.settings.algorithms.contains(&name) {
            return Err(invalid("it is signed in a way that is not believed here"));
        }
        if head.crit.is_some() {
            return Err(invalid("it demands extensions that are not understood here"));
        }
        if !head.typ.as_deref().is_none_or(is_access_token) {
            return Err(invalid("it is a token of another type than an access token"));
        }
        let key = self.keys.find(head.alg, head.kid.as_deref()).await.map_err(|missing| match missing {
            NoKey::Unknown => invalid("its key is none of the issuer's"),
            NoKey::NotHad(problem) => {
                tracing::error!("the keys of [server.oauth] could not be had: {problem}");
                self.refused(Why::NoKeys)
            }
        })?;
        let claims = decode::<Claims>(token, &key, &self.rules(head.alg)).map_err(|error| {
            invalid(match error.kind() {
                ErrorKind::InvalidSignature => "its signature is wrong",
                ErrorKind::ExpiredSignature => "it has expired",
                ErrorKind::ImmatureSignature => "it is not valid yet",
                ErrorKind::InvalidAudience => "it is meant for another audience",
                ErrorKind::InvalidIssuer => "it is of another issuer",
                ErrorKind::MissingRequiredClaim(_) => "it lacks one of exp, iss, aud and sub",
                _ => "its claims are not what they must be",
            })
        })?;
        // The library takes a list of issuers too.
        if claims.claims.iss != self.settings.issuer {
            return Err(invalid("it is of another issuer"));
        }
        if claims.claims.sub.is_empty() {
            return Err(invalid("it names no subject"));
        }
        Ok(claims.claims)
    }

    fn rules(&self, algorithm: Algorithm) -> Validation {
        let mut rules = Validation::new(algorithm);
        rules.leeway = LEEWAY_S;
        rules.validate_exp = true;
        rules.validate_nbf = true;
        rules.validate_aud = true;
        rules.set_audience(&self.settings.audiences);
        rules.set_issuer(&[&self.settings.issuer]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules
    }

    /// One who brings no token at all.
    pub(super) fn nameless(&self) -> Refused {
        self.refused(Why::Nameless)
    }

    fn refused(&self, why: Why) -> Refused {
        Refused { settings: Arc::clone(&self.settings), why }
    }
}

/// How many keys the authorization server has, or why they cannot be had.
pub(crate) async fn count_keys(settings: &OauthSettings) -> Result<usize, String> {
    keys::read(&settings.keys).await.map(|keys| keys.keys.len())
}

/// What a token says.
#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    #[serde(default)]
    scope: Scopes,
    /// What some authorization servers call it.
    #[serde(default)]
    scp: Scopes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
enum Scopes {
    #[default]
    None,
    Words(String),
    List(Vec<String>),
}

impl Claims {
    fn scopes(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for scopes in [&self.scope, &self.scp] {
            match scopes {
                Scopes::None => {}
                Scopes::Words(words) => found.extend(words.split(' ').filter(|word| !word.is_empty())),
                Scopes::List(list) => found.extend(list.iter().map(String::as_str)),
            }
        }
        found
    }
}

/// Whether a type in a token's head is that of an access token (RFC 9068), or says no more than that it is a token.
fn is_access_token(kind: &str) -> bool {
    ["JWT", "at+jwt", "application/at+jwt"].iter().any(|known| known.eq_ignore_ascii_case(kind))
}

fn fits(grant: &OauthGrant, subject: &str, scopes: &[&str]) -> bool {
    grant.scopes.iter().all(|scope| scopes.contains(&scope.as_str()))
        && (grant.subjects.is_empty() || grant.subjects.iter().any(|one| one == subject))
        && (grant.roles.is_empty() || grant.roles.contains_key(subject))
}

/// A caller who is not let in, and what a client makes of it (RFC 6750, RFC 9728).
pub(super) struct Refused {
    settings: Arc<OauthSettings>,
    why: Why,
}

enum Why {
    Nameless,
    Token(&'static str),
    Scope,
    NoKeys,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let metadata = metadata::url(&self.settings.resource);
        let scopes = self.settings.scopes().join(" ");
        let rest = format!("resource_metadata=\"{metadata}\"");
        let wanted = if scopes.is_empty() { rest.clone() } else { format!("scope=\"{scopes}\", {rest}") };
        let (code, challenge, problem) = match self.why {
            Why::Nameless => (
                StatusCode::UNAUTHORIZED,
                format!("Bearer {wanted}"),
                "this server wants a token: send `Authorization: Bearer TOKEN`\n".to_owned(),
            ),
            Why::Token(why) => (
                StatusCode::UNAUTHORIZED,
                format!("Bearer error=\"invalid_token\", error_description=\"{why}\", {rest}"),
                format!("this token is not believed here: {why}\n"),
            ),
            Why::Scope => (
                StatusCode::FORBIDDEN,
                format!("Bearer error=\"insufficient_scope\", {wanted}"),
                "nothing is granted here to the subject and the scopes of this token\n".to_owned(),
            ),
            Why::NoKeys => {
                let problem = "the keys of the authorization server cannot be had at the moment\n";
                return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "10")], problem)
                    .into_response();
            }
        };
        match HeaderValue::from_str(&challenge) {
            Ok(challenge) => (code, [(header::WWW_AUTHENTICATE, challenge)], problem).into_response(),
            Err(_) => (code, problem).into_response(),
        }
    }
}
