//! Transactions over several calls: they are whole, they end when they should, and a name that is no longer good says why.

use std::time::Duration;

use pg_core::{Access, Call, Caller, ErrorKind, ErrorReport, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use super::{count, database_with};
use crate::support::service::{adjusted, ask, failed, service, told};
use crate::support::watch;

const TABLE: &str = "CREATE TABLE numbers (n int PRIMARY KEY)";

async fn begun(service: &Service, arguments: Value) -> Value {
    told(service, "begin_transaction", arguments).await["transaction"].clone()
}

async fn run(service: &Service, transaction: &Value, query: &str) -> Value {
    told(service, "execute_query", json!({"transaction": transaction, "query": query})).await
}

async fn refused(service: &Service, transaction: &Value, query: &str) -> ErrorReport {
    failed(service, "execute_query", json!({"transaction": transaction, "query": query})).await
}

async fn end(service: &Service, transaction: &Value, action: &str) -> Value {
    told(service, "end_transaction", json!({"transaction": transaction, "action": action})).await
}

/// Waits until no session of the service is in a transaction.
async fn until_none_is_open(database: &Database) {
    let admin = database.admin().await;
    let query =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND state LIKE 'idle in transaction%'";
    watch::until("no open transaction", async || {
        admin.query_one(query, &[&database.name()]).await.unwrap().get::<_, i64>(0) == 0
    })
    .await;
}

#[tokio::test]
async fn others_see_what_was_done_once_it_is_committed() {
    let database = database_with(TABLE).await;
    let service = service(&database.owner_url(), Access::Write);
    let transaction = begun(&service, json!({})).await;
    let inserted = run(&service, &transaction, "INSERT INTO numbers VALUES (1), (2)").await;
    assert_eq!(inserted["affected_rows"], 2);
    let inside = run(&service, &transaction, "SELECT n FROM numbers ORDER BY n").await;
    assert_eq!(inside["rows"], json!([{"n": 1}, {"n": 2}]));
    assert_eq!(count(&database, "numbers").await, 0);
    assert_eq!(end(&service, &transaction, "commit").await["committed"], true);
    assert_eq!(count(&database, "numbers").await, 2);
    let report = refused(&service, &transaction, "SELECT 1").await;
    assert!(report.message.contains("committed already"), "{report}");
}

#[tokio::test]
async fn what_is_rolled_back_is_gone() {
    let database = database_with(TABLE).await;
    let service = service(&database.owner_url(), Access::Write);
    let transaction = begun(&service, json!({})).await;
    run(&service, &transaction, "INSERT INTO numbers VALUES (1)").await;
    assert_eq!(end(&service, &transaction, "rollback").await["committed"], false);
    assert_eq!(count(&database, "numbers").await, 0);
}

#[tokio::test]
async fn a_failing_statement_is_undone_alone() {
    let database = database_with(TABLE).await;
    let service = service(&database.owner_url(), Access::Write);
    let transaction = begun(&service, json!({})).await;
    run(&service, &transaction, "INSERT INTO numbers VALUES (1)").await;
    let report = refused(&service, &transaction, "INSERT INTO numbers VALUES (2), (1)").await;
    assert_eq!(report.sqlstate.as_deref(), Some("23505"));
    assert_eq!(refused(&service, &transaction, "SELECT $1::int").await.kind, ErrorKind::Argument);
    run(&service, &transaction, "INSERT INTO numbers VALUES (3)").await;
    end(&service, &transaction, "commit").await;
    assert_eq!(count(&database, "numbers").await, 2);
}

#[tokio::test]
async fn savepoints_are_set_rolled_back_to_and_released() {
    let database = database_with(TABLE).await;
    let service = service(&database.owner_url(), Access::Write);
    let transaction = begun(&service, json!({})).await;
    let savepoint = |name: &'static str, action: &'static str| {
        let arguments = json!({"transaction": transaction, "name": name, "action": action});
        let service = service.clone();
        async move { told(&service, "set_savepoint", arguments).await["savepoints"].clone() }
    };
    run(&service, &transaction, "INSERT INTO numbers VALUES (1)").await;
    assert_eq!(savepoint("one; DROP TABLE numbers", "set").await, json!(["one; DROP TABLE numbers"]));
    run(&service, &transaction, "INSERT INTO numbers VALUES (2)").await;
    savepoint("two", "set").await;
    run(&service, &transaction, "INSERT INTO numbers VALUES (3)").await;
    assert_eq!(savepoint("one; DROP TABLE numbers", "rollback_to").await, json!(["one; DROP TABLE numbers"]));
    let gone = json!({"transaction": transaction, "name": "two", "action": "release"});
    let report = failed(&service, "set_savepoint", gone).await;
    assert!(report.message.contains("`two`"), "{report}");
    run(&service, &transaction, "INSERT INTO numbers VALUES (4)").await;
    assert_eq!(savepoint("one; DROP TABLE numbers", "release").await, json!([]));
    end(&service, &transaction, "commit").await;
    assert_eq!(count(&database, "numbers").await, 2);
}

#[tokio::test]
async fn left_alone_it_expires_and_says_so() {
    let database = database_with(TABLE).await;
    let service = adjusted(&database.owner_url(), Access::Write, |entry| {
        entry.limits.transaction_lease = Duration::from_millis(300);
    });
    let transaction = begun(&service, json!({})).await;
    until_none_is_open(&database).await;
    for operation in ["execute_query", "end_transaction"] {
        let arguments = match operation {
            "execute_query" => json!({"transaction": transaction, "query": "SELECT 1"}),
            _ => json!({"transaction": transaction, "action": "commit"}),
        };
        let report = failed(&service, operation, arguments).await;
        assert!(report.message.contains("expired after 0.3 s"), "{report}");
        assert!(report.message.contains("rolled back"), "{report}");
    }
}

#[tokio::test]
async fn it_ends_when_its_client_goes() {
    let database = database_with(TABLE).await;
    let service = service(&database.owner_url(), Access::Write);
    let caller = Caller::new();
    let begun = ask(&Call::new(&service).by(&caller), "begin_transaction", json!({})).await.unwrap();
    let insert = json!({"transaction": begun["transaction"], "query": "INSERT INTO numbers VALUES (1)"});
    ask(&Call::new(&service).by(&caller), "execute_query", insert).await.unwrap();
    drop(caller);
    until_none_is_open(&database).await;
    assert_eq!(count(&database, "numbers").await, 0);
    assert!(refused(&service, &begun["transaction"], "SELECT 1").await.message.contains("its client went"));
}

#[tokio::test]
async fn no_more_are_open_than_the_limit_allows() {
    let database = database_with(TABLE).await;
    let service = adjusted(&database.owner_url(), Access::Write, |entry| entry.limits.open_transactions = 2);
    let first = begun(&service, json!({})).await;
    begun(&service, json!({})).await;
    let report = failed(&service, "begin_transaction", json!({})).await;
    assert!(report.message.contains("limits.open_transactions"), "{report}");
    end(&service, &first, "rollback").await;
    begun(&service, json!({})).await;
}

#[tokio::test]
async fn a_pool_of_one_is_not_given_away() {
    let database = database_with(TABLE).await;
    let service = adjusted(&database.owner_url(), Access::Write, |entry| entry.pool_size = 1);
    let report = failed(&service, "begin_transaction", json!({})).await;
    assert!(report.message.contains("pool_size"), "{report}");
}

#[tokio::test]
async fn the_policy_holds_for_each_statement() {
    let database = database_with(TABLE).await;
    let service = service(&database.owner_url(), Access::Write);
    let transaction = begun(&service, json!({})).await;
    for text in ["DROP TABLE numbers", "COMMIT", "SAVEPOINT s", "SET search_path = x", "SELECT 1; SELECT 2"] {
        let kind = refused(&service, &transaction, text).await.kind;
        assert_eq!(kind, ErrorKind::Refused, "{text}");
    }
    let vacuum = refused(&service, &transaction, "VACUUM numbers").await;
    assert!(matches!(vacuum.kind, ErrorKind::Argument | ErrorKind::Refused), "{vacuum}");
    end(&service, &transaction, "commit").await;
}

#[tokio::test]
async fn a_read_only_one_writes_nothing() {
    let database = database_with(TABLE).await;
    let service = service(&database.owner_url(), Access::Write);
    let transaction = begun(&service, json!({"read_only": true, "isolation_level": "repeatable_read"})).await;
    let report = refused(&service, &transaction, "INSERT INTO numbers VALUES (1)").await;
    assert!(report.message.contains("read-only"), "{report}");
    run(&service, &transaction, "SELECT count(*) FROM numbers").await;
    database.admin().await.execute("INSERT INTO numbers VALUES (9)", &[]).await.unwrap();
    let again = run(&service, &transaction, "SELECT count(*) AS n FROM numbers").await;
    assert_eq!(again["rows"], json!([{"n": 0}]), "all reads see one snapshot");
    end(&service, &transaction, "commit").await;
    let deferrable = failed(&service, "begin_transaction", json!({"deferrable": true})).await;
    assert!(deferrable.message.contains("serializable"), "{deferrable}");
    let all = json!({"deferrable": true, "read_only": true, "isolation_level": "serializable"});
    let transaction = begun(&service, all).await;
    let shown = run(&service, &transaction, "SELECT current_setting('transaction_deferrable') AS on").await;
    assert_eq!(shown["rows"], json!([{"on": "on"}]));
}

#[tokio::test]
async fn a_cancelled_statement_ends_it() {
    let database = database_with(TABLE).await;
    let service = service(&database.owner_url(), Access::Write);
    let transaction = begun(&service, json!({})).await;
    run(&service, &transaction, "INSERT INTO numbers VALUES (1)").await;
    let call = Call::new(&service);
    let token = call.cancellation().clone();
    let slow = super::slow("open-transaction");
    let running = tokio::spawn(async move {
        ask(&call, "execute_query", json!({"transaction": transaction, "query": slow}))
            .await
            .map(|_| transaction)
    });
    watch::until_running(&database.admin().await, "open-transaction", 1).await;
    token.cancel();
    assert_eq!(running.await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    until_none_is_open(&database).await;
    assert_eq!(count(&database, "numbers").await, 0);
}

#[tokio::test]
async fn a_lost_session_is_told_and_remembered() {
    let database = database_with(TABLE).await;
    let service = service(&database.owner_url(), Access::Write);
    let transaction = begun(&service, json!({})).await;
    run(&service, &transaction, "INSERT INTO numbers VALUES (1)").await;
    database.terminate_sessions().await;
    assert_eq!(refused(&service, &transaction, "SELECT 1").await.kind, ErrorKind::Connection);
    assert!(refused(&service, &transaction, "SELECT 1").await.message.contains("lost its connection"));
}

#[tokio::test]
async fn a_serialization_failure_ends_it_and_says_to_begin_anew() {
    let database =
        database_with("CREATE TABLE numbers (n int PRIMARY KEY); INSERT INTO numbers VALUES (1)").await;
    let service = service(&database.owner_url(), Access::Write);
    let transaction = begun(&service, json!({"isolation_level": "repeatable_read"})).await;
    run(&service, &transaction, "SELECT n FROM numbers").await;
    database.admin().await.execute("UPDATE numbers SET n = 2", &[]).await.unwrap();
    let report = refused(&service, &transaction, "UPDATE numbers SET n = 3").await;
    assert_eq!(report.sqlstate.as_deref(), Some("40001"));
    assert!(report.hint.as_deref().unwrap_or_default().contains("begin it anew"), "{report}");
    let report = refused(&service, &transaction, "SELECT 1").await;
    assert!(report.message.contains("serialization failure"), "{report}");
}

#[tokio::test]
async fn a_commit_that_was_lost_on_its_way_is_unknown() {
    let database = database_with(
        "CREATE TABLE numbers (n int PRIMARY KEY);
         CREATE FUNCTION fall() RETURNS trigger LANGUAGE plpgsql AS
             'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
         CREATE CONSTRAINT TRIGGER fall AFTER INSERT ON numbers DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION fall()",
    )
    .await;
    let service = service(&database.owner_url(), Access::Write);
    let transaction = begun(&service, json!({})).await;
    run(&service, &transaction, "INSERT INTO numbers VALUES (1)").await;
    let commit = json!({"transaction": transaction, "action": "commit"});
    let report = failed(&service, "end_transaction", commit).await;
    assert_eq!(report.kind, ErrorKind::OutcomeUnknown, "{report}");
    assert!(report.hint.as_deref().unwrap_or_default().contains("pg_xact_status('"), "{report}");
    assert!(refused(&service, &transaction, "SELECT 1").await.message.contains("committed or not"));
}
