//! A private PostgreSQL: made in a temporary folder, started on a free loopback port, gone with its starter.
//!
//! Separate because the test suite, the demo and single tests that stop and start a server all need one.
//! Invariant: nothing here touches a server or a data folder that it did not make.

mod standby;

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::command::{self, last_lines};
use crate::coordinates::{Coordinates, SUPERUSER};
use crate::error::{Doing, Error};
use crate::guard::{Guard, Signal};
use crate::postgres::Installation;
use crate::running::Running;

/// What every private server is set to, beside its port and its socket folder.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
max_connections = 200
max_prepared_transactions = 10
wal_level = logical
shared_preload_libraries = 'pg_stat_statements'
# The data is thrown away with the server: a crash of the machine may take it.
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = '2GB'
timezone = 'UTC'
log_timezone = 'UTC'
";

/// Trust on the socket, whose folder only the owner can enter; a password for everybody else, so that a wrong
/// password is refused as in earnest.
const HOST_RULES: &str = "
local all all trust
local replication all trust
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
";

const START_LIMIT: Duration = Duration::from_secs(60);

/// A private PostgreSQL server and its data.
#[derive(Debug)]
pub struct Cluster {
    installation: Installation,
    account: Option<Account>,
    folder: PathBuf,
    coordinates: Coordinates,
    guard: Guard,
    server: Option<Running>,
}

impl Cluster {
    /// Makes a data folder and starts a server on it.
    ///
    /// # Errors
    /// `initdb` or the server fails; the message holds the last lines of what it said.
    pub fn start(installation: &Installation, guard: &Guard) -> Result<Self, Error> {
        let account = Account::for_servers()?;
        let folder = make_folder(account.as_ref())?;
        guard.remove(&folder)?;
        let password = random_word()?;
        let coordinates =
            Coordinates::new(free_port()?, password, folder.clone(), installation.bin().to_owned());
        let mut cluster = Self {
            installation: installation.clone(),
            account,
            folder,
            coordinates,
            guard: guard.clone(),
            server: None,
        };
        cluster.make_data()?;
        cluster.resume()?;
        Ok(cluster)
    }

    /// Says where the server listens and who may come in.
    pub fn coordinates(&self) -> &Coordinates {
        &self.coordinates
    }

    /// Gives the folder that is removed with the server: data, socket and log are in it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the server again after [`Cluster::stop`], on the same port and the same data.
    ///
    /// # Errors
    /// The server is running, or does not become ready.
    pub fn resume(&mut self) -> Result<(), Error> {
        if self.server.is_some() {
            return Err(Error::new("the server is running already"));
        }
        let log = self.log()?;
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(self.data())
            .stdin(Stdio::null())
            .stdout(log.try_clone().doing(|| "opening the server's log twice".to_owned())?)
            .stderr(log);
        self.server = Some(Running::start(&mut command, &self.guard, Signal::Quit)?);
        self.wait_until_ready()
    }

    /// Stops the server and keeps its data: [`Signal::Interrupt`] ends sessions and writes out,
    /// [`Signal::Quit`] is a crash.
    ///
    /// # Errors
    /// The server is not running or cannot be waited for.
    pub fn stop(&mut self, how: Signal) -> Result<(), Error> {
        let Some(server) = self.server.take() else {
            return Err(Error::new("the server is not running"));
        };
        server.end(how).map(drop)
    }

    /// Sets the server further; this holds from its next start on.
    ///
    /// # Errors
    /// The configuration file cannot be written.
    pub fn configure(&self, settings: &str) -> Result<(), Error> {
        self.append(&self.data().join("postgresql.conf"), settings)
    }

    /// Runs one of the server's programs on the data of the stopped server, with `-D` before these arguments; `false` where this
    /// installation does not have the program.
    ///
    /// # Errors
    /// It fails; the message holds the last lines of what it said.
    pub fn run_on_data(&self, program: &str, arguments: &[&str]) -> Result<bool, Error> {
        if !self.installation.program(program).exists() {
            return Ok(false);
        }
        command::output(self.command(program).arg("-D").arg(self.data()).args(arguments)).map(|_| true)
    }

