//! The values of a statement's parameters as a caller gives them: a JSON array, from a JSON object or a command line.

use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;

/// Values for `$1`, `$2` … as a JSON array.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Parameters(pub Vec<Value>);

impl FromStr for Parameters {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_str(text)
            .map_err(|error| format!("not a JSON array such as '[1, \"two\"]': {error}"))
    }
}
