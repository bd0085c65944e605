//! Who may speak to the HTTP server: pages of this machine and of listed origins, by names of this machine and listed ones, so that a web
//! page elsewhere cannot use the server through its reader's browser, not even by a name that it points at this machine.
//!
//! Invariant: the same rule holds on every route.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The origins that may speak to the server, as the MCP library writes them.
pub(super) const ORIGINS: [&str; 3] = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];
/// The names by which the server may be called in any case.
pub(super) const HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// What the configuration lists.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Origins besides those of this machine.
    pub(super) origins: Vec<String>,
    /// Names of the server besides those of this machine.
    pub(super) hosts: Vec<String>,
}

/// Refuses requests from origins that are neither of this machine nor listed, and by other names.
pub(super) async fn known_callers(
    State(listed): State<Arc<Listed>>,
    request: Request,
    next: Next,
) -> Response {
    match refusal(request.headers(), request.uri(), &listed) {
        Some(refusal) => (StatusCode::FORBIDDEN, refusal).into_response(),
        None => next.run(request).await,
    }
}

fn refusal(headers: &HeaderMap, uri: &Uri, listed: &Listed) -> Option<&'static str> {
    let host = match headers.get(header::HOST) {
        Some(host) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
        None => uri.authority().cloned(),
    };
    let known = |host: &str| listed.hosts.iter().any(|one| one.eq_ignore_ascii_case(host));
    if !host.is_some_and(|host| is_local(host.host()) || known(host.host())) {
        return Some(
            "this server answers only under localhost, 127.0.0.1, [::1] and the names in `server.allowed_hosts`\n",
        );
    }
    let origin = headers.get(header::ORIGIN)?;
    let allowed = origin.to_str().is_ok_and(|origin| {
        listed.origins.iter().any(|one| one.eq_ignore_ascii_case(origin)) || is_local_origin(origin)
    });
    (!allowed).then_some("this server answers only pages of this machine and of the origins that it lists\n")
}

fn is_local_origin(origin: &str) -> bool {
    origin
        .parse::<Uri>()
        .is_ok_and(|origin| origin.scheme_str() == Some("http") && origin.host().is_some_and(is_local))
}

fn is_local(host: &str) -> bool {
    HOSTS.iter().any(|local| host.eq_ignore_ascii_case(local))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};

    use super::{Listed, refusal};

    fn refused(headers: &[(&'static str, &'static str)]) -> bool {
        let pairs = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        refusal(
            &pairs.collect::<HeaderMap>(),
            &Uri::from_static("/mcp"),
            &Listed {
                origins: vec!["https://app.example.com".to_owned()],
                hosts: vec!["db.example.com".to_owned()],
            },
        )
        .is_some()
    }

    #[test]
    fn lets_this_machine_and_listed_origins_in() {
        assert!(!refused(&[("host", "127.0.0.1:3000")]));
        assert!(!refused(&[("host", "localhost:3000"), ("origin", "http://localhost:8080")]));
        assert!(!refused(&[("host", "[::1]:3000"), ("origin", "http://[::1]:3000")]));
        assert!(!refused(&[("host", "127.0.0.1:3000"), ("origin", "https://app.example.com")]));
        assert!(!refused(&[("host", "db.example.com")]));
    }

    #[test]
    fn keeps_other_names_and_pages_out() {
        assert!(refused(&[]));
        assert!(refused(&[("host", "evil.example.com:3000")]));
        assert!(refused(&[("host", "localhost.evil.example.com")]));
        for origin in [
            "https://evil.example.com",
            "http://localhost.evil.example.com",
            "null",
            "file://",
            "https://localhost",
        ] {
            assert!(refused(&[("host", "127.0.0.1:3000"), ("origin", origin)]), "{origin}");
        }
    }
}
