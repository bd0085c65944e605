//! `[reports]`.

use serde::Deserialize;

use super::Count;

/// Reports that callers can ask for by name, and that the HTTP server shows at `/reports`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct ReportsTable {
    /// The folder with the report files: NAME.toml is the report NAME.
    pub(in super::super) folder: Option<String>,
    /// After how many seconds a page in a browser loads itself again, where its report does not say; never by default.
    pub(in super::super) refresh_s: Option<Count<86_400>>,
}
