//! The `params` argument: JSON values for `$1`, `$2`, …

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
            "description": "Values for $1, $2, … in order; each is converted to the type that PostgreSQL expects there.",
            "items": { "description": "Any JSON value." },
        })
    }
}
