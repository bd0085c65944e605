//! Several statements, all or nothing; and statements that outlive a change of the schema.

use pg_core::{Access, Call, ErrorKind};
use serde_json::json;

use super::{count, database_with, rows, single};
use crate::support::service::{ask, failed, service, told};
use crate::support::watch;

const ACCOUNTS: &str = "CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0)); \
                        INSERT INTO accounts VALUES (1, 100), (2, 0)";

#[tokio::test]
async fn a_failure_midway_keeps_nothing_and_names_the_statement() {
    let database = database_with(ACCOUNTS).await;
    let service = service(&database.owner_url(), Access::Write);
    let queries = json!([
        {"query": "UPDATE accounts SET balance = balance + $1 WHERE id = 2", "params": [150]},
        {"query": "INSERT INTO accounts VALUES (3, 1)"},
        {"query": "UPDATE accounts SET balance = balance - $1 WHERE id = 1", "params": [150]},
        {"query": "INSERT INTO accounts VALUES (4, 1)"},
    ]);
    let report = failed(&service, "execute_transaction", json!({"queries": queries})).await;
    assert_eq!((report.index, report.sqlstate.as_deref()), (Some(2), Some("23514")), "{report}");
    let kept = rows(&service, "SELECT * FROM accounts ORDER BY id").await;
    assert_eq!(kept, json!([{"id": 1, "balance": 100}, {"id": 2, "balance": 0}]));
}

#[tokio::test]
async fn a_wrong_parameter_midway_keeps_nothing_and_names_the_statement() {
    let database = database_with(ACCOUNTS).await;
    let service = service(&database.owner_url(), Access::Write);
    let queries = json!([
        {"query": "INSERT INTO accounts VALUES ($1, 0)", "params": [3]},
        {"query": "INSERT INTO accounts VALUES ($1, 0)", "params": ["four"]},
    ]);
    let report = failed(&service, "execute_transaction", json!({"queries": queries})).await;
    assert_eq!((report.kind, report.index), (ErrorKind::Argument, Some(1)), "{report}");
    assert_eq!(count(&database, "accounts").await, 2);
}

#[tokio::test]
async fn a_constraint_that_is_checked_at_commit_keeps_nothing() {
    let tables = "CREATE TABLE t (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)";
    let database = database_with(tables).await;
    let service = service(&database.owner_url(), Access::Write);
    let queries = json!([{"query": "INSERT INTO t VALUES (1)"}, {"query": "INSERT INTO t VALUES (1)"}]);
    let report = failed(&service, "execute_transaction", json!({"queries": queries})).await;
    assert_eq!(report.sqlstate.as_deref(), Some("23505"), "{report}");
    let report = failed(&service, "execute_query", json!({"query": "INSERT INTO t VALUES (1), (1)"})).await;
    assert_eq!(report.sqlstate.as_deref(), Some("23505"), "{report}");
    assert_eq!(count(&database, "t").await, 0);
}

#[tokio::test]
async fn a_dry_run_tells_what_it_did_and_keeps_nothing() {
    let database = database_with(ACCOUNTS).await;
    let service = service(&database.owner_url(), Access::Schema);
    let queries = json!([
        {"query": "CREATE TABLE extra (n int)"},
        {"query": "DELETE FROM accounts RETURNING id"},
        {"query": "SELECT count(*) AS n FROM accounts"},
    ]);
    let answer = told(&service, "execute_transaction", json!({"queries": queries, "dry_run": true})).await;
    assert_eq!((&answer["committed"], &answer["affected_rows"]), (&json!(false), &json!(2)));
    assert_eq!(answer["results"][1]["rows"], json!([{"id": 1}, {"id": 2}]));
    assert_eq!(answer["results"][2]["rows"], json!([{"n": 0}]));
    assert_eq!(count(&database, "accounts").await, 2);
    assert!(database.admin().await.query("SELECT FROM extra", &[]).await.is_err());
}

#[tokio::test]
async fn a_serialization_failure_is_tried_again() {
    let database = database_with(ACCOUNTS).await;
    let watcher = database.admin().await;
    let mut other = database.admin().await;
    let service = service(&database.owner_url(), Access::Write);
    let rival = other.transaction().await.unwrap();
    rival.execute("UPDATE accounts SET balance = balance + 1 WHERE id = 1", &[]).await.unwrap();
    let call = Call::new(&service);
    let queries = json!([
        {"query": "SELECT balance FROM accounts WHERE id = 1"},
        {"query": "UPDATE accounts SET balance = balance * 2 WHERE id = 1 /* rivalry */ RETURNING balance"},
    ]);
    let arguments = json!({"queries": queries, "isolation_level": "repeatable_read"});
    let asking = tokio::spawn(async move { ask(&call, "execute_transaction", arguments).await });
    // It holds a snapshot from before the rival's change, and waits for the row.
    watch::until_running(&watcher, "rivalry", 1).await;
    watch::until("a wait for the row", async || {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        watcher.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 1
    })
    .await;
    rival.commit().await.unwrap();
    let answer = asking.await.unwrap().unwrap();
    assert_eq!(answer["attempts"], 2, "{answer}");
    assert_eq!(answer["results"][0]["rows"], json!([{"balance": 101}]), "the first statement ran again too");
    assert_eq!(answer["results"][1]["rows"], json!([{"balance": 202}]));
}

