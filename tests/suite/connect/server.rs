//! A private server with roles that log in in every way, and certificates made on the spot.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// A password with every character that has to be escaped somewhere.
pub(super) const PASSWORD: &str = r"s3cr:et @/?#%&= x";

const HBA: &str = "\
local     all all                        trust
hostssl   all only_tls     127.0.0.1/32  scram-sha-256
hostnossl all only_plain   127.0.0.1/32  scram-sha-256
hostssl   all by_cert      127.0.0.1/32  cert
host      all by_scram     127.0.0.1/32  scram-sha-256
host      all missing      127.0.0.1/32  scram-sha-256
host      all by_trust     127.0.0.1/32  trust
host      all no_login     127.0.0.1/32  trust
host      all no_room      127.0.0.1/32  trust
";

#[derive(Clone, Copy)]
enum Certificate {
    None,
    SignedByAuthority,
    SelfSigned,
}

/// A running server, stopped and removed when the last test lets go of it.
pub(super) struct Server {
    pub(super) port: u16,
    folder: PathBuf,
    process: Child,
    owner: Owner,
}

impl Server {
    /// One that offers TLS with a certificate of `ca.crt` for `localhost`.
    pub(super) fn with_tls() -> Arc<Self> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        Self::shared(&SHARED, "tls", Certificate::SignedByAuthority)
    }

    /// One that offers TLS with a certificate that `openssl req -x509` makes.
    pub(super) fn self_signed() -> Arc<Self> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        Self::shared(&SHARED, "self", Certificate::SelfSigned)
    }

    /// One that does not offer TLS.
    pub(super) fn without_tls() -> Arc<Self> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        Self::shared(&SHARED, "plain", Certificate::None)
    }

    fn shared(shared: &Mutex<Weak<Self>>, name: &str, certificate: Certificate) -> Arc<Self> {
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start(name, certificate));
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// The folder of its socket and of all files.
    pub(super) fn folder(&self) -> String {
        self.folder.display().to_string()
    }

    /// The path of one of its files.
    pub(super) fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Writes a file for a test and gives its path.
    pub(super) fn write(&self, name: &str, text: &str, mode: u32) -> String {
        let path = self.folder.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    }

    /// A key=value string for the database `postgres` over TCP.
    pub(super) fn tcp(&self, host: &str, options: &str) -> String {
        format!("host={host} hostaddr=127.0.0.1 port={} dbname=postgres {options}", self.port)
    }

    fn start(name: &str, certificate: Certificate) -> Self {
        // A number of its own: the last server of this kind may still be stopping in another thread.
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("pgt-connect-{}-{name}-{number}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let owner = Owner::find(&folder);
        make_certificates(&folder, certificate);
        for entry in fs::read_dir(&folder).unwrap() {
            owner.give(&entry.unwrap().path());
        }
        owner.give(&folder);

        let data = folder.join("data");
        let made = owner
            .command("initdb")
            .args([
                "--no-sync",
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C",
                "--pgdata",
            ])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb failed");
        fs::write(data.join("pg_hba.conf"), HBA).unwrap();

        let port = free_port();
        let mut postgres = owner.command("postgres");
        postgres.arg("-D").arg(&data).arg("-p").arg(port.to_string());
        let mut setting = |text: String| {
            postgres.arg("-c").arg(text);
        };
        setting("listen_addresses=127.0.0.1".to_owned());
        setting(format!("unix_socket_directories={}", folder.display()));
        setting("fsync=off".to_owned());
        if !matches!(certificate, Certificate::None) {
            setting("ssl=on".to_owned());
            setting(format!("ssl_cert_file={}", folder.join("server.crt").display()));
            setting(format!("ssl_key_file={}", folder.join("server.key").display()));
            setting(format!("ssl_ca_file={}", folder.join("ca.crt").display()));
        }
        owner.run_sql(
            &data,
            &format!(
                "CREATE ROLE only_tls LOGIN PASSWORD '{PASSWORD}';\nCREATE ROLE only_plain LOGIN PASSWORD '{PASSWORD}';\n\
                 CREATE ROLE by_scram LOGIN PASSWORD '{PASSWORD}';\nCREATE ROLE by_cert LOGIN;\n\
                 CREATE ROLE by_trust LOGIN;\nCREATE ROLE no_login;\nCREATE ROLE no_entry LOGIN;\n\
                 CREATE ROLE no_room LOGIN CONNECTION LIMIT 0;\nCREATE DATABASE closed;\n\
                 REVOKE CONNECT ON DATABASE closed FROM PUBLIC;\n"
            ),
        );
        let mut process = postgres.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = process.stderr.take().unwrap();
        let server = Self { port, folder, process, owner };
        wait_until_ready(log);
        server
    }
}

