//! Names and remarks in SQL that others run.
//!
//! Separate because both must hold whatever the names are. Invariant: an identifier stays one identifier, and a remark one line.

use std::fmt;

/// An identifier as SQL takes it, whatever is in it.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

/// A string constant as SQL takes it, with backslashes in it or without.
pub(super) struct Literal<'a>(pub(super) &'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E'{}'", self.0.replace('\\', "\\\\").replace('\'', "''"))
    }
}

/// Identifiers, apart by commas.
pub(super) fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| Quoted(name).to_string()).collect();
    names.join(", ")
}

/// A text that stays in its line.
pub(super) fn remark(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
