//! A receiver of OpenTelemetry's protocol over HTTP, on loopback.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value},
    trace::v1::{ResourceSpans, span::SpanKind, status::StatusCode},
};
use prost_otlp::Message;
use serde_json::Value;

/// A span as it came.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) service: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) trace: String,
    pub(super) id: String,
    pub(super) parent: String,
    pub(super) failed: bool,
    pub(super) problem: String,
    pub(super) attributes: BTreeMap<String, Value>,
}

#[derive(Default)]
struct Received {
    headers: BTreeMap<String, String>,
    spans: Vec<Span>,
}

/// A receiver that listens until the test ends.
pub(super) struct Receiver {
    port: u16,
    received: Arc<Mutex<Received>>,
}

impl Receiver {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let received = Arc::<Mutex<Received>>::default();
        let into = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let into = Arc::clone(&into);
                // A client that goes away is no fault of the test's.
                std::thread::spawn(move || serve(stream, &into));
            }
        });
        Self { port, received }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What came since this was asked last. A program that has ended has sent what it had.
    pub(super) fn spans(&self) -> Vec<Span> {
        std::mem::take(&mut self.received.lock().unwrap_or_else(PoisonError::into_inner).spans)
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).headers.get(name).cloned()
    }
}

/// Takes requests off a connection until it ends, and keeps what is in them before it answers.
fn serve(stream: TcpStream, into: &Mutex<Received>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let mut request = String::new();
        reader.read_line(&mut request).ok().filter(|read| *read > 0)?;
        assert!(request.starts_with("POST /v1/traces "), "{request}");
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        assert_eq!(headers.get("content-type").map(String::as_str), Some("application/x-protobuf"));
        let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
        reader.read_exact(&mut body).ok()?;
        let request = ExportTraceServiceRequest::decode(body.as_slice()).expect("a request of the protocol");
        {
            let mut received = into.lock().unwrap_or_else(PoisonError::into_inner);
            received.headers = headers;
            received.spans.extend(request.resource_spans.iter().flat_map(spans));
        }
        writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    }
}

fn spans(of: &ResourceSpans) -> Vec<Span> {
    let resource = of.resource.as_ref().map(|resource| attributes(&resource.attributes)).unwrap_or_default();
    let service = resource.get("service.name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let spans = of.scope_spans.iter().flat_map(|scope| &scope.spans);
    spans
        .map(|span| Span {
            service: service.clone(),
            name: span.name.clone(),
            kind: if span.kind == SpanKind::Client as i32 { "client" } else { "other" },
            trace: hexadecimal(&span.trace_id),
            id: hexadecimal(&span.span_id),
            parent: hexadecimal(&span.parent_span_id),
            failed: span.status.as_ref().is_some_and(|status| status.code == StatusCode::Error as i32),
            problem: span.status.as_ref().map(|status| status.message.clone()).unwrap_or_default(),
            attributes: attributes(&span.attributes),
        })
        .collect()
}

fn attributes(pairs: &[KeyValue]) -> BTreeMap<String, Value> {
    let value = |pair: &KeyValue| match pair.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => Value::from(text.as_str()),
        Some(any_value::Value::IntValue(number)) => Value::from(*number),
        Some(other) => Value::from(format!("{other:?}")),
        None => Value::Null,
    };
    pairs.iter().map(|pair| (pair.key.clone(), value(pair))).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
