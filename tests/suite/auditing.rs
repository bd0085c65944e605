//! The audit log and the log of statements, from outside: what is recorded, and what shows when somebody touches it.
#![expect(clippy::disallowed_methods, reason = "tests look at the server past the toolkit")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use pg_core::{AuditKey, Configuration, Environment, Overrides, Service, verify_audit};
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::service::{failed, told};
use crate::support::{command, configuration, mcp};

/// A folder that no other test uses.
fn folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("audit-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A configuration with a log in this folder.
fn configured(database: &Database, folder: &Path, more: &str) -> PathBuf {
    configuration::file(&format!(
        "[connections.shop]\nurl = {:?}\naccess = \"write\"\n[audit]\nfile = {:?}\nkey_file = {:?}\n{more}\n",
        database.owner_url(),
        folder.join("audit.jsonl"),
        folder.join("audit.key"),
    ))
}

fn service(file: &Path) -> Service {
    let environment: Environment = std::iter::empty::<(String, String)>().collect();
    let configuration = Configuration::load(Some(file), &environment, Overrides::default()).unwrap();
    Service::new(configuration, environment).unwrap()
}

fn records(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("audit.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn verdict(folder: &Path) -> Result<u64, String> {
    let key = AuditKey::File(folder.join("audit.key"));
    let verdict = verify_audit(&folder.join("audit.jsonl"), &key);
    verdict.map(|verdict| verdict.last).map_err(|fault| fault.to_string())
}

#[tokio::test]
async fn every_decision_and_execution_is_recorded_and_no_value() {
    let database = Database::shop().await;
    let folder = folder();
    let service = service(&configured(&database, &folder, ""));
    told(&service, "execute_query", json!({"query": "SELECT $1::text", "params": ["hunter2"]})).await;
    failed(&service, "execute_query", json!({"query": "DROP TABLE orders"})).await;
    let failing = json!({"query": "INSERT INTO orders (order_id) VALUES ($1)", "params": [1]});
    failed(&service, "execute_query", failing).await;
    let queries =
        json!([{"query": "UPDATE orders SET status = status WHERE order_id = 1"}, {"query": "SELECT 1"}]);
    told(&service, "execute_transaction", json!({"queries": queries})).await;
    service.stop(Duration::from_secs(5)).await;
    let records = records(&folder);
    let seen: Vec<(&str, &str)> = records
        .iter()
        .map(|record| {
            let how = record["verdict"].as_str().or(record["outcome"].as_str()).unwrap();
            (record["event"].as_str().unwrap(), how)
        })
        .collect();
    let expected = [
        ("decision", "allowed"),
        ("execution", "ok"),
        ("decision", "refused"),
        ("execution", "refused"),
        ("decision", "allowed"),
        ("execution", "sql"),
        ("decision", "allowed"),
        ("decision", "allowed"),
        ("execution", "ok"),
    ];
    assert_eq!(seen, expected);
    assert_eq!(records[2]["rule"], "access");
    assert_eq!(records[2]["statement"], "DROP TABLE orders");
    assert_eq!(records[1]["rows"], 1);
    assert_eq!(records[8]["affected_rows"], 1);
    assert_eq!(records[6]["call"], records[8]["call"]);
    assert_eq!((&records[0]["connection"], &records[0]["role"]), (&json!("shop"), &json!("shop_owner")));
    assert!(!fs::read_to_string(folder.join("audit.jsonl")).unwrap().contains("hunter2"));
    assert_eq!(verdict(&folder), Ok(9));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_log_and_its_key() {
    use std::os::unix::fs::PermissionsExt;

    let database = Database::shop().await;
    let folder = folder();
    let service = service(&configured(&database, &folder, ""));
    told(&service, "execute_query", json!({"query": "SELECT 1"})).await;
    service.stop(Duration::from_secs(5)).await;
    for name in ["audit.jsonl", "audit.key", "audit.jsonl.head"] {
        assert_eq!(fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn parameters_are_recorded_as_far_as_the_policy_says() {
    let database = Database::shop().await;
    for (said, expected) in [("types", json!(["string", "null"])), ("values", json!(["hunter2", null]))] {
        let folder = folder();
        let service = service(&configured(&database, &folder, &format!("parameters = {said:?}")));
        let query = json!({"query": "SELECT $1::text, $2::int", "params": ["hunter2", null]});
        told(&service, "execute_query", query).await;
        service.stop(Duration::from_secs(5)).await;
        assert_eq!(records(&folder)[0]["parameters"], expected);
    }
}

#[tokio::test]
async fn parameters_of_every_row_and_statement_are_recorded_as_far_as_the_policy_says() {
    let database = Database::shop().await;
    let update = "UPDATE orders SET status = status WHERE order_id = $2 AND $1::text = 'nobody'";
    let rows = json!([["hunter2", 1], ["swordfish", 2]]);
    let queries =
        json!([{"query": update, "params": ["hunter2", 1]}, {"query": "SELECT $1::text", "params": ["x"]}]);
    let strings = json!([["string", "number"]]);
    for (said, batch, first, second) in [
        ("never", Value::Null, Value::Null, Value::Null),
        ("types", strings, json!(["string", "number"]), json!(["string"])),
        ("values", rows.clone(), json!(["hunter2", 1]), json!(["x"])),
    ] {
        let folder = folder();
        let service = service(&configured(&database, &folder, &format!("parameters = {said:?}")));
        told(&service, "batch_execute", json!({"query": update, "params_list": rows})).await;
        told(&service, "execute_transaction", json!({"queries": queries})).await;
        service.stop(Duration::from_secs(5)).await;
        let records = records(&folder);
        let decided: Vec<&Value> = records.iter().filter(|record| record["event"] == "decision").collect();
        let recorded: Vec<&Value> = decided.iter().map(|record| &record["parameters"]).collect();
        assert_eq!(recorded, [&batch, &first, &second], "{said}: {records:?}");
        let text = fs::read_to_string(folder.join("audit.jsonl")).unwrap();
        assert_eq!(text.contains("swordfish"), said == "values", "{text}");
    }
}

/// A log to which nothing can be written: the device is always full.
#[cfg(target_os = "linux")]
fn on_a_full_disk(folder: &Path) {
    std::os::unix::fs::symlink("/dev/full", folder.join("audit.jsonl")).unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_required_log_that_cannot_be_written_lets_nothing_run() {
    let database = Database::shop().await;
    let folder = folder();
    on_a_full_disk(&folder);
    let service = service(&configured(&database, &folder, "required = true"));
    let query = "UPDATE customers SET name = 'lost'";
    let report = failed(&service, "execute_query", json!({"query": query})).await;
    assert_eq!(report.rule.as_deref(), Some("audit.required"), "{report}");
    let batch = json!({"query": "UPDATE customers SET name = $1", "params_list": [["lost"]]});
    let report = failed(&service, "batch_execute", batch).await;
    assert_eq!(report.rule.as_deref(), Some("audit.required"), "{report}");
    let lost = database.admin().await.query("SELECT FROM customers WHERE name = 'lost'", &[]).await.unwrap();
    assert!(lost.is_empty());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_log_that_is_not_required_holds_nothing_up() {
    let database = Database::shop().await;
    let folder = folder();
    on_a_full_disk(&folder);
    let service = service(&configured(&database, &folder, ""));
    told(&service, "execute_query", json!({"query": "SELECT 1"})).await;
    service.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn two_processes_share_a_log_and_the_command_verifies_it() {
    let database = Database::shop().await;
    let folder = folder();
    let file = configured(&database, &folder, "required = true");
    let path = file.to_str().unwrap();
    let log = folder.join("audit.jsonl");
    let mut server = mcp::command([]);
    server.args(["--config", path]);
    let mut session = mcp::Session::start(server);
    for n in 0..5 {
        session.done("execute_query", &json!({"query": "SELECT $1::int", "params": [n]}));
        let ended = command::command([]).args(["--config", path, "query", "SELECT 2"]).output().unwrap();
        assert!(ended.status.success(), "{ended:?}");
    }
    assert_eq!(session.leave(Duration::from_secs(30)), 0);
    let records = records(&folder);
    let of = |via: &str| records.iter().filter(|record| record["caller"]["via"] == via).count();
    assert_eq!((of("stdio"), of("cli")), (10, 10));
    let by_client = records.iter().find(|record| record["caller"]["via"] == "stdio").unwrap();
    assert_eq!(by_client["caller"]["name"], "suite");

    let key = folder.join("audit.key");
    let verify = || -> command::Ended {
        let words = ["audit", "verify", log.to_str().unwrap(), "--key-file", key.to_str().unwrap()];
        command::command([]).args(words).output().unwrap().into()
    };
    let ended = verify();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "whole: 20 records, 1 to 20, in 1 file\n"));
    let text = fs::read_to_string(&log).unwrap();
    fs::write(&log, text.replacen("SELECT 2", "SELECT 3", 1)).unwrap();
    let ended = verify();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stdout.contains("line ") && ended.stdout.contains("was changed"), "{ended:?}");
    let words = ["audit", "verify", "/nowhere", "--key-file", key.to_str().unwrap()];
    let ended: command::Ended = command::command([]).args(words).output().unwrap().into();
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

#[tokio::test]
async fn statements_are_logged_where_asked_for_and_values_never() {
    let database = Database::shop().await;
    let variables =
        |name: &'static str, value: &str| [("DATABASE_URL", database.owner_url()), (name, value.to_owned())];
    let words = ["query", "SELECT $1::text AS a\n", "--params", "[\"hunter2\"]"];
    let ended: command::Ended =
        command::command(variables("ENABLE_QUERY_LOGGING", "true")).args(words).output().unwrap().into();
    assert!(ended.stderr.contains(r#"statement="SELECT $1::text AS a\n""#), "{ended:?}");
    assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
    let ended: command::Ended =
        command::command(variables("SLOW_QUERY_THRESHOLD", "1ms")).args(words).output().unwrap().into();
    assert!(ended.stderr.contains("slow statement"), "{ended:?}");
    let ended: command::Ended =
        command::command(variables("SLOW_QUERY_THRESHOLD", "60s")).args(words).output().unwrap().into();
    assert!(!ended.stderr.contains("SELECT"), "{ended:?}");
}

#[tokio::test]
async fn the_server_shows_who_calls() {
    let database = Database::shop().await;
    let mut session = mcp::Session::on(&database.owner_url(), "write");
    let query = "SELECT current_setting('application_name') AS name";
    let answer = session.done("execute_query", &json!({"query": query}));
    assert_eq!(answer["rows"][0]["name"], "pg-mcp/suite");
    // After a write the session is reset, and shows its caller again all the same.
    session.done("execute_query", &json!({"query": "UPDATE orders SET status = status WHERE order_id = 1"}));
    let answer = session.done("execute_query", &json!({"query": query}));
    assert_eq!(answer["rows"][0]["name"], "pg-mcp/suite");
}
