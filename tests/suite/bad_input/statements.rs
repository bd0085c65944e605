//! Statements and parameters that cannot be run.

use serde_json::{Value, json};

use super::{calm, refused_by_both, says, shop};
use crate::support::command;
use crate::support::mcp::Session;

#[tokio::test]
async fn parameters_of_the_wrong_type_or_number_are_told_by_position() {
    let (_database, url) = shop().await;
    for (query, params, words) in [
        ("SELECT $1::int", json!(["seven"]), vec!["$1", "integer", "seven"]),
        ("SELECT $1::int, $2::bool", json!([1, "maybe"]), vec!["$2", "boolean", "maybe"]),
        ("SELECT $1::int", json!([{"a": 1}]), vec!["$1", "integer", "object"]),
        ("SELECT $1::int", json!([2_147_483_648_i64]), vec!["$1", "integer", "2147483648"]),
        ("SELECT $1::int", json!([1.5]), vec!["$1", "integer", "1.5"]),
        ("SELECT $1::date", json!(["2026-02-30"]), vec!["$1", "2026-02-30"]),
        ("SELECT $1::uuid", json!(["no-uuid"]), vec!["$1", "no-uuid"]),
        ("SELECT $1::int", json!([]), vec!["1 parameter", "0"]),
        ("SELECT $1::int", json!([1, 2, 3]), vec!["1 parameter", "3"]),
        ("SELECT 1", json!([1]), vec!["no parameters", "found 1"]),
        ("SELECT * FROM orders WHERE status = $1", json!(["lost"]), vec!["$1", "lost", "order_status"]),
    ] {
        let (code, report) = refused_by_both(&url, query, &params);
        assert!(matches!(report["kind"].as_str(), Some("argument" | "sql")), "{report}");
        assert!(code == 2 || code == 3, "{query}: {code}");
        says(&report, &words);
    }
}

#[tokio::test]
async fn two_statements_are_refused_and_told_how_to_run_both() {
    let (_database, url) = shop().await;
    for query in ["SELECT 1; SELECT 2", "SELECT 1; DROP TABLE orders", "SELECT 1;;SELECT 2"] {
        let (code, report) = refused_by_both(&url, query, &json!([]));
        assert_eq!((code, &report["kind"]), (5, &json!("refused")), "{report}");
        says(&report, &["one", "execute_transaction"]);
    }
    let answer = Session::on(&url, "read").done("execute_query", &json!({"query": "SELECT 1 AS one;"}));
    assert_eq!(answer["rows"], json!([{"one": 1}]), "one statement with its semicolon is one statement");
}

#[tokio::test]
async fn an_empty_statement_is_told_as_such() {
    let (_database, url) = shop().await;
    for query in ["", "   \n\t", ";", "-- nothing but a comment", "/* nor here */ ;;"] {
        let (code, report) = refused_by_both(&url, query, &json!([]));
        assert!(code == 2 || code == 5, "{query:?}: {code} {report}");
        says(&report, &["statement"]);
    }
}

#[tokio::test]
async fn nul_bytes_are_told_as_such_in_statements_and_in_parameters() {
    let (_database, url) = shop().await;
    let (code, report) = refused_by_both(&url, "SELECT 'a\0b'", &json!([]));
    assert!(matches!(code, 2 | 3 | 5), "{code} {report}");
    says(&report, &["NUL"]);
    for (query, param) in [
        ("SELECT $1::text", json!("a\0b")),
        ("SELECT $1::jsonb", json!({"a": "\0"})),
        ("SELECT $1::text[]", json!(["a\0b"])),
    ] {
        let report =
            Session::on(&url, "read").refused("execute_query", &json!({"query": query, "params": [param]}));
        let told = report.to_string();
        assert!(
            told.contains("NUL") || told.contains("\\u0000") || told.contains("u0000"),
            "{query}: {report}"
        );
    }
}

