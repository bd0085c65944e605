//! Results of odd shapes and of any size.

use pg_core::{Access, Call, ErrorKind, RowFormat, RowWriter};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, duplex};

use super::{database_with, rows};
use crate::support::service::{adjusted, ask, failed, service, told};
use crate::support::watch;

#[tokio::test]
async fn columns_of_one_name_stay_apart() {
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Read);
    let query = "SELECT 1 AS a, 2 AS a, 3 AS b, 4 AS a";
    let answer = told(&service, "execute_query", json!({"query": query})).await;
    let row = answer["rows"][0].as_object().unwrap();
    assert_eq!(row.values().cloned().collect::<Vec<_>>(), [json!(1), json!(2), json!(3), json!(4)]);
    assert_eq!(answer["columns"].as_array().unwrap().len(), 4);
    let answer = told(&service, "execute_query", json!({"query": query, "row_format": "arrays"})).await;
    assert_eq!(answer["rows"], json!([[1, 2, 3, 4]]));
}

#[tokio::test]
async fn rows_without_columns_are_still_counted() {
    let database = database_with("CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2), (3)").await;
    let service = service(&database.owner_url(), Access::Read);
    for (format, row) in [("objects", json!({})), ("arrays", json!([]))] {
        let answer =
            told(&service, "execute_query", json!({"query": "SELECT FROM t", "row_format": format})).await;
        assert_eq!((&answer["columns"], &answer["row_count"]), (&json!([]), &json!(3)));
        assert_eq!(answer["rows"], json!([row, row, row]));
    }
}

#[tokio::test]
async fn as_many_columns_as_the_server_gives_come_through() {
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Read);
    let columns: Vec<String> = (1..=1600).map(|n| format!("{n} AS column_{n}")).collect();
    let query = format!("SELECT {}", columns.join(", "));
    let answer = told(&service, "execute_query", json!({"query": query})).await;
    assert_eq!(answer["columns"].as_array().unwrap().len(), 1600);
    assert_eq!(answer["rows"][0]["column_1600"], 1600);
}

#[tokio::test]
async fn a_hundred_thousand_rows_stream_to_a_writer_past_the_limits_of_an_answer() {
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Read);
    let (target, read) = duplex(1 << 16);
    let call = Call::new(&service).with_rows_to(RowWriter::new(RowFormat::Ndjson, target));
    let query = "SELECT n, repeat('x', n % 50) AS t FROM generate_series(1, 100000) n";
    let asking = tokio::spawn(async move { ask(&call, "execute_query", json!({"query": query})).await });
    let mut lines = BufReader::new(read).lines();
    let mut expected = 0;
    while let Some(line) = lines.next_line().await.unwrap() {
        expected += 1;
        let row: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(row["n"], expected);
    }
    assert_eq!(expected, 100_000);
    let answer = asking.await.unwrap().unwrap();
    assert_eq!((&answer["row_count"], &answer["rows"]), (&json!(100_000), &json!([])));
}

#[tokio::test]
async fn a_reader_that_goes_away_stops_the_stream_in_the_server() {
    let database = database_with("").await;
    let admin = database.admin().await;
    let service = service(&database.owner_url(), Access::Read);
    let (target, read) = duplex(1 << 12);
    let call = Call::new(&service).with_rows_to(RowWriter::new(RowFormat::Csv, target));
    let query = "SELECT n FROM generate_series(1, 50000000) n /* unread */";
    let asking = tokio::spawn(async move { ask(&call, "execute_query", json!({"query": query})).await });
    watch::until_running(&admin, "unread", 1).await;
    drop(read);
    assert!(asking.await.unwrap().is_err());
    watch::until_running(&admin, "unread", 0).await;
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
}

#[tokio::test]
async fn a_row_larger_than_an_answer_may_be_is_told_how_to_get_a_part() {
    let database = database_with("").await;
    let admin = database.admin().await;
    let service = adjusted(&database.owner_url(), Access::Read, |entry| entry.limits.max_bytes = 10_000);
    let report =
        failed(&service, "execute_query", json!({"query": "SELECT repeat('x', 20000) AS big"})).await;
    assert_eq!(report.kind, ErrorKind::Argument, "{report}");
    assert!(report.hint.as_deref().unwrap_or_default().contains("left(column"), "{report}");
    watch::until_running(&admin, "repeat", 0).await;
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
}

