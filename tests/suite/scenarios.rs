//! The queries of the twelve use cases, end to end: through pg-mcp, through pg-cli and through the official Python client,
//! with equal rows, and value by value what PostgreSQL itself prints.
//!
//! Where a use case's own SQL is wrong, the answer to it must lead to the mend in one step.
#![expect(clippy::disallowed_methods, reason = "tests ask the server past the toolkit")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pg_tests::{Database, Scenario, scenarios};
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls};

use crate::support::mcp::Session;
use crate::support::{command, configuration, mcp};

/// Queries that look at the server's own counters, which the asking itself moves: their columns are compared, not values.
const MOVING: [&str; 2] = ["3.1-system-metrics", "5.1-performance"];

/// More rows than any of the queries gives on the small shop.
const ALL_ROWS: u64 = 10_000;

fn arguments(scenario: &Scenario, sql: &str) -> Value {
    json!({
        "connection_id": scenario.connection.name,
        "query": sql,
        "params": scenario.params,
        "fetch_size": ALL_ROWS,
    })
}

/// Runs a query through pg-cli, which reads it from its standard input: some of these begin with a comment.
fn on_command_line(configuration: &Path, scenario: &Scenario, sql: &str) -> command::Ended {
    let file = configuration.to_string_lossy();
    let params = Value::from(scenario.params.clone()).to_string();
    let fetch_size = ALL_ROWS.to_string();
    let words = ["query", "-", "--params", &params, "--fetch-size", &fetch_size, "--format", "json"];
    let place = ["--connection-id", scenario.connection.name, "--config", &file];
    command::fed(command::command([]).args(words).args(place), sql.as_bytes())
}

fn over_mcp(configuration: &Path) -> Session {
    let mut command = mcp::command([]);
    command.arg("--config").arg(configuration);
    Session::start(command)
}

/// Opens a bare session as the scenario's role, with its search path.
async fn bare(database: &Database, scenario: &Scenario) -> Client {
    let (client, connection) = tokio_postgres::connect(&database.role_url(scenario.connection.role), NoTls)
        .await
        .expect("a session");
    tokio::spawn(connection);
    let search_path = scenario.connection.search_path.join(",");
    client
        .execute("SELECT set_config('search_path', $1, false)", &[&search_path])
        .await
        .expect("a search path");
    client
}

/// The rows as the server itself writes them in JSON. None of these queries ends in a comment or has strings in parameters.
async fn rows_from_server(client: &Client, scenario: &Scenario) -> Vec<Value> {
    let sql = scenario.sql.trim_end().trim_end_matches(';');
    let wrapped = format!("SELECT coalesce(json_agg(row_to_json(t)), '[]')::text FROM (\n{sql}\n) t");
    let params: Vec<i64> =
        scenario.params.iter().map(|param| param.as_i64().expect("a whole number")).collect();
    let params: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> =
        params.iter().map(|param| param as _).collect();
    let text: String = client.query_one(&wrapped, &params).await.expect("the query runs").get(0);
    serde_json::from_str(&text).expect("JSON of the server's")
}

fn is_select(scenario: &Scenario) -> bool {
    let text = scenario.sql.trim_start().to_ascii_uppercase();
    text.starts_with("SELECT") || text.starts_with("WITH") || text.starts_with("--")
}

fn compared(answer: &Value) -> Value {
    let mut kept = answer.clone();
    let fields = kept.as_object_mut().expect("an object");
    fields.remove("duration_ms");
    kept
}

#[tokio::test]
async fn every_query_gives_the_same_over_mcp_and_on_the_command_line() {
    // A database each, because some queries write; they are clones of one another.
    let (for_mcp, for_command) = tokio::join!(Database::shop(), Database::shop());
    let (mcp_file, command_file) =
        (configuration::use_cases(&for_mcp), configuration::use_cases(&for_command));
    let mut session = over_mcp(&mcp_file);
    let mut with_rows = 0;
    for scenario in scenarios() {
        let told = session.done("execute_query", &arguments(&scenario, &scenario.sql));
        let ended = on_command_line(&command_file, &scenario, &scenario.sql);
        assert_eq!(ended.code, Some(0), "{}: {ended:?}", scenario.name);
        let (mut left, mut right) = (compared(&told), compared(&ended.json()));
        assert_eq!(
            left["row_count"],
            json!(left["rows"].as_array().expect("rows").len()),
            "{}",
            scenario.name
        );
        assert!(left["truncated"].is_null(), "{}: cut", scenario.name);
        if MOVING.contains(&scenario.name.as_str()) {
            left["rows"].take();
            right["rows"].take();
        }
        assert_eq!(left.to_string(), right.to_string(), "{}", scenario.name);
        with_rows += usize::from(told["row_count"] != json!(0));
    }
    assert!(
        with_rows >= 20,
        "only {with_rows} of the queries gave rows: the shop is too empty to show anything"
    );
}

