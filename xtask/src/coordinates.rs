//! Where a private server listens and how to come in: passed from the task to the tests in variables.
//!
//! Separate because the two sides are two processes. Invariant: what [`Coordinates::variables`] writes,
//! [`Coordinates::from_variables`] reads.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::postgres::BIN_VARIABLE;

/// The name of every private server's superuser.
pub const SUPERUSER: &str = "postgres";
/// The host that every private server listens on.
pub const HOST: &str = "127.0.0.1";

const PORT_VARIABLE: &str = "PG_TOOLKIT_TEST_PORT";
const PASSWORD_VARIABLE: &str = "PG_TOOLKIT_TEST_PASSWORD";
const SOCKETS_VARIABLE: &str = "PG_TOOLKIT_TEST_SOCKETS";

/// Where a private server listens and how to come in.
#[derive(Clone, PartialEq, Eq)]
pub struct Coordinates {
    port: u16,
    password: String,
    sockets: PathBuf,
    bin: PathBuf,
}

impl Coordinates {
    pub(crate) fn new(port: u16, password: String, sockets: PathBuf, bin: PathBuf) -> Self {
        Self { port, password, sockets, bin }
    }

    /// Gives the TCP port on [`HOST`], where every role needs its password.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Gives the superuser's password.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Gives the folder of the Unix socket, where nobody needs a password.
    pub fn sockets(&self) -> &Path {
        &self.sockets
    }

    /// Gives the folder of the server's programs.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// Writes a connection URL for a role on a database of this server.
    pub fn url(&self, role: &str, password: &str, database: &str) -> String {
        format!("postgresql://{role}:{password}@{HOST}:{}/{database}", self.port)
    }

    /// Gives the variables that carry the coordinates to another process.
    pub fn variables(&self) -> Vec<(&'static str, OsString)> {
        vec![
            (PORT_VARIABLE, self.port.to_string().into()),
            (PASSWORD_VARIABLE, self.password.clone().into()),
            (SOCKETS_VARIABLE, self.sockets.clone().into()),
            (BIN_VARIABLE, self.bin.clone().into()),
        ]
    }

    /// Reads what [`Coordinates::variables`] wrote; `None` where there is no server to share.
    ///
    /// # Errors
    /// Some of the variables are set and others are missing or senseless.
    pub fn from_variables(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Option<Self>, Error> {
        let Some(port) = variable(PORT_VARIABLE) else { return Ok(None) };
        let wanted = |name: &str| {
            variable(name).ok_or_else(|| Error::new(format!("{PORT_VARIABLE} is set but {name} is not")))
        };
        let text = |name: &str, value: OsString| {
            value.into_string().map_err(|_| Error::new(format!("{name} is not UTF-8")))
        };
        let port = text(PORT_VARIABLE, port)?
            .parse()
            .map_err(|cause| Error::caused(format!("{PORT_VARIABLE} is no port number"), cause))?;
        let password = text(PASSWORD_VARIABLE, wanted(PASSWORD_VARIABLE)?)?;
        let sockets = PathBuf::from(wanted(SOCKETS_VARIABLE)?);
        let bin = PathBuf::from(wanted(BIN_VARIABLE)?);
        Ok(Some(Self { port, password, sockets, bin }))
    }
}

impl fmt::Debug for Coordinates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Coordinates").field("port", &self.port).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Coordinates {
        Coordinates::new(5999, "hush".to_owned(), "/tmp/x".into(), "/usr/bin".into())
    }

    #[test]
    fn variables_carry_everything_across() {
        let variables = example().variables();
        let lookup =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        assert_eq!(Coordinates::from_variables(&lookup).unwrap(), Some(example()));
    }

    #[test]
    fn half_a_set_of_variables_is_an_error() {
        let lookup = |name: &str| (name == PORT_VARIABLE).then(|| OsString::from("5999"));
        assert!(Coordinates::from_variables(&lookup).is_err());
        assert_eq!(Coordinates::from_variables(&|_| None).unwrap(), None);
    }

    #[test]
    fn debug_keeps_the_password() {
        assert!(!format!("{:?}", example()).contains("hush"));
    }
}
