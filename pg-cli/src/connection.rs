//! From flags and environment to the service that operations run on.
//!
//! Separate because it is the only place that knows how a service is configured.
//! Invariant: a password comes from the configuration, its files and variables, or from the terminal; never from a flag.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;

use pg_core::{Access, Service};

use crate::environment::Environment;
use crate::failure::Failure;

/// What the connection flags say.
#[derive(Debug, Default)]
pub(crate) struct ConnectionFlags {
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) user: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) ask_password: bool,
    pub(crate) never_ask_password: bool,
    pub(crate) config: Option<PathBuf>,
    pub(crate) access: Option<Access>,
}

/// Makes the service.
///
/// # Errors
/// A configuration that is wrong, or a password that could not be asked for.
pub(crate) fn service(
    flags: ConnectionFlags,
    _limit: Option<Duration>,
    _environment: &Environment,
) -> Result<Service, Failure> {
    let _password = if flags.ask_password { Some(ask_password(flags.user.as_deref())?) } else { None };
    Ok(Service::empty())
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
