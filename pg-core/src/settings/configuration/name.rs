//! What connections and profiles may be called.
//!
//! Separate because both are written into messages, logs and comments of SQL. Invariant: a name is one word on one line.

use super::error::ConfigurationError;

/// Looks whether a table's name is one.
pub(super) fn check(table: &str, name: &str) -> Result<(), ConfigurationError> {
    let in_words = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if name.is_empty() || !in_words || name.chars().count() > 64 {
        return Err(ConfigurationError::Conflict {
            place: format!("[{table}.{}]", name.escape_debug()),
            problem: "a name has 1 to 64 letters, digits, `_`, `-` or `.`".to_owned(),
        });
    }
    Ok(())
}