#[tokio::test]
async fn a_statement_may_use_what_an_earlier_one_made() {
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Schema);
    let queries = json!([
        {"query": "CREATE TABLE made (n int)"},
        {"query": "INSERT INTO made VALUES ($1), ($2)", "params": [1, 2]},
        {"query": "ALTER TABLE made ADD COLUMN twice int"},
        {"query": "UPDATE made SET twice = 2 * n"},
        {"query": "SELECT * FROM made ORDER BY n"},
    ]);
    let answer = told(&service, "execute_transaction", json!({"queries": queries})).await;
    assert_eq!(answer["results"][4]["rows"], json!([{"n": 1, "twice": 2}, {"n": 2, "twice": 4}]));
    assert_eq!(answer["affected_rows"], 4);
    assert_eq!(count(&database, "made").await, 2);
}

#[tokio::test]
async fn a_prepared_statement_outlives_a_change_of_its_table() {
    let database = database_with("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await;
    let admin = database.admin().await;
    let service = single(&database, Access::Write, |_| {});
    let read = json!({"query": "SELECT * FROM t"});
    let write = json!({"query": "UPDATE t SET a = a RETURNING *"});
    let transaction = json!({"queries": [write]});
    let mut columns = vec!["a".to_owned()];
    for change in 0..4 {
        let read = told(&service, "execute_query", read.clone()).await;
        assert_eq!(read["columns"], json!(columns));
        let write = told(&service, "execute_query", write.clone()).await;
        assert_eq!(write["columns"], json!(columns));
        let transacted = told(&service, "execute_transaction", transaction.clone()).await;
        assert_eq!(transacted["results"][0]["columns"], json!(columns));
        let column = format!("added_{change}");
        admin.batch_execute(&format!("ALTER TABLE t ADD COLUMN {column} text DEFAULT 'x'")).await.unwrap();
        columns.push(column);
    }
}

#[tokio::test]
async fn a_parameter_outlives_a_change_of_its_type() {
    let database = database_with("CREATE TABLE t (a int); INSERT INTO t VALUES (1)").await;
    let admin = database.admin().await;
    let service = single(&database, Access::Write, |_| {});
    let read = json!({"query": "SELECT a FROM t WHERE a = $1", "params": [1]});
    assert_eq!(told(&service, "execute_query", read.clone()).await["rows"], json!([{"a": 1}]));
    admin.batch_execute("ALTER TABLE t ALTER COLUMN a TYPE bigint").await.unwrap();
    assert_eq!(told(&service, "execute_query", read).await["column_types"], json!(["bigint"]));
    let large = json!({"query": "UPDATE t SET a = $1", "params": [3_000_000_000_i64]});
    assert_eq!(told(&service, "execute_query", large).await["affected_rows"], 1);
}

#[tokio::test]
async fn statements_that_refuse_a_transaction_run_alone_and_only_alone() {
    let database = database_with(ACCOUNTS).await;
    let service = single(&database, Access::Schema, |_| {});
    for query in [
        "VACUUM ANALYZE accounts",
        "CREATE INDEX CONCURRENTLY accounts_balance ON accounts (balance)",
        "REINDEX TABLE CONCURRENTLY accounts",
    ] {
        let queries = json!([{"query": "SELECT 1"}, {"query": query}]);
        let report = failed(&service, "execute_transaction", json!({"queries": queries})).await;
        assert_eq!((report.kind, report.index), (ErrorKind::Argument, Some(1)), "{report}");
        assert!(report.message.contains("execute_query"), "{report}");
        told(&service, "execute_query", json!({"query": query})).await;
    }
    let valid = "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'accounts_balance'::regclass";
    assert_eq!(rows(&service, valid).await, json!([{"valid": true}]));
    // The session that was made writable for them is for reading again.
    let setting = "SELECT current_setting('default_transaction_read_only') AS setting";
    assert_eq!(rows(&service, setting).await, json!([{"setting": "on"}]));
}
