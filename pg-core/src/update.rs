//! What a watching operation tells between its beginning and its answer.
//!
//! Separate because an answer is one, and a watch is many. Invariant: an update has the shape of a row of the answer.

use serde_json::value::RawValue;

/// The state of a watch, as a program and as a person read it.
#[derive(Clone, Debug)]
pub struct Update {
    /// One JSON object of the shape of a row of the answer.
    pub json: Box<RawValue>,
    /// The same in a line.
    pub line: String,
    /// The same for a screen, in lines.
    pub screen: String,
}
