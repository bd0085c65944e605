//! `/reports` and `/reports/NAME`: the configured reports as pages for people.
//!
//! Separate from the tools, whose callers are programs. Invariant: a page is an operation's answer, asked as any remote caller asks
//! it, so that the policy, the limits and the audit log hold; the routes stand behind the same layers as `/mcp`.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    net::SocketAddr,
};

use axum::{
    Router,
    extract::{ConnectInfo, Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use pg_core::{Answer, AnyOperation, Call, Error, ErrorKind, Identity, Origin, Registered, Service};
use pg_report::{ListReports, RunReport};
use serde_json::{Map, Value, json};

/// What a page may load: its own styles and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
/// What differs from one run to the next although nothing changed.
const FLEETING: [&str; 2] = ["generated_at", "duration_ms"];

/// Whose reports these are.
#[derive(Clone)]
struct Reader {
    service: Service,
    token: Option<String>,
}

/// The pages of a caller with this service, let in by the token of this name.
pub(super) fn routes(service: &Service, token: Option<&str>) -> Router {
    let reader = Reader { service: service.clone(), token: token.map(str::to_owned) };
    Router::new().route("/reports", get(list)).route("/reports/{name}", get(show)).with_state(reader)
}

/// The list of the reports.
async fn list(State(reader): State<Reader>, request: Parts) -> Response {
    answer(&reader, &Registered::<ListReports>::NEW, json!({}), &request).await
}

/// A report; what stands behind `?` are its parameters.
async fn show(State(reader): State<Reader>, Path(name): Path<String>, request: Parts) -> Response {
    let Some(parameters) = parameters(request.uri.query().unwrap_or_default()) else {
        return (StatusCode::BAD_REQUEST, "what stands behind ? is no name=value&name=value\n")
            .into_response();
    };
    let arguments = json!({ "report": name, "parameters": parameters });
    answer(&reader, &Registered::<RunReport>::NEW, arguments, &request).await
}

async fn answer(
    reader: &Reader,
    operation: &dyn AnyOperation,
    arguments: Value,
    request: &Parts,
) -> Response {
    if !reader.service.offers(operation.toolset()) {
        return (StatusCode::NOT_FOUND, "this server offers no reports\n").into_response();
    }
    if embedded(&request.headers) {
        return (StatusCode::FORBIDDEN, "a report is a page of its own, and no part of another site's\n")
            .into_response();
    }
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>();
    let identity = Identity {
        via: "http".to_owned(),
        token: reader.token.clone(),
        peer: peer.map(|ConnectInfo(address)| address.to_string()),
        ..Identity::default()
    };
    let call = Call::new(&reader.service).from_origin(Origin::Remote).identified(identity);
    // When the reader goes away this future is dropped, and with it its statements end in the server.
    match operation.run_json(&call, arguments).await {
        Ok(answer) => page(&answer, &request.headers),
        Err(error) => failed(&error),
    }
}

/// Whether a page of another site asks for this as a part of itself, as a picture say: its reader did not.
fn embedded(headers: &HeaderMap) -> bool {
    let says = |name: &str, value: &str| headers.get(name).is_some_and(|given| given == value);
    says("sec-fetch-site", "cross-site") && !says("sec-fetch-mode", "navigate")
}

fn page(answer: &Answer, headers: &HeaderMap) -> Response {
    let accepts = |kind: &str| {
        headers
            .get(header::ACCEPT)
            .and_then(|given| given.to_str().ok())
            .is_some_and(|given| given.starts_with(kind))
    };
    let (kind, body) = match &answer.rendering {
        Some(rendering) if !accepts("application/json") => ("text/html; charset=utf-8", rendering.html()),
        _ => ("application/json", answer.json.get().to_owned()),
    };
    let tag = tag(answer.json.get(), kind);
    let unchanged =
        headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let body = if unchanged { String::new() } else { body };
    let code = if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = (code, body).into_response();
    let said = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 5] = [
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "accept"),
    ];
    for (name, value) in fixed {
        said.insert(name, HeaderValue::from_static(value));
    }
    said.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        said.insert(header::ETAG, tag);
    }
    response
}

/// A tag that stays as long as the answer does.
fn tag(json: &str, kind: &str) -> String {
    let mut hasher = DefaultHasher::new();
    kind.hash(&mut hasher);
    match serde_json::from_str::<Map<String, Value>>(json) {
        Ok(mut answer) => {
            answer.retain(|name, _| !FLEETING.contains(&name.as_str()));
            Value::from(answer).to_string().hash(&mut hasher);
        }
        Err(_) => json.hash(&mut hasher),
    }
    format!("W/\"{:016x}\"", hasher.finish())
}

fn failed(error: &Error) -> Response {
    let report = error.report();
    let code = match report.kind {
        ErrorKind::Argument if report.message.starts_with("there is no report") => StatusCode::NOT_FOUND,
        ErrorKind::Argument => StatusCode::BAD_REQUEST,
        ErrorKind::Refused => StatusCode::FORBIDDEN,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (code, [(header::X_CONTENT_TYPE_OPTIONS, "nosniff")], format!("{report}\n")).into_response()
}

/// The pairs of a query in an address.
fn parameters(query: &str) -> Option<Map<String, Value>> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((decoded(name)?, Value::from(decoded(value)?)))
        })
        .collect()
}

fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_as_a_form_writes_them() {
        let read = parameters("days=7&name=a%26b+c&empty=").unwrap();
        assert_eq!(Value::from(read), json!({"days": "7", "name": "a&b c", "empty": ""}));
        assert_eq!(parameters("days"), None);
        assert_eq!(parameters("a=%FF"), None);
    }

    #[test]
    fn a_tag_stays_until_a_value_changes() {
        let of = |json: &str| tag(json, "text/html");
        assert_eq!(of(r#"{"a":1,"duration_ms":1}"#), of(r#"{"a":1,"duration_ms":2}"#));
        assert_ne!(of(r#"{"a":1}"#), of(r#"{"a":2}"#));
    }

    #[test]
    fn another_site_cannot_take_a_report_in() {
        let headers = |mode: &'static str| {
            let pairs = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", mode)];
            pairs
                .into_iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect()
        };
        assert!(embedded(&headers("no-cors")));
        assert!(!embedded(&headers("navigate")));
        assert!(!embedded(&HeaderMap::new()));
    }
}
