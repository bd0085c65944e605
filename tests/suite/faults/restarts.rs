//! A server that is stopped and started again under a service that is in use.
//!
//! Separate because these tests stop servers, which nobody else does. Invariant: each has a server of its own.

use std::fs;
use std::time::Duration;

use pg_core::{Access, Call, ErrorKind, Service};
use pg_tests::{Database, Server, Signal};
use serde_json::json;

use super::{count, prepare, rows};
use crate::support::service::{adjusted, ask, failed, told};
use crate::support::watch;

const BACKENDS: u32 = 4;

/// A service whose pool is full of idle sessions.
async fn in_use(database: &Database, access: Access) -> Service {
    let service = adjusted(&database.owner_url(), access, |entry| {
        entry.pool_size = BACKENDS;
        entry.limits.lock_timeout = Duration::from_secs(60);
    });
    // Judged once, so that nothing of the catalog has to be asked while the table is locked.
    rows(&service, "SELECT FROM t").await;
    let admin = database.admin().await;
    admin.batch_execute("BEGIN; LOCK TABLE t").await.unwrap();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..BACKENDS {
        let call = Call::new(&service);
        callers.spawn(async move { ask(&call, "execute_query", json!({"query": "SELECT FROM t"})).await });
    }
    let waiting = "SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND NOT granted";
    watch::until("every session of the pool to wait", async || {
        admin.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == i64::from(BACKENDS)
    })
    .await;
    admin.batch_execute("COMMIT").await.unwrap();
    while let Some(ended) = callers.join_next().await {
        ended.unwrap().unwrap();
    }
    let stats = || service.connection(None).unwrap().pool_stats();
    while stats().active_connections > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stats().idle_connections, BACKENDS);
    service
}

async fn private() -> (Server, Database) {
    let server = pg_tests::private_server();
    let database = Database::shop_on_private(&server).await;
    prepare(&database, "CREATE TABLE t (n int)").await;
    // What is committed is to outlive a crash, which the harness does without.
    let durable = format!("ALTER DATABASE {} SET synchronous_commit = on", database.name());
    database.admin().await.batch_execute(&durable).await.unwrap();
    (server, database)
}

#[tokio::test]
async fn the_first_call_after_a_restart_succeeds_whatever_it_does() {
    let (mut server, database) = private().await;
    for (turn, how) in [Signal::Interrupt, Signal::Quit].into_iter().enumerate() {
        let turn = i64::try_from(turn).unwrap();
        for (step, operation, arguments) in [
            (1, "execute_query", json!({"query": "INSERT INTO t VALUES (1) RETURNING n"})),
            (2, "execute_transaction", json!({"queries": [{"query": "INSERT INTO t VALUES (1)"}]})),
            (3, "batch_execute", json!({"query": "INSERT INTO t VALUES ($1)", "params_list": [[1]]})),
            (3, "execute_query", json!({"query": "SELECT count(*) FROM t"})),
            (3, "test_connection", json!({})),
            (3, "begin_transaction", json!({})),
        ] {
            let service = in_use(&database, Access::Write).await;
            // Once before, so that nothing is asked first: the statement is judged, and its session is the next one.
            told(&service, operation, arguments.clone()).await;
            server.stop(how).unwrap();
            server.resume().unwrap();
            told(&service, operation, arguments).await;
            assert_eq!(count(&database, "t").await, (turn * 3 + step) * 2, "{operation} after {how:?}");
            service.stop(Duration::from_secs(5)).await;
        }
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_told_as_unreachable_and_worth_another_try() {
    let (mut server, database) = private().await;
    let service = in_use(&database, Access::Write).await;
    server.stop(Signal::Quit).unwrap();
    for (operation, arguments) in [
        ("execute_query", json!({"query": "SELECT 1 AS one"})),
        ("execute_query", json!({"query": "INSERT INTO t VALUES (1)"})),
    ] {
        let report = failed(&service, operation, arguments).await;
        assert_eq!(report.kind, ErrorKind::Connection, "{report}");
        assert!(report.message.contains("connection refused"), "{report}");
        assert!(report.retryable, "{report}");
    }
    let tested = told(&service, "test_connection", json!({})).await;
    assert_eq!((&tested["status"], &tested["error"]["retryable"]), (&json!("unreachable"), &json!(true)));
    server.resume().unwrap();
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
}

#[tokio::test]
async fn callers_who_arrive_while_the_server_starts_wait_for_it() {
    let (mut server, database) = private().await;
    let service = adjusted(&format!("{}?connect_timeout=60", database.owner_url()), Access::Read, |_| {});
    rows(&service, "SELECT 1 AS one").await;
    server.stop(Signal::Interrupt).unwrap();
    // A standby that may not be read says that it is starting (57P03), until it is promoted.
    let data = server.folder().join("data");
    fs::write(data.join("postgresql.auto.conf"), "hot_standby = off\n").unwrap();
    fs::write(data.join("standby.signal"), "").unwrap();
    server.resume().unwrap();
    let impatient = adjusted(&format!("{}?connect_timeout=1", database.owner_url()), Access::Read, |_| {});
    // A machine that is slow may have no answer within the second either.
    watch::until("a server that says that it is starting", async || {
        let report = failed(&impatient, "execute_query", json!({"query": "SELECT 1"})).await;
        assert!(report.kind == ErrorKind::Connection && report.retryable, "{report}");
        report.message.contains("wait a moment")
    })
    .await;

    let call = Call::new(&service);
    let waiting =
        tokio::spawn(async move { ask(&call, "execute_query", json!({"query": "SELECT 1 AS one"})).await });
    server.promote().unwrap();
    assert_eq!(waiting.await.unwrap().unwrap()["rows"], json!([{"one": 1}]));
}
