//! The whole answer as JSON.

use pg_core::Answer;
use serde_json::Value;

/// The answer as it is: on one line, or indented where a person reads it.
pub(crate) fn text(answer: &Answer, indented: bool) -> Result<String, serde_json::Error> {
    if !indented {
        return Ok(format!("{}\n", answer.json.get()));
    }
    let value: Value = serde_json::from_str(answer.json.get())?;
    Ok(format!("{}\n", serde_json::to_string_pretty(&value)?))
}
