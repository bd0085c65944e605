//! The program pg-mcp on a real PostgreSQL: digits, errors, and above all that nothing runs on for nobody.
#![expect(clippy::disallowed_methods, reason = "tests look at the server past the toolkit")]
#![expect(clippy::expect_used, reason = "a test that cannot look at its server fails there and then")]

use std::{
    collections::BTreeSet,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use pg_tests::Database;
use serde_json::{Value, json};

use super::peer::{MODERN, Piped, Site, call, modern, program};

const SLEEP: &str = r#"{"query":"SELECT pg_sleep(60)"}"#;

/// How many statements run in the database, but for the one that counts.
async fn running(watch: &tokio_postgres::Client) -> i64 {
    let query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND state = 'active' AND pid <> pg_backend_pid()";
    watch.query_one(query, &[]).await.expect("a count").get(0)
}

/// Waits until this many statements run; fails after the time.
async fn until_running(watch: &tokio_postgres::Client, wanted: i64, within: Duration) {
    let began = Instant::now();
    loop {
        let found = running(watch).await;
        if found == wanted {
            return;
        }
        assert!(began.elapsed() < within, "{found} statements run after {within:?}, and not {wanted}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

const SOON: Duration = Duration::from_secs(10);
const ONE_SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn digits_survive_as_parameters_and_as_results_on_every_way() {
    let database = Database::empty().await;
    let digits = "12345678901234567890.123456789";
    let arguments = format!(
        r#"{{"query":"SELECT $1::numeric AS n, $2::int8 AS i, $1::text = '{digits}' AS kept","params":[{digits},9223372036854775807],"row_format":"arrays"}}"#
    );
    let row = format!("[{digits},9223372036854775807,true]");
    let mut piped = Piped::start(&database.owner_url(), &[]);
    piped.call(1, "execute_query", &arguments);
    let site = Site::start(&database.owner_url());
    let session = site.session();
    let newer = call(1, "execute_query", &arguments, &format!(",{MODERN}"));
    for seen in [
        piped.line(),
        site.ask(&session, &call(1, "execute_query", &arguments, "")),
        site.ask(&modern("execute_query"), &newer),
    ] {
        let (text, structured) = seen.split_once("structuredContent").expect("both forms");
        assert!(text.contains(&row) && structured.contains(&row), "{seen}");
    }
}

#[tokio::test]
async fn a_cancelled_call_leaves_no_statement_and_the_next_one_works() {
    let database = Database::empty().await;
    let watch = database.admin().await;
    let mut client = Piped::start(&database.owner_url(), &[]);
    client.call(7, "execute_query", SLEEP);
    until_running(&watch, 1, SOON).await;
    client.send(
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7,"reason":"enough"}}"#,
    );
    until_running(&watch, 0, ONE_SECOND).await;
    let answer = client.answer("execute_query", r#"{"query":"SELECT 1 AS one"}"#);
    assert_eq!(answer["structuredContent"]["rows"], json!([{"one": 1}]));
}

#[tokio::test]
async fn a_client_that_is_gone_leaves_no_statement() {
    let database = Database::empty().await;
    let watch = database.admin().await;
    // A child whose output nobody else holds, so that closing it here is what a client's death does.
    let mut child = program(&database.owner_url(), &[])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let mut input = child.stdin.take().expect("a pipe");
    let lines = [super::HELLO, super::INITIALIZED, &call(1, "execute_query", SLEEP, "")].join("\n");
    input.write_all(format!("{lines}\n").as_bytes()).expect("written");
    until_running(&watch, 1, SOON).await;
    drop((input, child.stdout.take()));
    until_running(&watch, 0, ONE_SECOND).await;
    assert_eq!(super::ended(&mut child, Duration::from_secs(3)), 0);
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_leaves_no_statement() {
    let database = Database::empty().await;
    let watch = database.admin().await;
    let mut client = Piped::start(&database.owner_url(), &[]);
    for id in 1..=3 {
        client.call(id, "execute_query", SLEEP);
    }
    until_running(&watch, 3, SOON).await;
    super::terminate(&client.child);
    until_running(&watch, 0, ONE_SECOND).await;
    assert_eq!(super::ended(&mut client.child, Duration::from_secs(5)), 0);
}

#[tokio::test]
async fn a_closed_http_response_leaves_no_statement() {
    let database = Database::empty().await;
    let watch = database.admin().await;
    let site = Site::start(&database.owner_url());
    let session = site.session();
    let newer = call(1, "execute_query", SLEEP, &format!(",{MODERN}"));
    for (headers, body) in [(modern("execute_query"), newer), (session, call(1, "execute_query", SLEEP, ""))]
    {
        let stream = site.post(&headers, &body);
        until_running(&watch, 1, SOON).await;
        drop(stream);
        until_running(&watch, 0, ONE_SECOND).await;
    }
}

#[tokio::test]
async fn a_slow_statement_holds_up_neither_a_ping_nor_another_call() {
    let database = Database::empty().await;
    let watch = database.admin().await;
    let mut client = Piped::start(&database.owner_url(), &[]);
    client.call(1, "execute_query", SLEEP);
    until_running(&watch, 1, SOON).await;
    client.send(r#"{"jsonrpc":"2.0","id":"ping","method":"ping"}"#);
    assert_eq!(client.next()["id"], "ping");
    client.call(2, "execute_query", r#"{"query":"SELECT 2"}"#);
    assert_eq!(client.next()["id"], 2);
}

#[tokio::test]
async fn a_thousand_calls_at_once_get_each_its_own_rows() {
    let database = Database::empty().await;
    let mut client = Piped::start(&database.owner_url(), &[]);
    let mut seen = BTreeSet::new();
    for id in 1..=1000 {
        client.call(id, "execute_query", &format!(r#"{{"query":"SELECT $1::int4 AS n","params":[{id}]}}"#));
    }
    for _ in 0..1000 {
        let answer = client.next();
        assert_eq!(answer["result"]["structuredContent"]["rows"][0]["n"], answer["id"], "{answer}");
        seen.insert(answer["id"].as_u64());
    }
    assert_eq!(seen.len(), 1000);
}

#[tokio::test]
async fn bad_input_is_a_tool_error_that_says_what_to_mend() {
    let database = Database::shop().await;
    let mut client = Piped::start(&database.owner_url(), &[]);
    let deep = format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000));
    let long = format!("SELECT '{}'", "x".repeat(5 << 20));
    let query = |text: &str| json!({ "query": text }).to_string();
    for (arguments, wanted) in [
        (query("SELECT 1; SELECT 2"), "one statement"),
        (query("DELETE FROM customers"), "hint: "),
        (query("SELECT nme FROM customers"), "^"),
        (query("SELECT * FROM custmers"), "customers"),
        (query(""), "empty"),
        (query("SELECT 'a\0b'"), "NUL"),
        (query(&deep), "hint: "),
        (query(&long), "hint: "),
        (r#"{"query":"SELECT $1::int4","params":["many"]}"#.to_owned(), "$1"),
        (r#"{"query":"SELECT $1::int4","params":[1,2]}"#.to_owned(), "parameter"),
        (r#"{"query":"SELECT 1","connection_id":"defalt"}"#.to_owned(), "default"),
        (r#"{"query":"SELECT 1","prams":[]}"#.to_owned(), "did you mean `params`?"),
    ] {
        let answer = client.answer("execute_query", &arguments);
        let text = answer["content"][0]["text"].as_str().expect("a text");
        assert_eq!(answer["isError"], true, "{arguments:.100}: {answer:.300}");
        assert!(text.contains(wanted), "{arguments:.100}: {text:.500}");
        assert!(text.len() < 4000, "{} bytes for {arguments:.100}", text.len());
        assert_eq!(answer["structuredContent"]["success"], false);
    }
    let answer = client.answer("execute_query", r#"{"query":"SELECT 1 AS one"}"#);
    assert_eq!(answer["structuredContent"]["rows"], json!([{"one": 1}]));
}

#[tokio::test]
async fn a_wrong_password_is_a_tool_error_without_the_password() {
    let database = Database::empty().await;
    let url = database.server().url("shop_reader", "not-the-password", database.name());
    let mut client = Piped::start(&url, &[]);
    let answer = client.answer("execute_query", r#"{"query":"SELECT 1"}"#);
    assert_eq!(answer["isError"], true);
    assert_eq!(answer["structuredContent"]["error"]["kind"], "connection", "{answer}");
    assert!(!answer.to_string().contains("not-the-password"), "{answer}");
}

/// A call of every example of every operation, one a line, and what each is of.
fn calls_of_examples() -> (String, Vec<(&'static str, &'static str)>) {
    let operations = pg_core::operations::OPERATIONS
        .iter()
        .chain(pg_introspect::OPERATIONS)
        .chain(pg_data::OPERATIONS)
        .chain(pg_report::OPERATIONS);
    let mut calls = String::new();
    let mut tools = Vec::new();
    for operation in operations {
        for example in operation.examples() {
            let arguments: Value = serde_json::from_str(example.arguments).expect("an object");
            calls.push_str(&format!("{}\n", json!({ "tool": operation.name(), "arguments": arguments })));
            tools.push((operation.name(), example.title));
        }
    }
    (calls, tools)
}

/// Calls every example of every operation through the official client, which holds results against output schemas.
fn examples(database: &Database, major: u32) {
    let (calls, tools) = calls_of_examples();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/mcp_call.py");
    let mut child = Command::new(pg_tests::python(major).expect("the official client"))
        .arg(script)
        .arg(pg_tests::binary("pg-mcp"))
        .args(["--access", "admin"])
        .env("DATABASE_URL", database.owner_url())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the script");
    child.stdin.take().expect("a pipe").write_all(calls.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("an output");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), tools.len(), "{text}");
    for ((tool, title), answer) in tools.iter().zip(&answers) {
        assert!(answer.get("protocol_error").is_none(), "{tool}, {title}: {answer}");
    }
}

#[tokio::test]
async fn every_example_fits_its_output_schema_for_the_official_client_1() {
    examples(&Database::shop().await, 1);
}

#[tokio::test]
async fn every_example_fits_its_output_schema_for_the_official_client_2() {
    examples(&Database::shop().await, 2);
}

/// The contract, and every example, through the official TypeScript client.
fn typescript(database: &Database, major: u32) {
    let Some(mut node) = pg_tests::typescript_client().expect("the project's folders") else {
        return;
    };
    let (calls, tools) = calls_of_examples();
    let mut child = node
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("typescript/mcp_contract.mjs"))
        .arg(major.to_string())
        .arg(pg_tests::binary("pg-mcp"))
        .args(["--access", "admin", "--list-all-tools"])
        .env("DATABASE_URL", database.owner_url())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the script");
    child.stdin.take().expect("a pipe").write_all(calls.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("an output");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let checks: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let failed: Vec<&Value> = checks.iter().filter(|check| check["ok"] != json!(true)).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && checks.len() > 2 * tools.len(), "{said}\n{errors}");
    assert_eq!(errors, "");
}

#[tokio::test]
async fn the_official_typescript_client_1_gets_the_contract_and_every_example_fits_its_output_schema() {
    typescript(&Database::shop().await, 1);
}

#[tokio::test]
async fn the_official_typescript_client_2_gets_the_contract_in_both_protocols() {
    typescript(&Database::shop().await, 2);
}

#[tokio::test]
async fn the_strict_official_inspector_has_nothing_to_say_of_the_tools() {
    let database = Database::shop().await;
    for era in ["legacy", "modern"] {
        let Some(mut inspector) = pg_tests::inspector().expect("the project's folders") else {
            return;
        };
        let output = inspector
            .args(["--cli", "--strict", "--protocol-era", era, "--method", "tools/list"])
            .args(["-e", &format!("DATABASE_URL={}", database.owner_url()), "--"])
            .arg(pg_tests::binary("pg-mcp"))
            .args(["--access", "admin", "--list-all-tools"])
            .output()
            .expect("the inspector");
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors.is_empty(), "{era}: {errors}");
        let listed: Value = serde_json::from_str(&said).expect("JSON");
        assert!(listed["tools"].as_array().is_some_and(|list| list.len() > 40), "{era}: {said}");
    }
}

#[tokio::test]
async fn a_table_is_the_shortest_text_and_its_structured_form_is_whole() {
    let database = Database::shop().await;
    let mut client = Piped::start(&database.owner_url(), &[]);
    let query = "SELECT customer_id, name, NULL AS nothing, '' AS empty, E'a\\tb\\nc' AS odd FROM customers ORDER BY 1";
    let ask = |format: &str| json!({"query": query, "fetch_size": 3, "row_format": format}).to_string();
    let objects = client.answer("execute_query", &ask("objects"));
    let table = client.answer("execute_query", &ask("table"));
    let text = |answer: &Value| answer["content"][0]["text"].as_str().expect("a text").to_owned();
    let lines: Vec<String> = text(&table).lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "customer_id\tname\tnothing\tempty\todd", "{table}");
    for (line, row) in lines[1..4].iter().zip(objects["structuredContent"]["rows"].as_array().expect("rows"))
    {
        let name = row["name"].as_str().expect("a name");
        assert_eq!(line, &format!("{}\t{name}\t\\N\t\ta\\tb\\nc", row["customer_id"]));
    }
    let cursor = table["structuredContent"]["truncated"]["next_cursor"].as_str().expect("a cursor");
    assert!(lines[4].starts_with("-- default: 3 rows; ") && lines[4].contains(cursor), "{table}");
    assert!(text(&table).len() < text(&objects).len() / 2, "{table}");
    let rows = objects["structuredContent"]["rows"].as_array().expect("rows");
    let arrays: Vec<Value> =
        rows.iter().map(|row| row.as_object().expect("a row").values().cloned().collect()).collect();
    assert_eq!(table["structuredContent"]["rows"], Value::from(arrays));
    let next = json!({"cursor": cursor, "fetch_size": 2, "row_format": "table"}).to_string();
    let next = text(&client.answer("execute_query", &next));
    assert!(
        next.starts_with("customer_id\t") && next.lines().nth(1).is_some_and(|line| line.starts_with("4\t")),
        "{next}"
    );
}

#[tokio::test]
async fn an_answer_is_cut_at_32_kib_between_rows_unless_the_configuration_says_otherwise() {
    let database = Database::empty().await;
    let query = "SELECT i, repeat(chr(97 + i % 26), 1000) AS t FROM generate_series(1, 100) AS i";
    let asked = json!({"query": query, "row_format": "arrays"});
    let mut client = Piped::start(&database.owner_url(), &[]);
    let first = client.answer("execute_query", &asked.to_string());
    let mut told = first["structuredContent"].clone();
    assert!(told["rows"].to_string().len() <= 32 * 1024, "{}", told["rows"].to_string().len());
    assert_eq!(told["row_count"], 32, "{}", told["truncated"]);
    let mut rows: Vec<Value> = told["rows"].as_array().expect("rows").clone();
    while let Some(cursor) = told["truncated"]["next_cursor"].as_str() {
        let next = client.answer("execute_query", &json!({"cursor": cursor}).to_string());
        told = next["structuredContent"].clone();
        rows.extend(told["rows"].as_array().expect("rows").iter().cloned());
    }
    let numbers: Vec<u64> = rows.iter().map(|row| row[0].as_u64().expect("a number")).collect();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
    // A row that is larger stands alone.
    let large = json!({"query": "SELECT repeat('x', 100000) AS t UNION ALL SELECT 'y'"}).to_string();
    let large = client.answer("execute_query", &large)["structuredContent"].clone();
    assert_eq!(
        (&large["row_count"], large["rows"][0]["t"].as_str().map(str::len)),
        (&json!(1), Some(100_000))
    );
    assert!(large["truncated"]["next_cursor"].is_string(), "{}", large["truncated"]);
    let configuration = crate::support::configuration::file(&format!(
        "[connections.default]\nurl = {:?}\nlimits.max_bytes = 200000\n",
        database.owner_url()
    ));
    let mut client =
        Piped::start(&database.owner_url(), &["--config", configuration.to_str().expect("a path")]);
    let whole = client.answer("execute_query", &asked.to_string())["structuredContent"].clone();
    assert_eq!((&whole["row_count"], &whole["truncated"]), (&json!(100), &Value::Null));
}
