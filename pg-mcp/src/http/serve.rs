//! Serves clients over HTTP, until the service stops.

use std::{sync::Arc, time::Duration};

use axum::{Router, middleware, routing::get};
use pg_core::{Origin, Service};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService,
    session::local::{LocalSessionManager, SessionConfig},
};
use tokio_util::sync::CancellationToken;

use super::{Listener, faults, guard, status};
use crate::{Error, Server, disconnect};

/// How long open requests have to end once the service has stopped.
const DRAIN: Duration = Duration::from_secs(2);

/// How the HTTP server behaves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpOptions {
    /// The longest body of a request, in bytes. 16 MiB unless set.
    pub max_body_bytes: usize,
    /// How long a session of a client of the older protocol may be idle. 12 hours unless set: a client whose session is
    /// gone fails until its user restarts it.
    pub session_idle: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self { max_body_bytes: 16 * 1024 * 1024, session_idle: Duration::from_secs(12 * 60 * 60) }
    }
}

/// Serves MCP at `/mcp`, and `/health` and `/metrics` beside it. Returns when [`Service::stop`] was called, after the
/// requests that were open then.
///
/// # Errors
/// [`Error::Http`] where the operating system fails the listener.
pub async fn serve_http(service: &Service, listener: Listener, options: HttpOptions) -> Result<(), Error> {
    let sessions = CancellationToken::new();
    let router = router(service, &options, &sessions);
    let stopping = service.stopping().clone();
    let draining = async {
        stopping.cancelled().await;
        // Calls are cancelled by now; what they answer still goes out before the streams are closed.
        tokio::time::sleep(DRAIN / 4).await;
        sessions.cancel();
        tokio::time::sleep(DRAIN).await;
    };
    let serving =
        axum::serve(listener.socket, router).with_graceful_shutdown(stopping.clone().cancelled_owned());
    tokio::select! {
        outcome = serving.into_future() => outcome.map_err(|source| Error::Http { source }),
        () = draining => Ok(()),
    }
}

fn router(service: &Service, options: &HttpOptions, sessions: &CancellationToken) -> Router {
    let server = Server::new(service, Origin::Remote);
    let mut session = SessionConfig::default();
    session.keep_alive = Some(options.session_idle);
    let mut manager = LocalSessionManager::default();
    manager.session_config = session;
    let config = StreamableHttpServerConfig::default()
        .with_allowed_origins(guard::ORIGINS)
        .with_max_request_body_bytes(options.max_body_bytes)
        .with_json_response(true)
        .with_cancellation_token(sessions.clone());
    let mcp = StreamableHttpService::new(move || Ok(server.clone()), Arc::new(manager), config);
    let mcp = Router::new()
        .route_service("/mcp", mcp)
        .layer(middleware::from_fn(disconnect::watch))
        .layer(middleware::from_fn(faults::as_json_rpc));
    Router::new()
        .route("/health", get(status::health))
        .route("/metrics", get(status::metrics))
        .with_state(service.clone())
        .merge(mcp)
        .layer(middleware::from_fn(guard::loopback_only))
}
