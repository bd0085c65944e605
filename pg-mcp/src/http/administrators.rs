//! `/connections` and `/query_history`: what the process is connected to and what was asked of it, for those who run it.
//!
//! Separate from the tools, whose callers see their own connections alone. Invariant: the routes are there for administrators only; no
//! answer holds a secret, a parameter's value or a literal of a statement.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use pg_core::{
    Call, Operation, Service,
    operations::{ListConnections, ListConnectionsInput},
};
use serde_json::json;

/// Calls that are told unless the caller says how many.
const CALLS: usize = 100;

/// The connections, as list_connections tells them: where each leads, what it may do and how full its pool is.
pub(super) async fn connections(State(service): State<Service>) -> Response {
    match ListConnections::run(&Call::new(&service), ListConnectionsInput {}).await {
        Ok(listed) => told(&listed),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.report().to_string()).into_response(),
    }
}

/// The calls that ended last, of all callers; `?limit=` says how many.
pub(super) async fn query_history(State(service): State<Service>, RawQuery(query): RawQuery) -> Response {
    let limit = match query.as_deref().filter(|query| !query.is_empty()) {
        None => Some(CALLS),
        Some(query) => query.strip_prefix("limit=").and_then(|limit| limit.parse().ok()),
    };
    let Some(limit) = limit else {
        let problem = "what stands behind ? is no limit=NUMBER\n";
        return (StatusCode::BAD_REQUEST, problem).into_response();
    };
    let queries = service.recent_calls(limit);
    told(&json!({ "success": true, "count": queries.len(), "queries": queries }))
}

fn told(answer: &impl serde::Serialize) -> Response {
    // Whoever sits behind the next browser is another reader.
    ([(header::CACHE_CONTROL, "no-store")], Json(json!(answer))).into_response()
}
