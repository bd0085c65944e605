//! From flags and environment to the service that operations run on.
//!
//! Separate because it is the only place that knows how a service is configured.
//! Invariant: a password comes from the configuration, its files and variables, or from the terminal; never from a flag.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use pg_core::{
    Access, Configuration, ConfigurationError, ConnectionOptions, Environment, ErrorKind, ErrorReport, Overrides, Secret,
    Service, SettingsError,
};

use crate::failure::Failure;

/// What the connection flags say.
#[derive(Debug, Default)]
pub(crate) struct ConnectionFlags {
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) user: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) ask_password: bool,
    pub(crate) config: Option<PathBuf>,
    pub(crate) access: Option<Access>,
}

/// Makes the service. Must be called within the runtime.
///
/// # Errors
/// A configuration that is wrong, or a password that could not be asked for.
pub(crate) fn service(flags: ConnectionFlags, environment: &Environment) -> Result<Service, Failure> {
    let overrides = Overrides {
        connection: options(&flags)?,
        access: flags.access,
        application_name: Some("pg-cli".to_owned()),
        ..Overrides::default()
    };
    let configuration = Configuration::load(flags.config.as_deref(), environment, overrides)
        .map_err(|error| wrong_configuration(&error))?;
    for warning in &configuration.warnings {
        tracing::warn!("{warning}");
    }
    Service::new(configuration, environment.clone()).map_err(|error| wrong_configuration(&error))
}

/// What the flags say of the connection, under libpq's names.
fn options(flags: &ConnectionFlags) -> Result<ConnectionOptions, Failure> {
    let wrong = |error: SettingsError| Failure::from(ErrorReport::new(ErrorKind::Argument, error.to_string()));
    let named = flags.database.as_deref();
    let base = match named.filter(|name| ConnectionOptions::is_conninfo(name)) {
        Some(conninfo) => ConnectionOptions::from_conninfo(conninfo).map_err(wrong)?,
        None => ConnectionOptions::new(),
    };
    let password = if flags.ask_password { Some(Secret::new(ask_password(flags.user.as_deref())?)) } else { None };
    let parts = ConnectionOptions::from_parts(
        flags.host.as_deref(),
        flags.port,
        named.filter(|name| !ConnectionOptions::is_conninfo(name)),
        flags.user.as_deref(),
        password,
    );
    Ok(base.overlaid(parts))
}

fn wrong_configuration(error: &ConfigurationError) -> Failure {
    let mut problem = error.to_string();
    if let Some(source) = std::error::Error::source(error) {
        problem.push_str(": ");
        problem.push_str(&source.to_string());
    }
    ErrorReport::new(ErrorKind::Argument, problem).into()
}

fn ask_password(user: Option<&str>) -> Result<String, Failure> {
    let instead = "set PGPASSWORD, a passfile, or password_file in the configuration";
    if !io::stderr().is_terminal() {
        return Err(Failure::argument("-W asks on the terminal, and there is none", instead));
    }
    let prompt = match user {
        Some(user) => format!("Password for {user}: "),
        None => "Password: ".to_owned(),
    };
    rpassword::prompt_password(prompt)
        .map_err(|error| Failure::argument(format!("the password could not be read: {error}"), instead))
}
