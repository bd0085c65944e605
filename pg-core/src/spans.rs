//! Spans: what an operation and its statements look like to whoever traces this process.
//!
//! They are spans of `tracing` under one target, [`TRACES`], so that a service that embeds this crate has them in its own traces;
//! with the feature `otlp` the programs of this toolkit send them to a receiver. Separate because what must not be in them is
//! decided here. Source: OpenTelemetry's semantic conventions for database client spans. Invariant: no span holds a value: neither
//! a parameter, nor the text of a statement, whose literals are values too, nor a server's message, which may quote them.

use std::{fmt::Write, sync::Arc};

use pg_policy::Vetted;
use tracing::{Span, field::Empty};

use crate::{
    Call, Error, Origin,
    settings::{Host, Target},
};

/// The target of all spans.
pub const TRACES: &str = "pg_core::traces";

/// The summary of a statement is not longer, in characters, as the conventions have it.
const SUMMARY: usize = 255;

/// Where a backend is.
#[derive(Debug, Default)]
pub(crate) struct Place {
    host: Option<String>,
    port: Option<u16>,
    database: Option<String>,
}

impl Place {
    /// A database of a server that was connected to.
    pub(crate) fn new(target: &Target, database: &str) -> Self {
        // A socket's folder is the address of a server that is reached by one, and says nothing to anybody elsewhere.
        let (host, port) = match &target.host {
            Host::Tcp(name) => (name.clone(), Some(target.port)),
            Host::Unix(folder) => (folder.display().to_string(), None),
        };
        Self { host: Some(host), port, database: Some(database.to_owned()) }
    }
}

/// What the spans of a prepared statement say of it.
#[derive(Debug)]
pub(crate) struct Summary {
    place: Arc<Place>,
    operation: String,
    whole: String,
    relation: Option<String>,
}

impl Summary {
    /// The summary of a statement on a backend: its kind, and the relations that it names.
    pub(crate) fn new(vetted: &Vetted, place: &Arc<Place>) -> Self {
        let operation = vetted.kind().to_string();
        let mut whole = operation.clone();
        for relation in vetted.relations() {
            // Writing into a string does not fail.
            let _written = write!(whole, " {relation}");
        }
        if let Some((end, _)) = whole.char_indices().nth(SUMMARY) {
            whole.truncate(end);
        }
        let relation = match vetted.relations() {
            [one] => Some(one.to_string()),
            _ => None,
        };
        Self { place: Arc::clone(place), operation, whole, relation }
    }
}

/// The span of a statement, open until it is dropped.
#[derive(Debug)]
pub(crate) struct StatementSpan(Span);

impl StatementSpan {
    /// Begins with the statement.
    pub(crate) fn begin(summary: &Summary) -> Self {
        Self::begin_batch(summary, 1)
    }

    /// Begins with a statement that runs for many rows of parameters.
    pub(crate) fn begin_batch(summary: &Summary, rows: usize) -> Self {
        let span = tracing::info_span!(
            target: TRACES,
            "statement",
            otel.name = Empty,
            otel.kind = "client",
            otel.status_code = Empty,
            otel.status_description = Empty,
            db.system.name = "postgresql",
            db.namespace = Empty,
            db.operation.name = Empty,
            db.operation.batch.size = Empty,
            db.query.summary = Empty,
            db.collection.name = Empty,
            db.response.returned_rows = Empty,
            db.response.status_code = Empty,
            server.address = Empty,
            server.port = Empty,
            error.type = Empty,
        );
        if !span.is_disabled() {
            span.record("otel.name", summary.whole.as_str());
            span.record("db.operation.name", summary.operation.as_str());
            span.record("db.query.summary", summary.whole.as_str());
            if let Some(relation) = &summary.relation {
                span.record("db.collection.name", relation.as_str());
            }
            if let Some(database) = &summary.place.database {
                span.record("db.namespace", database.as_str());
            }
            if let Some(host) = &summary.place.host {
                span.record("server.address", host.as_str());
            }
            if let Some(port) = summary.place.port {
                span.record("server.port", i64::from(port));
            }
            if rows > 1 {
                span.record("db.operation.batch.size", number(rows));
            }
        }
        Self(span)
    }

    /// Ends with the rows that it returned.
    pub(crate) fn returned(self, rows: u64) {
        self.0.record("db.response.returned_rows", number(rows));
    }

    /// Ends with what went wrong.
    pub(crate) fn failed(self, error: &Error) {
        failed(&self.0, error);
    }
}

/// As OpenTelemetry knows numbers: it has none without a sign.
fn number(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

/// Notes what went wrong.
fn failed(span: &Span, error: &Error) {
    if span.is_disabled() {
        return;
    }
    let word = match error.sqlstate() {
        Some(sqlstate) => {
            span.record("db.response.status_code", sqlstate);
            sqlstate.to_owned()
        }
        None => error.kind().word(),
    };
    span.record("error.type", word.as_str());
    span.record("otel.status_code", "ERROR");
    span.record("otel.status_description", format!("{} ({word})", error.kind().title()));
}

/// The span of an operation, to be instrumented with while it runs.
pub(crate) fn operation(name: &'static str, call: &Call) -> Span {
    let kind = match call.origin() {
        Origin::Local => "internal",
        Origin::Remote => "server",
    };
    let span = tracing::info_span!(
        target: TRACES,
        "operation",
        otel.name = name,
        otel.kind = kind,
        otel.status_code = Empty,
        otel.status_description = Empty,
        pg_toolkit.operation = name,
        pg_toolkit.connection = Empty,
        db.response.status_code = Empty,
        error.type = Empty,
    );
    #[cfg(feature = "otlp")]
    if let Some(parent) = call.trace_parent() {
        crate::telemetry::adopt(&span, parent);
    }
    span
}

/// Notes how an operation ended, and on which connection it worked.
pub(crate) fn ended<T>(span: &Span, connection: Option<&str>, result: &Result<T, Error>) {
    if let Some(connection) = connection {
        span.record("pg_toolkit.connection", connection);
    }
    if let Err(error) = result {
        failed(span, error);
    }
}