#[tokio::test]
async fn pages_cut_by_bytes_lose_no_row() {
    let database = database_with("").await;
    let service = adjusted(&database.owner_url(), Access::Read, |entry| entry.limits.max_bytes = 10_000);
    let query = "SELECT n, repeat('x', 10 * (n % 300)) AS t FROM generate_series(1, 500) n";
    let call = Call::new(&service).with_cursors();
    let mut answer = ask(&call, "execute_query", json!({"query": query})).await.unwrap();
    let mut seen = 0;
    loop {
        assert!(answer["rows"].to_string().len() <= 10_002, "the answer is over its limit");
        for row in answer["rows"].as_array().unwrap() {
            seen += 1;
            assert_eq!(row["n"], seen);
        }
        let cursor = answer["truncated"]["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
        assert!(answer["truncated"]["reason"].as_str().unwrap().contains("10000 bytes"), "{answer}");
        answer = ask(&call, "execute_query", json!({"cursor": cursor})).await.unwrap();
    }
    assert_eq!(seen, 500);
}

#[tokio::test]
async fn a_caller_may_ask_for_fewer_rows_and_never_for_more_than_the_limit() {
    let database = database_with("").await;
    let service = adjusted(&database.owner_url(), Access::Read, |entry| {
        entry.limits.rows = 10;
        entry.limits.max_rows = 20;
    });
    let query = "SELECT n FROM generate_series(1, 100) n";
    for (asked, got) in [(json!(null), 10), (json!(5), 5), (json!(15), 15), (json!(1000), 20)] {
        let answer = told(&service, "execute_query", json!({"query": query, "fetch_size": asked})).await;
        assert_eq!(answer["row_count"], got);
        assert!(
            answer["truncated"]["reason"].is_string() && answer["truncated"]["next_cursor"].is_null(),
            "{answer}"
        );
    }
    let report = failed(&service, "execute_query", json!({"query": query, "fetch_size": 0})).await;
    assert!(report.message.contains("`fetch_size`"), "{report}");
}

#[tokio::test]
async fn the_widest_row_goes_into_every_format() {
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Read);
    let columns: Vec<String> = (1..=1600).map(|n| format!("{n} AS c{n}")).collect();
    let query = format!("SELECT {}", columns.join(", "));
    for (format, separator, lines) in [
        (RowFormat::Csv, ',', 2),
        (RowFormat::Tsv, '\t', 2),
        (RowFormat::Markdown, '|', 3),
        (RowFormat::Ndjson, ':', 1),
    ] {
        let (target, mut read) = duplex(1 << 20);
        let call = Call::new(&service).with_rows_to(RowWriter::new(format, target));
        ask(&call, "execute_query", json!({"query": query})).await.unwrap();
        drop(call);
        let mut text = String::new();
        read.read_to_string(&mut text).await.unwrap();
        assert_eq!(text.lines().count(), lines, "{format:?}");
        let last = text.lines().last().unwrap();
        let around = if format == RowFormat::Markdown { 1601 } else { 1599 };
        let around = if format == RowFormat::Ndjson { 1600 } else { around };
        assert_eq!(last.matches(separator).count(), around, "{format:?}");
        assert!(last.contains("1600"), "{format:?}");
    }
}

#[tokio::test]
async fn ten_thousand_parameters_are_bound_each_to_its_place() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let service = service(&database.owner_url(), Access::Write);
    let numbers: Vec<String> = (1..=10_000).map(|n| format!("${n}")).collect();
    let values: Vec<Value> = (1..=10_000).map(Value::from).collect();
    let query = format!(
        "SELECT count(*) AS n FROM unnest(ARRAY[{}]::int[]) WITH ORDINALITY AS x(v, place) WHERE v = place",
        numbers.join(",")
    );
    let answer = told(&service, "execute_query", json!({"query": query, "params": values})).await;
    assert_eq!(answer["rows"], json!([{"n": 10_000}]));
    let types = vec![json!("integer"); 10_000];
    let arguments = json!({"query": query, "params": values, "param_types": types});
    assert_eq!(told(&service, "execute_query", arguments).await["rows"], json!([{"n": 10_000}]));
    let insert = format!("INSERT INTO t SELECT unnest(ARRAY[{}]::int[])", numbers.join(","));
    let queries = json!([{"query": insert, "params": values}]);
    assert_eq!(
        told(&service, "execute_transaction", json!({"queries": queries})).await["affected_rows"],
        10_000
    );
}

