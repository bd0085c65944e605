//! A service that owns a bb8 pool already lends it, and gets it back as it was.

use bb8_postgres::PostgresConnectionManager;
use pg_core::{Access, Call, ErrorKind, LentOptions, LentPool, Service};
use pg_tests::Database;
use serde_json::{Value, json};
use tokio_postgres::NoTls;

use super::{count, database_with};
use crate::support::service::{ask, failed, told};
use crate::support::watch;

type Owned = bb8::Pool<PostgresConnectionManager<NoTls>>;

async fn owned(database: &Database, size: u32) -> Owned {
    let manager = PostgresConnectionManager::new_from_stringlike(database.owner_url(), NoTls).unwrap();
    bb8::Pool::builder().max_size(size).build(manager).await.unwrap()
}

fn lent(pool: &Owned, access: Access) -> Service {
    let service = Service::empty();
    let options = LentOptions { access, ..LentOptions::default() };
    service.lend("theirs", LentPool::new(pool.clone(), NoTls), options).unwrap();
    service
}

async fn rows(service: &Service, query: &str) -> Value {
    told(service, "execute_query", json!({"query": query})).await["rows"].clone()
}

#[tokio::test]
async fn gives_policy_and_operations_and_leaves_the_session_as_it_was() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let pool = owned(&database, 1).await;
    let own =
        "SET statement_timeout = '77s'; SET search_path = pg_catalog, public; CREATE TEMP TABLE kept (n int)";
    pool.get().await.unwrap().batch_execute(own).await.unwrap();
    let service = lent(&pool, Access::Write);
    told(&service, "execute_query", json!({"query": "INSERT INTO t VALUES ($1)", "params": [7]})).await;
    let answer = rows(&service, "SELECT n, current_setting('statement_timeout') AS ours FROM t").await;
    assert_eq!(answer, json!([{"n": 7, "ours": "30s"}]));
    assert_eq!(
        failed(&service, "execute_query", json!({"query": "DROP TABLE t"})).await.kind,
        ErrorKind::Refused
    );
    let kept = "SELECT current_setting('statement_timeout') || count(*) || current_setting('default_transaction_read_only') FROM kept";
    let kept: String = pool.get().await.unwrap().query_one(kept, &[]).await.unwrap().get(0);
    assert_eq!(kept, "77s0off");
    assert_eq!(count(&database, "t").await, 1);
    let listed = told(&service, "list_connections", json!({})).await;
    assert_eq!(listed["connections"][0]["pool_stats"]["size"], 1, "{listed}");
}

#[tokio::test]
async fn a_session_on_which_a_statement_was_stopped_does_not_go_back() {
    let database = Database::empty().await;
    let pool = owned(&database, 1).await;
    let before: i32 =
        pool.get().await.unwrap().query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    let service = lent(&pool, Access::Read);
    // What the statement needs to be judged is known before.
    rows(&service, "SELECT 1 AS n").await;
    let call = Call::new(&service);
    let token = call.cancellation().clone();
    let slow = super::slow("lent");
    let running = tokio::spawn(async move { ask(&call, "execute_query", json!({"query": slow})).await });
    let admin = database.admin().await;
    watch::until_running(&admin, "lent", 1).await;
    token.cancel();
    assert_eq!(running.await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    watch::until_running(&admin, "lent", 0).await;
    let after: i32 =
        pool.get().await.unwrap().query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    assert_ne!(before, after, "the owner got a session that may yet be cancelled");
    assert_eq!(rows(&service, "SELECT 1 AS n").await, json!([{"n": 1}]));
}

#[tokio::test]
async fn an_owner_whose_pool_cannot_connect_is_told_why() {
    let database = Database::empty().await;
    let wrong = database.owner_url().replace(database.server().password(), "wrong");
    let manager = PostgresConnectionManager::new_from_stringlike(wrong, NoTls).unwrap();
    let pool = bb8::Pool::builder().retry_connection(false).build_unchecked(manager);
    let report = failed(&lent(&pool, Access::Read), "execute_query", json!({"query": "SELECT 1"})).await;
    assert_eq!(report.kind, ErrorKind::Connection, "{report}");
}
