//! Who may speak to the HTTP server beyond being of this machine: callers with a token, each with the service that it grants.
//!
//! Separate because it stands in front of every route. Invariant: where a token is configured, nobody without one gets further than
//! `/health`; a caller is only ever led to routes that were made of that caller's own service.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use pg_core::TokenHash;
use tower::ServiceExt;

/// The routes of each caller.
pub(super) struct Callers {
    /// What everybody may ask.
    open: Router,
    who: Who,
}

/// Who is served.
pub(super) enum Who {
    /// Whoever reaches the listener.
    Anybody(Router),
    /// Those who bring one of these tokens.
    Known(HashMap<TokenHash, Router>),
}

impl Callers {
    pub(super) fn new(open: Router, who: Who) -> Arc<Self> {
        Arc::new(Self { open, who })
    }

    /// The routes for a request, by the token that it brings.
    fn routes(&self, request: &Request) -> Result<&Router, Stranger> {
        if request.uri().path() == "/health" {
            return Ok(&self.open);
        }
        match &self.who {
            Who::Anybody(routes) => Ok(routes),
            Who::Known(by_token) => {
                let token = bearer(request.headers()).ok_or(Stranger::Nameless)?;
                by_token.get(&TokenHash::of(token)).ok_or(Stranger::Unknown)
            }
        }
    }
}

/// A caller who is not let in.
enum Stranger {
    /// One who brings no token.
    Nameless,
    /// One whose token is nobody's.
    Unknown,
}

impl IntoResponse for Stranger {
    fn into_response(self) -> Response {
        let (challenge, problem) = match self {
            Stranger::Nameless => {
                ("Bearer", "this server wants a token: send `Authorization: Bearer TOKEN`\n")
            }
            Stranger::Unknown => {
                tracing::warn!("a request with an unknown token was refused");
                ("Bearer error=\"invalid_token\"", "this token is not known here\n")
            }
        };
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)], problem).into_response()
    }
}

/// Leads a request to its caller's routes.
pub(super) async fn lead(State(callers): State<Arc<Callers>>, request: Request) -> Response {
    match callers.routes(&request) {
        Ok(routes) => routes.clone().oneshot(request).await.into_response(),
        Err(stranger) => stranger.into_response(),
    }
}

/// What a caller gets who is no administrator.
pub(super) async fn not_an_administrator() -> Response {
    (StatusCode::FORBIDDEN, "this is for tokens with `administrator = true`\n").into_response()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
