//! What the server says beside a result: NOTICE, WARNING and their like.

use serde::Serialize;

/// One message of the server. Source: PostgreSQL documentation, "Error and Notice Message Fields".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Notice {
    /// NOTICE, WARNING, INFO, LOG or DEBUG.
    pub severity: String,
    /// The five-character SQLSTATE.
    pub sqlstate: String,
    /// The message.
    pub message: String,
}
