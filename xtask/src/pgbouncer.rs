//! A private PgBouncer in front of a private PostgreSQL, gone with its starter.
//!
//! Separate because only tests of pooled sessions need one. Invariant: it listens on a free loopback port and knows the
//! roles that it is told.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::account::Account;
use crate::cluster::{free_port, hand_over, make_folder};
use crate::command::{is_program, last_lines, on_path};
use crate::coordinates::Coordinates;
use crate::error::{Doing, Error};
use crate::guard::{Guard, Signal};
use crate::running::Running;

const START_LIMIT: Duration = Duration::from_secs(20);

/// Finds the program, which Debian puts where only administrators look.
pub fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH");
    on_path("pgbouncer", path.as_deref()).or_else(|| {
        ["/usr/sbin/pgbouncer", "/usr/local/sbin/pgbouncer", "/usr/local/bin/pgbouncer"]
            .map(PathBuf::from)
            .into_iter()
            .find(|program| is_program(program))
    })
}

/// A running PgBouncer.
#[derive(Debug)]
pub struct PgBouncer {
    program: PathBuf,
    account: Option<Account>,
    guard: Guard,
    folder: PathBuf,
    port: u16,
    process: Option<Running>,
}

impl PgBouncer {
    /// Starts one in front of a server's database, for roles with the server's password. `settings` are lines of its section
    /// `[pgbouncer]`, such as `pool_mode = transaction`.
    ///
    /// # Errors
    /// It does not start; the message holds the last lines of what it said.
    pub fn start(
        program: &Path,
        server: &Coordinates,
        database: &str,
        roles: &[&str],
        settings: &str,
        guard: &Guard,
    ) -> Result<Self, Error> {
        let account = Account::for_servers()?;
        let folder = make_folder(account.as_ref())?;
        guard.remove(&folder)?;
        let port = free_port()?;
        let users: String =
            roles.iter().map(|role| format!("\"{role}\" \"{}\"\n", server.password())).collect();
        let configuration = format!(
            "[databases]\n{database} = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {folder}/users\nlogfile = {folder}/log\n\
             pidfile = {folder}/pid\n{settings}\n",
            server.port(),
            folder = folder.display(),
        );
        for (name, text) in [("users", &users), ("pgbouncer.ini", &configuration)] {
            let path = folder.join(name);
            fs::write(&path, text).doing(|| format!("writing {}", path.display()))?;
            hand_over(account.as_ref(), &path, 0o600)?;
        }
        let program = program.to_owned();
        let mut bouncer = Self { program, account, guard: guard.clone(), folder, port, process: None };
        bouncer.resume()?;
        Ok(bouncer)
    }

    /// Ends it, with all its connections.
    ///
    /// # Errors
    /// It cannot be told.
    pub fn stop(&mut self) -> Result<(), Error> {
        match self.process.take() {
            Some(process) => process.end(Signal::Terminate).map(drop),
            None => Err(Error::new("PgBouncer is not running")),
        }
    }

    /// Starts it again after [`PgBouncer::stop`], on the same port.
    ///
    /// # Errors
    /// It does not start.
    pub fn resume(&mut self) -> Result<(), Error> {
        let mut command = Command::new(&self.program);
        command.arg("-q").arg(self.folder.join("pgbouncer.ini")).current_dir(&self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some(account) = &self.account {
            account.runs(&mut command);
        }
        self.process = Some(Running::start(&mut command, &self.guard, Signal::Terminate)?);
        self.wait_until_ready()
    }

    /// Gives the port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn wait_until_ready(&self) -> Result<(), Error> {
        let is_ready =
            self.process.as_ref().is_some_and(|process| process.wait_for_port(self.port, START_LIMIT));
        if !is_ready {
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            let words = last_lines(&log, 12);
            return Err(Error::new(format!("PgBouncer did not become ready; its last words:\n{words}")));
        }
        Ok(())
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            // Where this fails the guard still stands behind it, and a drop has nobody to tell.
            let _ = process.end(Signal::Terminate);
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}
