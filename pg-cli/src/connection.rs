//! From flags and environment to the service that operations run on.
//!
//! Separate because it is the only place that knows how a service is configured.
//! Invariant: a password comes from the configuration, its files and variables, or from the terminal; no flag takes one,
//! apart from a connection string of `-d`, as in psql.

use std::error::Error;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;

use pg_core::{
    Access, Configuration, ConnectionOptions, Environment, ErrorKind, ErrorReport, Overrides, PasswordSource,
    Secret, Service, SettingsError,
};

use crate::confirm;
use crate::failure::Failure;
use crate::messages::Messages;

/// What the connection flags say.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionFlags {
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) user: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) ask_password: bool,
    pub(crate) config: Option<PathBuf>,
    pub(crate) access: Option<Access>,
}

/// Makes the service of a configuration.
///
/// # Errors
/// What is configured and cannot be had.
pub(crate) fn start(configuration: Configuration, environment: &Environment) -> Result<Service, Failure> {
    Service::new(configuration, environment.clone()).map_err(|error| wrong(&error))
}

/// Reads the configuration, without reaching for a server. `limit` is how long a
/// statement may run, where the command line says it.
///
/// # Errors
/// A configuration that is wrong, or a password that could not be asked for.
pub(crate) fn configuration(
    flags: &ConnectionFlags,
    limit: Option<Duration>,
    environment: &Environment,
    messages: &Messages,
) -> Result<Configuration, Failure> {
    let mut connection = options(flags).map_err(|error| wrong(&error))?;
    if flags.ask_password {
        connection.set_password(PasswordSource::Given(ask_password(flags.user.as_deref())?));
    }
    let overrides = Overrides {
        connection,
        access: flags.access,
        statement_timeout: limit,
        application_name: Some("pg-cli".to_owned()),
        local_by_default: true,
        // Whoever waits at the command line sees that it was slow; a log of it is for those who ask for one.
        slow_by_default: Some(Duration::MAX),
        ..Overrides::default()
    };
    let mut configuration = Configuration::load(flags.config.as_deref(), environment, overrides)
        .map_err(|error| wrong(&error))?;
    configuration.codes_folder = confirm::codes_folder(environment);
    for warning in &configuration.warnings {
        messages.note(&format!("pg-cli: warning: {warning}"));
    }
    Ok(configuration)
}

/// The flags in libpq's words. As in psql, what stands for the database may be a whole connection string, and the other
/// flags win over it.
fn options(flags: &ConnectionFlags) -> Result<ConnectionOptions, SettingsError> {
    let mut options = ConnectionOptions::new();
    if let Some(database) = &flags.database {
        if ConnectionOptions::is_conninfo(database) {
            options = ConnectionOptions::from_conninfo(database)?;
        } else {
            options.set("dbname", database)?;
        }
    }
    let port = flags.port.map(|port| port.to_string());
    for (name, value) in [("host", &flags.host), ("port", &port), ("user", &flags.user)] {
        if let Some(value) = value {
            options.set(name, value)?;
        }
    }
    Ok(options)
}

/// The error with what led to it; errors of the configuration hold no secrets at any level.
fn wrong(error: &dyn Error) -> Failure {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    ErrorReport::new(ErrorKind::Argument, message).into()
}

fn ask_password(user: Option<&str>) -> Result<Secret, Failure> {
    let instead = "set PGPASSWORD, a passfile, or password_file in the configuration";
    if !io::stderr().is_terminal() {
        return Err(Failure::argument("-W asks on the terminal, and there is none", instead));
    }
    let prompt = match user {
        Some(user) => format!("Password for {user}: "),
        None => "Password: ".to_owned(),
    };
    rpassword::prompt_password(prompt)
        .map(Secret::new)
        .map_err(|error| Failure::argument(format!("the password could not be read: {error}"), instead))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags() -> ConnectionFlags {
        ConnectionFlags { port: Some(7777), user: Some("ada".to_owned()), ..ConnectionFlags::default() }
    }

    #[test]
    fn flags_win_over_the_connection_string_that_stands_for_the_database() {
        let database = Some("postgresql://bob@db.example:5432/shop".to_owned());
        let options = options(&ConnectionFlags { database, ..flags() }).unwrap();
        for (name, value) in [("host", "db.example"), ("port", "7777"), ("user", "ada"), ("dbname", "shop")] {
            assert_eq!(options.get(name), Some(value), "{name}");
        }
    }

    #[test]
    fn a_plain_word_is_the_name_of_the_database() {
        let options = options(&ConnectionFlags { database: Some("shop".to_owned()), ..flags() }).unwrap();
        assert_eq!(options.get("dbname"), Some("shop"));
    }

    #[test]
    fn says_what_is_wrong_with_the_configuration_and_shows_no_password() {
        let database = Some("postgresql://ada:hunter2@db.example/shop?sslmod=require".to_owned());
        let environment: Environment = std::iter::empty::<(String, String)>().collect();
        let result =
            configuration(&ConnectionFlags { database, ..flags() }, None, &environment, &Messages::default());
        let Err(Failure::Report(report)) = result else { panic!("accepted a wrong option") };
        let text = report.to_string();
        assert!(text.contains("sslmod") && !text.contains("hunter2"), "{text}");
        assert_eq!(report.exit(), pg_core::Exit::Usage);
    }
}
