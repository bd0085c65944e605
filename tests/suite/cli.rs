//! pg-cli as scripts use it: the binary, its exit codes, its streams, a real PostgreSQL.
//!
//! Each test spawns the command with an environment of its own, so that nothing of the machine's leaks in.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot run its command fails there and then"
)]

mod around;
mod psql;
mod steps;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use pg_tests::Database;
use serde_json::Value;

/// The command without any connection.
fn bare() -> Command {
    let mut command = Command::new(pg_tests::binary("pg-cli"));
    command.env_clear().stdin(Stdio::null());
    command
}

/// The command with the connection `default` to a database.
fn on(database: &Database) -> Command {
    let mut command = bare();
    command.env("DATABASE_URL", database.owner_url());
    command
}

/// What a command said and how it ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

fn run(mut command: Command, arguments: &[&str]) -> Ended {
    command.args(arguments).output().expect("pg-cli starts").into()
}

fn run_with_stdin(mut command: Command, arguments: &[&str], stdin: &[u8]) -> Ended {
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("pg-cli starts");
    // A command that refuses its arguments does not read.
    let _ = child.stdin.take().expect("stdin is a pipe").write_all(stdin);
    child.wait_with_output().expect("pg-cli ends").into()
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

fn file(name: &str, content: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).expect("the folder for temporary files is writable");
    path
}

const SLOW: &str = "SELECT count(*) FROM generate_series(1, 10000000) a, generate_series(1, 10000) b";

