//! Serves clients over HTTP, until the service stops.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, middleware, routing::get, serve::ListenerExt};
use pg_core::{CallerLimits, Grant, OauthSettings, Origin, Service, TokenHash};
use rmcp::{
    ServerHandler,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService,
        session::local::{LocalSessionManager, SessionConfig},
    },
};
use tokio_util::sync::CancellationToken;

#[cfg(feature = "oauth")]
use super::oauth::{self, Oauth};
use super::{
    Listener, administrators,
    callers::{self, Bodies, Caller, Callers, Known, Who},
    faults,
    guard::{self, Listed},
    reports, status,
    throttle::Throttle,
};
use crate::{Error, Server, disconnect};

/// How long open requests have to end once the service has stopped.
const DRAIN: Duration = Duration::from_secs(2);

/// Calls that `/query_history` looks back on.
const RECENT_CALLS: usize = 1000;

/// How the HTTP server behaves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpOptions {
    /// The longest body of a request, in bytes. 16 MiB unless set.
    pub max_body_bytes: usize,
    /// Origins of web pages that may call, besides those of this machine, such as `https://app.example.com`.
    pub allowed_origins: Vec<String>,
    /// Names by which the server may be called, besides those of this machine.
    pub allowed_hosts: Vec<String>,
    /// Whether a proxy in front speaks TLS with the callers.
    pub tls_in_front: bool,
    /// The callers that are served, by name, each known by a token; whoever reaches the listener where none is named.
    pub tokens: BTreeMap<String, (TokenHash, Grant)>,
    /// The authorization server whose tokens are believed besides.
    pub oauth: Option<OauthSettings>,
    /// How much whoever is served without a token may send, all together; a token's grant has its own limits.
    pub limits: CallerLimits,
    /// How long a request's body may take to arrive. 30 seconds unless set.
    pub body_time: Duration,
    /// How long a session of a client of the older protocol may be idle. 4 hours unless set: a session holds some
    /// 50 kB, and a client whose session is gone may fail until its user restarts it.
    pub session_idle: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            max_body_bytes: 16 * 1024 * 1024,
            allowed_origins: Vec::new(),
            allowed_hosts: Vec::new(),
            tls_in_front: false,
            tokens: BTreeMap::new(),
            oauth: None,
            limits: CallerLimits::default(),
            body_time: Duration::from_secs(30),
            session_idle: Duration::from_secs(4 * 60 * 60),
        }
    }
}

impl HttpOptions {
    /// Whether nobody is served who brings no token.
    pub(super) fn wants_tokens(&self) -> bool {
        !self.tokens.is_empty() || self.oauth.is_some()
    }
}

/// Serves MCP at `/mcp`, and `/health`, `/metrics`, `/connections`, `/query_history` and `/reports` beside it. Returns when [`Service::stop`] was called, after the
/// requests that were open then.
///
/// # Errors
/// [`Error::Http`] where the operating system fails the listener, [`Error::Grant`] for a token whose connections there are not,
/// [`Error::Oauth`] for an authorization server whose keys are in a file that cannot be used.
pub async fn serve_http(service: &Service, listener: Listener) -> Result<(), Error> {
    service.keep_recent_calls(RECENT_CALLS);
    let sessions = CancellationToken::new();
    let maker = Maker {
        service: service.clone(),
        options: Arc::new(listener.options.clone()),
        sessions: sessions.clone(),
    };
    let who = if listener.options.wants_tokens() {
        Who::Known(Box::new(known(&maker).await?))
    } else {
        let limits = listener.options.limits;
        Who::Anybody(Arc::new(maker.caller(Server::new(service, Origin::Remote), true, limits)))
    };
    serve_callers(who, service, listener, sessions).await
}

/// Makes callers, each with the routes of that caller's own service.
#[derive(Clone)]
struct Maker {
    service: Service,
    options: Arc<HttpOptions>,
    sessions: CancellationToken,
}

impl Maker {
    fn caller(&self, server: Server, administrator: bool, limits: CallerLimits) -> Caller {
        // Of the server's own service, which for a token has what that token was granted and no more.
        let pages = reports::routes(server.service(), server.token());
        let mcp = mcp(server, Server::for_session, &self.options, &self.sessions);
        let routes = mcp.merge(overview(&self.service, administrator)).merge(pages);
        Caller { routes, throttle: Throttle::new(limits) }
    }

