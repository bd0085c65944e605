//! `/health` and `/metrics`: how the process is, for those who watch it.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use pg_core::{
    Call, Operation, Service,
    operations::{GetMetrics, GetMetricsInput},
};
use serde_json::json;

use super::prometheus::{self, Durations};

/// Whether the process lives. It says so without asking a database, since restarting the process would not mend one.
pub(super) async fn health(State(service): State<Service>) -> Response {
    let stopping = service.stopping().is_cancelled();
    let code = if stopping { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let body = json!({
        "is_healthy": !stopping,
        "status": if stopping { "stopping" } else { "healthy" },
        "uptime_seconds": service.uptime().as_secs_f64(),
        "version": env!("CARGO_PKG_VERSION"),
        "process": pg_core::process_name(),
    });
    (code, axum::Json(body)).into_response()
}

fn durations(service: &Service) -> Durations {
    let of = |connection: &pg_core::Connection| (connection.id().to_owned(), connection.check_out_waits());
    Durations {
        operations: service.operation_durations(),
        check_outs: service.connections().iter().map(of).collect(),
    }
}

/// What the process has done, in the text format of Prometheus.
pub(super) async fn metrics(State(service): State<Service>) -> Response {
    match GetMetrics::run(&Call::new(&service), GetMetricsInput {}).await {
        Ok(metrics) => (
            [(header::CONTENT_TYPE, prometheus::CONTENT_TYPE)],
            prometheus::text(&metrics, &durations(&service))
                + &prometheus::figures(&pg_introspect::monitor_figures(&Call::new(&service)).await),
        )
            .into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.report().to_string()).into_response(),
    }
}