/// How many statements with a marking comment run in the server.
fn running(database: &Database, mark: &str) -> String {
    // In two parts, so that this statement does not find itself.
    let query = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%mark:' || '{mark}%'"
    );
    let ended = run(on(database), &["query", &query, "--format", "csv"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.stdout.lines().nth(1).unwrap_or_default().to_owned()
}

/// Asks until the number of marked statements is as expected.
fn until_running(database: &Database, mark: &str, expected: &str) {
    for _ in 0..200 {
        if running(database, mark) == expected {
            return;
        }
    }
    panic!("never saw {expected} statements marked {mark}");
}

#[test]
fn no_arguments_give_short_help_and_exit_2() {
    let ended = run(bare(), &[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("Usage: pg-cli"), "{ended:?}");
}

#[test]
fn help_and_version_are_data_and_exit_0() {
    for flag in ["--help", "-?", "--version", "-V"] {
        let ended = run(bare(), &[flag]);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{flag}");
        assert!(ended.stdout.contains("pg-cli"), "{ended:?}");
    }
}

#[test]
fn usage_errors_exit_2_and_name_what_is_near() {
    let ended = run(bare(), &["execute-qeury", "SELECT 1"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("'execute-query'"), "{ended:?}");
    let ended = run(bare(), &["query", "SELECT 1", "--fromat", "csv"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("'--format'"), "{ended:?}");
    let ended = run(bare(), &["query", "SELECT 1", "--timeout", "soon"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("a number of seconds above 0"), "{ended:?}");
}

#[test]
fn a_wrong_configuration_exits_2_and_names_the_key() {
    let path = file("bad.toml", "[connexions.default]\nhost = \"localhost\"\n");
    let ended = run(bare(), &["query", "SELECT 1", "--config", path.to_str().unwrap()]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("connexions") && ended.stderr.contains("connections"), "{ended:?}");
}

#[tokio::test]
async fn an_answer_is_json_where_stdout_is_no_terminal() {
    let database = Database::empty().await;
    let ended = run(on(&database), &["query", "SELECT 12345678901234567890.1::numeric AS n"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    assert_eq!(json(&ended)["row_count"], 1);
    assert!(ended.stdout.contains("12345678901234567890.1"), "{ended:?}");
}

#[tokio::test]
async fn parameters_come_from_the_line_and_from_a_file() {
    let database = Database::empty().await;
    let path = file("params.json", "[20, 22]");
    let from_file = format!("@{}", path.display());
    for params in ["[20, 22]", &from_file] {
        let query = ["query", "SELECT $1::int + $2::int AS sum", "--params", params, "--format", "csv"];
        let ended = run(on(&database), &query);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "sum\n42\n"), "{ended:?}");
    }
}

#[tokio::test]
async fn sql_comes_from_stdin_and_from_a_file() {
    let database = Database::empty().await;
    let sql = "-- a comment first\nSELECT 7 AS n;\n";
    let path = file("query.sql", sql);
    for arguments in [vec!["query"], vec!["query", "-"], vec!["query", "-f", "-"]] {
        let arguments: Vec<&str> = arguments.into_iter().chain(["--format", "csv"]).collect();
        let ended = run_with_stdin(on(&database), &arguments, sql.as_bytes());
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "n\n7\n"), "{arguments:?} {ended:?}");
    }
    let ended = run(on(&database), &["query", "-f", path.to_str().unwrap(), "--format", "csv"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "n\n7\n"), "{ended:?}");
}

#[test]
fn sql_that_is_not_utf_8_is_refused_with_the_byte() {
    let ended = run_with_stdin(bare(), &["query"], b"SELECT '\xe9'");
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("byte 8"), "{ended:?}");
}

#[tokio::test]
async fn csv_tells_null_from_empty_and_quotes() {
    let database = Database::empty().await;
    let query = "SELECT NULL::text AS a, ''::text AS b, E'x,\"y\"\nz'::text AS \"c,d\"";
    let ended = run(on(&database), &["query", query, "--format", "csv"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stdout, "a,b,\"c,d\"\n,\"\",\"x,\"\"y\"\"\nz\"\n");
}

#[tokio::test]
async fn tsv_is_escaped_as_in_copy() {
    let database = Database::empty().await;
    let query = "SELECT NULL::text AS a, E'x\ty\\\\z'::text AS b";
    let ended = run(on(&database), &["query", query, "--format", "tsv"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "a\tb\n\\N\tx\\ty\\\\z\n"), "{ended:?}");
}

#[tokio::test]
async fn ndjson_is_one_object_a_row() {
    let database = Database::empty().await;
    let query = "SELECT n, 'x' AS t FROM generate_series(1, 3) n";
    let ended = run(on(&database), &["query", query, "--format", "ndjson"]);
    let lines: Vec<Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{ended:?}");
    assert_eq!(lines[2], serde_json::json!({"n": 3, "t": "x"}));
}

#[tokio::test]
async fn a_table_has_its_count_on_stderr() {
    let database = Database::empty().await;
    let ended = run(on(&database), &["query", "SELECT 1 AS n, NULL AS m", "--format", "table"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.ends_with("\n---+------\n 1 | NULL\n"), "{ended:?}");
    assert!(ended.stderr.starts_with("(1 row"), "{ended:?}");
    let quiet = run(on(&database), &["query", "SELECT 1 AS n", "--format", "table", "-q"]);
    assert_eq!(quiet.stderr, "");
}

#[tokio::test]
async fn the_output_file_holds_what_stdout_would() {
    let database = Database::empty().await;
    let path = file("out.csv", "old content that is longer than the new");
    let ended =
        run(on(&database), &["query", "SELECT 1 AS n", "--format", "csv", "-o", path.to_str().unwrap()]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""), "{ended:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "n\n1\n");
    let failed = run(on(&database), &["query", "SELECT nope", "-o", path.to_str().unwrap()]);
    assert_eq!(failed.code, Some(3));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "n\n1\n", "a failure leaves the file as it was");
}

#[tokio::test]
async fn sql_errors_exit_3_with_sqlstate_and_caret() {
    let database = Database::empty().await;
    let ended = run(on(&database), &["query", "SELECT nope FROM pg_class"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), ""), "{ended:?}");
    assert!(ended.stderr.starts_with("pg-cli: SQL error: "), "{ended:?}");
    assert!(ended.stderr.contains("42703") && ended.stderr.contains('^'), "{ended:?}");
}

#[tokio::test]
async fn errors_are_json_on_stderr_where_json_is_asked_for() {
    let database = Database::empty().await;
    let ended = run(on(&database), &["query", "SELECT nope", "--format", "json"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), ""), "{ended:?}");
    let error: Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!((&error["success"], &error["error"]["sqlstate"]), (&false.into(), &"42703".into()));
}

#[test]
fn no_server_exits_4() {
    let ended =
        run(bare(), &["query", "SELECT 1", "-h", "127.0.0.1", "-p", "1", "-U", "nobody", "-d", "none"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(4), ""), "{ended:?}");
    assert!(ended.stderr.contains("127.0.0.1"), "{ended:?}");
}

#[tokio::test]
async fn a_wrong_password_exits_4_and_is_not_shown() {
    let database = Database::empty().await;
    let mut command = bare();
    command.env("DATABASE_URL", database.server().url("shop_owner", "not-the-password", database.name()));
    let ended = run(command, &["query", "SELECT 1"]);
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(!ended.stderr.contains("not-the-password"), "{ended:?}");
}

#[tokio::test]
async fn an_unknown_connection_exits_2_or_4_and_names_those_there_are() {
    let database = Database::empty().await;
    let ended = run(on(&database), &["query", "SELECT 1", "--connection-id", "sales"]);
    assert!(matches!(ended.code, Some(2 | 4)), "{ended:?}");
    assert!(ended.stderr.contains("sales") && ended.stderr.contains("default"), "{ended:?}");
}

#[tokio::test]
async fn refused_statements_exit_5_and_say_what_to_do() {
    let database = Database::empty().await;
    for sql in ["CREATE TABLE t (a int)", "SELECT 1; SELECT 2", "SELECT pg_read_file('/etc/passwd')"] {
        let ended = run(on(&database), &["query", sql]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(5), ""), "{sql} {ended:?}");
        assert!(ended.stderr.starts_with("pg-cli: refused: "), "{ended:?}");
    }
}

