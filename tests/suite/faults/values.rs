//! Results and parameters that are odd, huge or many, and types that go away.

use pg_core::{Access, Call, RowFormat, RowWriter};
use pg_tests::Database;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;

use super::{prepare, rows};
use crate::support::mcp;
use crate::support::service::{adjusted, ask, failed, service, told};
use crate::support::watch;

#[tokio::test]
async fn bytes_that_are_no_text_are_told_and_hurt_nobody() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    let name = format!("{}_ascii", database.name());
    admin
        .batch_execute(&format!(
            "CREATE DATABASE {name} ENCODING SQL_ASCII TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
        ))
        .await
        .unwrap();
    let url = database.url().replace(database.name(), &name);
    let service = adjusted(&url, Access::Read, |entry| entry.pool_size = 1);
    let bad = json!({"query": "SELECT E'\\xff\\xfe'::text AS bad"});
    let outcome = ask(&Call::new(&service), "execute_query", bad).await;
    // Never something else in their place: an error that names the column, or the bytes told as such.
    if let Err(error) = &outcome {
        let report = error.report();
        assert!(report.message.contains("bad") || report.to_string().contains("UTF"), "{report}");
    } else {
        panic!("bytes that are no UTF-8 came as {outcome:?}");
    }
    assert_eq!(rows(&service, "SELECT 'good' AS good").await, json!([{"good": "good"}]));
    service.stop(std::time::Duration::from_secs(5)).await;
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}

#[tokio::test]
async fn a_type_that_is_dropped_and_made_again_is_seen_anew() {
    let database = Database::empty().await;
    let make =
        "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE TABLE t (m mood); INSERT INTO t VALUES ('happy')";
    prepare(&database, make).await;
    let service = adjusted(&database.owner_url(), Access::Write, |entry| entry.pool_size = 1);
    let read = json!({"query": "SELECT m FROM t WHERE m = $1", "params": ["happy"]});
    let write = json!({"query": "UPDATE t SET m = $1", "params": ["happy"]});
    for _ in 0..3 {
        assert_eq!(told(&service, "execute_query", read.clone()).await["rows"], json!([{"m": "happy"}]));
        assert_eq!(told(&service, "execute_query", write.clone()).await["affected_rows"], 1);
        prepare(&database, &format!("DROP TABLE t; DROP TYPE mood; {make}")).await;
    }
    prepare(&database, "DROP TABLE t; DROP TYPE mood").await;
    let report = failed(&service, "execute_query", read).await;
    assert_eq!(report.sqlstate.as_deref(), Some("42P01"), "{report}");
}

#[tokio::test]
async fn ten_thousand_parameters_are_bound_each_in_its_place() {
    let database = Database::empty().await;
    let service = service(&database.owner_url(), Access::Read);
    let places: Vec<String> = (1..=10_000).map(|n| format!("({n}, ${n}::integer)")).collect();
    let query = format!(
        "SELECT count(*) AS n FROM (VALUES {}) AS v(place, value) WHERE place = value",
        places.join(", ")
    );
    let params: Vec<Value> = (1..=10_000).map(Value::from).collect();
    let answer = told(&service, "execute_query", json!({"query": query, "params": params})).await;
    assert_eq!(answer["rows"], json!([{"n": 10_000}]));
}

#[tokio::test]
async fn a_value_of_a_gigabyte_is_refused_and_the_session_lives() {
    let database = Database::empty().await;
    let service = adjusted(&database.owner_url(), Access::Read, |entry| entry.pool_size = 1);
    // More than a value may have on the server, and more than an answer may have here.
    let report =
        failed(&service, "execute_query", json!({"query": "SELECT repeat('x', 1 << 30) AS big"})).await;
    assert_eq!(report.sqlstate.as_deref(), Some("54000"), "{report}");
    let report =
        failed(&service, "execute_query", json!({"query": "SELECT repeat('x', 1 << 27) AS big"})).await;
    assert!(report.message.contains("bytes") || report.message.contains("row"), "{report}");
    assert!(report.hint.is_some(), "{report}");
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
}

