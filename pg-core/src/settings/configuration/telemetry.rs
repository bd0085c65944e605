//! `[telemetry]`: where traces go, from the file and from OpenTelemetry's own variables, which stand above it.
//!
//! Source: the OpenTelemetry specification, "OpenTelemetry Protocol Exporter" and "Environment Variable Specification".
//! Invariant: the values of headers, and what a URL says of a user, are in no `Debug` and no error.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::environment::Environment;
use super::super::secret::Secret;
use super::error::ConfigurationError;
use super::tables::{HeaderTable, TelemetryTable};
use super::terms::conflict;

/// How long the receiver may take to answer where nothing is said.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The path of traces below the receiver's own address.
const PATH: &str = "/v1/traces";
/// What an endpoint may be, in the words of an error.
const ALLOWED: &str = "the receiver's address over HTTP, such as http://127.0.0.1:4318";

/// Where traces go.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TelemetrySettings {
    /// The URL that traces are sent to.
    pub endpoint: Secret,
    /// The same without what it may say of a user, for people.
    pub receiver: String,
    /// The name of this service; the program's own where none is given.
    pub service_name: Option<String>,
    /// Headers for the receiver.
    pub headers: Vec<(String, Secret)>,
    /// How long the receiver may take to answer.
    pub timeout: Duration,
}

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct TelemetryOfFile {
    endpoint: Option<(Secret, String)>,
    service_name: Option<String>,
    headers: Vec<(String, Secret)>,
}

impl TelemetryOfFile {
    /// Whether the file says where traces go.
    pub(super) fn is_said(&self) -> bool {
        self.endpoint.is_some()
    }
}

/// Reads `[telemetry]`.
pub(super) fn of_file(
    table: TelemetryTable,
    environment: &Environment,
) -> Result<TelemetryOfFile, ConfigurationError> {
    let TelemetryTable { endpoint, service_name, headers } = table;
    let endpoint = match endpoint {
        Some(endpoint) => match receiver(&endpoint.value) {
            Some(receiver) => Some((with_path(&endpoint.value), receiver)),
            None => return Err(conflict(&endpoint, format!("`endpoint` is not {ALLOWED}"))),
        },
        None if service_name.is_some() || !headers.is_empty() => {
            return Err(ConfigurationError::Conflict {
                place: "[telemetry]".to_owned(),
                problem: "`endpoint` is missing: say where traces go, or take the section out".to_owned(),
            });
        }
        None => None,
    };
    let headers = headers.into_iter().map(|(name, table)| header(name, &table, environment));
    Ok(TelemetryOfFile { endpoint, service_name, headers: headers.collect::<Result<_, _>>()? })
}

/// One header, whose value is named and not written.
fn header(
    name: String,
    table: &HeaderTable,
    environment: &Environment,
) -> Result<(String, Secret), ConfigurationError> {
    let (at, value) = match (&table.file, &table.env) {
        (Some(file), None) => {
            let read = std::fs::read_to_string(&file.value);
            (file, read.map_err(|error| format!("the file {} cannot be read: {error}", file.value)))
        }
        (None, Some(variable)) => {
            let value = environment.non_empty(&variable.value).map(str::to_owned);
            (variable, value.ok_or_else(|| format!("the environment variable {} is not set", variable.value)))
        }
        _ => {
            return Err(ConfigurationError::Conflict {
                place: format!("[telemetry.headers.{name}]"),
                problem: "the value is in one place: give `file` or `env`".to_owned(),
            });
        }
    };
    let value = value.map_err(|problem| conflict(at, problem))?;
    Ok((name, Secret::from(value.trim())))
}

/// What holds: the variables, else the file; nothing where neither says where traces go.
pub(super) fn settings(
    file: TelemetryOfFile,
    environment: &Environment,
) -> Result<Option<TelemetrySettings>, ConfigurationError> {
    let of = |name| environment.non_empty(name);
    let disabled = of("OTEL_SDK_DISABLED").is_some_and(|word| word.eq_ignore_ascii_case("true"));
    if disabled || of("OTEL_TRACES_EXPORTER").is_some_and(|word| word.eq_ignore_ascii_case("none")) {
        return Ok(None);
    }
    let whole = of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    let of_variables = match (whole, of("OTEL_EXPORTER_OTLP_ENDPOINT")) {
        (Some(url), _) => Some(("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url, Secret::from(url))),
        (None, Some(url)) => Some(("OTEL_EXPORTER_OTLP_ENDPOINT", url, with_path(url))),
        (None, None) => None,
    };
    let of_variables = of_variables.map(|(name, url, endpoint)| match receiver(url) {
        Some(receiver) => Ok((endpoint, receiver)),
        None => Err(ConfigurationError::InvalidVariable {
            name,
            given: "something else".to_owned(),
            allowed: ALLOWED.to_owned(),
        }),
    });
    let Some((endpoint, receiver)) = of_variables.transpose()?.or(file.endpoint) else { return Ok(None) };
    let mut headers: BTreeMap<String, Secret> = file.headers.into_iter().collect();
    let given = of("OTEL_EXPORTER_OTLP_TRACES_HEADERS").or_else(|| of("OTEL_EXPORTER_OTLP_HEADERS"));
    for pair in given.unwrap_or_default().split(',') {
        if let Some((name, value)) = pair.split_once('=') {
            let value = percent_encoding::percent_decode_str(value.trim()).decode_utf8_lossy().into_owned();
            headers.insert(name.trim().to_ascii_lowercase(), Secret::from(value));
        }
    }
    let timeout = match of("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT").or_else(|| of("OTEL_EXPORTER_OTLP_TIMEOUT")) {
        None => TIMEOUT,
        Some(given) => match given.trim().parse() {
            Ok(milliseconds @ 1..) => Duration::from_millis(milliseconds),
            _ => {
                return Err(ConfigurationError::InvalidVariable {
                    name: "OTEL_EXPORTER_OTLP_TIMEOUT",
                    given: given.to_owned(),
                    allowed: "milliseconds from 1 up".to_owned(),
                });
            }
        },
    };
    Ok(Some(TelemetrySettings {
        endpoint,
        receiver,
        service_name: of("OTEL_SERVICE_NAME").map(str::to_owned).or(file.service_name),
        headers: headers.into_iter().collect(),
        timeout,
    }))
}

/// The scheme, host and port of a URL over HTTP.
fn receiver(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    (matches!(scheme, "http" | "https") && !host.is_empty()).then(|| format!("{scheme}://{host}"))
}

fn with_path(url: &str) -> Secret {
    Secret::from(format!("{}{PATH}", url.trim_end_matches('/')))
}