#[tokio::test]
async fn the_access_flag_lets_a_statement_write() {
    let database = Database::empty().await;
    for (sql, access) in [("CREATE TABLE t (a int)", "schema"), ("INSERT INTO t VALUES (1)", "write")] {
        let ended = run(on(&database), &["query", sql, "--access", access]);
        assert_eq!(ended.code, Some(0), "{sql} {ended:?}");
    }
    let ended = run(on(&database), &["query", "SELECT a FROM t", "--format", "csv"]);
    assert_eq!(ended.stdout, "a\n1\n", "{ended:?}");
}

#[tokio::test]
async fn a_time_limit_exits_6_and_leaves_no_statement() {
    let database = Database::empty().await;
    let sql = format!("{SLOW} /* mark:limit */");
    let ended = run(on(&database), &["query", &sql, "--timeout", "0.3"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(6), ""), "{ended:?}");
    assert!(ended.stderr.contains("time limit reached"), "{ended:?}");
    until_running(&database, "limit", "0");
}

#[tokio::test]
async fn an_interrupt_and_a_termination_exit_6_and_leave_no_statement() {
    let database = Database::empty().await;
    for (signal, mark) in [("-INT", "int"), ("-TERM", "term")] {
        let sql = format!("{SLOW} /* mark:{mark} */");
        let child = on(&database)
            .args(["query", &sql])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("pg-cli starts");
        until_running(&database, mark, "1");
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        let ended: Ended = child.wait_with_output().expect("pg-cli ends").into();
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(6), ""), "{signal} {ended:?}");
        until_running(&database, mark, "0");
    }
}

#[tokio::test]
async fn a_reader_that_goes_away_is_no_error() {
    let database = Database::empty().await;
    let sql = "SELECT n FROM generate_series(1, 50000000) n /* mark:pipe */";
    let mut child = on(&database)
        .args(["query", sql, "--format", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("pg-cli starts");
    drop(child.stdout.take());
    let ended: Ended = child.wait_with_output().expect("pg-cli ends").into();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    until_running(&database, "pipe", "0");
}

#[tokio::test]
async fn what_a_terminal_obeys_is_written_out() {
    let database = Database::empty().await;
    let ended = run(on(&database), &["query", "SELECT E'a\\x1b[2J' AS t", "--format", "table"]);
    assert!(ended.stdout.contains("a\\u{1b}[2J") && !ended.stdout.contains('\u{1b}'), "{ended:?}");
}
