//! The JSON Schema of the configuration file, for editors.
//!
//! Made from the types that the file is read into, so that it knows the same keys, ranges and words.

use serde_json::Value;

use super::Configuration;
use super::tables::File;

impl Configuration {
    /// The JSON Schema (2020-12) of the configuration file.
    pub fn schema() -> Value {
        schemars::schema_for!(File).to_value()
    }
}
