//! Reading of a TOML document that knows where everything stands.
//!
//! Separate from what the keys mean. Invariant: every key is either asked for or an error, so that a misspelled one is
//! never silently ignored; a position is given with every error.

use std::cell::RefCell;
use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::nearest::nearest;
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

    /// Parses the text and gives the root to `read`; keys that it did not ask for are errors.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Section<'_>) -> Result<T, ConfigurationError>,
    ) -> Result<T, ConfigurationError> {
        let root = DeTable::parse(&self.text).map_err(|error| ConfigurationError::Syntax {
            // Not the error itself, which carries and shows the text.
            at: self.position(error.span().unwrap_or_default()),
            problem: error.message().to_owned(),
        })?;
        let section = Section::new(self, "the file".to_owned(), root.get_ref());
        let value = read(&section)?;
        section.finish()?;
        Ok(value)
    }

    fn position(&self, span: Range<usize>) -> Box<FilePosition> {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Box::new(FilePosition {
            file: self.file.clone(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        })
    }
}

/// One table of the document.
pub(super) struct Section<'a> {
    document: &'a Document,
    name: String,
    table: &'a DeTable<'a>,
    asked: RefCell<Vec<&'a str>>,
}

/// A value and where it stands.
pub(super) struct Entry<'a> {
    document: &'a Document,
    key: &'a str,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Section<'a> {
    fn new(document: &'a Document, name: String, table: &'a DeTable<'a>) -> Self {
        Self { document, name, table, asked: RefCell::default() }
    }

    /// The section's name, in words.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The entry under a key, if it is there.
    pub(super) fn get(&self, key: &'a str) -> Option<Entry<'a>> {
        self.asked.borrow_mut().push(key);
        self.get_unlisted(key)
    }

    /// The same, without listing the key among those that are allowed.
    pub(super) fn get_unlisted(&self, key: &'a str) -> Option<Entry<'a>> {
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| Entry {
            document: self.document,
            key,
            value,
        })
    }

    /// Reads the table under a key, if it is there; keys in it that `read` did not ask for are errors.
    pub(super) fn section<T>(
        &self,
        key: &'a str,
        read: impl FnOnce(&Section<'a>) -> Result<T, ConfigurationError>,
    ) -> Result<Option<T>, ConfigurationError> {
        let name = if self.name.starts_with('[') {
            self.name.replace(']', &format!(".{key}]"))
        } else {
            format!("[{key}]")
        };
        self.get(key).map(|entry| entry.table(name, read)).transpose()
    }

    /// Reads every table under a key, by name.
    pub(super) fn sections<T>(
        &self,
        key: &'a str,
        mut read: impl FnMut(&'a str, &Section<'a>) -> Result<T, ConfigurationError>,
    ) -> Result<Vec<(String, T)>, ConfigurationError> {
        let Some(entry) = self.get(key) else { return Ok(Vec::new()) };
        let DeValue::Table(tables) = entry.value.get_ref() else {
            return Err(entry.invalid("a table"));
        };
        tables
            .iter()
            .map(|(name, value)| {
                let name: &'a str = name.get_ref();
                let entry = Entry { document: self.document, key: name, value };
                Ok((name.to_owned(), entry.table(format!("[{key}.{name}]"), |section| read(name, section))?))
            })
            .collect()
    }

    fn finish(&self) -> Result<(), ConfigurationError> {
        let asked = self.asked.borrow();
        let unknown = self
            .table
            .iter()
            .map(|(name, _)| name)
            .filter(|name| !asked.contains(&name.get_ref().as_ref()))
            .min_by_key(|name| name.span().start);
        let Some(unknown) = unknown else { return Ok(()) };
        Err(ConfigurationError::UnknownKey {
            at: self.document.position(unknown.span()),
            key: unknown.get_ref().to_string(),
            section: self.name.clone(),
            nearest: nearest(unknown.get_ref(), asked.iter().copied()).map(str::to_owned),
            allowed: asked.join(", "),
        })
    }
}

impl<'a> Entry<'a> {
    /// Where the value stands.
    pub(super) fn position(&self) -> Box<FilePosition> {
        self.document.position(self.value.span())
    }

    /// The error that the value is not one of those allowed; a string is not shown, since it may be secret.
    pub(super) fn invalid(&self, allowed: impl Into<String>) -> ConfigurationError {
        let given = match self.value.get_ref() {
            DeValue::Integer(number) => number.to_string(),
            DeValue::Boolean(flag) => flag.to_string(),
            other => format!("a value of type {}", other.type_str()),
        };
        ConfigurationError::InvalidValue {
            at: self.position(),
            key: self.key.to_owned(),
            given,
            allowed: allowed.into(),
        }
    }

    /// The same error for a value that is not secret, which is shown.
    pub(super) fn invalid_shown(&self, allowed: impl Into<String>) -> ConfigurationError {
        match (self.value.get_ref(), self.invalid(allowed)) {
            (DeValue::String(text), ConfigurationError::InvalidValue { at, key, allowed, .. }) => {
                ConfigurationError::InvalidValue { at, key, given: format!("`{text}`"), allowed }
            }
            (_, error) => error,
        }
    }

    /// The string.
    pub(super) fn text(&self) -> Result<&'a str, ConfigurationError> {
        self.value.get_ref().as_str().ok_or_else(|| self.invalid("a string"))
    }

    /// A string, whole number or boolean as text; booleans as libpq's 1 and 0.
    pub(super) fn scalar(&self) -> Result<String, ConfigurationError> {
        match self.value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
            DeValue::Boolean(flag) => Ok(if *flag { "1" } else { "0" }.to_owned()),
            _ => Err(self.invalid("a string or a whole number")),
        }
    }

    /// Yes or no.
    pub(super) fn flag(&self) -> Result<bool, ConfigurationError> {
        self.value.get_ref().as_bool().ok_or_else(|| self.invalid_shown("true or false"))
    }

    /// A whole number from 1 up to `most`.
    pub(super) fn count<T: TryFrom<u64>>(&self, most: u64) -> Result<T, ConfigurationError> {
        self.value
            .get_ref()
            .as_integer()
            .and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok())
            .filter(|number| (1..=most).contains(number))
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| self.invalid_shown(format!("a whole number from 1 to {most}")))
    }

    /// A list of strings.
    pub(super) fn list(&self) -> Result<Vec<String>, ConfigurationError> {
        let wrong = || self.invalid("a list of strings");
        let items = self.value.get_ref().as_array().ok_or_else(wrong)?;
        items.iter().map(|item| item.get_ref().as_str().map(str::to_owned).ok_or_else(wrong)).collect()
    }

    /// A value read from its string.
    pub(super) fn parsed<T>(
        &self,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, ConfigurationError> {
        parse(self.text()?).map_err(|allowed| self.invalid_shown(allowed))
    }

    fn table<T>(
        &self,
        name: String,
        read: impl FnOnce(&Section<'a>) -> Result<T, ConfigurationError>,
    ) -> Result<T, ConfigurationError> {
        let DeValue::Table(table) = self.value.get_ref() else {
            return Err(self.invalid("a table"));
        };
        let section = Section::new(self.document, name, table);
        let value = read(&section)?;
        section.finish()?;
        Ok(value)
    }
}
