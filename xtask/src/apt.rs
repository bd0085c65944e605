//! Installing Debian packages, where the caller may.
//!
//! Separate from the wheels, the other way to the same things, because it changes the machine. Invariant: no
//! server is started and no data folder is made by what it installs.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::account;
use crate::command::{self, on_path};
use crate::error::{Doing, Error};
use crate::say;

const CLUSTER_CONFIGURATION: &str = "/etc/postgresql-common/createcluster.conf";

/// A way to install Debian packages on this machine.
#[derive(Debug, Clone, Copy)]
pub struct Apt {
    by_sudo: bool,
}

impl Apt {
    /// Finds out whether packages can be installed: `apt-get` is there, and the caller is root or needs no
    /// password for `sudo`.
    ///
    /// # Errors
    /// It cannot be told who runs this.
    pub fn find(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Option<Self>, Error> {
        let path = variable("PATH");
        if on_path("apt-get", path.as_deref()).is_none() {
            return Ok(None);
        }
        if account::is_root()? {
            return Ok(Some(Self { by_sudo: false }));
        }
        let sudo = on_path("sudo", path.as_deref()).is_some()
            && command::output(Command::new("sudo").args(["-n", "true"])).is_ok();
        Ok(sudo.then_some(Self { by_sudo: true }))
    }

    /// Installs packages with what they strictly need.
    ///
    /// # Errors
    /// `apt-get` fails: no network, no such package.
    pub fn install(self, packages: &[&str]) -> Result<(), Error> {
        if packages.contains(&"postgresql") {
            self.keep_cluster_from_being_made()?;
        }
        say::note("apt-get update");
        command::output(self.command("apt-get").args(["update", "-q"]))?;
        say::note(&format!("apt-get install {}", packages.join(" ")));
        command::output(
            self.command("apt-get")
                .args(["install", "-q", "-y", "--no-install-recommends"])
                .args(["-o", "Dpkg::Options::=--force-confold"])
                .args(packages),
        )
        .map(drop)
    }

    /// Debian makes and starts a server on port 5432 with the package unless it is told not to beforehand.
    fn keep_cluster_from_being_made(self) -> Result<(), Error> {
        let configuration = Path::new(CLUSTER_CONFIGURATION);
        if configuration.exists() {
            return Ok(());
        }
        say::note(&format!(
            "writing {CLUSTER_CONFIGURATION}: the package is not to start a server of its own"
        ));
        let made = std::env::temp_dir().join(format!("createcluster-{}.conf", std::process::id()));
        fs::write(&made, "create_main_cluster = false\n").doing(|| format!("writing {}", made.display()))?;
        let installed =
            command::run(self.command("install").args(["-D", "-m", "644"]).arg(&made).arg(configuration));
        fs::remove_file(&made).doing(|| format!("removing {}", made.display()))?;
        installed
    }

    fn command(self, program: &str) -> Command {
        const QUIET: [&str; 2] = ["DEBIAN_FRONTEND=noninteractive", "UCF_FORCE_CONFFOLD=1"];
        // By `env`, since sudo drops the caller's variables.
        let mut command = if self.by_sudo {
            let mut command = Command::new("sudo");
            command.args(["-n", "env"]);
            command
        } else {
            Command::new("env")
        };
        command.args(QUIET).arg(program);
        command
    }
}