/// Each read takes a few bytes, and between two of them others are served.
#[tokio::test]
async fn a_reader_that_is_slow_gets_every_row_and_holds_up_nobody() {
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Read);
    let (target, mut read) = duplex(64);
    let call = Call::new(&service).with_rows_to(RowWriter::new(RowFormat::Tsv, target));
    let query = "SELECT n FROM generate_series(1, 20000) n";
    let asking = tokio::spawn(async move { ask(&call, "execute_query", json!({"query": query})).await });
    let (mut text, mut piece) = (Vec::new(), [0; 48]);
    loop {
        let length = read.read(&mut piece).await.unwrap();
        if length == 0 {
            break;
        }
        text.extend_from_slice(&piece[..length]);
        if text.len() % 997 == 0 {
            assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
        }
    }
    assert_eq!(asking.await.unwrap().unwrap()["row_count"], 20_000);
    let numbers: Vec<u32> =
        String::from_utf8(text).unwrap().lines().skip(1).map(|line| line.parse().unwrap()).collect();
    assert!(numbers.iter().copied().eq(1..=20_000));
}

/// The types in a record are known from its bytes only, and some of them only the server can write: then it writes the record.
#[tokio::test]
async fn records_of_any_types_come_as_the_server_writes_them() {
    let database = database_with(
        "CREATE TABLE t (n int, kind regclass, mood money); INSERT INTO t VALUES (1, 'pg_class', 3.5)",
    )
    .await;
    let service = service(&database.owner_url(), Access::Write);
    let row = json!([{"row": "(1,pg_class,$3.50)"}]);
    let query = "SELECT row(n, kind, mood) FROM t";
    for _ in 0..2 {
        assert_eq!(rows(&service, query).await, row);
    }
    assert_eq!(
        rows(&service, "SELECT row(n, 'é') FROM t").await,
        json!([{"row": [1, "é"]}]),
        "others as before"
    );
    let arrays = rows(&service, "SELECT array_agg(c) AS all FROM (SELECT * FROM pg_class LIMIT 1) c").await;
    assert!(arrays[0]["all"].as_str().unwrap().starts_with("{\"("), "{arrays}");
    let deep = format!("SELECT {}1{}", "row(".repeat(12), ")".repeat(12));
    assert!(rows(&service, &deep).await[0]["row"].is_string());

    let insert = "INSERT INTO t VALUES (2, 'pg_type', 4) RETURNING row(n, kind, mood)";
    let returned = json!([{"row": "(2,pg_type,$4.00)"}]);
    assert_eq!(rows(&service, insert).await, returned);
    assert_eq!(rows(&service, "SELECT count(*) FROM t").await, json!([{"count": 2}]), "it ran once");
    let queries = json!([{"query": insert}, {"query": "SELECT row(kind) FROM t WHERE n = 1"}]);
    let answer = told(&service, "execute_transaction", json!({"queries": queries})).await;
    assert_eq!(answer["results"][0]["rows"], returned, "{answer}");
    assert_eq!(answer["results"][1]["rows"], json!([{"row": "(pg_class)"}]), "{answer}");
    assert_eq!(rows(&service, "SELECT count(*) FROM t").await, json!([{"count": 3}]));
    let transaction = told(&service, "begin_transaction", json!({})).await["transaction"].clone();
    let query = "SELECT row(kind, mood) FROM t WHERE n = 1";
    let inside = told(&service, "execute_query", json!({"transaction": transaction, "query": query})).await;
    assert_eq!(inside["rows"], json!([{"row": "(pg_class,$3.50)"}]));
    told(&service, "end_transaction", json!({"transaction": transaction, "action": "rollback"})).await;
}
