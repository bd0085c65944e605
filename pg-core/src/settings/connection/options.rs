//! Connection options as typed: strings under libpq's names, each with where it was given.
//!
//! Separate from the resolved settings because both precedence and errors are about what was typed and where.
//! Invariant: the password is not among the plain strings, so that `Debug` may show the rest.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::secret::Secret;
use super::error::{Origin, SettingsError};
use super::keyword::{self, Keyword};
use super::{key_value, url};

/// A value, with where it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(super) value: String,
    pub(super) origin: Origin,
}

impl Given {
    /// The error that this value is not one of those allowed.
    pub(super) fn invalid(&self, option: &'static str, allowed: impl Into<String>) -> SettingsError {
        SettingsError::InvalidValue {
            option,
            place: self.origin.to_string(),
            given: self.value.clone(),
            allowed: allowed.into(),
        }
    }
}

/// Where the password comes from. A file and a command are read again for every new connection, so that tokens may rotate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PasswordSource {
    /// The password itself.
    Given(Secret),
    /// What a variable of the environment held when the program started: a process does not see it change.
    Variable {
        /// The variable.
        name: String,
        /// What it held.
        value: Secret,
    },
    /// The first line of a file that only its owner can read.
    File(PathBuf),
    /// The first line of what a program writes to its standard output: the program, then its arguments. No shell reads
    /// them.
    Command(Vec<String>),
}

/// Connection options as typed, not yet completed or checked; see [`ConnectionOptions::resolve`].
#[derive(Debug, Clone, Default)]
pub struct ConnectionOptions {
    pub(super) values: BTreeMap<&'static str, Given>,
    pub(super) password: Option<PasswordSource>,
}

impl ConnectionOptions {
    /// No options: everything comes from the environment and the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a URL (`postgresql://` or `postgres://`) or a key=value string.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Syntax`], [`SettingsError::UnknownOption`] or [`SettingsError::UnsupportedOption`].
    pub fn from_conninfo(text: &str) -> Result<Self, SettingsError> {
        if url::is_url(text) { Self::from_url(text) } else { Self::from_pairs(key_value::parse(text)?) }
    }

    /// Reads a URL (`postgresql://` or `postgres://`).
    ///
    /// # Errors
    ///
    /// As [`ConnectionOptions::from_conninfo`].
    pub fn from_url(text: &str) -> Result<Self, SettingsError> {
        Self::from_pairs(url::parse(text)?)
    }

    /// Takes the parts that every client knows by name.
    pub fn from_parts(
        host: Option<&str>,
        port: Option<u16>,
        database: Option<&str>,
        user: Option<&str>,
        password: Option<Secret>,
    ) -> Self {
        let mut options = Self::new();
        let port = port.map(|port| port.to_string());
        for (name, value) in [("host", host), ("port", port.as_deref()), ("dbname", database), ("user", user)]
        {
            if let Some(value) = value {
                options.values.insert(name, Given { value: value.to_owned(), origin: Origin::Explicit });
            }
        }
        options.password = password.map(PasswordSource::Given);
        options
    }

    /// Whether `text` is a connection string rather than, say, the name of a database.
    pub fn is_conninfo(text: &str) -> bool {
        url::is_url(text) || text.contains('=')
    }

    /// Sets an option by libpq's name, in place of what was set before.
    ///
    /// # Errors
    ///
    /// [`SettingsError::UnknownOption`] or [`SettingsError::UnsupportedOption`].
    pub fn set(&mut self, name: &str, value: impl Into<String>) -> Result<(), SettingsError> {
        self.set_from(name, value.into(), Origin::Explicit)
    }

    /// Sets an option to what a variable of the program's own holds.
    pub(crate) fn set_from_variable(
        &mut self,
        name: &str,
        value: &str,
        variable: &'static str,
    ) -> Result<(), SettingsError> {
        self.set_from(name, value.to_owned(), Origin::Variable(variable))
    }

    fn set_from(&mut self, name: &str, value: String, origin: Origin) -> Result<(), SettingsError> {
        match keyword::find(name) {
            Some(keyword) => self.insert(keyword, value, origin),
            None => Err(SettingsError::UnknownOption {
                option: Some(name.to_owned()),
                place: origin.to_string(),
                nearest: keyword::nearest_name(name),
            }),
        }
    }

    /// Says where the password comes from, in place of what was set before.
    pub fn set_password(&mut self, source: PasswordSource) {
        self.password = Some(source);
    }

    /// Whether nothing at all was given.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.password.is_none()
    }

    /// Lays `over` above these options: what it gives wins.
    #[must_use]
    pub fn overlaid(mut self, over: Self) -> Self {
        self.values.extend(over.values);
        self.password = over.password.or(self.password);
        self
    }

    /// The names of all options that can be set.
    pub fn names() -> impl Iterator<Item = &'static str> {
        keyword::KEYWORDS.iter().filter(|keyword| keyword.unsupported.is_none()).map(|keyword| keyword.name)
    }

    /// The names of libpq's options that [`ConnectionOptions::set`] refuses, saying why.
    #[cfg(test)]
    pub(crate) fn unsupported_names() -> impl Iterator<Item = &'static str> {
        keyword::KEYWORDS.iter().filter(|keyword| keyword.unsupported.is_some()).map(|keyword| keyword.name)
    }

    /// The value of an option as it was typed.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|given| given.value.as_str())
    }

    pub(super) fn insert(
        &mut self,
        keyword: &'static Keyword,
        value: String,
        origin: Origin,
    ) -> Result<(), SettingsError> {
        if let Some(reason) = keyword.unsupported {
            return Err(SettingsError::UnsupportedOption {
                option: keyword.name,
                place: origin.to_string(),
                reason,
            });
        }
        if value.contains('\0') {
            return Err(SettingsError::Syntax {
                problem: format!("the connection option `{}`{origin} holds a NUL character", keyword.name),
                remedy: "remove it",
            });
        }
        if keyword.name == "password" {
            self.password = Some(PasswordSource::Given(Secret::from(value)));
        } else {
            self.values.insert(keyword.name, Given { value, origin });
        }
        Ok(())
    }

    fn from_pairs(pairs: Vec<(String, String)>) -> Result<Self, SettingsError> {
        let mut options = Self::new();
        // What follows a password may be a piece of it that was not quoted: it is not shown.
        let mut after_password = false;
        for (name, value) in pairs {
            let Some(keyword) = keyword::find(&name) else {
                return Err(SettingsError::UnknownOption {
                    nearest: keyword::nearest_name(&name),
                    place: Origin::ConnectionString.to_string(),
                    option: (!after_password).then_some(name),
                });
            };
            after_password |= keyword.name == "password";
            options.insert(keyword, value, Origin::ConnectionString)?;
        }
        Ok(options)
    }
}
