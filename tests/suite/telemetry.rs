//! Traces as a receiver of OpenTelemetry's protocol gets them: what is in them, and what never is.

mod receiver;

use std::net::TcpListener;
use std::time::Duration;

use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::{command, configuration, mcp};
use receiver::{Receiver, Span};

/// A caller's span, in W3C Trace Context.
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn pg_cli(database: &Database, endpoint: &str, arguments: &[&str]) -> command::Ended {
    let variables = [
        ("DATABASE_URL", database.owner_url()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.to_owned()),
        ("OTEL_SERVICE_NAME", "shop desk".to_owned()),
        ("TRACEPARENT", PARENT.to_owned()),
    ];
    command::command(variables).args(arguments).output().expect("pg-cli starts").into()
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("no span {name} in {spans:#?}"))
}

#[tokio::test]
async fn a_statement_is_a_span_below_its_operation_and_that_below_the_callers() {
    let (database, receiver) = (Database::shop().await, Receiver::start());
    let query = "SELECT name FROM customers WHERE customer_id = $1 AND name <> 'a literal of mine'";
    let ended = pg_cli(&database, &receiver.url(), &["query", query, "--params", "[4711]"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let spans = receiver.spans();

    let operation = named(&spans, "execute_query");
    assert_eq!(operation.trace, "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(operation.parent, "b7ad6b7169203331");
    assert_eq!(operation.service, "shop desk");
    assert_eq!(operation.attributes["pg_toolkit.connection"], json!("default"));
    assert!(!operation.failed);

    let statement = named(&spans, "SELECT customers");
    assert_eq!((&statement.trace, &statement.parent), (&operation.trace, &operation.id));
    let said = |name: &str| statement.attributes.get(name).cloned().unwrap_or(Value::Null);
    assert_eq!(said("db.system.name"), "postgresql");
    assert_eq!(said("db.operation.name"), "SELECT");
    assert_eq!(said("db.collection.name"), "customers");
    assert_eq!(said("db.namespace"), database.name());
    assert_eq!(said("server.address"), "127.0.0.1");
    assert_eq!(said("server.port"), database.server().port());
    assert_eq!(statement.kind, "client");

    let all = format!("{spans:?}");
    assert!(!all.contains("4711") && !all.contains("a literal of mine"), "{all}");
}

#[tokio::test]
async fn a_failure_is_its_sqlstate_and_not_the_servers_words() {
    let (database, receiver) = (Database::shop().await, Receiver::start());
    for (query, sqlstate) in
        [("SELECT 1 / (customer_id - customer_id) FROM customers", "22012"), ("SELECT FROM nowhere", "42P01")]
    {
        let ended = pg_cli(&database, &receiver.url(), &["query", query]);
        assert_eq!(ended.code, Some(3), "{ended:?}");
        let spans = receiver.spans();
        for span in spans.iter().filter(|span| span.failed) {
            assert_eq!(span.attributes["error.type"], json!(sqlstate), "{span:?}");
            assert_eq!(span.attributes["db.response.status_code"], json!(sqlstate), "{span:?}");
            assert_eq!(span.problem, format!("SQL error ({sqlstate})"));
        }
        let failed = spans.iter().filter(|span| span.failed).count();
        assert_eq!(failed, 2, "the operation and its statement: {spans:#?}");
    }
}

#[tokio::test]
async fn the_file_says_where_traces_go_and_where_the_header_is_that_lets_them_in() {
    let (database, receiver) = (Database::shop().await, Receiver::start());
    let text = format!(
        "[connections.shop]\nurl = {:?}\n[telemetry]\nendpoint = {:?}\nheaders = {{ x-key = {{ env = \"KEY\" }} }}\n",
        database.owner_url(),
        receiver.url()
    );
    let file = configuration::file(&text);
    let mut program = mcp::command([("KEY", "sesame".to_owned())]);
    program.arg("--config").arg(&file);
    let mut session = mcp::Session::start(program);
    session.done("execute_query", &json!({"connection_id": "shop", "query": "SELECT 1 AS one"}));
    let meta = json!({"name": "execute_query", "_meta": {"traceparent": PARENT},
        "arguments": {"connection_id": "shop", "query": "TABLE orders"}});
    session.request("tools/call", &meta);
    assert_eq!(session.leave(Duration::from_secs(10)), 0);
    let spans = receiver.spans();
    assert_eq!(receiver.header("x-key").as_deref(), Some("sesame"));
    assert_eq!(named(&spans, "execute_query").service, "pg-mcp");
    let caused: Vec<&str> =
        spans.iter().filter(|span| PARENT.contains(&span.trace)).map(|span| span.name.as_str()).collect();
    assert!(caused.contains(&"execute_query") && caused.contains(&"SELECT orders"), "{caused:?}");
    std::fs::remove_file(file).expect("it is there");
}

#[tokio::test]
async fn without_a_receiver_the_work_is_done_and_the_loss_is_told_once() {
    let database = Database::shop().await;
    // Nobody listens on a port that was just given back.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ended = pg_cli(&database, &format!("http://127.0.0.1:{port}"), &["query", "SELECT 1 AS one"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stderr.matches("traces are lost").count(), 1, "{ended:?}");
}

#[tokio::test]
async fn a_receiver_that_is_silent_holds_nothing_up() {
    let database = Database::shop().await;
    // Connections are taken by the kernel, and nobody answers on them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let begun = std::time::Instant::now();
    let ended = pg_cli(&database, &format!("http://127.0.0.1:{port}"), &["query", "SELECT 1 AS one"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(begun.elapsed() < Duration::from_secs(9), "the command waits for its receiver: {ended:?}");
}
