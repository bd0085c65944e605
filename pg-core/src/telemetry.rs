//! Traces sent to a receiver, by OpenTelemetry's protocol over HTTP.
//!
//! Separate, and behind the feature `otlp`, because its crates are nobody else's. Invariant: nothing here holds up a call: spans
//! are queued, dropped where the queue is full, and sent by a thread of its own; that the receiver cannot be reached is said
//! once, and once more when it can be reached again.

use std::{
    collections::HashMap,
    fmt,
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use opentelemetry::{propagation::TextMapPropagator, trace::TracerProvider};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

use crate::{TRACES, TelemetrySettings};

/// The most of a receiver's answer that is read, in bytes.
const MOST_ANSWERED: u64 = 64 << 10;

/// Traces could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[error("traces cannot be sent to {receiver}: {problem}")]
pub struct TelemetryError {
    receiver: String,
    problem: String,
}

/// Sends the spans of this crate to a receiver, until it is stopped.
#[derive(Debug)]
pub struct Telemetry {
    provider: SdkTracerProvider,
}

impl Telemetry {
    /// Starts to send, under this name where none is configured.
    ///
    /// # Errors
    /// [`TelemetryError`] for a receiver's address or headers that cannot be used; not for one that cannot be reached.
    pub fn start(settings: &TelemetrySettings, name: &str) -> Result<Self, TelemetryError> {
        let wrong = |problem| TelemetryError { receiver: settings.receiver.clone(), problem };
        let headers: HashMap<String, String> =
            settings.headers.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())).collect();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(settings.endpoint.expose())
            .with_headers(headers)
            .with_timeout(settings.timeout)
            .with_http_client(Receiver::new(settings))
            .build()
            // Its words may have the address in them, and that a password.
            .map_err(|_| wrong("its address cannot be used".to_owned()))?;
        let name = settings.service_name.as_deref().unwrap_or(name).to_owned();
        let resource = Resource::builder().with_service_name(name).build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Self { provider })
    }

    /// The layer of a subscriber that sends the spans of this crate, and no others.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let tracer = self.provider.tracer("pg_core");
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_filter(Targets::new().with_target(TRACES, tracing::Level::INFO))
    }

    /// Sends what is queued, for so long at most, and ends.
    pub fn stop(&self, patience: Duration) {
        // What could not be sent has been told.
        let _sent = self.provider.shutdown_with_timeout(patience);
    }
}

/// Makes a span the child of one of the caller's.
pub(crate) fn adopt(span: &Span, traceparent: &str) {
    let carrier: HashMap<String, String> = [("traceparent".to_owned(), traceparent.to_owned())].into();
    // A span that nobody records has no parent.
    let _adopted = span.set_parent(TraceContextPropagator::new().extract(&carrier));
}

/// The way to the receiver.
struct Receiver {
    agent: ureq::Agent,
    name: String,
    unreachable: AtomicBool,
}

impl Receiver {
    fn new(settings: &TelemetrySettings) -> Self {
        let roots = rustls_native_certs::load_native_certs().certs;
        let roots: Vec<_> =
            roots.iter().map(|root| ureq::tls::Certificate::from_der(root).to_owned()).collect();
        let tls = ureq::tls::TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(ureq::tls::RootCerts::new_with_certs(&roots))
            .build();
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(settings.timeout))
            // Headers may be secrets, and are for the receiver alone.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .new_agent();
        Self { agent, name: settings.receiver.clone(), unreachable: AtomicBool::new(false) }
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let answer = self.agent.run(request.map(|body| body.to_vec()))?;
        let (parts, body) = answer.into_parts();
        let mut read = Vec::new();
        body.into_reader().take(MOST_ANSWERED).read_to_end(&mut read)?;
        Ok(Response::from_parts(parts, Bytes::from(read)))
    }

    fn note(&self, problem: Option<&str>) {
        let receiver = &self.name;
        match (problem, self.unreachable.swap(problem.is_some(), Ordering::Relaxed)) {
            (Some(problem), false) => {
                tracing::warn!(receiver, problem, "traces are lost: the receiver does not take them");
            }
            (None, true) => tracing::info!(receiver, "traces are delivered again"),
            _ => {}
        }
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("name", &self.name).finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpClient for Receiver {
    /// Blocks: it is called on the thread that sends, and on no other.
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.send(request);
        match &answer {
            Ok(answer) if answer.status().is_success() => self.note(None),
            Ok(answer) => self.note(Some(&format!("it answered {}", answer.status()))),
            Err(error) => self.note(Some(&error.to_string())),
        }
        Ok(answer?)
    }
}
