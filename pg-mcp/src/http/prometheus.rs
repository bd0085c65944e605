//! The metrics of the process in the text format of Prometheus. Source: prometheus.io, "Exposition formats", version 0.0.4.
//!
//! Invariant: a name stays what it is, since dashboards are built on it.

use std::fmt::Write;

use pg_core::{Spread, operations::GetMetricsOutput};
use pg_introspect::Figure;

/// The content type of the text.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How long things took, each a histogram.
#[derive(Debug, Default)]
pub(super) struct Durations {
    /// Operations, by their names.
    pub(super) operations: Vec<(&'static str, Spread)>,
    /// Waits for a backend, by connection.
    pub(super) check_outs: Vec<(String, Spread)>,
}

/// The metrics as text.
pub(super) fn text(metrics: &GetMetricsOutput, durations: &Durations) -> String {
    let mut text = String::new();
    let mut one = |name: &str, kind: &str, help: &str, value: String| {
        family(&mut text, name, kind, help, &[(String::new(), value)]);
    };
    let seconds = metrics.avg_query_time_ms / 1e3 * metrics.total_queries as f64;
    one("uptime_seconds", "gauge", "Seconds since the process started.", metrics.uptime_seconds.to_string());
    for (name, help, value) in [
        ("queries_total", "Operations on data that were asked for.", metrics.total_queries),
        ("queries_successful_total", "Those that succeeded.", metrics.successful_queries),
        ("queries_failed_total", "Those that did not, refused ones included.", metrics.failed_queries),
        ("queries_refused_total", "Those that a policy refused.", metrics.refused_queries),
        ("queries_slow_total", "Those above the threshold for slow statements.", metrics.slow_queries),
        ("rows_returned_total", "Rows that were handed out.", metrics.rows_returned),
    ] {
        one(name, "counter", help, value.to_string());
    }
    one("query_seconds_total", "counter", "Seconds that they took together.", seconds.to_string());
    let pools = |value: fn(&pg_core::PoolStats) -> String| -> Vec<(String, String)> {
        let connections = metrics.connections.iter();
        connections.map(|one| (label(&one.connection_id), value(&one.pool_stats))).collect()
    };
    for (name, help, values) in [
        ("pool_size", "The most backends that a pool may have.", pools(|pool| pool.size.to_string())),
        ("pool_idle", "Backends that wait for work.", pools(|pool| pool.idle_connections.to_string())),
        ("pool_active", "Backends that are checked out.", pools(|pool| pool.active_connections.to_string())),
    ] {
        family(&mut text, name, "gauge", help, &values);
    }
    let operations =
        durations.operations.iter().map(|(name, spread)| (format!("operation=\"{name}\""), spread));
    let help = "Seconds from the call of an operation to its answer.";
    histogram(&mut text, "operation_duration_seconds", help, operations);
    let check_outs = durations.check_outs.iter().map(|(id, spread)| (pair(id), spread));
    histogram(&mut text, "check_out_wait_seconds", "Seconds that callers waited for a backend.", check_outs);
    text
}

/// The figures of the databases as text.
pub(super) fn figures(figures: &[Figure]) -> String {
    let mut text = String::new();
    for figure in figures {
        let values: Vec<(String, String)> =
            figure.values.iter().map(|(id, value)| (label(id), value.to_string())).collect();
        let kind = if figure.is_counter { "counter" } else { "gauge" };
        family(&mut text, &format!("database_{}", figure.name), kind, figure.help, &values);
    }
    text
}

fn histogram<'a>(
    text: &mut String,
    name: &str,
    help: &str,
    spreads: impl Iterator<Item = (String, &'a Spread)>,
) {
    let mut spreads = spreads.peekable();
    if spreads.peek().is_none() {
        return;
    }
    // Writing into a string cannot fail.
    let _ = writeln!(text, "# HELP pg_mcp_{name} {help}\n# TYPE pg_mcp_{name} histogram");
    for (label, spread) in spreads {
        for (bound, count) in &spread.buckets {
            let _ = writeln!(text, "pg_mcp_{name}_bucket{{{label},le=\"{}\"}} {count}", bound.as_secs_f64());
        }
        let Spread { count, sum, .. } = spread;
        let _ = writeln!(text, "pg_mcp_{name}_bucket{{{label},le=\"+Inf\"}} {count}");
        let _ = writeln!(text, "pg_mcp_{name}_sum{{{label}}} {}", sum.as_secs_f64());
        let _ = writeln!(text, "pg_mcp_{name}_count{{{label}}} {count}");
    }
}

fn family(text: &mut String, name: &str, kind: &str, help: &str, values: &[(String, String)]) {
    if values.is_empty() {
        return;
    }
    // Writing into a string cannot fail.
    let _ = writeln!(text, "# HELP pg_mcp_{name} {help}\n# TYPE pg_mcp_{name} {kind}");
    for (labels, value) in values {
        let _ = writeln!(text, "pg_mcp_{name}{labels} {value}");
    }
}

fn label(connection: &str) -> String {
    format!("{{{}}}", pair(connection))
}

fn pair(connection: &str) -> String {
    let escaped = connection.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    format!("connection=\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use pg_core::{Spread, operations::GetMetricsOutput};

    use super::{Durations, label, text};

    #[test]
    fn every_family_has_its_help_its_type_and_a_value() {
        let metrics = GetMetricsOutput {
            uptime_seconds: 1.5,
            total_queries: 4,
            successful_queries: 3,
            failed_queries: 1,
            refused_queries: 1,
            slow_queries: 0,
            rows_returned: 9,
            avg_query_time_ms: 250.0,
            p50_query_time_ms: 1.0,
            p95_query_time_ms: 1.0,
            p99_query_time_ms: 1.0,
            connections: Vec::new(),
        };
        let spread =
            Spread { buckets: vec![(Duration::from_millis(5), 2)], count: 3, sum: Duration::from_secs(2) };
        let durations = Durations {
            operations: vec![("execute_query", spread.clone())],
            check_outs: vec![("a\"b".into(), spread)],
        };
        let text = text(&metrics, &durations);
        let name = "pg_mcp_operation_duration_seconds";
        for line in [
            format!("# TYPE {name} histogram"),
            format!("{name}_bucket{{operation=\"execute_query\",le=\"0.005\"}} 2"),
            format!("{name}_bucket{{operation=\"execute_query\",le=\"+Inf\"}} 3"),
            format!("{name}_sum{{operation=\"execute_query\"}} 2"),
            format!("{name}_count{{operation=\"execute_query\"}} 3"),
            "pg_mcp_check_out_wait_seconds_count{connection=\"a\\\"b\"} 3".to_owned(),
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.contains("# TYPE pg_mcp_queries_total counter\npg_mcp_queries_total 4\n"), "{text}");
        assert!(text.contains("\npg_mcp_query_seconds_total 1\n"), "{text}");
        assert!(!text.contains("pool_size"), "{text}");
    }

    #[test]
    fn a_label_cannot_break_out() {
        assert_eq!(label("a\"b\\c\nd"), r#"{connection="a\"b\\c\nd"}"#);
    }
}