/// Reads the server's log until it says that it is ready, and the rest of it on a thread, so that the pipe stays empty.
fn wait_until_ready(log: ChildStderr) {
    let mut lines = BufReader::new(log).lines();
    let mut seen = Vec::new();
    for line in lines.by_ref() {
        let line = line.unwrap();
        if line.contains("ready to accept connections") {
            std::thread::spawn(move || lines.for_each(drop));
            return;
        }
        seen.push(line);
    }
    panic!("the server did not start: {}", seen.join("\n"));
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = self
            .owner
            .command("pg_ctl")
            .args(["--silent", "--mode=immediate", "--pgdata"])
            .arg(self.folder.join("data"))
            .arg("stop")
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _killed = self.process.kill();
        }
        let _reaped = self.process.wait();
        let _removed = fs::remove_dir_all(&self.folder);
    }
}

/// A port that nothing listens on.
pub(super) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Who runs the server: not root, whom `initdb` refuses.
struct Owner {
    ids: Option<(u32, u32)>,
}

impl Owner {
    fn find(folder: &Path) -> Self {
        if fs::metadata(folder).unwrap().uid() != 0 {
            return Self { ids: None };
        }
        let users = fs::read_to_string("/etc/passwd").unwrap();
        let ids = ["postgres", "nobody"].iter().find_map(|name| {
            let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
            let mut fields = line.split(':').skip(2);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        });
        assert!(ids.is_some(), "there is no user `postgres` or `nobody` to run a server as");
        Self { ids }
    }

    fn give(&self, path: &Path) {
        if let Some((user, group)) = self.ids {
            chown(path, Some(user), Some(group)).unwrap();
        }
    }

    /// Runs statements, one a line, in the server program itself: client programs may not be there.
    fn run_sql(&self, data: &Path, text: &str) {
        let mut process = self
            .command("postgres")
            .args(["--single", "-c", "exit_on_error=on", "-c", "log_checkpoints=off", "-D"])
            .arg(data)
            .arg("postgres")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        process.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(process.wait().unwrap().success(), "roles cannot be made");
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(binaries().join(program));
        command.current_dir("/").env_clear().env("LC_ALL", "C");
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
        command
    }
}

/// The folder of `initdb` and `postgres`.
fn binaries() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").exists());
    let explicit = std::env::var_os("PG_BIN").map(PathBuf::from);
    let debian = || {
        let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
            .ok()?
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .collect();
        versions.sort();
        versions.pop()
    };
    explicit
        .or(on_path)
        .or_else(debian)
        .expect("no PostgreSQL found: set PG_BIN to the folder of initdb and postgres")
}

/// Makes an authority (`ca`), another that signed nothing (`other`), and certificates of server and client.
fn make_certificates(folder: &Path, certificate: Certificate) {
    let openssl = |arguments: &str| {
        let done = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("the command openssl is needed to make certificates");
        assert!(done.success(), "openssl {arguments}");
    };
    let authority = |name: &str| {
        openssl(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={name} -keyout {name}.key -out {name}.crt"
        ));
    };
    let signed = |name: &str, subject: &str, extension: &str| {
        fs::write(folder.join(format!("{name}.ext")), extension).unwrap();
        openssl(&format!(
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN={subject} -keyout {name}.key -out {name}.csr"
        ));
        openssl(&format!(
            "x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile {name}.ext -out {name}.crt"
        ));
    };
    authority("ca");
    authority("other");
    signed("client", "by_cert", "extendedKeyUsage=clientAuth\n");
    match certificate {
        Certificate::None => {}
        Certificate::SignedByAuthority => signed("server", "localhost", "subjectAltName=DNS:localhost\n"),
        Certificate::SelfSigned => openssl(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout server.key -out server.crt",
        ),
    }
    fs::copy(folder.join("client.key"), folder.join("open.key")).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_open = path.file_name().is_some_and(|name| name == "open.key");
        let mode = if is_open || path.extension().is_some_and(|extension| extension == "crt") {
            0o644
        } else {
            0o600
        };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
}
