//! Words that name files of this machine, and the same words without the names.
//!
//! Separate because one problem is told to two readers: whoever runs this program, who needs the file's name, and a caller over the
//! network, who has no business with it. Invariant: both are made of one text, so that none says what the other does not.

use std::path::Path;

/// A problem in words, for each of its two readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// With names, for whoever runs this program.
    pub(crate) local: String,
    /// Without them, for callers over the network.
    pub(crate) remote: String,
}

/// How a text names a file or a program.
pub(crate) struct Naming {
    names: bool,
}

impl Naming {
    /// A space and the file's path; nothing where it is not named.
    pub(crate) fn file(&self, path: &Path) -> String {
        if self.names { format!(" {}", path.display()) } else { String::new() }
    }

    /// A space and the program's name; nothing where it is not named.
    pub(crate) fn program(&self, name: &str) -> String {
        if self.names { format!(" `{name}`") } else { String::new() }
    }
}

impl Told {
    /// Words that name files by what they are given.
    pub(crate) fn naming(tell: impl Fn(&Naming) -> String) -> Self {
        Self { local: tell(&Naming { names: true }), remote: tell(&Naming { names: false }) }
    }

    /// Words that name nothing.
    pub(crate) fn plain(words: impl Into<String>) -> Self {
        let words = words.into();
        Self { local: words.clone(), remote: words }
    }

    /// Appends to both.
    pub(crate) fn push(&mut self, between: &str, more: &Self) {
        self.local = format!("{}{between}{}", self.local, more.local);
        self.remote = format!("{}{between}{}", self.remote, more.remote);
    }
}

impl From<&str> for Told {
    fn from(words: &str) -> Self {
        Self::plain(words)
    }
}

impl From<String> for Told {
    fn from(words: String) -> Self {
        Self::plain(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_files_to_one_of_two_readers() {
        let told = Told::naming(|names| format!("the file{} is empty", names.file(Path::new("/run/x"))));
        assert_eq!(told.local, "the file /run/x is empty");
        assert_eq!(told.remote, "the file is empty");
    }
}
