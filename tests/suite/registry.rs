//! Promises that hold for every operation at once: how it is named, that it is documented, and that each of its examples
//! gives the same JSON over MCP and on the command line.
//!
//! The command line is the one that `--help` shows, run by a shell as a reader would paste it.

use std::collections::BTreeSet;
use std::process::Command;

use pg_core::{AnyOperation, Effect};
use pg_tests::Database;
use serde_json::Value;

use crate::support::{command, mcp::Session};

fn operations() -> impl Iterator<Item = &'static dyn AnyOperation> {
    pg_core::operations::OPERATIONS
        .iter()
        .chain(pg_introspect::OPERATIONS)
        .chain(pg_data::OPERATIONS)
        .chain(pg_report::OPERATIONS)
        .copied()
}

/// What differs from one call to the next, by the name of its field; the server counts scans when it gets round to it.
const FLEETING: [&str; 27] = [
    "monitored",
    "generated_at",
    "estimated_seconds",
    "duration_ms",
    "uptime_seconds",
    "pool_stats",
    "latency_ms",
    "next_cursor",
    "avg_query_time_ms",
    "p50_query_time_ms",
    "p95_query_time_ms",
    "p99_query_time_ms",
    "planning_time_ms",
    "execution_time_ms",
    "scans",
    "counted_since",
    "verdicts",
    "queries",
    "snapshot",
    "size_bytes_estimate",
    "taken_at",
    "database_ages",
    "oldest_tables",
    "held_back_by",
    "database_bytes",
    "points",
    "largest_tables",
];

/// The answer without what differs from one call to the next.
fn lasting(answer: &Value) -> Value {
    match answer {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| !FLEETING.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), lasting(value)))
            .collect(),
        Value::Array(items) => items.iter().map(lasting).collect(),
        other => other.clone(),
    }
}

#[test]
fn names_are_unique_and_in_snake_case() {
    let mut names = BTreeSet::new();
    for operation in operations() {
        let name = operation.name();
        assert!(
            name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && name.contains('_'),
            "{name} is not in snake case"
        );
        assert!(names.insert(name.replace('_', "-")), "{name} names two operations");
        if let Some(short) = operation.short_name() {
            assert!(names.insert(short.to_owned()), "{short} names two subcommands");
        }
    }
}

#[test]
fn all_tools_of_the_contract_are_there() {
    let names: BTreeSet<&str> = operations().map(|operation| operation.name()).collect();
    for promised in [
        "add_connection",
        "test_connection",
        "list_connections",
        "remove_connection",
        "execute_query",
        "execute_transaction",
        "batch_execute",
        "list_schemas",
        "list_tables",
        "get_table_schema",
        "explain_query",
        "health_check",
        "get_metrics",
    ] {
        assert!(names.contains(promised), "{promised} is missing");
    }
}

#[test]
fn every_operation_and_every_argument_is_described() {
    for operation in operations() {
        let name = operation.name();
        assert!(!operation.title().is_empty(), "{name} has no title");
        let input: Value = operation.input_schema().into();
        let output: Value = operation.output_schema().into();
        assert!(input["description"].as_str().is_some_and(|text| text.len() > 20), "{name} is not described");
        for (schema, of) in [(&input, "argument"), (&output, "field")] {
            for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
                let described = schema["description"].is_string() || schema["$ref"].is_string();
                assert!(described, "the {of} {field} of {name} is not described: {schema}");
            }
        }
    }
}

#[test]
fn every_operation_has_an_example_unless_it_changes_which_connections_there_are() {
    for operation in operations() {
        let changes_connections =
            matches!(operation.effect(), Effect::AddConnection | Effect::RemoveConnection);
        assert!(
            !operation.examples().is_empty() || changes_connections,
            "{} has no example",
            operation.name()
        );
        for example in operation.examples() {
            let arguments: Value = serde_json::from_str(example.arguments).expect("an example is JSON");
            assert!(arguments.is_object() && !example.title.is_empty(), "{}", operation.name());
        }
    }
}