    /// The caller of this name, who holds this grant.
    fn granted(&self, grant: &Grant, name: &str) -> Result<Caller, Error> {
        let granted = self
            .service
            .granted(grant)
            .map_err(|error| Error::Grant { token: name.to_owned(), problem: error.report().to_string() })?;
        Ok(self.caller(Server::for_token(&granted, name), grant.administrator, grant.limits))
    }
}

/// Those who are known by a token.
async fn known(maker: &Maker) -> Result<Known, Error> {
    let by_token = maker
        .options
        .tokens
        .iter()
        .map(|(name, (hash, grant))| Ok((*hash, Arc::new(maker.granted(grant, name)?))))
        .collect::<Result<_, Error>>()?;
    let settings = maker.options.oauth.clone();
    #[cfg(feature = "oauth")]
    let oauth = match settings {
        Some(settings) => {
            let maker = maker.clone();
            let lead = move |grant: &Grant, name: &str| maker.granted(grant, name);
            Some(Oauth::new(settings, Box::new(lead)).await?)
        }
        None => None,
    };
    #[cfg(not(feature = "oauth"))]
    if settings.is_some() {
        return Err(Error::Oauth {
            problem: "this program was built without the feature `oauth`".to_owned(),
        });
    }
    Ok(Known {
        by_token,
        #[cfg(feature = "oauth")]
        oauth,
    })
}

/// Serves any handler as [`serve_http`] does its own, to whoever reaches the listener; `new_session` makes the one for another
/// session.
#[cfg(any(test, feature = "conformance"))]
pub(crate) async fn serve<H: ServerHandler + Clone>(
    handler: H,
    new_session: fn(&H) -> H,
    service: &Service,
    listener: Listener,
) -> Result<(), Error> {
    let sessions = CancellationToken::new();
    let routes = mcp(handler, new_session, &listener.options, &sessions).merge(overview(service, true));
    let throttle = Throttle::new(listener.options.limits);
    serve_callers(Who::Anybody(Arc::new(Caller { routes, throttle })), service, listener, sessions).await
}

async fn serve_callers(
    who: Who,
    service: &Service,
    listener: Listener,
    sessions: CancellationToken,
) -> Result<(), Error> {
    let Listener { options, socket, .. } = listener;
    let stopping = service.stopping().clone();
    let open = Router::new().route("/health", get(status::health)).with_state(service.clone());
    #[cfg(feature = "oauth")]
    let open = options.oauth.iter().fold(open, |open, settings| open.merge(oauth::routes(settings)));
    // The name by which clients are told to call it is one of its own.
    let public = options.oauth.iter().map(|oauth| oauth.host().to_owned());
    let allowed_hosts = options.allowed_hosts.iter().cloned().chain(public).collect();
    let bodies = Bodies { most_bytes: options.max_body_bytes, time: options.body_time };
    let listed = Listed { origins: options.allowed_origins, hosts: allowed_hosts };
    let router = Router::new()
        .fallback(callers::lead)
        .with_state(Callers::new(open, who, bodies))
        .layer(middleware::from_fn_with_state(Arc::new(listed), guard::known_callers));
    let draining = async {
        stopping.cancelled().await;
        // Calls are cancelled by now; what they answer still goes out before the streams are closed.
        tokio::time::sleep(DRAIN / 4).await;
        sessions.cancel();
        tokio::time::sleep(DRAIN).await;
    };
    // A stream of events is written in small pieces, each of which would wait until the last one was acknowledged.
    let socket = socket.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let serving = axum::serve(socket, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stopping.clone().cancelled_owned());
    tokio::select! {
        outcome = serving.into_future() => outcome.map_err(|source| Error::Http { source }),
        () = draining => Ok(()),
    }
}

/// What all callers did, for those who may know.
fn overview(service: &Service, administrator: bool) -> Router {
    if administrator {
        Router::new()
            .route("/metrics", get(status::metrics))
            .route("/connections", get(administrators::connections))
            .route("/query_history", get(administrators::query_history))
            .with_state(service.clone())
    } else {
        ["/metrics", "/connections", "/query_history"]
            .into_iter()
            .fold(Router::new(), |router, path| router.route(path, get(callers::not_an_administrator)))
    }
}

