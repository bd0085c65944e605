//! What a caller gives for `$1`, `$2`, …: JSON values, and the types of those that the server cannot tell.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Values for the parameters of a statement, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parameters(pub Vec<Value>);

impl FromStr for Parameters {
    type Err = String;

    /// Reads a JSON array, as the command line gives it.
    fn from_str(text: &str) -> Result<Self, String> {
        json(text, "a JSON array of parameters", r#"'["text", 42, null]'"#)
    }
}

/// Types for the parameters of a statement, in order, by the names that casts use; `None` leaves one to the server. Empty
/// leaves all of them to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ParameterTypes(pub Vec<Option<String>>);

impl ParameterTypes {
    /// Whether the server is to tell all types.
    #[must_use]
    pub fn says_nothing(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

impl FromStr for ParameterTypes {
    type Err = String;

    /// Reads a JSON array, as the command line gives it.
    fn from_str(text: &str) -> Result<Self, String> {
        json(text, "a JSON array of type names", r#"'["text", null, "integer[]"]'"#)
    }
}

/// Reads a JSON argument of the command line.
pub(crate) fn json<T: serde::de::DeserializeOwned>(text: &str, what: &str, form: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("{what} is expected, for example {form}: {error}"))
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Parameters {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Parameters".into()
    }

    fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "array",
            "description": "Values for $1, $2, … in order.",
            "items": {},
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ParameterTypes {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ParameterTypes".into()
    }

    fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "array",
            "description": "Types of $1, $2, … as casts name them, null where PostgreSQL can tell.",
            "items": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
        })
    }
}