/// Whether a quote of the shell's is still open at the end.
fn is_open(command: &str) -> bool {
    let mut quote = None;
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None | Some('"'), '\\') => drop(characters.next()),
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    quote.is_some()
}

/// The commands that the help of an operation shows, in the order of its examples.
fn shown_commands(operation: &dyn AnyOperation) -> Vec<String> {
    let name = operation.name().replace('_', "-");
    let help = command::command([]).args([&name, "--help"]).output().expect("pg-cli starts");
    let help = String::from_utf8(help.stdout).expect("help is UTF-8");
    let mut commands: Vec<String> = Vec::new();
    for line in help.lines() {
        if let Some(rest) = line.strip_prefix("  pg-cli ") {
            commands.push(format!("pg-cli {rest}"));
        } else if let Some(open) = commands.last_mut().filter(|command| is_open(command)) {
            // An argument of several lines goes on until its quote ends.
            open.push('\n');
            open.push_str(line);
        }
    }
    commands
}

/// Runs a line as a shell does, with the built pg-cli on its path.
fn run_in_shell(line: &str, url: &str) -> command::Ended {
    let programs = pg_tests::binary("pg-cli").parent().expect("a folder").to_owned();
    let path = std::env::join_paths([programs, "/usr/bin".into(), "/bin".into()]).expect("a path");
    Command::new("sh")
        .args(["-c", line])
        .env_clear()
        .env("PATH", path)
        .env("DATABASE_URL", url)
        .output()
        .expect("sh runs")
        .into()
}

/// Keeps the server from counting the rows of one of two equal databases again and not those of the other.
const LEFT_ALONE: &str = "DO $$ DECLARE t regclass; BEGIN
    FOR t IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') LOOP
      EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', t);
    END LOOP; END $$";

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test prepares its databases on the bare driver")]
async fn every_example_gives_the_same_json_over_mcp_and_on_the_command_line() {
    // One database each: an example may write, and must not meet what the other front end wrote.
    let (for_mcp, for_command) = tokio::join!(Database::shop(), Database::shop());
    for database in [&for_mcp, &for_command] {
        database.admin().await.batch_execute(LEFT_ALONE).await.unwrap();
    }
    // The commands below hold this thread: what has to say goodbye on it does so before.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let mut compared = 0;
    for operation in operations().filter(|operation| !operation.spans_calls()) {
        let commands = shown_commands(operation);
        let name = operation.name();
        assert_eq!(commands.len(), operation.examples().len(), "{name}: help does not show every example");
        for (example, line) in operation.examples().iter().zip(commands) {
            let arguments: Value = serde_json::from_str(example.arguments).expect("an example is JSON");
            // A process each, since a command is one too: what it has counted is part of some answers.
            let told = Session::on(&for_mcp.owner_url(), "write").done(name, &arguments);
            let wants_more = told["truncated"].is_object();
            let ended = run_in_shell(&format!("{line} --access write"), &for_command.owner_url());
            assert_eq!(ended.code, Some(0), "{line}: {ended:?}");
            let mut left = lasting(&told);
            let mut right = lasting(&ended.json());
            if wants_more {
                // How to go on is the one thing that a command, which ends with its answer, says otherwise.
                left["truncated"]["hint"].take();
                right["truncated"]["hint"].take();
                if name == "top_queries" {
                    // Among them are the statements of other tests on the same server.
                    for told in [&mut left, &mut right] {
                        told["truncated"]["reason"].take();
                        told["truncated"]["total"].take();
                    }
                }
            }
            let names = |text: String, database: &Database| text.replace(database.name(), "the_database");
            similar(
                &format!("{name}: {}", example.title),
                &names(left.to_string(), &for_mcp),
                &names(right.to_string(), &for_command),
            );
            compared += 1;
        }
    }
    assert!(compared >= 11, "only {compared} examples were compared");
}

fn similar(what: &str, left: &str, right: &str) {
    assert_eq!(left, right, "{what}: MCP (left) and the command line (right) differ");
}