#[tokio::test]
async fn every_value_is_what_the_server_prints() {
    let database = Database::shop().await;
    let mut session = over_mcp(&configuration::use_cases(&database));
    let mut compared = 0;
    for scenario in scenarios().iter().filter(|scenario| is_select(scenario)) {
        let client = bare(&database, scenario).await;
        // The server's own views may change between two looks: then once more.
        let mut looks = 0;
        let (ours, before, after) = loop {
            let before = rows_from_server(&client, scenario).await;
            let told = session.done("execute_query", &arguments(scenario, &scenario.sql));
            let after = rows_from_server(&client, scenario).await;
            looks += 1;
            let moved = before != after && looks < 5;
            if !moved {
                break (told["rows"].as_array().expect("rows").clone(), before, after);
            }
        };
        if MOVING.contains(&scenario.name.as_str()) {
            let columns = |rows: &[Value]| -> Vec<String> {
                rows.iter().flat_map(|row| row.as_object().expect("an object").keys().cloned()).collect()
            };
            assert_eq!(columns(&ours), columns(&before), "{}", scenario.name);
            continue;
        }
        assert_eq!(before, after, "{}: the server's own rows do not hold still", scenario.name);
        assert_eq!(ours.len(), before.len(), "{}", scenario.name);
        for (index, (ours, theirs)) in ours.iter().zip(&before).enumerate() {
            assert_eq!(ours.to_string(), theirs.to_string(), "{}, row {index}", scenario.name);
            compared += ours.as_object().expect("an object").len();
        }
    }
    assert!(compared > 1000, "only {compared} values were compared");
}

/// What the answer to a use case's own SQL must say, where PostgreSQL refuses it.
const MENDS: [(&str, &[&str]); 4] = [
    ("2.1-inventory-alerts", &["stock_status", "output alias", "wrap the query"]),
    ("3.1-slow-queries", &["total_exec_time", "mean_exec_time", "stddev_exec_time"]),
    ("3.2-dead-tuples", &["relname"]),
    ("3.2-large-indexes", &["relname", "indexrelname"]),
];

#[tokio::test]
async fn refused_sql_of_a_use_case_is_answered_with_its_mend() {
    let database = Database::shop().await;
    let configuration = configuration::use_cases(&database);
    let mut session = over_mcp(&configuration);
    for scenario in scenarios() {
        let Some(seed) = &scenario.seed else { continue };
        let refused = bare(&database, &scenario).await.prepare(seed).await.is_err();
        let answer = session.call("execute_query", &arguments(&scenario, seed));
        let ended = on_command_line(&configuration, &scenario, seed);
        let mend = MENDS.iter().find(|(name, _)| *name == scenario.name).map(|(_, words)| *words);
        assert_eq!(refused, mend.is_some(), "{}: PostgreSQL refuses it: {refused}", scenario.name);
        assert_eq!(answer.is_error, refused, "{}: {}", scenario.name, answer.text);
        let Some(words) = mend else {
            assert_eq!(ended.code, Some(0), "{}: {ended:?}", scenario.name);
            continue;
        };
        let report = &answer.structured["error"];
        assert_eq!(ended.code, Some(3), "{}: {ended:?}", scenario.name);
        assert_eq!(&ended.error(), report, "{}", scenario.name);
        let hint = report["hint"].as_str().unwrap_or_default();
        for word in words {
            assert!(hint.contains(word), "{}: the hint lacks `{word}`: {hint}", scenario.name);
        }
        assert!(report["caret"].as_str().is_some_and(|caret| caret.ends_with('^')), "{report}");
        assert!(answer.text.contains(hint), "a model reads the hint too: {}", answer.text);
    }
}

