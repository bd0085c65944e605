//! A snapshot of what a process knows of its surroundings: variables, home folder, user.
//!
//! Separate so that libraries never read the environment on their own: binaries take the snapshot once and pass it in,
//! tests make theirs up. Invariant: values, which may be passwords, are not in `Debug`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Variables, home folder and user name of the process, as taken at one moment.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    user: Option<String>,
}

impl Environment {
    /// Takes the snapshot from the running process.
    ///
    /// For binaries, once, at their start: this is the only place in the libraries that reads the environment.
    /// A variable that is not UTF-8 is left out.
    pub fn capture() -> Self {
        let mut environment: Self = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        // libpq asks the password database for the effective user, so does this; `$USER` may say something else.
        environment.user = whoami::username().ok();
        environment
    }

    /// The same snapshot with this user name, which is the default of `user`.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// The same snapshot with this home folder, where `.pgpass`, `.pg_service.conf` and `.postgresql` are looked for.
    #[must_use]
    pub fn with_home(mut self, home: impl Into<PathBuf>) -> Self {
        self.home = Some(home.into());
        self
    }

    /// The value of a variable, if it is set; the empty string counts as set, as in libpq.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The value of a variable, if it is set and not empty.
    pub fn non_empty(&self, name: &str) -> Option<&str> {
        self.variable(name).filter(|value| !value.is_empty())
    }

    /// The home folder.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The name of the operating system's user.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }
}

/// Makes up a snapshot from variables; `HOME` gives the home folder, and there is no user unless
/// [`Environment::with_user`] names one.
impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let variables: BTreeMap<String, String> =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let home = variables.get("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
        Self { variables, home, user: None }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Environment")
            .field("variables", &self.variables.keys().collect::<Vec<_>>())
            .field("home", &self.home)
            .field("user", &self.user)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_names_of_variables_and_no_values() {
        let environment: Environment =
            [("PGPASSWORD", "hunter2"), ("HOME", "/home/ada")].into_iter().collect();
        let shown = format!("{environment:?}");
        assert!(shown.contains("PGPASSWORD") && !shown.contains("hunter2"), "{shown}");
        assert_eq!(environment.home(), Some(Path::new("/home/ada")));
    }

    #[test]
    fn knows_the_user_of_the_process() {
        assert!(Environment::capture().user().is_some_and(|user| !user.is_empty()));
    }
}
