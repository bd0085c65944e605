//! Who runs this task, and under which account a PostgreSQL server may run.
//!
//! Separate because `initdb` and `postgres` refuse to run as root: under root they run as `postgres` or `nobody`,
//! on a folder that this account owns. Invariant: an ordinary user's server runs as that user.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::command;
use crate::error::{Doing, Error};

/// The account under which root runs a PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    name: String,
    uid: u32,
    gid: u32,
}

impl Account {
    /// Finds the account for servers: `None` where the caller is an ordinary user, who runs them as themselves.
    ///
    /// # Errors
    /// The caller is root and the machine has neither an account `postgres` nor `nobody`.
    pub fn for_servers() -> Result<Option<Self>, Error> {
        if !is_root()? {
            return Ok(None);
        }
        let passwd = std::fs::read_to_string("/etc/passwd").doing(|| "reading /etc/passwd".to_owned())?;
        ["postgres", "nobody"].iter().find_map(|name| Self::in_passwd(&passwd, name)).map(Some).ok_or_else(|| {
            Error::new(
                "PostgreSQL refuses to run as root, and there is no account `postgres` or `nobody` to run it as",
            )
        })
    }

    fn in_passwd(passwd: &str, name: &str) -> Option<Self> {
        passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            if fields.next()? != name {
                return None;
            }
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            Some(Self { name: name.to_owned(), uid, gid })
        })
    }

    /// Gives the account's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes a command run under this account.
    pub fn runs<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.uid(self.uid).gid(self.gid)
    }

    /// Gives this account a file or folder.
    ///
    /// # Errors
    /// The owner cannot be changed.
    pub fn own(&self, path: &Path) -> Result<(), Error> {
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
            .doing(|| format!("giving {} to the account {}", path.display(), self.name))
    }
}

/// Says whether this process runs as root.
///
/// # Errors
/// The program `id` cannot be run.
pub fn is_root() -> Result<bool, Error> {
    Ok(command::output(Command::new("id").arg("-u"))?.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_is_read_from_passwd() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533:nobody:/none:/bin/false\n";
        let account = Account::in_passwd(passwd, "nobody").unwrap();
        assert_eq!((account.uid, account.gid), (65534, 65533));
        assert_eq!(Account::in_passwd(passwd, "postgres"), None);
        assert_eq!(Account::in_passwd("postgres:x:broken", "postgres"), None);
    }
}
