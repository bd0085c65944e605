//! A server that ends a session in a transaction, or has no room.

use std::fs;

use pg_core::{Access, Call, ErrorKind};
use pg_tests::Database;
use serde_json::json;

use super::{count, prepare, rows};
use crate::support::service::{adjusted, ask, failed, service, told};
use crate::support::watch;

#[tokio::test]
async fn a_session_terminated_in_a_transaction_keeps_nothing_of_it() {
    let database = Database::empty().await;
    prepare(&database, "CREATE TABLE t (n int)").await;
    let admin = database.admin().await;
    let service = service(&database.owner_url(), Access::Write);
    let call = Call::new(&service);
    let queries = json!([
        {"query": "INSERT INTO t VALUES (1)"},
        {"query": "INSERT INTO t SELECT 2 FROM pg_sleep(100)"},
        {"query": "INSERT INTO t VALUES (3)"},
    ]);
    let asking =
        tokio::spawn(async move { ask(&call, "execute_transaction", json!({"queries": queries})).await });
    watch::until_sleeping(&admin).await;
    database.terminate_sessions().await;
    let report = asking.await.unwrap().unwrap_err().report();
    assert_eq!(report.kind, ErrorKind::Connection, "{report}");
    assert_eq!(count(&database, "t").await, 0);
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
}

#[tokio::test]
async fn a_session_terminated_in_its_commit_is_told_as_unknown() {
    let database = Database::empty().await;
    // What a commit has to check may take its time.
    prepare(
        &database,
        "CREATE TABLE t (n int); CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN PERFORM pg_sleep(100); RETURN NULL; END'; \
         CREATE CONSTRAINT TRIGGER dawdling AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION dawdle()",
    )
    .await;
    let admin = database.admin().await;
    let service = service(&database.owner_url(), Access::Write);
    let call = Call::new(&service);
    let insert = json!({"query": "INSERT INTO t VALUES (1)"});
    let asking = tokio::spawn(async move { ask(&call, "execute_query", insert).await });
    watch::until_sleeping(&admin).await;
    database.terminate_sessions().await;
    let report = asking.await.unwrap().unwrap_err().report();
    // The server says why it ends the session: then it is known that nothing was kept.
    assert!(matches!(report.kind, ErrorKind::OutcomeUnknown | ErrorKind::Connection), "{report}");
    assert_eq!(count(&database, "t").await, 0);
}

#[tokio::test]
async fn a_full_disk_fails_the_statement_and_nothing_else() {
    let server = pg_tests::private_server();
    let database = Database::shop_on_private(&server).await;
    prepare(&database, "CREATE TABLE full_disk (n int, t text); CREATE TABLE roomy (n int)").await;
    let admin = database.admin().await;
    let path: String = admin.query_one("SELECT pg_relation_filepath('full_disk')", &[]).await.unwrap().get(0);
    // A file that can be read and never grows; the private server does not sync, which would fail too.
    let file = server.folder().join("data").join(path);
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    let service = service(&database.owner_url(), Access::Write);
    let fill = "INSERT INTO full_disk SELECT n, repeat('x', 1000) FROM generate_series(1, 100) n";
    for (operation, arguments) in [
        ("execute_query", json!({"query": fill})),
        (
            "execute_transaction",
            json!({"queries": [{"query": "INSERT INTO roomy VALUES (1)"}, {"query": fill}]}),
        ),
    ] {
        let report = failed(&service, operation, arguments).await;
        assert_eq!(report.sqlstate.as_deref(), Some("53100"), "{report}");
        assert!(report.message.contains("No space left"), "{report}");
    }
    assert_eq!(count(&database, "roomy").await, 0);
    told(&service, "execute_query", json!({"query": "INSERT INTO roomy VALUES (1)"})).await;
    assert_eq!(count(&database, "roomy").await, 1);
}

#[tokio::test]
async fn a_statement_that_wants_too_much_room_for_its_work_is_told_so() {
    let database = Database::empty().await;
    let name = database.name();
    let limit = format!("ALTER DATABASE {name} SET temp_file_limit = '1MB'");
    database.admin().await.batch_execute(&limit).await.unwrap();
    let service = adjusted(&database.owner_url(), Access::Read, |entry| entry.pool_size = 1);
    let sort =
        "SELECT count(*) FROM (SELECT n FROM generate_series(1, 300000) n ORDER BY md5(n::text) OFFSET 0) s";
    let report = failed(&service, "execute_query", json!({"query": sort})).await;
    assert_eq!(report.sqlstate.as_deref(), Some("53400"), "{report}");
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
}
