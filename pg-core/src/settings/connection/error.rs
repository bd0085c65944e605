//! What can be wrong with a connection's settings.
//!
//! Invariant: no message holds a password, nor a connection string, nor a piece of either.

use std::fmt;
use std::path::PathBuf;

/// Where an option was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A URL or a key=value string.
    ConnectionString,
    /// By name: a flag, an argument or a key of the configuration file.
    Explicit,
    /// A variable of the environment.
    Variable(&'static str),
    /// A section of the service file.
    Service(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectionString => formatter.write_str(" in the connection string"),
            Self::Explicit => Ok(()),
            Self::Variable(name) => write!(formatter, " in the variable {name}"),
            Self::Service(name) => write!(formatter, " in the service `{name}`"),
        }
    }
}

/// Connection settings that cannot be used: which option, what was given, what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// An option that is not libpq's.
    #[error("unknown connection option{}{place}{}", shown(.option.as_deref()), hint(*.nearest))]
    UnknownOption {
        /// The option as given; left out where it may be a piece of a password.
        option: Option<String>,
        /// Where it was given, in words, or empty.
        place: String,
        /// The known option that is nearest.
        nearest: Option<&'static str>,
    },
    /// An option of libpq's that this toolkit does not offer.
    #[error("the connection option `{option}`{place} is not supported: {reason}")]
    UnsupportedOption {
        /// The option.
        option: &'static str,
        /// Where it was given, in words, or empty.
        place: String,
        /// Why, and what to do instead.
        reason: &'static str,
    },
    /// A value that its option does not take.
    #[error("`{given}` is not a value of the connection option `{option}`{place}: allowed are {allowed}")]
    InvalidValue {
        /// The option.
        option: &'static str,
        /// Where it was given, in words, or empty.
        place: String,
        /// The value; never that of a secret option.
        given: String,
        /// What the option takes.
        allowed: String,
    },
    /// A connection string that cannot be read.
    #[error("{problem}: {remedy}")]
    Syntax {
        /// What is wrong, without the text.
        problem: String,
        /// What to write instead.
        remedy: &'static str,
    },
    /// Options that contradict each other.
    #[error("{problem}: {remedy}")]
    Conflict {
        /// What contradicts what.
        problem: String,
        /// What to change.
        remedy: String,
    },
    /// A service that is in none of the service files.
    #[error("the service `{service}` is not defined{}: add a section [{service}] there, or name another service", searched(.files))]
    UnknownService {
        /// The service asked for.
        service: String,
        /// The files that were looked into.
        files: Vec<PathBuf>,
    },
    /// A service file that cannot be read.
    #[error("the service file {} {problem}", .file.display())]
    ServiceFile {
        /// The file.
        file: PathBuf,
        /// What is wrong, with the line where there is one.
        problem: String,
    },
    /// An option that only the operator may give.
    #[error("the connection option `{option}` cannot be given here: {reason}")]
    NotForClients {
        /// The option.
        option: &'static str,
        /// Why, and what to do instead.
        reason: &'static str,
    },
}

impl SettingsError {
    /// What is wrong, without the names of this machine's files and what is in them: for a caller over the network.
    pub fn without_files(&self) -> String {
        match self {
            Self::UnknownService { service, .. } => {
                format!("the service `{service}` is not defined; ask the operator which there are")
            }
            Self::ServiceFile { .. } => {
                "the service file cannot be used; ask the operator to look at it".to_owned()
            }
            other => other.to_string(),
        }
    }
}

fn shown(option: Option<&str>) -> String {
    option.map_or_else(
        || " (not shown: what stands after a password may be a piece of it; in a URL write & as %26, in a key=value string put the password in single quotes)".to_owned(),
        |option| format!(" `{option}`"),
    )
}

fn hint(nearest: Option<&'static str>) -> String {
    nearest.map_or_else(
        || ": the options are those of libpq, such as host, port, dbname, user, password, sslmode".to_owned(),
        |nearest| format!(": did you mean `{nearest}`?"),
    )
}

fn searched(files: &[PathBuf]) -> String {
    if files.is_empty() {
        return " (there is no service file)".to_owned();
    }
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    format!(" in {}", files.join(" or "))
}