/// Use cases 2.1 and 2.2 through the official Python client of one major version, against pg-cli.
fn dashboard(client_major: u32, database: &Database) {
    let configuration = configuration::use_cases(database);
    let python = pg_tests::python(client_major).expect("the official client");
    let project = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python)
        .arg(project.join("python/scenario_dashboard.py"))
        .arg(project.join("../demo/scenarios"))
        .arg(pg_tests::binary("pg-mcp"))
        .arg("--config")
        .arg(&configuration)
        .output()
        .expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout).expect("the script prints JSON");
    assert_eq!(seen["client"], json!(client_major));
    let returned = [
        ("2.1-daily-sales", "sales_performance"),
        ("2.1-customer-segments", "customer_insights"),
        ("2.1-inventory-alerts", "inventory_alerts"),
        ("2.2-rfm", "rfm"),
        ("2.2-product-affinity", "product_affinity"),
    ];
    for scenario in scenarios().iter().filter(|known| known.name.starts_with("2.")) {
        let ended = on_command_line(&configuration, scenario, &scenario.sql);
        assert_eq!(ended.code, Some(0), "{}: {ended:?}", scenario.name);
        let text = seen["answers"][&scenario.name].as_str().expect("an answer to every query");
        let told: Value = serde_json::from_str(text).expect("an answer is JSON");
        assert_eq!(compared(&told).to_string(), compared(&ended.json()).to_string(), "{}", scenario.name);
        let (_, field) = returned.iter().find(|(name, _)| *name == scenario.name).expect("a known query");
        let rows = seen["results"][field].as_array().expect("rows");
        assert_eq!(json!(rows.len()), told["row_count"], "{}", scenario.name);
        assert!(!rows.is_empty(), "{} gave nothing to compare", scenario.name);
    }
}

#[tokio::test]
async fn dashboards_through_the_official_python_client_1_hold_the_rows_of_the_command_line() {
    dashboard(1, &Database::shop().await);
}

#[tokio::test]
async fn dashboards_through_the_official_python_client_2_hold_the_rows_of_the_command_line() {
    dashboard(2, &Database::shop().await);
}

/// Use cases whose answers tell of the server at work: their fields are compared, not their values.
const AT_WORK: [&str; 3] = ["3.1", "3.2", "5.1"];

/// Arguments of a step as its file has them, with the content of files and the values of variables in place.
fn resolved(value: &toml::Value, folder: &Path, variables: &toml::Table) -> Value {
    match value {
        toml::Value::Table(table) => match (table.get("file"), table.get("var"), table.len()) {
            (Some(toml::Value::String(name)), _, 1) => {
                std::fs::read_to_string(folder.join(name)).expect("a file of the example").into()
            }
            (_, Some(toml::Value::String(name)), 1) => resolved(&variables[name], folder, variables),
            _ => table.iter().map(|(key, value)| (key.clone(), resolved(value, folder, variables))).collect(),
        },
        toml::Value::Array(list) => list.iter().map(|value| resolved(value, folder, variables)).collect(),
        other => serde_json::to_value(other).expect("JSON"),
    }
}

/// An answer without what differs from one run to the next.
fn lasting(answer: &Value, at_work: bool) -> Value {
    let moves = |key: &str| {
        ["_ms", "_at", "_seconds", "_s", "checked", "since"].iter().any(|end| key.ends_with(end))
            || key == "duration"
    };
    match answer {
        Value::Object(fields) if at_work => fields.keys().cloned().collect(),
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| !moves(key))
            // How old the newest row is goes on with the clock.
            .filter(|(key, _)| {
                fields.get("check") != Some(&json!("fresh"))
                    || !["message", "measured"].contains(&key.as_str())
            })
            .map(|(key, value)| (key.clone(), lasting(value, false)))
            .collect(),
        Value::Array(list) => list.iter().map(|value| lasting(value, at_work)).collect(),
        // The client reads 2.50 as 2.5; digits are compared value by value above.
        Value::Number(number) => number.as_f64().into(),
        other => other.clone(),
    }
}

/// The calls of a use case's file, each with the place of its step.
fn calls(path: &Path, done: &[Value]) -> Vec<(usize, Value)> {
    let text = std::fs::read_to_string(path).expect("the example");
    let file: toml::Table = toml::from_str(&text).expect("TOML");
    let none = toml::Table::new();
    let variables = file.get("variables").and_then(toml::Value::as_table).unwrap_or(&none);
    let folder = path.parent().expect("a folder");
    let steps = file["step"].as_array().expect("steps");
    let mut calls = Vec::new();
    for (at, told) in done.iter().enumerate() {
        let step =
            steps.iter().find(|step| step["name"].as_str() == told["name"].as_str()).expect("the step");
        let Some(operation) = step.get("operation").filter(|_| told["status"] == "done") else { continue };
        let mut arguments =
            step.get("arguments").map_or(json!({}), |given| resolved(given, folder, variables));
        if let Some(connection) = step.get("connection") {
            arguments["connection_id"] = connection.as_str().into();
        }
        calls.push((at, json!({"tool": operation.as_str(), "arguments": arguments})));
    }
    calls
}

