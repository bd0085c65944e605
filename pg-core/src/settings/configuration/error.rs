//! What can be wrong with the configuration.
//!
//! Invariant: as for [`SettingsError`]; and nothing here keeps the file's text, which may hold passwords.

use std::fmt;
use std::path::PathBuf;

use super::super::connection::SettingsError;

/// A place in the configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePosition {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

impl fmt::Display for FilePosition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// A configuration that cannot be used: where, what was given, what is allowed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}", .file.display())]
    ReadFile {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{at}: {problem}")]
    Syntax {
        /// Where.
        at: Box<FilePosition>,
        /// What the TOML parser found.
        problem: String,
    },
    /// A key that nothing reads.
    #[error("{at}: unknown key `{key}` in {section}{}", .nearest.as_ref().map_or_else(|| format!(": allowed are {allowed}"), |nearest| format!(": did you mean `{nearest}`?")))]
    UnknownKey {
        /// Where.
        at: Box<FilePosition>,
        /// The key.
        key: String,
        /// The section, in words.
        section: String,
        /// The known key that is nearest.
        nearest: Option<String>,
        /// All known keys of the section.
        allowed: String,
    },
    /// A value that its key does not take.
    #[error("{at}: {given} is not a value of `{key}`: allowed is {allowed}")]
    InvalidValue {
        /// Where.
        at: Box<FilePosition>,
        /// The key.
        key: String,
        /// The value, or its type where it may be secret.
        given: String,
        /// What the key takes.
        allowed: String,
    },
    /// A variable's value that is not understood.
    #[error("`{given}` is not a value of the variable {name}: allowed is {allowed}")]
    InvalidVariable {
        /// The variable.
        name: &'static str,
        /// The value; never that of a variable that may hold a secret.
        given: String,
        /// What the variable takes.
        allowed: String,
    },
    /// Keys that contradict each other.
    #[error("{place}: {problem}")]
    Conflict {
        /// Where, in words.
        place: String,
        /// What contradicts what, and what to change.
        problem: String,
    },
    /// A connection's settings cannot be used.
    #[error("the settings of the connection `{connection}` ({place}) cannot be used")]
    Connection {
        /// The connection.
        connection: String,
        /// Where they are given.
        place: String,
        /// What is wrong.
        source: Box<SettingsError>,
    },
}