    fn make_data(&self) -> Result<(), Error> {
        let password_file = self.folder.join("password");
        fs::write(&password_file, self.coordinates.password())
            .doing(|| "writing the superuser's password for initdb".to_owned())?;
        self.hand_over(&password_file, 0o600)?;
        let mut initdb = self.command("initdb");
        initdb.arg("-D").arg(self.data()).args(["-U", SUPERUSER, "-A", "scram-sha-256", "-E", "UTF8"]);
        initdb.args(["--no-locale", "--no-sync", "--pwfile"]).arg(&password_file);
        command::output(&mut initdb)?;
        fs::remove_file(&password_file).doing(|| "removing the password file".to_owned())?;
        let data = self.data();
        self.append(
            &data.join("postgresql.conf"),
            &format!(
                "{SETTINGS}port = {}\nunix_socket_directories = '{}'\n",
                self.coordinates.port(),
                self.folder.display()
            ),
        )?;
        fs::write(data.join("pg_hba.conf"), HOST_RULES).doing(|| "writing pg_hba.conf".to_owned())
    }

    /// Waits for the word that the server itself writes into its lock file.
    fn wait_until_ready(&self) -> Result<(), Error> {
        let lock_file = self.data().join("postmaster.pid");
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let status = fs::read_to_string(&lock_file).unwrap_or_default();
            // "standby" is one that does not let itself be read (hot_standby = off).
            if status.lines().nth(7).is_some_and(|line| matches!(line.trim(), "ready" | "standby")) {
                return Ok(());
            }
            let ended = self.server.as_ref().is_none_or(Running::has_ended);
            if ended || Instant::now() > deadline {
                let log = fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
                return Err(Error::new(format!(
                    "PostgreSQL {} did not become ready; its last words:\n{}",
                    self.installation.version(),
                    last_lines(&log, 12)
                )));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.installation.program(program));
        // A libpq variable of the caller's must not reach a private server's programs.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("PG")) {
                command.env_remove(name);
            }
        }
        command.current_dir(&self.folder).env("LC_ALL", "C");
        if let Some(account) = &self.account {
            account.runs(&mut command);
        }
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> Result<File, Error> {
        let path = self.folder.join("server.log");
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .doing(|| format!("opening the server's log {}", path.display()))
    }

    fn append(&self, path: &Path, text: &str) -> Result<(), Error> {
        OpenOptions::new()
            .append(true)
            .open(path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .doing(|| format!("writing {}", path.display()))
    }

    fn hand_over(&self, path: &Path, mode: u32) -> Result<(), Error> {
        hand_over(self.account.as_ref(), path, mode)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.server.is_some() {
            // Where this fails the guard still stands behind it, and a drop has nobody to tell.
            let _ = self.stop(Signal::Quit);
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Makes a temporary folder that only the account for servers can enter.
pub(crate) fn make_folder(account: Option<&Account>) -> Result<PathBuf, Error> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut parent = std::env::temp_dir();
    // A socket's whole path has room for 107 bytes.
    if parent.as_os_str().len() > 60 {
        parent = PathBuf::from("/tmp");
    }
    let folder = loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = parent.join(format!("pg-toolkit-{}-{count}", std::process::id()));
        match fs::create_dir(&folder) {
            Ok(()) => break folder,
            // Left by a process that had this number before.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).doing(|| format!("making the folder {}", folder.display())),
        }
    };
    hand_over(account, &folder, 0o700)?;
    Ok(folder)
}

/// Gives a path to the account for servers, closed to others.
pub(crate) fn hand_over(account: Option<&Account>, path: &Path, mode: u32) -> Result<(), Error> {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .doing(|| format!("closing {} to others", path.display()))?;
    match account {
        Some(account) => account.own(path),
        None => Ok(()),
    }
}

/// Finds a loopback port that nobody listens on.
///
/// # Errors
/// There is none.
pub fn free_port() -> Result<u16, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .doing(|| "looking for a free loopback port".to_owned())
}

/// Makes a word that cannot be guessed, of 32 hexadecimal digits.
///
/// # Errors
/// The system has no random source.
pub fn random_word() -> Result<String, Error> {
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .doing(|| "reading random bytes for a password".to_owned())?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
