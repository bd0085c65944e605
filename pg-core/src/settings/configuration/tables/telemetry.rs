//! `[telemetry]`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::located::Located;

/// Traces of operations and statements, sent by OpenTelemetry's protocol over HTTP, where the program was built with it.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct TelemetryTable {
    /// The receiver, as http://127.0.0.1:4318; `/v1/traces` is added. No traces where this is not given.
    pub(in super::super) endpoint: Option<Located<String>>,
    /// The name of this service in traces; the program's own by default.
    pub(in super::super) service_name: Option<String>,
    /// Headers for the receiver, by name, each with its value in a file or a variable.
    pub(in super::super) headers: BTreeMap<String, HeaderTable>,
}

/// Where the value of a header is.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct HeaderTable {
    /// The file with the value.
    pub(in super::super) file: Option<Located<String>>,
    /// The environment variable with the value.
    pub(in super::super) env: Option<Located<String>>,
}
