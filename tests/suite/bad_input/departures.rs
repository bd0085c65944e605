//! Callers that go away in the middle of a result. What their statements and sessions leave in the server is nothing.
//!
//! Clients that leave over HTTP are tried in `mcp/database.rs`.

use std::io::Read;
use std::time::Duration;

use pg_tests::Database;
use serde_json::json;

use crate::support::mcp::Session;
use crate::support::{command, mcp, watch};

/// Rows without end, told from other statements by their mark.
fn endless(mark: &str) -> String {
    format!("SELECT n, repeat('x', 1000) AS t FROM generate_series(1, 50000000) n /* {mark} */")
}

#[tokio::test]
async fn a_client_that_leaves_while_its_statement_runs_leaves_nothing() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    let mut session = Session::on(&database.owner_url(), "read");
    let query = "SELECT count(*) FROM generate_series(1, 10000000) a, generate_series(1, 10000) b /* left */";
    for _ in 0..3 {
        session.begin("tools/call", &json!({"name": "execute_query", "arguments": {"query": query}}));
    }
    watch::until_running(&admin, "left", 3).await;
    assert_eq!(session.leave(Duration::from_secs(10)), 0);
    watch::until_alone(&admin).await;
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_of_an_answer_leaves_nothing() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    let mut session = Session::on(&database.owner_url(), "read");
    // Each answer is a megabyte, of which a pipe holds a small part: the server is in the middle of writing the first.
    for _ in 0..4 {
        let arguments = json!({"query": endless("unread"), "fetch_size": 10_000});
        session.begin("tools/call", &json!({"name": "execute_query", "arguments": arguments}));
    }
    session.read_some();
    assert_eq!(session.leave(Duration::from_secs(10)), 0);
    watch::until_alone(&admin).await;
}

#[tokio::test]
async fn a_reader_that_leaves_in_the_middle_of_rows_leaves_nothing() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    let mut child = command::command([("DATABASE_URL", database.owner_url())])
        .args(["query", &endless("piped"), "--format", "csv"])
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut some = vec![0; 1 << 20];
    output.read_exact(&mut some).unwrap();
    watch::until_running(&admin, "piped", 1).await;
    drop(output);
    let ended: command::Ended = child.wait_with_output().unwrap().into();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    watch::until_alone(&admin).await;
}

#[tokio::test]
async fn a_killed_program_leaves_no_statement_past_its_time_limit() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    let variables = || [("DATABASE_URL", database.owner_url()), ("QUERY_TIMEOUT", "3s".to_owned())];
    let query =
        "SELECT count(*) FROM generate_series(1, 10000000) a, generate_series(1, 10000) b /* killed */";
    let mut cli = command::command(variables()).args(["query", query]).spawn().unwrap();
    let mut server = Session::start(mcp::command(variables()));
    server.begin("tools/call", &json!({"name": "execute_query", "arguments": {"query": query}}));
    watch::until_running(&admin, "killed", 2).await;
    cli.kill().unwrap();
    cli.wait().unwrap();
    server.kill();
    watch::until_alone(&admin).await;
}
