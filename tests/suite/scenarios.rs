//! The queries of the twelve use cases, end to end: through pg-mcp, through pg-cli and through the official Python client,
//! with equal rows, and value by value what PostgreSQL itself prints.
//!
//! Where a use case's own SQL is wrong, the answer to it must lead to the mend in one step.
#![expect(clippy::disallowed_methods, reason = "tests ask the server past the toolkit")]

use std::path::{Path, PathBuf};
use std::process::Command;

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
