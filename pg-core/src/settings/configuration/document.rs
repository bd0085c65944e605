//! A TOML document that knows where everything stands.
//!
//! Separate from what the keys mean and from how a type is read out of it. Invariant: a position is given with every
//! error, and no error carries the text, which may hold passwords.

use std::ops::Range;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use toml::de::DeTable;

use super::deserializer;
use super::error::{ConfigurationError, FilePosition};

/// The file and its text.
pub(super) struct Document {
    file: PathBuf,
    text: String,
}

impl Document {
    pub(super) fn new(file: PathBuf, text: String) -> Self {
        Self { file, text }
    }

    /// Parses the text into the type that its root is read as.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ConfigurationError> {
        let root = DeTable::parse(&self.text).map_err(|error| ConfigurationError::Syntax {
            // Not the error itself, which carries and shows the text.
            at: self.position(&error.span().unwrap_or_default()),
            problem: error.message().to_owned(),
        })?;
        deserializer::read(self, root.get_ref())
    }

    /// Where a span begins.
    pub(super) fn position(&self, span: &Range<usize>) -> Box<FilePosition> {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Box::new(FilePosition {
            file: self.file.clone(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        })
    }
}
