//! The seed's variables, each tried from outside: what it does, and that it never widens the file.

use pg_tests::Database;

use crate::support::command::{self, Ended};
use crate::support::configuration;

/// Runs a statement with these variables, on a connection of a file that says this of it.
fn query(database: &Database, keys: &str, variables: &[(&str, &str)], sql: &str) -> Ended {
    let file = configuration::file(&format!("[connections.c]\nurl = {:?}\n{keys}\n", database.owner_url()));
    let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let mut command = command::command(variables);
    command
        .args(["query", sql, "--format", "json", "--config"])
        .arg(file)
        .output()
        .expect("pg-cli starts")
        .into()
}

const WRITE: &str = "CREATE TABLE made (a int)";
const SLOW: &str = "SELECT count(*) FROM generate_series(1, 10000000) a, generate_series(1, 10000) b";

fn refused_by(ended: &Ended, rule: &str) {
    assert_eq!((ended.code, &ended.error()["rule"]), (Some(5), &serde_json::json!(rule)), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn readonly_mode_holds_every_connection_to_reading() {
    let database = Database::empty().await;
    let schema = "access = \"schema\"";
    refused_by(&query(&database, schema, &[("READONLY_MODE", "true")], WRITE), "access");
    // It raises what says nothing, to changing rows; and nothing that says something.
    refused_by(&query(&database, "access = \"read\"", &[("READONLY_MODE", "false")], "NOTIFY x"), "access");
    let unsaid = query(&database, "", &[("READONLY_MODE", "false")], "NOTIFY x");
    assert_eq!(unsaid.code, Some(0), "{unsaid:?}");
    refused_by(
        &query(&database, "profile = \"production\"", &[("READONLY_MODE", "false")], "NOTIFY x"),
        "access",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn allowed_operations_and_blocked_keywords_are_kinds_of_statements() {
    let database = Database::empty().await;
    let schema = "access = \"schema\"";
    refused_by(
        &query(&database, schema, &[("ALLOWED_OPERATIONS", "SELECT,INSERT")], WRITE),
        "statement_kind",
    );
    refused_by(&query(&database, schema, &[("BLOCKED_KEYWORDS", "drop, Create")], WRITE), "statement_kind");
    // A keyword in a literal or a name is no kind of statement.
    let literal =
        query(&database, schema, &[("BLOCKED_KEYWORDS", "CREATE")], "SELECT 'CREATE TABLE' AS \"create\"");
    assert_eq!(literal.code, Some(0), "{literal:?}");
    let narrower = "access = \"schema\"\npolicy.allowed_operations = [\"SELECT\"]";
    refused_by(
        &query(&database, narrower, &[("ALLOWED_OPERATIONS", "SELECT,CREATE")], WRITE),
        "statement_kind",
    );
    let wrong = query(&database, schema, &[("ALLOWED_OPERATIONS", "SELCT")], "SELECT 1");
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn max_query_length_and_query_timeout_bound_a_statement() {
    let database = Database::empty().await;
    let long = "SELECT 1234567890";
    refused_by(&query(&database, "", &[("MAX_QUERY_LENGTH", "10")], long), "length");
    refused_by(
        &query(&database, "policy.max_statement_bytes = 10", &[("MAX_QUERY_LENGTH", "100")], long),
        "length",
    );
    let slow = query(&database, "", &[("QUERY_TIMEOUT", "200ms")], SLOW);
    assert_eq!(slow.code, Some(6), "{slow:?}");
    let slow = query(&database, "limits.statement_timeout_ms = 200", &[("QUERY_TIMEOUT", "600")], SLOW);
    assert_eq!(slow.code, Some(6), "{slow:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn pool_variables_size_the_pools() {
    let database = Database::empty().await;
    let size = |variables: &[(&str, &str)]| {
        let mut variables: Vec<(&str, String)> =
            variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        variables.push(("DATABASE_URL", database.owner_url()));
        let ended: Ended = command::command(variables)
            .args(["test-connection", "default", "--format", "json"])
            .output()
            .expect("pg-cli starts")
            .into();
        ended.json()["pool_stats"]["size"].as_u64().unwrap_or_else(|| panic!("{ended:?}"))
    };
    assert_eq!(size(&[("DEFAULT_POOL_SIZE", "3")]), 3);
    assert_eq!(size(&[("DEFAULT_POOL_SIZE", "30"), ("MAX_CONNECTIONS", "4")]), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_connection_is_given_by_each_of_the_seeds_variables() {
    let database = Database::empty().await;
    let server = database.server();
    let parts = [
        ("DB_HOST", "127.0.0.1".to_owned()),
        ("DB_PORT", server.port().to_string()),
        ("DB_NAME", database.name().to_owned()),
        ("DB_USER", "shop_owner".to_owned()),
        ("DB_PASSWORD", server.password().to_owned()),
    ];
    for variables in [
        vec![("DATABASE_URL", database.owner_url())],
        vec![("DATABASE_URI", database.owner_url())],
        parts.to_vec(),
    ] {
        let ended: Ended = command::command(variables)
            .args(["query", "SELECT current_database() AS d", "--format", "tsv"])
            .output()
            .expect("pg-cli starts")
            .into();
        assert_eq!(ended.stdout, format!("d\n{}\n", database.name()), "{ended:?}");
    }
}
