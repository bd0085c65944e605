//! Backends that die, and statements that are stopped: by time, by the caller's token, by a caller that goes away.

use pg_core::{Access, Call, ErrorKind};
use serde_json::json;
use std::time::Duration;

use super::{backend, count, database_with, rows, single, slow};
use crate::support::service::{adjusted, ask, failed, told};
use crate::support::watch;

#[tokio::test]
async fn a_terminated_backend_is_replaced_on_the_next_call() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let service = single(&database, Access::Write, |_| {});
    for round in 1..=5 {
        let before = backend(&service).await;
        assert!(database.terminate_sessions().await >= 1);
        assert_ne!(backend(&service).await, before);
        database.terminate_sessions().await;
        told(&service, "execute_query", json!({"query": "INSERT INTO t VALUES (1)"})).await;
        database.terminate_sessions().await;
        let queries = json!([{"query": "INSERT INTO t VALUES ($1)", "params": [round]}]);
        told(&service, "execute_transaction", json!({"queries": queries})).await;
        database.terminate_sessions().await;
        told(&service, "batch_execute", json!({"query": "INSERT INTO t VALUES ($1)", "params_list": [[1]]}))
            .await;
        assert_eq!(count(&database, "t").await, 3 * round, "each write is done once");
    }
}

#[tokio::test]
async fn a_backend_terminated_in_the_middle_of_a_statement_is_told_as_such() {
    // Only a statement that has begun is not run again; a sleeping one has.
    let dawdle = "CREATE FUNCTION dawdle() RETURNS int STABLE LANGUAGE plpgsql AS \
                  'BEGIN PERFORM pg_sleep(120); RETURN 1; END'";
    let database = database_with(dawdle).await;
    let admin = database.admin().await;
    let service = single(&database, Access::Read, |_| {});
    let call = Call::new(&service);
    let asking =
        tokio::spawn(async move { ask(&call, "execute_query", json!({"query": "SELECT dawdle()"})).await });
    watch::until_sleeping(&admin).await;
    database.terminate_sessions().await;
    let report = asking.await.unwrap().unwrap_err().report();
    assert_eq!(report.kind, ErrorKind::Connection, "{report}");
    assert!(report.hint.as_deref().unwrap_or_default().contains("call again"), "{report}");
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
}

#[tokio::test]
async fn a_statement_past_its_time_limit_is_stopped_and_told_as_such() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let admin = database.admin().await;
    let service = adjusted(&database.owner_url(), Access::Write, |entry| {
        entry.limits.statement_timeout = Duration::from_millis(200);
    });
    let write = format!("INSERT INTO t {}", slow("late"));
    for query in [slow("late"), write] {
        let report = failed(&service, "execute_query", json!({"query": query})).await;
        assert_eq!(report.kind, ErrorKind::Timeout, "{report}");
        assert!(report.message.contains("200 ms"), "{report}");
        assert!(report.hint.as_deref().unwrap_or_default().contains("statement_timeout_ms"), "{report}");
        watch::until_running(&admin, "late", 0).await;
    }
    let queries = json!([{"query": "INSERT INTO t VALUES (1)"}, {"query": slow("late")}]);
    let report = failed(&service, "execute_transaction", json!({"queries": queries})).await;
    assert_eq!((report.kind, report.index), (ErrorKind::Timeout, Some(1)), "{report}");
    assert_eq!(count(&database, "t").await, 0);
}

#[tokio::test]
async fn a_lock_that_does_not_come_is_given_up_and_told_as_such() {
    let database = database_with("CREATE TABLE t (n int); INSERT INTO t VALUES (1)").await;
    let service = adjusted(&database.owner_url(), Access::Write, |entry| {
        entry.limits.lock_timeout = Duration::from_millis(200);
    });
    let mut admin = database.admin().await;
    let holding = admin.transaction().await.unwrap();
    holding.batch_execute("UPDATE t SET n = 2").await.unwrap();
    let report = failed(&service, "execute_query", json!({"query": "UPDATE t SET n = 3"})).await;
    assert_eq!(report.sqlstate.as_deref(), Some("55P03"), "{report}");
    holding.rollback().await.unwrap();
    told(&service, "execute_query", json!({"query": "UPDATE t SET n = 3"})).await;
}

#[tokio::test]
async fn a_cancelled_call_stops_in_the_server_and_its_session_is_not_used_again() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let admin = database.admin().await;
    let service = single(&database, Access::Write, |_| {});
    let write = format!("INSERT INTO t {}", slow("cancelled"));
    for query in [slow("cancelled"), write] {
        let before = backend(&service).await;
        let call = Call::new(&service);
        let token = call.cancellation().clone();
        let asking = tokio::spawn(async move { ask(&call, "execute_query", json!({"query": query})).await });
        watch::until_running(&admin, "cancelled", 1).await;
        token.cancel();
        let report = asking.await.unwrap().unwrap_err().report();
        assert_eq!(report.kind, ErrorKind::Cancelled, "{report}");
        watch::until_running(&admin, "cancelled", 0).await;
        assert_ne!(backend(&service).await, before);
        assert_eq!(watch::sessions(&admin).await, 1, "the given up session is gone");
    }
    assert_eq!(count(&database, "t").await, 0);
}

#[tokio::test]
async fn a_call_whose_future_is_dropped_stops_in_the_server() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let admin = database.admin().await;
    let service = single(&database, Access::Write, |_| {});
    let insert = format!("INSERT INTO t {}", slow("dropped"));
    for (operation, arguments) in [
        ("execute_query", json!({"query": slow("dropped")})),
        ("execute_query", json!({"query": insert})),
        ("execute_transaction", json!({"queries": [{"query": insert}]})),
    ] {
        let before = backend(&service).await;
        let call = Call::new(&service);
        let asking = tokio::spawn(async move { ask(&call, operation, arguments).await });
        watch::until_running(&admin, "dropped", 1).await;
        asking.abort();
        assert!(asking.await.unwrap_err().is_cancelled());
        watch::until_running(&admin, "dropped", 0).await;
        assert_ne!(backend(&service).await, before);
    }
    assert_eq!(count(&database, "t").await, 0);
}

#[tokio::test]
async fn a_service_that_stops_leaves_no_statement() {
    let database = database_with("").await;
    let admin = database.admin().await;
    let service = single(&database, Access::Read, |_| {});
    let call = Call::new(&service);
    let asking =
        tokio::spawn(async move { ask(&call, "execute_query", json!({"query": slow("stopped")})).await });
    watch::until_running(&admin, "stopped", 1).await;
    service.stop(Duration::from_secs(10)).await;
    watch::until_running(&admin, "stopped", 0).await;
    assert_eq!(asking.await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
}

#[tokio::test]
async fn a_pool_that_is_all_in_use_says_so_and_what_to_do() {
    let database = database_with("").await;
    let admin = database.admin().await;
    let service = single(&database, Access::Read, |_| {});
    let call = Call::new(&service);
    let token = call.cancellation().clone();
    let holding =
        tokio::spawn(async move { ask(&call, "execute_query", json!({"query": slow("holding")})).await });
    watch::until_running(&admin, "holding", 1).await;
    let report = failed(&service, "execute_query", json!({"query": "SELECT 1"})).await;
    assert_eq!(report.kind, ErrorKind::Connection, "{report}");
    assert!(report.message.contains("all 1 of the pool are in use"), "{report}");
    assert!(report.hint.as_deref().unwrap_or_default().contains("pool_size"), "{report}");
    token.cancel();
    assert!(holding.await.unwrap().is_err());
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
}
