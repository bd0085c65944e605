//! A streaming standby of a private PostgreSQL, and its promotion.
//!
//! Separate because only tests of several servers need one. It is made of a copy of the stopped primary's files, since the client
//! programs that copy a running one are not everywhere. Invariant: it has a folder and a port of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{Cluster, free_port, hand_over, make_folder};
use crate::command;
use crate::coordinates::{Coordinates, SUPERUSER};
use crate::error::{Doing, Error};
use crate::guard::Signal;

impl Cluster {
    /// Starts a standby that streams from this server, which is stopped and started again for it.
    ///
    /// # Errors
    /// Either server does not start, or the files cannot be copied.
    pub fn standby(&mut self) -> Result<Self, Error> {
        let folder = make_folder(self.account.as_ref())?;
        self.guard.remove(&folder)?;
        let password = self.coordinates.password().to_owned();
        let bin = self.installation.bin().to_owned();
        let standby = Self {
            installation: self.installation.clone(),
            account: self.account.clone(),
            coordinates: Coordinates::new(free_port()?, password, folder.clone(), bin),
            folder,
            guard: self.guard.clone(),
            server: None,
        };
        self.stop(Signal::Interrupt)?;
        standby.copy(&self.data(), &standby.data())?;
        self.resume()?;
        standby.follow(self)?;
        let mut standby = standby;
        standby.resume()?;
        Ok(standby)
    }

    /// Makes a standby a primary, and waits until it is one.
    ///
    /// # Errors
    /// It is none, or does not become one.
    pub fn promote(&self) -> Result<(), Error> {
        command::output(self.command("pg_ctl").args(["promote", "--wait", "--silent", "-D"]).arg(self.data()))
            .map(drop)
    }

    /// Says whom it streams from.
    fn follow(&self, primary: &Self) -> Result<(), Error> {
        let data = self.data();
        let settings = format!(
            "port = {}\nunix_socket_directories = '{}'\nprimary_conninfo = 'host=127.0.0.1 port={} user={SUPERUSER} password={}'\n",
            self.coordinates.port(),
            self.folder.display(),
            primary.coordinates.port(),
            primary.coordinates.password(),
        );
        self.append(&data.join("postgresql.conf"), &settings)?;
        let signal = data.join("standby.signal");
        fs::write(&signal, "").doing(|| format!("writing {}", signal.display()))?;
        self.hand_over(&signal, 0o600)
    }

    fn copy(&self, from: &Path, to: &Path) -> Result<(), Error> {
        fs::create_dir(to).doing(|| format!("making the folder {}", to.display()))?;
        let listing = || format!("listing {}", from.display());
        for entry in fs::read_dir(from).doing(listing)? {
            let entry = entry.doing(listing)?;
            let (path, target) = (entry.path(), to.join(entry.file_name()));
            if entry.file_type().doing(listing)?.is_dir() {
                self.copy(&path, &target)?;
            } else if entry.file_name() != "postmaster.pid" {
                fs::copy(&path, &target).doing(|| format!("copying {}", path.display()))?;
                hand_over(self.account.as_ref(), &target, 0o600)?;
            }
        }
        let mode = fs::metadata(from).doing(listing)?.permissions().mode() & 0o777;
        hand_over(self.account.as_ref(), to, mode)
    }
}
