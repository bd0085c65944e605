//! What a caller is told of an error: one structure for people, scripts and models, so that both front ends say the same.
//! It never holds a secret: it is built from parts that cannot, not from a chain of sources.

use std::fmt;

use serde::Serialize;

use crate::{Confirmation, ErrorKind, Exit};

/// An error as a caller reads it: what happened, where, why, and what to do instead.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ErrorReport {
    /// The class of the error, by which a program can branch.
    pub kind: ErrorKind,
    /// What happened, in one sentence.
    pub message: String,
    /// The connection it happened on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// PostgreSQL's five-character SQLSTATE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqlstate: Option<String>,
    /// Which of several statements or rows failed, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// Where in the statement's text, in characters counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// The line at that position with a caret under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caret: Option<String>,
    /// The server's detail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Why, where the message does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What to do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The policy rule that refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Whether the same call may succeed later without anything being changed, and cannot do anything twice; left out where not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub retryable: bool,
    /// After how many milliseconds calling again can succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The change that waits to be confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub confirmation: Option<Box<Confirmation>>,
}

impl ErrorReport {
    /// A report with a kind and a sentence, the rest to be filled in.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            connection_id: None,
            sqlstate: None,
            index: None,
            position: None,
            caret: None,
            detail: None,
            why: None,
            hint: None,
            rule: None,
            retryable: false,
            retry_after_ms: None,
            confirmation: None,
        }
    }

    /// Adds what to do instead.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The exit code of a command that ends with this error.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.kind.exit()
    }
}

impl fmt::Display for ErrorReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.kind.title())?;
        if let Some(index) = self.index {
            write!(f, "statement {index} (counted from 0): ")?;
        }
        f.write_str(&self.message)?;
        if let Some(sqlstate) = &self.sqlstate {
            write!(f, " (SQLSTATE {sqlstate})")?;
        }
        if let Some(caret) = &self.caret {
            write!(f, "\n{caret}")?;
        }
        if let Some(detail) = &self.detail {
            write!(f, "\ndetail: {detail}")?;
        }
        if let Some(why) = &self.why {
            write!(f, "\nwhy: {why}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\nhint: {hint}")?;
        }
        if let Some(rule) = &self.rule {
            write!(f, "\nrule: {rule}")?;
        }
        if let Some(connection) = &self.connection_id {
            write!(f, "\nconnection: {connection}")?;
        }
        Ok(())
    }
}

/// The line of `text` that holds the character `position` (from 1), cut to a window, with a caret under it.
#[must_use]
pub fn caret_line(text: &str, position: usize) -> Option<String> {
    const WINDOW: usize = 100;
    let index = position.checked_sub(1)?;
    let mut line_start = 0;
    let mut line_number = 1;
    for (at, character) in text.chars().enumerate().take(index) {
        if character == '\n' {
            line_start = at + 1;
            line_number += 1;
        }
    }
    let column = index.checked_sub(line_start)?;
    let line: Vec<char> =
        text.chars().skip(line_start).take_while(|c| *c != '\n').take(column + WINDOW).collect();
    if column > line.len() {
        return None;
    }
    let from = column.saturating_sub(WINDOW / 2);
    let shown: String =
        line.iter().skip(from).take(WINDOW).map(|c| if c.is_control() { ' ' } else { *c }).collect();
    let label = format!("line {line_number}: ");
    let padding = " ".repeat(label.len() + (column - from));
    Some(format!("{label}{shown}\n{padding}^"))
}

#[cfg(test)]
mod tests {
    use super::caret_line;

    #[test]
    fn points_at_the_character_in_its_line() {
        assert_eq!(caret_line("SELECT 1,\n  nme FROM t", 13).unwrap(), "line 2:   nme FROM t\n          ^");
    }

    #[test]
    fn counts_characters_and_not_bytes() {
        assert_eq!(caret_line("SELECT 'é', x", 13).unwrap(), "line 1: SELECT 'é', x\n                    ^");
    }

    #[test]
    fn says_nothing_for_a_position_outside_the_text() {
        assert_eq!(caret_line("SELECT", 100), None);
        assert_eq!(caret_line("SELECT", 0), None);
    }
}
