//! What is wrong with a parameter, said so that the next call can be right.
//!
//! Separate because every kind of type reports through it. Invariant: at most a line's worth of the value is shown.

use std::io::{self, Write};

use serde_json::Value;

/// A JSON value that does not fit the type of its parameter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parameter ${position}: expected {expected}, found {found}; {form}")]
#[non_exhaustive]
pub struct ParameterError {
    /// The parameter's number, from 1, as in `$1`.
    pub position: usize,
    /// The SQL name of the type that the server expects.
    pub expected: String,
    /// The JSON found, cut to about 60 characters, with its place where it is inside another value.
    pub found: String,
    /// The right form, with an example.
    pub form: String,
}

/// Why a list of JSON values cannot be bound to a statement's parameters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// There are more or fewer values than parameters.
    #[error("the statement takes {}, found {given}; {advice}", count(*.expected))]
    #[non_exhaustive]
    Count {
        /// How many parameters the statement has.
        expected: usize,
        /// How many values were given.
        given: usize,
        /// What to add or to leave out, naming the `$n` and their types.
        advice: String,
    },
    /// One value does not fit.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A Rust value does not encode as its type.
    #[error(
        "parameter ${position}: the server expects {expected}, and the value given does not encode as that: {problem}"
    )]
    #[non_exhaustive]
    Encode {
        /// The parameter's number, from 1, as in `$1`.
        position: usize,
        /// The SQL name of the type that the server expects.
        expected: String,
        /// What the value's encoding said.
        problem: String,
    },
    /// The server expects other types than those that the values were encoded for, since the schema changed meanwhile.
    #[error("the statement's parameters have other types than a moment ago; call again")]
    TypesChanged,
}

fn count(expected: usize) -> String {
    match expected {
        0 => "no parameters".to_owned(),
        1 => "1 parameter".to_owned(),
        _ => format!("{expected} parameters"),
    }
}

/// What does not fit, before the parameter's number and type are known to the message.
#[derive(Debug)]
pub(super) struct Misfit {
    /// Where inside the value, outermost last: `[2]`, `.name`.
    pub(super) path: Vec<String>,
    /// What was found there.
    pub(super) found: String,
    /// What to pass instead.
    pub(super) form: String,
}

impl Misfit {
    pub(super) fn new(found: &Value, form: impl Into<String>) -> Self {
        Misfit { path: Vec::new(), found: describe(found), form: form.into() }
    }

    /// Adds the step that leads to this value from the one around it.
    pub(super) fn inside(mut self, step: impl Into<String>) -> Self {
        self.path.push(step.into());
        self
    }

    pub(super) fn at(self, position: usize, expected: String) -> ParameterError {
        let found = if self.path.is_empty() {
            self.found
        } else {
            let path: String = self.path.into_iter().rev().collect();
            format!("{} at {path}", self.found)
        };
        ParameterError { position, expected, found, form: self.form }
    }
}

/// A short description of a JSON value.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("boolean {value}"),
        Value::Number(_) => format!("number {}", shown(value)),
        Value::String(_) => format!("string {}", shown(value)),
        Value::Array(_) => format!("array {}", shown(value)),
        Value::Object(_) => format!("object {}", shown(value)),
    }
}

/// Bytes of JSON that a message shows.
const SHOWN: usize = 60;

fn shown(value: &Value) -> String {
    let mut cut = Cut(Vec::with_capacity(SHOWN));
    // The writer fails where the line is full, so that a large value is not written out only to be cut.
    let is_whole = serde_json::to_writer(&mut cut, value).is_ok();
    let text = String::from_utf8_lossy(&cut.0);
    if is_whole {
        text.into_owned()
    } else {
        format!("{}…", text.trim_end_matches(char::REPLACEMENT_CHARACTER))
    }
}

struct Cut(Vec<u8>);

impl Write for Cut {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = SHOWN - self.0.len().min(SHOWN);
        if room == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::WriteZero.into());
        }
        let taken = room.min(bytes.len());
        self.0.extend(bytes.iter().take(taken));
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn long_values_are_cut_at_a_character() {
        let found = describe(&json!("ä".repeat(1_000_000)));
        assert!(found.len() < 80, "{found}");
        assert!(found.ends_with("ä…"), "{found}");
        assert_eq!(describe(&json!([1, "a"])), r#"array [1,"a"]"#);
    }

    #[test]
    fn a_place_inside_the_value_is_named() {
        let error = Misfit::new(&json!("x"), "pass a number").inside("[2]").inside(".a").at(3, "t".into());
        assert_eq!(
            error.to_string(),
            r#"parameter $3: expected t, found string "x" at .a[2]; pass a number"#
        );
    }
}