/// A use case whole: its file through `pg-cli run`, and the same calls through the official Python client of one major version.
async fn whole(number: &str, client_major: u32) {
    let (for_command, for_client) = tokio::join!(Database::shop(), Database::shop());
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/scenarios");
    let path = std::fs::read_dir(&examples)
        .expect("the examples")
        .map(|entry| entry.expect("an example").path())
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(number)))
        .expect("the use case's file");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("use-case-{number}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = configuration::use_cases(&for_command);
    let mut command = command::command([]);
    command.current_dir(&folder).arg("run").arg(&path).arg("--config").arg(file).args(["--format", "json"]);
    let ended = command::fed(&mut command, b"");
    assert!(matches!(ended.code, Some(0 | 1)), "{number}: {ended:?}");
    let told = ended.json();
    let done = told["steps"].as_array().expect("steps");
    assert!(done.iter().all(|step| step["status"] != "failed"), "{told}");
    let calls = calls(&path, done);

    let python = pg_tests::python(client_major).expect("the official client");
    let mut client = Command::new(python);
    client
        .arg(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("python/mcp_call.py"))
        .arg(pg_tests::binary("pg-mcp"))
        .arg("--config")
        .arg(configuration::use_cases(&for_client));
    let asked: String = calls.iter().map(|(_, call)| format!("{call}\n")).collect();
    client.stdout(Stdio::piped()).stderr(Stdio::piped());
    let answered = command::fed(&mut client, asked.as_bytes());
    let answers: Vec<Value> =
        answered.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), calls.len(), "{number}: {answered:?}");
    let at_work = AT_WORK.contains(&number);
    for ((at, call), answer) in calls.iter().zip(&answers) {
        let step = &done[*at];
        assert_eq!(answer["is_error"], false, "{number}: {call}: {answer}");
        match step["file"].as_str() {
            None => {
                let (ours, theirs) =
                    (lasting(&step["answer"], at_work), lasting(&answer["structured"], at_work));
                assert_eq!(ours, theirs, "{number}: {call}");
            }
            Some(name) if name.ends_with(".json") => {
                let text = std::fs::read_to_string(folder.join(name)).expect("the file");
                let written: Value = serde_json::from_str(&text).expect("JSON");
                assert_eq!(
                    lasting(&written, at_work),
                    lasting(&answer["structured"], at_work),
                    "{number}: {call}"
                );
            }
            Some(name) => {
                let lines = std::fs::read_to_string(folder.join(name)).expect("the file").lines().count();
                let rows = answer["structured"]["rows"].as_array().expect("rows").len();
                assert_eq!(lines, rows + 1, "{number}: {name}");
            }
        }
    }
    std::fs::remove_dir_all(&folder).expect("a folder of our own");
}

macro_rules! use_cases {
    ($($name:ident: $number:literal, $major:literal;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                whole($number, $major).await;
            }
        )*

        #[test]
        fn the_table_of_use_cases_in_the_readme_names_each_ones_test() {
            let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
            let readme = std::fs::read_to_string(readme).expect("the README");
            for (number, test) in [$(($number, stringify!($name))),*] {
                let line = readme.lines().find(|line| line.starts_with(&format!("| {number} ")));
                assert!(line.is_some_and(|line| line.contains(test)), "{number}: {test}: {line:?}");
            }
        }
    };
}

use_cases! {
    customers_are_migrated: "1.1", 1;
    customers_of_several_systems_are_integrated: "1.2", 2;
    the_dashboard_of_the_day: "2.1", 1;
    how_groups_of_customers_buy: "2.2", 2;
    the_daily_health_check: "3.1", 1;
    maintenance_is_planned: "3.2", 2;
    test_data_is_made: "4.1", 1;
    environments_are_compared: "4.2", 2;
    performance_is_watched: "5.1", 1;
    data_quality_is_checked: "5.2", 2;
    what_customers_are_worth: "6.1", 1;
    sales_are_forecast: "6.2", 2;
}
