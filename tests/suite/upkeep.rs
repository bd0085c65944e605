//! Use cases 3.1, 3.2 and 5.1, whole: the health of several databases, their maintenance and their monitoring, by a script as cron runs
//! it and by the official Python client. One database is down all the while.
#![expect(clippy::disallowed_methods, reason = "tests make what is to be mended on the bare driver")]

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::{command, configuration};

/// Three databases with something to do, and one that is not there.
async fn databases() -> (Vec<Database>, PathBuf) {
    let mut databases = Vec::new();
    let mut file = String::new();
    for name in ["prod_app", "prod_analytics", "prod_warehouse"] {
        let database = Database::empty().await;
        let admin = database.admin().await;
        admin
            .batch_execute(
                "CREATE TABLE audit_logs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, created_at timestamptz NOT NULL);
                 INSERT INTO audit_logs (created_at) SELECT now() - interval '120 days' FROM generate_series(1, 4000);
                 INSERT INTO audit_logs (created_at) SELECT now() FROM generate_series(1, 1000);
                 CREATE TABLE session_tokens (token uuid PRIMARY KEY DEFAULT gen_random_uuid(), expires_at timestamp NOT NULL);
                 INSERT INTO session_tokens (expires_at) SELECT now() - interval '1 hour' FROM generate_series(1, 100);
                 INSERT INTO session_tokens (expires_at) SELECT now() + interval '1 day' FROM generate_series(1, 50);
                 CREATE TABLE keyless (n int)",
            )
            .await
            .unwrap();
        file +=
            &format!("[connections.{name}]\nurl = {:?}\naccess = \"admin\"\npool_size = 3\n", database.url());
        databases.push(database);
    }
    file += "[connections.prod_down]\nurl = \"postgresql://nobody@127.0.0.1:1/none\"\naccess = \"admin\"\n[maintenance]\n\
             retention = [\"audit_logs.created_at older than 90 days\", \"session_tokens.expires_at older than 0 days\"]\n\
             [monitor]\ncache_hit_percent = 0.0\nwaiting_locks = 100000.0\n";
    (databases, configuration::file(&file))
}

async fn kept(database: &Database) -> (i64, i64) {
    let row = database
        .admin()
        .await
        .query_one("SELECT (SELECT count(*) FROM audit_logs), (SELECT count(*) FROM session_tokens)", &[])
        .await
        .unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn a_script_of_cron_checks_maintains_and_monitors_while_one_database_is_down() {
    let (databases, file) = databases().await;
    // No terminal, no environment but the path; every step is run, and the script's own code says what happened.
    let script = r#"
        pg-cli check-all --config "$FILE" --format json --fail-on warning; echo "check $?"
        for id in prod_app prod_analytics prod_warehouse prod_down; do
            pg-cli maintain --connection-id "$id" --config "$FILE" --yes --format json; echo "maintain $?"
        done
        pg-cli monitor --config "$FILE" --format json; echo "monitor $?"
    "#;
    let path = pg_tests::binary("pg-cli").parent().unwrap().to_owned();
    let path = std::env::join_paths([path, "/usr/bin".into(), "/bin".into()]).unwrap();
    let ended: command::Ended = Command::new("sh")
        .args(["-c", script])
        .env_clear()
        .env("PATH", path)
        .env("FILE", &file)
        .stdin(Stdio::null())
        .output()
        .expect("sh runs")
        .into();
    let codes: Vec<&str> = ended
        .stdout
        .lines()
        .filter(|line| ["check ", "maintain ", "monitor "].iter().any(|word| line.starts_with(word)))
        .collect();
    assert_eq!(
        codes,
        ["check 1", "maintain 0", "maintain 0", "maintain 0", "maintain 4", "monitor 1"],
        "{ended:?}"
    );
    assert!(ended.stdout.contains("no_primary_key"), "{ended:?}");
    for database in &databases {
        assert_eq!(kept(database).await, (1000, 50));
    }
    assert!(
        ended.stdout.contains("\"unreachable\":1") || ended.stdout.contains("\"unreachable\": 1"),
        "{ended:?}"
    );
}

/// The official client, called line by line.
struct Client {
    child: std::process::Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Client {
    fn start(major: u32, file: &std::path::Path) -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("python/mcp_call.py");
        let mut child = Command::new(pg_tests::python(major).expect("the official client"))
            .arg(script)
            .arg(pg_tests::binary("pg-mcp"))
            .arg("--config")
            .arg(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        writeln!(self.child.stdin.as_mut().unwrap(), "{}", json!({"tool": tool, "arguments": arguments}))
            .unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {tool} said {line:?}"))
    }

    fn done(&mut self, tool: &str, arguments: &Value) -> Value {
        let answer = self.call(tool, arguments);
        assert_eq!(answer["is_error"], false, "{tool}: {answer}");
        answer["structured"].clone()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ended = self.child.wait();
    }
}

async fn through_the_client(major: u32) {
    let (databases, file) = databases().await;
    let mut client = Client::start(major, &file);
    let health = client.done("check_databases", &json!({"checks": ["tables"]}));
    assert_eq!(
        (&health["unreachable"], &health["databases"].as_array().unwrap().len()),
        (&json!(1), &4),
        "{health}"
    );
    assert!(health.to_string().contains("no_primary_key"), "{health}");
    for id in ["prod_app", "prod_analytics", "prod_warehouse"] {
        let plan = client.done("run_maintenance", &json!({"connection_id": id}));
        assert_eq!(plan["state"], "planned", "{plan}");
        let done = client.done("run_maintenance", &json!({"connection_id": id, "confirm": plan["code"]}));
        assert_eq!(
            (&done["state"], &done["gained"]["deleted_rows"]),
            (&json!("done"), &json!(4100)),
            "{done}"
        );
    }
    let down = client.call("run_maintenance", &json!({"connection_id": "prod_down"}));
    assert_eq!(down["is_error"], true, "{down}");
    let seen = client.done("monitor_databases", &json!({"window_s": 0.5, "interval_s": 0.25}));
    assert_eq!(seen["unreachable"], 1, "{seen}");
    let rates = seen["monitored"].as_array().unwrap().iter().filter(|one| one["rates"].is_object()).count();
    assert_eq!(rates, 3, "{seen}");
    for database in &databases {
        assert_eq!(kept(database).await, (1000, 50));
    }
}

#[tokio::test]
async fn the_official_python_client_1_checks_maintains_and_monitors() {
    through_the_client(1).await;
}

#[tokio::test]
async fn the_official_python_client_2_checks_maintains_and_monitors() {
    through_the_client(2).await;
}