/// The route of the protocol, with sessions of its own.
fn mcp<H: ServerHandler + Clone>(
    handler: H,
    new_session: fn(&H) -> H,
    options: &HttpOptions,
    sessions: &CancellationToken,
) -> Router {
    let mut session = SessionConfig::default();
    session.keep_alive = Some(options.session_idle);
    let mut manager = LocalSessionManager::default();
    manager.session_config = session;
    let origins = guard::ORIGINS.map(str::to_owned).into_iter().chain(options.allowed_origins.clone());
    let public = options.oauth.iter().map(|oauth| oauth.host().to_owned());
    let hosts =
        guard::HOSTS.map(str::to_owned).into_iter().chain(options.allowed_hosts.clone()).chain(public);
    let config = StreamableHttpServerConfig::default()
        .with_allowed_origins(origins)
        .with_allowed_hosts(hosts)
        .with_max_request_body_bytes(options.max_body_bytes)
        .with_json_response(true)
        .with_cancellation_token(sessions.clone());
    let mcp = StreamableHttpService::new(move || Ok(new_session(&handler)), Arc::new(manager), config);
    Router::new()
        .route_service("/mcp", mcp)
        .layer(middleware::from_fn(disconnect::watch))
        .layer(middleware::from_fn(faults::mend))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use pg_core::{Origin, Service};
    use serde_json::Value;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        task::JoinHandle,
    };

    use super::{HttpOptions, Listener};
    use crate::{Error, testing};

    const HELLO: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;
    const MODERN: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;

    struct Site {
        service: Service,
        address: SocketAddr,
        serving: JoinHandle<Result<(), Error>>,
    }

    struct Reply {
        code: u16,
        headers: String,
        body: String,
    }

    impl Reply {
        /// The message in the body, which is JSON or a stream of events.
        fn message(&self) -> Value {
            let lines = self.body.lines().map(|line| line.strip_prefix("data:").unwrap_or(line));
            let mut messages = lines.filter_map(|line| serde_json::from_str(line.trim()).ok());
            messages.rfind(Value::is_object).unwrap_or_else(|| panic!("no message in {}", self.body))
        }
    }

    impl Site {
        async fn start() -> Self {
            let service = Service::empty();
            let listener = Listener::bind("127.0.0.1:0", HttpOptions::default()).await.unwrap();
            let address = listener.address();
            let server = testing::server(&service, Origin::Remote);
            let own = service.clone();
            let serving =
                tokio::spawn(async move { super::serve(server, Clone::clone, &own, listener).await });
            Self { service, address, serving }
        }

        /// Sends a request and leaves the connection open.
        async fn open(&self, method: &str, path: &str, headers: &str, body: &str) -> TcpStream {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            let host =
                if headers.contains("Host:") { String::new() } else { format!("Host: {}\r\n", self.address) };
            let head = format!(
                "{method} {path} HTTP/1.1\r\n{host}Content-Type: application/json\r\n\
                 Accept: application/json, text/event-stream\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(body.as_bytes()).await.unwrap();
            stream
        }

        async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Reply {
            let mut stream = self.open(method, path, headers, body).await;
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).await.unwrap();
            let text = String::from_utf8(bytes).unwrap();
            let (headers, body) = text.split_once("\r\n\r\n").unwrap();
            let code = headers.split(' ').nth(1).unwrap().parse().unwrap();
            Reply { code, headers: headers.to_lowercase(), body: body.to_owned() }
        }

        async fn session(&self) -> String {
            let reply = self.ask("POST", "/mcp", "", HELLO).await;
            let id = reply.headers.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).unwrap();
            format!("Mcp-Session-Id: {id}\r\nMCP-Protocol-Version: 2025-11-25\r\n")
        }
    }

    fn modern(tool: &str) -> String {
        format!("MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: {tool}\r\n")
    }

    fn call(tool: &str, arguments: &str, rest: &str) -> String {
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{arguments}{rest}}}}}"#
        )
    }

    #[tokio::test]
    async fn digits_survive_in_both_directions_and_eras() {
        let site = Site::start().await;
        let digits = "[12345678901234567890.123456789,0.1000,123456789012345678901234567890]";
        let arguments = format!(r#"{{"value":{digits}}}"#);
        let newer = call("echo", &arguments, &format!(",{MODERN}"));
        let session = site.session().await;
        for (headers, body) in [(modern("echo"), newer), (session, call("echo", &arguments, ""))] {
            let reply = site.ask("POST", "/mcp", &headers, &body).await;
            let text = format!(r#""text":"{{\"value\":{digits},\"remote\":true}}""#);
            let structured = format!(r#""structuredContent":{{"value":{digits},"remote":true}}"#);
            assert!(reply.body.contains(&text) && reply.body.contains(&structured), "{}", reply.body);
        }
    }

    #[tokio::test]
    async fn a_call_whose_client_went_away_is_stopped() {
        let site = Site::start().await;
        let stream = site
            .open(
                "POST",
                "/mcp",
                &modern("wait"),
                &call("wait", r#"{"key":"newer, gone"}"#, &format!(",{MODERN}")),
            )
            .await;
        testing::until("started", "newer, gone").await;
        drop(stream);
        testing::until("dropped", "newer, gone").await;

        let session = site.session().await;
        let stream = site.open("POST", "/mcp", &session, &call("wait", r#"{"key":"older, gone"}"#, "")).await;
        testing::until("started", "older, gone").await;
        drop(stream);
        testing::until("dropped", "older, gone").await;
    }

    #[tokio::test]
    async fn a_call_of_a_session_is_cancelled_by_a_notification() {
        let site = Site::start().await;
        let session = site.session().await;
        let _stream = site.open("POST", "/mcp", &session, &call("wait", r#"{"key":"told"}"#, "")).await;
        testing::until("started", "told").await;
        let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
        assert_eq!(site.ask("POST", "/mcp", &session, cancel).await.code, 202);
        testing::until("cancelled", "told").await;
    }

    #[tokio::test]
    async fn other_names_and_pages_are_kept_out_of_every_route() {
        let site = Site::start().await;
        for (method, path) in [("POST", "/mcp"), ("GET", "/health"), ("GET", "/metrics")] {
            for headers in ["Origin: https://evil.example.com\r\n", "Host: evil.example.com\r\n"] {
                assert_eq!(site.ask(method, path, headers, HELLO).await.code, 403, "{path} {headers}");
            }
        }
        assert_eq!(site.ask("POST", "/mcp", "Origin: http://localhost:5173\r\n", HELLO).await.code, 200);
    }

    #[tokio::test]
    async fn a_body_that_is_no_message_is_answered_as_such() {
        let site = Site::start().await;
        let deep = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{}"#, "[".repeat(100_000));
        for (body, code) in [("{", -32700), ("", -32700), (&*deep, -32700), ("{}", -32600), ("[]", -32600)] {
            let reply = site.ask("POST", "/mcp", "", body).await;
            assert_eq!(
                (reply.code, reply.message()["error"]["code"].as_i64()),
                (400, Some(code)),
                "{body:.50}"
            );
        }
        let long = format!("\"{}\"", "x".repeat(17 << 20));
        assert_eq!(site.ask("POST", "/mcp", "", &long).await.code, 413);
        assert_eq!(site.ask("GET", "/health", "", "").await.code, 200);
    }

    #[tokio::test]
    async fn an_ended_session_is_gone() {
        let site = Site::start().await;
        let session = site.session().await;
        assert_eq!(site.ask("DELETE", "/mcp", &session, "").await.code, 204);
        assert_eq!(site.ask("POST", "/mcp", &session, &call("echo", r#"{"value":1}"#, "")).await.code, 404);
    }

    #[tokio::test]
    async fn health_and_metrics_answer() {
        let site = Site::start().await;
        let health = site.ask("GET", "/health", "", "").await;
        assert_eq!((health.code, &health.message()["is_healthy"]), (200, &Value::Bool(true)));
        let metrics = site.ask("GET", "/metrics", "", "").await;
        assert!(metrics.body.lines().any(|line| line.starts_with("# TYPE ")), "{}", metrics.body);
    }

    #[tokio::test]
    async fn a_service_that_stops_answers_what_was_asked_and_ends() {
        let site = Site::start().await;
        let body = call("wait", r#"{"key":"stopping"}"#, &format!(",{MODERN}"));
        let mut stream = site.open("POST", "/mcp", &modern("wait"), &body).await;
        testing::until("started", "stopping").await;
        site.service.stop(std::time::Duration::from_secs(1)).await;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains("the wait was cancelled"), "{answer}");
        site.serving.await.unwrap().unwrap();
    }
}
