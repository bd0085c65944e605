//! `/health` and `/metrics`: how the process is, for those who watch it.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use pg_core::Service;
use serde_json::json;

/// Whether the process lives. It says so without asking a database, since restarting the process would not mend one.
pub(super) async fn health(State(service): State<Service>) -> Response {
    let stopping = service.stopping().is_cancelled();
    let code = if stopping { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let body = json!({
        "is_healthy": !stopping,
        "status": if stopping { "stopping" } else { "healthy" },
        "uptime_seconds": service.uptime().as_secs_f64(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    (code, axum::Json(body)).into_response()
}

/// The counters of the process, in the text format of Prometheus.
pub(super) async fn metrics(State(service): State<Service>) -> Response {
    let text = format!(
        "# HELP pg_mcp_uptime_seconds Seconds since the process started.\n\
         # TYPE pg_mcp_uptime_seconds gauge\n\
         pg_mcp_uptime_seconds {}\n",
        service.uptime().as_secs_f64()
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
