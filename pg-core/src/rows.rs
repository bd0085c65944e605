//! The `rows` of an answer: JSON that was written from the wire and goes out as it is.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::Error;

/// Rows as a JSON array of objects or of arrays.
#[derive(Clone, Debug)]
pub struct Rows(Box<RawValue>);

impl Rows {
    /// Encloses rows that are separated by commas.
    pub(crate) fn from_separated(bytes: Vec<u8>) -> Result<Self, Error> {
        let mut json = bytes;
        json.insert(0, b'[');
        json.push(b']');
        let text = String::from_utf8(json).map_err(|error| Error::Driver { problem: error.to_string() })?;
        RawValue::from_string(text).map(Self).map_err(|source| Error::Encode { source })
    }
}

impl Rows {
    /// The rows as JSON.
    pub(crate) fn json(&self) -> &RawValue {
        &self.0
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Rows {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rows".into()
    }

    fn json_schema(_generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "array",
            "items": { "description": "A row: an object by column name, or an array in column order." },
        })
    }
}
