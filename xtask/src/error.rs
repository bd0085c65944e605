//! What went wrong in a task: what was being done, and the cause below it.
//!
//! Separate so that every module reports alike. Invariant: a message says what was tried; where the reader can
//! mend it, the message also says how.

use std::fmt;

/// A task's failure: what was being done, and why it could not be.
#[derive(Debug)]
pub struct Error {
    doing: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Makes a failure that has no other failure below it.
    pub fn new(doing: impl Into<String>) -> Self {
        Self { doing: doing.into(), source: None }
    }

    /// Makes a failure that came of another one.
    pub fn caused(
        doing: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { doing: doing.into(), source: Some(source.into()) }
    }

    /// Gives the message with all causes below it, outermost first, for the last line a reader sees.
    pub fn chain(&self) -> String {
        let mut text = self.doing.clone();
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            text.push_str(": ");
            text.push_str(&inner.to_string());
            cause = inner.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.doing)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source.as_ref() as &(dyn std::error::Error + 'static))
    }
}

/// Says what was being done when a call below failed.
pub trait Doing<T> {
    /// Wraps the failure, if there is one, in what was being done.
    ///
    /// # Errors
    /// The wrapped failure.
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, Error>;
}

impl<T, E: Into<Box<dyn std::error::Error + Send + Sync>>> Doing<T> for Result<T, E> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, Error> {
        self.map_err(|source| Error::caused(what(), source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chain_names_every_cause_from_the_outside_in() {
        let inner = Error::new("no such folder");
        let outer = Error::caused("starting", inner);
        assert_eq!(outer.chain(), "starting: no such folder");
        assert_eq!(outer.to_string(), "starting");
    }
}
