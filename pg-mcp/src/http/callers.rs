//! Who may speak to the HTTP server beyond being of this machine: callers with a token, each with the service that it grants.
//!
//! Separate because it stands in front of every route. Invariant: where a token is configured, nobody without one gets further than
//! `/health`; a caller is only ever led to routes that were made of that caller's own service.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use pg_core::TokenHash;
use tower::ServiceExt;

#[cfg(feature = "oauth")]
use super::oauth::Oauth;
use super::throttle::{Throttle, until_sent};

/// The routes of each caller.
pub(super) struct Callers {
    /// What everybody may ask.
    open: Router,
    who: Who,
    bodies: Bodies,
}

/// What is read of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bodies {
    /// The most bytes of a body.
    pub(super) most_bytes: usize,
    /// How long it may take to arrive.
    pub(super) time: Duration,
}

/// One caller.
pub(super) struct Caller {
    /// What the caller may ask.
    pub(super) routes: Router,
    /// How often.
    pub(super) throttle: Throttle,
}

/// Who is served.
pub(super) enum Who {
    /// Whoever reaches the listener.
    Anybody(Arc<Caller>),
    /// Those who bring one of these tokens, or one that the authorization server gave them.
    Known(Box<Known>),
}

/// Those who are known by a token.
pub(super) struct Known {
    /// By a token of the configuration.
    pub(super) by_token: HashMap<TokenHash, Arc<Caller>>,
    /// By one of an authorization server.
    #[cfg(feature = "oauth")]
    pub(super) oauth: Option<Oauth>,
}

impl Known {
    /// The caller who brings this token.
    async fn caller(&self, token: Option<&str>) -> Result<Arc<Caller>, Response> {
        let known = token.and_then(|token| self.by_token.get(&TokenHash::of(token)));
        if let Some(caller) = known {
            return Ok(Arc::clone(caller));
        }
        #[cfg(feature = "oauth")]
        if let Some(oauth) = &self.oauth {
            return match token {
                Some(token) => oauth.caller(token).await.map_err(IntoResponse::into_response),
                None => Err(oauth.nameless().into_response()),
            };
        }
        Err(token.map_or(Stranger::Nameless, |_| Stranger::Unknown).into_response())
    }
}

impl Callers {
    pub(super) fn new(open: Router, who: Who, bodies: Bodies) -> Arc<Self> {
        Arc::new(Self { open, who, bodies })
    }

    /// The caller who sends a request, by the token that it brings.
    async fn caller(&self, headers: &HeaderMap) -> Result<Arc<Caller>, Response> {
        match &self.who {
            Who::Anybody(caller) => Ok(Arc::clone(caller)),
            Who::Known(known) => known.caller(bearer(headers)).await,
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

/// Whether everybody may ask it.
fn is_open(path: &str) -> bool {
    #[cfg(feature = "oauth")]
    if path.starts_with(super::oauth::PATH) {
        return true;
    }
    path == "/health"
}

/// Leads a request to its caller's routes.
pub(super) async fn lead(State(callers): State<Arc<Callers>>, request: Request) -> Response {
    if is_open(request.uri().path()) {
        return callers.open.clone().oneshot(request).await.into_response();
    }
    match callers.caller(request.headers()).await {
        Ok(caller) => caller.serve(request, callers.bodies).await.unwrap_or_else(|refused| refused),
        Err(stranger) => stranger,
    }
}

impl Caller {
    /// Answers a request within the caller's limits; the error is an answer too.
    async fn serve(&self, request: Request, bodies: Bodies) -> Result<Response, Response> {
        self.throttle.count().map_err(IntoResponse::into_response)?;
        // A body that comes slowly holds nobody else's place, and none of its own caller's.
        let request = whole(request, bodies).await?;
        // A stream of events that a client listens to is no request at work.
        let listens = request.method() == Method::GET && request.uri().path() == "/mcp";
        let place = if listens { Ok(None) } else { self.throttle.place() };
        let place = place.map_err(IntoResponse::into_response)?;
        let response = self.routes.clone().oneshot(request).await.into_response();
        Ok(until_sent(response, place))
    }
}

/// The request once its body has arrived.
async fn whole(request: Request, bodies: Bodies) -> Result<Request, Response> {
    let Bodies { most_bytes, time } = bodies;
    let (parts, body) = request.into_parts();
    let arrived = tokio::time::timeout(time, to_bytes(body, most_bytes)).await.map_err(|_| {
        let problem = format!("the body of this request did not arrive within {time:?}\n");
        (StatusCode::REQUEST_TIMEOUT, problem).into_response()
    })?;
    let bytes = arrived.map_err(|_| {
        let problem =
            format!("the body of this request is longer than {most_bytes} bytes, or was broken off\n");
        (StatusCode::PAYLOAD_TOO_LARGE, problem).into_response()
    })?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// What a caller gets who is no administrator.
pub(super) async fn not_an_administrator() -> Response {
    (StatusCode::FORBIDDEN, "this is for tokens with `administrator = true`\n").into_response()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
