//! `pg-mcp doctor` from outside: set-ups with one thing wrong, and one that is as it should be.
#![expect(clippy::expect_used, reason = "a test that cannot run its program fails there and then")]
#![expect(clippy::disallowed_methods, reason = "tests look at the server past the toolkit")]

use std::{
    fs,
    net::TcpListener,
    path::PathBuf,
    process::{Command, Output},
};

use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::configuration;

/// A home folder of the test's own, gone with it.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("pg-mcp-doctor-{}-{name}", std::process::id()));
        fs::create_dir_all(folder.join(".cursor")).expect("a folder");
        Self(folder)
    }

    fn with_client(name: &str, text: &str) -> Self {
        let home = Self::new(name);
        fs::write(home.0.join(".cursor/mcp.json"), text).expect("the file");
        home
    }

    fn doctor(&self, content: &str, arguments: &[&str]) -> Output {
        Command::new(pg_tests::binary("pg-mcp"))
            .env_clear()
            .env("HOME", &self.0)
            .current_dir(&self.0)
            .arg("doctor")
            .arg("--config")
            .arg(configuration::file(content))
            .args(arguments)
            .output()
            .expect("the program")
    }

    /// What it says as JSON, and its exit code.
    fn signs(&self, content: &str) -> (Value, Option<i32>) {
        let output = self.doctor(content, &["--format", "json"]);
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(!text.contains("hunter2"), "{text}");
        (serde_json::from_str(&text).expect("JSON"), output.status.code())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

/// Whether there is a sign of this level and area that says these words.
fn says(seen: &Value, level: &str, area: &str, words: &str) -> bool {
    seen["signs"]
        .as_array()
        .expect("signs")
        .iter()
        .any(|sign| sign["level"] == level && sign["area"] == area && sign.to_string().contains(words))
}

#[tokio::test]
async fn a_set_up_that_works_has_no_failure() {
    let database = Database::shop().await;
    let home = Home::new("well");
    let content = format!("[connections.shop]\nurl = {:?}\n", database.reader_url());
    let (seen, code) = home.signs(&content);
    assert_eq!((code, &seen["fail"], &seen["success"]), (Some(0), &json!(0), &json!(true)), "{seen:#}");
    for (area, words) in [
        ("configuration", "1 connection"),
        ("policy", "read"),
        ("connection", "answers"),
        ("tls", "this machine"),
        ("privileges", "no power"),
        ("privileges", "change 0"),
    ] {
        assert!(says(&seen, "ok", area, words), "{area} {words}: {seen:#}");
    }
    let text = home.doctor(&content, &[]);
    let text = String::from_utf8(text.stdout).expect("text");
    assert!(text.contains("ok    connection shop: PostgreSQL") && text.contains("0 failed"), "{text}");
}

#[tokio::test]
async fn each_connection_that_fails_says_why_and_what_to_do() {
    let database = Database::shop().await;
    let home = Home::new("connections");
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
    let nowhere = database.reader_url().replace(database.name(), "no_such_database");
    let (seen, code) = home.signs(&format!(
        "[connections.closed]\nurl = \"postgres://someone:hunter2@{closed}/shop\"\n\
         [connections.nowhere]\nurl = {nowhere:?}\n\
         [connections.good]\nurl = {:?}\n",
        database.reader_url()
    ));
    assert_eq!((code, &seen["fail"]), (Some(1), &json!(2)), "{seen:#}");
    assert!(says(&seen, "fail", "connection", "no_such_database"), "{seen:#}");
    assert!(says(&seen, "ok", "connection", "good"), "{seen:#}");
    let failed = seen["signs"].as_array().expect("signs").iter().filter(|sign| sign["level"] == "fail");
    for sign in failed {
        assert!(sign["what"].is_string() && sign["why"].is_string() && sign["mend"].is_string(), "{sign}");
    }
}

#[tokio::test]
async fn powers_and_policies_that_are_too_wide_are_warned_of() {
    let database = Database::shop().await;
    let home = Home::new("wide");
    let (seen, code) = home.signs(&format!(
        "[connections.shop]\nurl = {:?}\naccess = \"admin\"\n[connections.idle]\nurl = {:?}\naccess = \"write\"\n",
        database.url(),
        database.reader_url()
    ));
    assert_eq!(code, Some(0), "{seen:#}");
    assert!(says(&seen, "warn", "privileges", "superuser"), "{seen:#}");
    assert!(says(&seen, "warn", "policy", "access is `admin`"), "{seen:#}");
    assert!(says(&seen, "warn", "policy", "no change is confirmed"), "{seen:#}");
    assert!(says(&seen, "warn", "policy", "without WHERE"), "{seen:#}");
    assert!(says(&seen, "warn", "privileges", "may change none"), "{seen:#}");
}

#[tokio::test]
async fn a_role_that_may_read_nothing_fails() {
    let database = Database::empty().await;
    let home = Home::new("nothing");
    let admin = database.admin().await;
    let role = format!("nobody_{}", database.name());
    let url = database.role_url(&role);
    let password = url.split([':', '@']).nth(2).expect("a password").to_owned();
    admin.batch_execute(&format!("CREATE ROLE {role} LOGIN PASSWORD '{password}'")).await.expect("a role");
    admin.batch_execute("CREATE TABLE secret (word text)").await.expect("a table");
    let (seen, code) = home.signs(&format!("[connections.shop]\nurl = {url:?}\n"));
    admin.batch_execute(&format!("DROP ROLE {role}")).await.expect("dropped");
    assert_eq!(code, Some(1), "{seen:#}");
    assert!(says(&seen, "fail", "privileges", "may read none"), "{seen:#}");
}

#[test]
fn a_configuration_that_cannot_be_used_is_said_with_its_place() {
    let home = Home::new("configuration");
    let (seen, code) = home.signs("[connections.shop]\nurll = \"postgres://u:hunter2@localhost/shop\"\n");
    assert_eq!(code, Some(1), "{seen:#}");
    assert!(says(&seen, "fail", "configuration", "urll"), "{seen:#}");
    let (seen, code) = home.signs("");
    assert_eq!(code, Some(0), "{seen:#}");
    assert!(says(&seen, "warn", "configuration", "names no database"), "{seen:#}");
    assert!(says(&seen, "warn", "client", "pg-mcp install"), "{seen:#}");
}

#[test]
fn what_clients_are_told_is_tried() {
    let binary = pg_tests::binary("pg-mcp");
    let entry = |command: &str, arguments: Value, environment: Value| {
        json!({"mcpServers": {"postgres": {"command": command, "args": arguments, "env": environment}}})
            .to_string()
    };
    let here = binary.to_str().expect("UTF-8");
    let cases = [
        ("{ \"mcpServers\": ".to_owned(), "fail", "is no JSON"),
        (entry("/nowhere/pg-mcp", json!([]), json!({})), "fail", "is not there"),
        (entry(here, json!(["--nope"]), json!({})), "fail", "--nope"),
        (entry(here, json!(["--config", "/nowhere/x.toml"]), json!({})), "fail", "x.toml"),
        (entry(here, json!([]), json!({"PGPASSWORD": "hunter2"})), "warn", "PGPASSWORD is written out"),
        (entry(here, json!([]), json!({"PGPASSWORD": "${env:PGPASSWORD}"})), "warn", "PGPASSWORD not set"),
        (entry(here, json!(["--access", "read"]), json!({})), "ok", "understands its arguments"),
    ];
    for (number, (text, level, words)) in cases.iter().enumerate() {
        let home = Home::with_client(&format!("client-{number}"), text);
        let (seen, code) = home.signs("");
        assert!(says(&seen, level, "client", words), "{text}: {seen:#}");
        assert_eq!(code, Some(i32::from(*level == "fail")), "{seen:#}");
    }
    let home = Home::new("asked");
    let output = home.doctor("", &["--client", "zed"]);
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("`pg-mcp install --client zed`") && output.status.code() == Some(1), "{text}");
}