#[tokio::test]
async fn a_statement_of_5_mb_is_refused_by_its_limit_and_runs_where_the_limit_allows() {
    let (_database, url) = shop().await;
    let query = format!("SELECT length('{}') AS length", "x".repeat(5 << 20));
    let (code, report) = refused_by_both(&url, &query, &json!([]));
    assert_eq!((code, &report["kind"]), (5, &json!("refused")), "{report}");
    says(&report, &["1048576"]);
    assert!(report.to_string().len() < 2000, "the report repeats the statement");
    let variables = || [("DATABASE_URL", url.clone()), ("MAX_QUERY_LENGTH", "10000000".to_owned())];
    let answer = Session::start(crate::support::mcp::command(variables()))
        .done("execute_query", &json!({"query": query}));
    assert_eq!(answer["rows"], json!([{"length": 5 << 20}]));
    let ended = command::fed(command::command(variables()).args(["query", "-"]), query.as_bytes());
    assert_eq!(ended.json()["rows"], answer["rows"], "{}", ended.stderr);
}

#[tokio::test]
async fn a_hundred_thousand_nested_parentheses_are_refused_and_end_nothing() {
    let (_database, url) = shop().await;
    let nested =
        |open: &str, close: &str| format!("SELECT {}1{}", open.repeat(100_000), close.repeat(100_000));
    for query in [
        nested("(", ")"),
        nested("(SELECT ", ")"),
        nested("NOT ", ""),
        nested("", " + 1"),
        nested("ARRAY[", "]"),
    ] {
        let (code, report) = refused_by_both(&url, &query, &json!([]));
        assert!(matches!(code, 3 | 5), "{code} {report}");
        let told = report.to_string();
        assert!(["nest", "deep", "complex", "words"].iter().any(|word| told.contains(word)), "{report}");
        assert!(told.len() < 2000, "the report repeats the statement");
    }
}

#[tokio::test]
async fn a_failure_midway_in_a_transaction_keeps_nothing_and_names_the_statement() {
    let (database, url) = shop().await;
    let queries = json!([
        {"query": "UPDATE orders SET status = 'cancelled' WHERE order_id = $1", "params": [1]},
        {"query": "INSERT INTO customers (name) VALUES ($1)", "params": ["Kept by nobody"]},
        {"query": "UPDATE orders SET total_amount = $1 WHERE order_id = 1", "params": ["-1"]},
    ]);
    let report = Session::on(&url, "write").refused("execute_transaction", &json!({"queries": queries}));
    let text = queries.to_string();
    let words = ["execute-transaction", &text, "--access", "write", "--format", "json"];
    let ended = command::on(&url, &words);
    calm(&ended);
    assert_eq!((ended.code, ended.error()), (Some(3), report.clone()));
    assert_eq!((&report["index"], &report["sqlstate"]), (&json!(2), &json!("23514")), "{report}");
    let check = "SELECT (SELECT status FROM orders WHERE order_id = 1) = 'cancelled' AS cancelled, \
                 (SELECT count(*) FROM customers WHERE name = 'Kept by nobody') AS kept";
    let seen = Session::on(&database.owner_url(), "read").done("execute_query", &json!({"query": check}));
    let left: &Value = &seen["rows"][0];
    assert_eq!((&left["cancelled"], &left["kept"]), (&json!(false), &json!(0)));
}

#[tokio::test]
async fn a_misspelt_name_is_told_the_nearest_that_exists() {
    let (_database, url) = shop().await;
    for (query, nearest) in [
        ("SELECT * FROM custmers", "customers"),
        ("SELECT nmae FROM customers", "name"),
        ("SELECT c.emial FROM customers c", "email"),
        ("SELECT lenght('x')", "length"),
        ("SELECT * FROM old_rep.customers", "old_erp"),
    ] {
        let (code, report) = refused_by_both(&url, query, &json!([]));
        assert!(matches!(code, 3 | 5), "{query}: {code}");
        says(&report, &[nearest]);
    }
}
