//! Secrets that are exchanged while a pool lives: each new session is opened with what is there then.
//!
//! Separate from the other tests of connecting because these need a service and its pool.
#![expect(clippy::disallowed_methods, reason = "tests change roles past the toolkit, on the bare driver")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use pg_core::{Call, Configuration, Environment, ErrorKind, ErrorReport, Origin, Overrides, Service};
use pg_tests::Database;
use serde_json::json;

use super::server::Server;
use crate::support::configuration;
use crate::support::service::{ask, failed, told};

/// A role of the test's own, whose password changes.
struct Role {
    database: Database,
    name: String,
    folder: PathBuf,
}

impl Role {
    async fn new(password: &str) -> Self {
        let database = Database::empty().await;
        let name = format!("rotating_{}", database.name());
        let role = Self { folder: std::env::temp_dir().join(format!("pgt-{name}")), database, name };
        fs::create_dir(&role.folder).unwrap();
        role.run(&format!("CREATE ROLE {} LOGIN PASSWORD '{password}'", role.name)).await;
        role
    }

    async fn run(&self, sql: &str) {
        self.database.admin().await.batch_execute(sql).await.unwrap();
    }

    /// Changes the password on the server, and ends the sessions that were opened with the old one.
    async fn rotate(&self, password: &str) {
        self.run(&format!("ALTER ROLE {} PASSWORD '{password}'", self.name)).await;
        self.database.terminate_sessions().await;
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn service(&self, password: &str) -> Service {
        service(
            &format!(
                "host = \"127.0.0.1\"\nport = {}\ndbname = {:?}\nuser = {:?}\n{password}\n",
                self.database.server().port(),
                self.database.name(),
                self.name
            ),
            &Environment::default(),
        )
    }

    async fn end(self) {
        self.database.terminate_sessions().await;
        self.run(&format!("DROP ROLE {}", self.name)).await;
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

fn service(keys: &str, environment: &Environment) -> Service {
    let file = configuration::file(&format!("[connections.default]\n{keys}"));
    let configuration = Configuration::load(Some(&file), environment, Overrides::default()).unwrap();
    Service::new(configuration, environment.clone()).unwrap()
}

async fn answers(service: &Service) {
    told(service, "execute_query", json!({"query": "SELECT 1 AS one"})).await;
}

/// The report of a connection that fails, to a caller here and to one over the network, who is told no path.
async fn refused(service: &Service, folder: &Path) -> ErrorReport {
    let query = json!({"query": "SELECT 1 AS one"});
    let report = failed(service, "execute_query", query.clone()).await;
    assert_eq!(report.kind, ErrorKind::Connection, "{report}");
    let call = Call::new(service).from_origin(Origin::Remote);
    let remote = ask(&call, "execute_query", query).await.unwrap_err().report().to_string();
    assert!(!remote.contains(&*folder.to_string_lossy()), "{remote}");
    for words in [report.to_string(), remote] {
        assert!(!words.contains("hunter"), "{words}");
    }
    report
}

#[tokio::test]
async fn a_password_file_is_read_for_each_new_session() {
    let role = Role::new("hunter1").await;
    let file = role.write("password", "hunter1\n", 0o600);
    let service = role.service(&format!("password_file = {file:?}"));
    answers(&service).await;
    role.rotate("hunter2").await;
    let report = refused(&service, &role.folder).await;
    assert!(report.message.contains("the file is stale"), "{report}");
    role.write("password", "hunter2\n", 0o600);
    answers(&service).await;
    // A session that is open stays so, whatever becomes of the password.
    role.write("password", "hunter3\n", 0o600);
    answers(&service).await;
    role.database.terminate_sessions().await;
    role.write("password", "hunter2\n", 0o644);
    let report = refused(&service, &role.folder).await;
    assert!(report.message.contains("chmod 0600"), "{report}");
    assert!(report.message.contains(&*file.to_string_lossy()), "{report}");
    service.stop(std::time::Duration::from_secs(5)).await;
    role.end().await;
}

#[tokio::test]
async fn a_password_command_is_run_for_each_new_session() {
    let role = Role::new("hunter1").await;
    let script = role.write("token", "echo hunter1\n", 0o600);
    let service = role.service(&format!("password_command = [\"sh\", {script:?}]"));
    answers(&service).await;
    role.rotate("hunter2").await;
    let report = refused(&service, &role.folder).await;
    assert!(report.message.contains("password command") && report.message.contains("stale"), "{report}");
    role.write("token", "echo hunter2\n", 0o600);
    answers(&service).await;
    role.database.terminate_sessions().await;
    role.write("token", "echo 'hunter2 is out of date' >&2; exit 7\n", 0o600);
    let report = refused(&service, &role.folder).await;
    assert!(report.message.contains("failed with exit status: 7"), "{report}");
    service.stop(std::time::Duration::from_secs(5)).await;
    role.end().await;
}

#[tokio::test]
async fn a_command_that_hangs_is_ended_with_the_time_for_connecting() {
    let role = Role::new("hunter1").await;
    let service = role.service("password_command = [\"sleep\", \"1000\"]\nconnect_timeout = 1");
    let report = refused(&service, &role.folder).await;
    assert!(report.message.contains("`sleep` did not end within"), "{report}");
    role.end().await;
}

#[tokio::test]
async fn a_passfile_is_read_for_each_new_session() {
    let role = Role::new("hunter1").await;
    let file = role.write("pgpass", "*:*:*:*:hunter1\n", 0o600);
    let service = role.service(&format!("passfile = {file:?}"));
    answers(&service).await;
    role.rotate("hunter2").await;
    let report = refused(&service, &role.folder).await;
    assert!(report.message.contains("the passfile is stale"), "{report}");
    role.write("pgpass", "*:*:*:*:hunter2\n", 0o644);
    let report = refused(&service, &role.folder).await;
    assert!(report.message.contains("others can read it"), "{report}");
    role.write("pgpass", "*:*:*:*:hunter2\n", 0o600);
    answers(&service).await;
    service.stop(std::time::Duration::from_secs(5)).await;
    role.end().await;
}

#[tokio::test]
async fn a_variable_is_read_once_and_says_so() {
    let role = Role::new("hunter2").await;
    let environment: Environment = [("SHOP_PASSWORD", "hunter1")].into_iter().collect();
    let service = service(
        &format!(
            "host = \"127.0.0.1\"\nport = {}\ndbname = {:?}\nuser = {:?}\npassword_env = \"SHOP_PASSWORD\"\n",
            role.database.server().port(),
            role.database.name(),
            role.name
        ),
        &environment,
    );
    let report = refused(&service, &role.folder).await;
    assert!(report.message.contains("`SHOP_PASSWORD` held when this program started"), "{report}");
    role.end().await;
}

#[tokio::test]
async fn a_client_certificate_is_read_for_each_new_session() {
    let server = Server::with_tls();
    let folder = std::env::temp_dir().join(format!("pgt-certificate-{}", std::process::id()));
    fs::create_dir(&folder).unwrap();
    let (certificate, key) = (folder.join("client.crt"), folder.join("client.key"));
    // The authority that the server does not take, then the one that it takes.
    let install = |name: &str| {
        fs::copy(server.file(&format!("{name}.crt")), &certificate).unwrap();
        fs::copy(server.file(&format!("{name}.key")), &key).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    };
    let service = service(
        &format!(
            "host = \"localhost\"\nhostaddr = \"127.0.0.1\"\nport = {}\ndbname = \"postgres\"\nuser = \"by_cert\"\n\
             sslmode = \"require\"\nsslcert = {certificate:?}\nsslkey = {key:?}\n",
            server.port
        ),
        &Environment::default(),
    );
    let report = refused(&service, &folder).await;
    assert!(report.message.contains(&*certificate.to_string_lossy()), "{report}");
    install("other");
    let report = refused(&service, &folder).await;
    assert!(report.message.contains("does not accept our client certificate"), "{report}");
    install("client");
    answers(&service).await;
    service.stop(std::time::Duration::from_secs(5)).await;
    fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn a_service_file_is_not_named_over_the_network() {
    let folder = std::env::temp_dir().join(format!("pgt-service-{}", std::process::id()));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(".pg_service.conf"), "[known]\nhost\n").unwrap();
    let environment = Environment::default().with_home(&folder).with_user("nobody");
    let service = Service::new(Configuration::default(), environment).unwrap();
    for name in ["known", "unknown"] {
        let arguments = json!({"connection_id": "x", "service": name});
        let local = failed(&service, "add_connection", arguments.clone()).await;
        assert!(local.message.contains(&*folder.to_string_lossy()), "{local}");
        let call = Call::new(&service).from_origin(Origin::Remote);
        let remote = ask(&call, "add_connection", arguments).await.unwrap_err().report();
        assert!(remote.message.contains("ask the operator"), "{remote}");
        assert!(!remote.to_string().contains(&*folder.to_string_lossy()), "{remote}");
    }
    fs::remove_dir_all(&folder).unwrap();
}
