//! Bad input, as people, scripts and models send it: each has a clear answer through both front ends, the same one, which
//! leads to the mend; nothing panics, and no session stays behind.

mod connecting;
mod departures;
mod statements;

use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::command::{self, Ended};
use crate::support::mcp::Session;

/// Runs a query through both front ends; gives the exit code of pg-cli, and the report, which must be the same.
///
/// pg-cli reads it from its standard input, as no argument may be this long or hold a NUL.
fn refused_by_both(url: &str, query: &str, params: &Value) -> (i32, Value) {
    let mut session = Session::on(url, "read");
    let over_mcp = session.refused("execute_query", &json!({"query": query, "params": params}));
    assert_eq!(
        session.done("execute_query", &json!({"query": "SELECT 1 AS one"}))["rows"],
        json!([{"one": 1}])
    );
    let params = params.to_string();
    let words = ["query", "-", "--params", &params, "--format", "json"];
    let ended =
        command::fed(command::command([("DATABASE_URL", url.to_owned())]).args(words), query.as_bytes());
    calm(&ended);
    assert_eq!(ended.error(), over_mcp, "pg-cli (left) and pg-mcp (right) tell it otherwise");
    (ended.code.unwrap(), over_mcp)
}

/// A command that failed without a word on stdout and without a panic.
fn calm(ended: &Ended) {
    assert_eq!(ended.stdout, "", "{ended:?}");
    assert!(!ended.stderr.contains("panicked") && ended.code.is_some_and(|code| code < 100), "{ended:?}");
}

/// All that a report says, in one text.
fn told(report: &Value) -> String {
    let parts = ["message", "detail", "why", "hint"].map(|field| report[field].as_str().unwrap_or_default());
    parts.join("\n")
}

fn says(report: &Value, words: &[&str]) {
    for word in words {
        assert!(told(report).contains(word), "`{word}` is not said: {report}");
    }
}

async fn shop() -> (Database, String) {
    let database = Database::shop().await;
    let url = database.writer_url();
    (database, url)
}
