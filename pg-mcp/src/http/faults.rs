//! Answers of the MCP library put as their readers expect them: a body that is no message gets a JSON-RPC error and not
//! 415 with a line of text, which sends a caller to look at its headers; an ended session gets 204 and not 202, of which
//! the official Python client complains.

use axum::{
    Json,
    body::to_bytes,
    extract::Request,
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use rmcp::model::{ErrorData, JsonRpcError};

/// How much of the library's line is read, in bytes.
const MAX_LINE: usize = 4 * 1024;

/// A middleware that mends the answers.
pub(super) async fn mend(request: Request, next: Next) -> Response {
    if request.method() == Method::DELETE {
        let mut response = next.run(request).await;
        if response.status() == StatusCode::ACCEPTED {
            *response.status_mut() = StatusCode::NO_CONTENT;
        }
        return response;
    }
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let says_json = content_type.is_some_and(|kind| kind.trim_start().starts_with("application/json"));
    let response = next.run(request).await;
    if !says_json || response.status() != StatusCode::UNSUPPORTED_MEDIA_TYPE {
        return response;
    }
    let line = to_bytes(response.into_body(), MAX_LINE).await.unwrap_or_default();
    let line = String::from_utf8_lossy(&line);
    let problem = line.trim_start_matches("fail to deserialize request body").trim().to_owned();
    let error = if problem.contains("unrecognized JSON-RPC message") {
        ErrorData::invalid_request(
            r#"the body is no JSON-RPC message: a request has `jsonrpc` ("2.0"), `id`, `method` and `params`"#,
            None,
        )
    } else {
        ErrorData::parse_error(format!("the body is not JSON: {problem}"), None)
    };
    (StatusCode::BAD_REQUEST, Json(JsonRpcError::new(None, error))).into_response()
}
