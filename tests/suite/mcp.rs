//! The program pg-mcp as its clients meet it: started as a process, over every kind of stream, with and without a database.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot run its program fails there and then"
)]

mod confirming;
mod conformance;
mod database;
mod doctor;
mod guide;
mod install;
mod limits;
mod oauth;
pub(crate) mod peer;
mod several;
mod tokens;

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener},
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

const HELLO: &str = r#"{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;
const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
const LIST: &str = r#"{"jsonrpc":"2.0","id":"list","method":"tools/list"}"#;
const CALL: &str = r#"{"jsonrpc":"2.0","id":"call","method":"tools/call","params":{"name":"health_check"}}"#;

/// The program, in an environment that names no database.
fn program() -> Command {
    let mut command = Command::new(pg_tests::binary("pg-mcp"));
    command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn requests(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The answers in an output that holds nothing else, by their ids.
fn answers(output: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(output).expect("UTF-8");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not a message: {line}")))
        .collect()
}

fn with_id<'a>(answers: &'a [Value], id: &str) -> &'a Value {
    answers
        .iter()
        .find(|answer| answer["id"] == id)
        .unwrap_or_else(|| panic!("no answer {id} in {answers:?}"))
}

fn ended(child: &mut Child, within: Duration) -> i32 {
    let until = Instant::now() + within;
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code().unwrap_or_else(|| panic!("ended by a signal: {status}"));
        }
        assert!(Instant::now() < until, "still running after {within:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn terminate(child: &Child) {
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

fn piped(input: &str) -> Output {
    let mut child = program().spawn().expect("the program");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("written");
    child.wait_with_output().expect("an output")
}

#[test]
fn answers_what_was_piped_in_and_ends_with_its_input() {
    let began = Instant::now();
    let output = piped(&requests(&[HELLO, INITIALIZED, LIST, CALL]));
    assert!(began.elapsed() < Duration::from_secs(3), "took {:?}", began.elapsed());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = answers(&output.stdout);
    assert_eq!(answers.len(), 3);
    assert!(!with_id(&answers, "list")["result"]["tools"].as_array().expect("tools").is_empty());
    assert_eq!(with_id(&answers, "call")["result"]["structuredContent"]["is_healthy"], true);
}

#[test]
fn a_last_line_without_an_end_is_answered() {
    let answers = answers(&piped(HELLO).stdout);
    assert_eq!(with_id(&answers, "hello")["result"]["serverInfo"]["name"], "pg-mcp");
}

#[test]
fn answers_over_a_socket_whose_writing_half_was_closed() {
    let (mut ours, theirs) = UnixStream::pair().expect("sockets");
    let (input, output) = (OwnedFd::from(theirs.try_clone().expect("a socket")), OwnedFd::from(theirs));
    let mut child = program().stdin(input).stdout(output).spawn().expect("the program");
    ours.write_all(requests(&[HELLO, INITIALIZED, CALL]).as_bytes()).expect("written");
    ours.shutdown(Shutdown::Write).expect("a half closed");
    let mut read = Vec::new();
    ours.read_to_end(&mut read).expect("answers");
    assert_eq!(answers(&read).len(), 2);
    assert_eq!(ended(&mut child, Duration::from_secs(3)), 0);
}

#[test]
fn answers_from_a_file_into_a_file() {
    let folder = std::env::temp_dir().join(format!("pg-mcp-files-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let (input, output) = (folder.join("in"), folder.join("out"));
    fs::write(&input, requests(&[HELLO, INITIALIZED, CALL])).expect("written");
    let mut child = program()
        .stdin(File::open(&input).expect("a file"))
        .stdout(File::create(&output).expect("a file"))
        .spawn()
        .expect("the program");
    assert_eq!(ended(&mut child, Duration::from_secs(8)), 0);
    assert_eq!(answers(&fs::read(&output).expect("answers")).len(), 2);
    fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn leaves_the_flags_of_its_pipes_alone() {
    let mut child = program().spawn().expect("the program");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(requests(&[HELLO]).as_bytes()).expect("written");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("an answer");
    for stream in [0, 1] {
        let path = format!("/proc/{}/fdinfo/{stream}", child.id());
        let Ok(facts) = fs::read_to_string(&path) else { continue };
        let flags = facts.lines().find_map(|line| line.strip_prefix("flags:")).expect("flags");
        let flags = u32::from_str_radix(flags.trim(), 8).expect("octal");
        assert_eq!(flags & 0o4000, 0, "O_NONBLOCK is set on {stream}, which other processes may share");
    }
    drop(input);
    assert_eq!(ended(&mut child, Duration::from_secs(3)), 0);
}

#[test]
fn ends_at_once_when_told_to_over_a_pipe() {
    let mut child = program().spawn().expect("the program");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(requests(&[HELLO]).as_bytes()).expect("written");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("an answer");
    terminate(&child);
    assert_eq!(ended(&mut child, Duration::from_secs(3)), 0);
}

#[test]
fn lists_its_tools_where_no_database_answers() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
    let mut child = program()
        .env("DATABASE_URL", format!("postgres://nobody:secret-word@{closed}/nothing"))
        .spawn()
        .expect("the program");
    child.stdin.take().expect("a pipe").write_all(requests(&[HELLO, LIST]).as_bytes()).expect("written");
    let output = child.wait_with_output().expect("an output");
    assert_eq!(output.status.code(), Some(0));
    assert!(with_id(&answers(&output.stdout), "list")["result"]["tools"].is_array());
    assert!(!String::from_utf8_lossy(&output.stderr).contains("secret-word"));
}

#[test]
fn its_instructions_name_tools_that_it_has() {
    let answers = answers(&piped(&requests(&[HELLO, LIST])).stdout);
    let tools = with_id(&answers, "list")["result"]["tools"].as_array().expect("tools").clone();
    let text =
        with_id(&answers, "hello")["result"]["instructions"].as_str().expect("instructions").to_owned();
    assert!(text.chars().count() < 2000);
    for first in ["list_connections", "list_tables", "get_table_schema", "execute_query"] {
        assert!(text.contains(first), "the instructions do not name {first}");
    }
    for word in text.split(|c: char| !c.is_ascii_lowercase() && c != '_').filter(|word| word.contains('_')) {
        assert!(
            tools.iter().any(|tool| tool["name"] == word),
            "the instructions name `{word}`, which is no tool"
        );
    }
}

#[test]
fn answers_the_newer_protocol_without_a_handshake() {
    let meta = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;
    let output = piped(&requests(&[
        &format!(r#"{{"jsonrpc":"2.0","id":"discover","method":"server/discover","params":{{{meta}}}}}"#),
        &format!(
            r#"{{"jsonrpc":"2.0","id":"call","method":"tools/call","params":{{"name":"health_check","arguments":{{}},{meta}}}}}"#
        ),
    ]));
    let answers = answers(&output.stdout);
    assert_eq!(
        with_id(&answers, "discover")["result"]["supportedVersions"].as_array().expect("versions").len(),
        5
    );
    assert_eq!(with_id(&answers, "call")["result"]["resultType"], "complete");
}

#[test]
fn malformed_lines_are_answered_and_never_end_it() {
    let deep =
        format!(r#"{{"jsonrpc":"2.0","id":"deep","method":"tools/call","params":{}"#, "[".repeat(100_000));
    let deeper = format!(
        r#"{{"jsonrpc":"2.0","id":"deeper","method":"tools/call","params":{{"name":"x","arguments":{{"a":{}{}}}}}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let long = "x".repeat(17 << 20);
    let output =
        piped(&requests(&[HELLO, "{", "\0\0", "[]", "17", "\"text\"", "null", &deep, &deeper, &long, CALL]));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = answers(&output.stdout);
    assert_eq!(answers.len(), 11, "{answers:?}");
    assert_eq!(with_id(&answers, "deeper")["error"]["code"], -32600);
    assert_eq!(with_id(&answers, "call")["result"]["isError"], false);
}

/// The program serving HTTP, and where it says that it listens.
fn listening() -> (Child, String) {
    let mut child =
        program().args(["--http", "127.0.0.1:0"]).stdin(Stdio::null()).spawn().expect("the program");
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let url = lines
        .find_map(|line| line.expect("a line").strip_prefix("listening on ").map(str::to_owned))
        .expect("a line that says where it listens");
    std::thread::spawn(move || lines.for_each(drop));
    (child, url)
}

#[test]
fn http_says_where_it_listens_and_ends_when_told_to() {
    let (mut child, url) = listening();
    assert!(url.starts_with("http://127.0.0.1:") && url.ends_with("/mcp"), "{url}");
    terminate(&child);
    assert_eq!(ended(&mut child, Duration::from_secs(4)), 0);
}

#[test]
fn http_on_a_port_that_is_taken_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = program().args(["--http", &address]).stdin(Stdio::null()).output().expect("the program");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(&address) && said.contains("another process has this port"), "{said}");
}

#[test]
fn http_beyond_loopback_is_refused() {
    let output = program().args(["--http", "0.0.0.0:0"]).stdin(Stdio::null()).output().expect("the program");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("other machines can reach it") && said.contains("127.0.0.1"), "{said}");
}

#[test]
fn an_unknown_flag_is_a_usage_error_and_help_is_not() {
    assert_eq!(program().arg("--nope").output().expect("the program").status.code(), Some(2));
    let help = program().arg("--help").output().expect("the program");
    assert_eq!(help.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&help.stdout).contains("--http"));
    let version = program().arg("--version").output().expect("the program");
    assert!(String::from_utf8_lossy(&version.stdout).starts_with("pg-mcp "));
}

/// The contract through the official Python client of one major version.
fn contract(major: u32) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/mcp_contract.py");
    let output = Command::new(pg_tests::python(major).expect("the official client"))
        .arg(script)
        .arg(pg_tests::binary("pg-mcp"))
        .output()
        .expect("the script");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let checks: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let failed: Vec<&Value> = checks.iter().filter(|check| check["ok"] != json!(true)).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(
        output.status.success() && checks.len() > 15,
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_official_python_client_1_gets_the_contract() {
    contract(1);
}

#[test]
fn the_official_python_client_2_gets_the_contract() {
    contract(2);
}