#[tokio::test]
async fn a_table_of_1600_columns_is_filled_and_read_in_its_order() {
    let database = Database::empty().await;
    let columns: Vec<String> = (1..=1600).map(|n| format!("c{n}")).collect();
    prepare(&database, &format!("CREATE TABLE wide ({} int2)", columns.join(" int2, "))).await;
    let service = adjusted(&database.owner_url(), Access::Write, |entry| {
        entry.policy.max_statement_bytes = 1 << 20;
    });
    let places: Vec<String> = (1..=1600).map(|n| format!("${n}")).collect();
    let insert = format!("INSERT INTO wide VALUES ({})", places.join(", "));
    let row = |from: i64| (from..from + 1600).map(Value::from).collect::<Vec<_>>();
    let batch = json!({"query": insert, "params_list": [row(1), row(2), row(3)]});
    assert_eq!(told(&service, "batch_execute", batch).await["affected_rows"], 3);
    let line: Vec<String> = (4..1604).map(|n| n.to_string()).collect();
    let data = format!("{}\n{}\n", columns.join(","), line.join(","));
    let copied = told(&service, "copy_in", json!({"table_name": "wide", "data": data})).await;
    assert_eq!(copied["affected_rows"], 1);
    let answer = told(
        &service,
        "execute_query",
        json!({"query": "SELECT * FROM wide ORDER BY c1", "row_format": "arrays"}),
    )
    .await;
    assert_eq!(answer["rows"], json!([row(1), row(2), row(3), row(4)]));
    assert_eq!(answer["columns"], json!(columns));
    let described = told(&service, "get_table_schema", json!({"table_name": "wide"})).await;
    assert!(described.to_string().contains("c1600") || described["truncated"].is_object(), "{described}");
}

#[tokio::test]
async fn a_huge_value_is_refused_before_it_is_taken_in() {
    let database = Database::empty().await;
    let mut program = mcp::Session::on(&database.owner_url(), "read");
    program.done("execute_query", &json!({"query": "SELECT 1 AS one"}));
    let before = program.peak_memory();
    for query in [
        "SELECT repeat('x', 300 << 20) AS big",
        // Behind rows that are none.
        "SELECT n, repeat('x', CASE n WHEN 3 THEN 300 << 20 ELSE 1 END) AS big FROM generate_series(1, 5) n",
    ] {
        let error = program.refused("execute_query", &json!({"query": query}));
        assert!(error["message"].as_str().unwrap().contains("a row of 3145728"), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("limits.max_message_bytes"), "{error}");
    }
    program.done("execute_query", &json!({"query": "SELECT 1 AS one"}));
    let grown = program.peak_memory() - before;
    assert!(grown < 16 << 20, "{grown} bytes were taken for values of 300 MiB");
}

#[tokio::test]
async fn a_huge_value_ends_an_open_transaction_and_is_told() {
    let database = Database::empty().await;
    prepare(&database, "CREATE TABLE t (n int)").await;
    let service = adjusted(&database.owner_url(), Access::Write, |entry| {
        entry.limits.max_message_bytes = 1 << 20;
    });
    let begun = told(&service, "begin_transaction", json!({})).await;
    let inside = |query: &str| json!({"transaction": begun["transaction"], "query": query});
    told(&service, "execute_query", inside("INSERT INTO t VALUES (1)")).await;
    let report = failed(&service, "execute_query", inside("SELECT repeat('x', 2 << 20) AS big")).await;
    assert!(report.message.contains("bytes that one may have"), "{report}");
    let report = failed(&service, "execute_query", inside("SELECT 1")).await;
    assert!(report.message.contains("lost its connection"), "{report}");
    // What a write returns is bounded as well, and nothing of the write is kept.
    let returning = json!({"query": "INSERT INTO t VALUES (2) RETURNING repeat('x', 2 << 20)"});
    let report = failed(&service, "execute_query", returning).await;
    assert!(report.message.contains("bytes that one may have"), "{report}");
    watch::until_alone(&database.admin().await).await;
    assert_eq!(super::count(&database, "t").await, 0);
}

#[tokio::test]
async fn a_client_that_reads_slowly_holds_the_server_back_and_gets_every_row() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    let service = service(&database.owner_url(), Access::Read);
    let (target, mut read) = tokio::io::duplex(1 << 12);
    let call = Call::new(&service).with_rows_to(RowWriter::new(RowFormat::Ndjson, target));
    let query = "SELECT n, repeat('x', 1000) AS filler FROM generate_series(1, 30000) n /* slow reader */";
    let asking = tokio::spawn(async move { ask(&call, "execute_query", json!({"query": query})).await });
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Client' \
                   AND state <> 'idle' AND query LIKE '%slow reader%'";
    watch::until("the server to wait for its client", async || {
        admin.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 1
    })
    .await;
    // Others are served meanwhile.
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
    let (mut lines, mut buffer) = (0, vec![0; 1 << 16]);
    loop {
        let bytes = read.read(&mut buffer).await.unwrap();
        if bytes == 0 {
            break;
        }
        lines += buffer[..bytes].iter().filter(|byte| **byte == b'\n').count();
    }
    assert_eq!(lines, 30_000);
    assert_eq!(asking.await.unwrap().unwrap()["row_count"], 30_000);
}
