//! Behind PgBouncer: nothing of a session is used where it is not ours, and what goes wrong there is told in words.
#![expect(clippy::disallowed_methods, reason = "tests look past the toolkit, on the bare driver")]

use std::time::Duration;

use pg_core::{Access, Call, ConnectionEntry, ErrorKind, Pooler, Service};
use pg_tests::{Database, PgBouncer, pgbouncer};
use serde_json::{Value, json};
use tokio_postgres::NoTls;

use crate::support::service::{adjusted, ask, failed, told};
use crate::support::watch;

/// One backend for everybody, given to another client with each transaction.
const ONE_BACKEND: &str = "pool_mode = transaction\ndefault_pool_size = 1";

fn url(database: &Database, bouncer: &PgBouncer, role: &str) -> String {
    let password = database.server().password();
    format!("postgresql://{role}:{password}@127.0.0.1:{}/{}", bouncer.port(), database.name())
}

fn behind(
    database: &Database,
    bouncer: &PgBouncer,
    access: Access,
    adjust: impl FnOnce(&mut ConnectionEntry),
) -> Service {
    adjusted(&url(database, bouncer, "shop_owner"), access, adjust)
}

async fn rows(service: &Service, query: &str) -> Value {
    told(service, "execute_query", json!({"query": query})).await["rows"].clone()
}

/// What a client sees that is none of ours, and gets the backend that we had.
async fn seen_by_others(database: &Database, bouncer: &PgBouncer, query: &str) -> String {
    let (client, connection) =
        tokio_postgres::connect(&url(database, bouncer, "shop_owner"), NoTls).await.unwrap();
    tokio::spawn(connection);
    let messages = client.simple_query(query).await.unwrap();
    messages
        .iter()
        .find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            _ => None,
        })
        .unwrap()
}

#[tokio::test]
async fn nothing_of_ours_is_seen_by_the_next_client_of_the_backend() {
    let database = Database::shop().await;
    let Some(bouncer) = pgbouncer(&database, ONE_BACKEND) else { return };
    let settings = "SELECT concat_ws(' ', current_setting('statement_timeout'), \
                    current_setting('default_transaction_read_only'), current_setting('lock_timeout'), \
                    current_setting('search_path'), current_setting('client_connection_check_interval'), \
                    current_setting('idle_in_transaction_session_timeout'), pg_backend_pid()) AS all";
    let before = seen_by_others(&database, &bouncer, settings).await;
    let service = behind(&database, &bouncer, Access::Write, |entry| {
        entry.limits.statement_timeout = Duration::from_millis(12_345);
        entry.search_path = vec!["sales".to_owned()];
    });
    for _ in 0..3 {
        let ours = rows(&service, settings).await[0]["all"].as_str().unwrap().to_owned();
        assert!(ours.starts_with("12345ms on 5s \"sales\""), "{ours}");
        assert_eq!(seen_by_others(&database, &bouncer, settings).await, before, "and the same backend");
    }
    let prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%12345%'";
    assert_eq!(seen_by_others(&database, &bouncer, prepared).await, "0");
}

#[tokio::test]
async fn two_services_share_one_backend_and_do_not_meet() {
    let database = Database::shop().await;
    let Some(bouncer) = pgbouncer(&database, ONE_BACKEND) else { return };
    let patient = |entry: &mut ConnectionEntry, seconds| {
        entry.limits.statement_timeout = Duration::from_secs(seconds);
        entry.pool.check_out = Duration::from_secs(120);
        entry.pool_size = 2;
    };
    let first = behind(&database, &bouncer, Access::Write, |entry| patient(entry, 11));
    let second = behind(&database, &bouncer, Access::Read, |entry| patient(entry, 22));
    let asked = |service: Service, own: &'static str| async move {
        for n in 0..4 {
            let query = format!("SELECT current_setting('statement_timeout') AS own, $1::int + {n} AS sum");
            let arguments = json!({"query": query, "params": [n]});
            let answer = told(&service, "execute_query", arguments).await;
            assert_eq!(answer["rows"], json!([{"own": own, "sum": 2 * n}]));
            // A type that the driver looks up with statements of its own.
            let enumerated = rows(
                &service,
                "SELECT enum_range(NULL::order_status)::text[] IS NOT NULL AS ok, \
                                             (enum_range(NULL::order_status))[1] AS first",
            )
            .await;
            assert_eq!(enumerated[0]["ok"], true);
        }
    };
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..2 {
        callers.spawn(asked(first.clone(), "11s"));
        callers.spawn(asked(second.clone(), "22s"));
    }
    callers.join_all().await;
}

#[tokio::test]
async fn writes_transactions_batches_and_pages_do_as_without_a_pooler() {
    let database = Database::empty().await;
    database.admin().await.batch_execute("SET ROLE shop_owner; CREATE TABLE t (n int)").await.unwrap();
    let Some(bouncer) = pgbouncer(&database, "pool_mode = transaction\ndefault_pool_size = 3") else {
        return;
    };
    let service = behind(&database, &bouncer, Access::Write, |_| {});
    let batch = json!({"query": "INSERT INTO t VALUES ($1)", "params_list": [[1], [2], [3]]});
    assert_eq!(told(&service, "batch_execute", batch).await["affected_rows"], 3);
    let queries =
        json!([{"query": "UPDATE t SET n = n + $1", "params": [1]}, {"query": "SELECT sum(n) FROM t"}]);
    let answer = told(&service, "execute_transaction", json!({"queries": queries})).await;
    assert_eq!(answer["results"][1]["rows"], json!([{"sum": 9}]));
    let begun = told(&service, "begin_transaction", json!({})).await;
    let inside = json!({"transaction": begun["transaction"], "query": "DELETE FROM t WHERE n = 2"});
    told(&service, "execute_query", inside).await;
    assert_eq!(rows(&service, "SELECT count(*) FROM t").await, json!([{"count": 3}]));
    told(&service, "end_transaction", json!({"transaction": begun["transaction"], "action": "commit"})).await;
    assert_eq!(rows(&service, "SELECT count(*) FROM t").await, json!([{"count": 2}]));

    let call = Call::new(&service).with_cursors();
    let all = json!({"query": "SELECT n FROM generate_series(1, 25) n", "fetch_size": 10});
    let mut page = ask(&call, "execute_query", all).await.unwrap();
    let mut seen = page["row_count"].as_u64().unwrap();
    while let Some(cursor) = page["truncated"]["next_cursor"].as_str() {
        page = ask(&call, "execute_query", json!({"cursor": cursor, "fetch_size": 10})).await.unwrap();
        seen += page["row_count"].as_u64().unwrap();
    }
    assert_eq!(seen, 25);
    let vacuum = failed(&service, "execute_query", json!({"query": "VACUUM t"})).await;
    assert!(vacuum.kind == ErrorKind::Refused || vacuum.message.contains("pooler"), "{vacuum}");
}

#[tokio::test]
async fn a_cancelled_statement_stops_behind_the_pooler() {
    let database = Database::empty().await;
    let Some(bouncer) = pgbouncer(&database, ONE_BACKEND) else { return };
    let service = behind(&database, &bouncer, Access::Read, |_| {});
    let call = Call::new(&service);
    let token = call.cancellation().clone();
    let query =
        "SELECT count(*) FROM generate_series(1, 10000000) a, generate_series(1, 10000) b /* pooled */";
    let running = tokio::spawn(async move { ask(&call, "execute_query", json!({"query": query})).await });
    let admin = database.admin().await;
    watch::until_running(&admin, "pooled", 1).await;
    token.cancel();
    assert_eq!(running.await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    watch::until_running(&admin, "pooled", 0).await;
    assert_eq!(rows(&service, "SELECT 1 AS n").await, json!([{"n": 1}]));
}

#[tokio::test]
async fn with_session_pooling_the_session_is_ours_and_reset() {
    let database = Database::shop().await;
    let Some(bouncer) = pgbouncer(&database, "pool_mode = session\ndefault_pool_size = 2") else { return };
    for pooler in [Pooler::Auto, Pooler::Session, Pooler::Transaction] {
        let service = behind(&database, &bouncer, Access::Read, |entry| {
            entry.pooler = pooler;
            entry.pool_size = 1;
        });
        let timeout = "SELECT current_setting('statement_timeout') AS own";
        for _ in 0..2 {
            assert_eq!(rows(&service, timeout).await, json!([{"own": "30s"}]), "{pooler:?}");
        }
        service.stop(Duration::from_secs(5)).await;
        drop(service);
    }
    assert_eq!(seen_by_others(&database, &bouncer, "SHOW statement_timeout").await, "0");
}

#[tokio::test]
async fn what_the_pooler_refuses_is_told_in_words() {
    let database = Database::empty().await;
    let settings =
        "pool_mode = transaction\ndefault_pool_size = 1\nquery_wait_timeout = 1\nmax_client_conn = 6";
    let Some(bouncer) = pgbouncer(&database, settings) else { return };
    let good = url(&database, &bouncer, "shop_owner");
    for (wrong, words) in [
        (good.replace(database.server().password(), "wrong"), "check user and password"),
        (good.replace("shop_owner", "nobody_known"), "check user and password"),
        (good.replace(database.name(), "no_such_database"), "check `dbname`"),
    ] {
        let service = adjusted(&wrong, Access::Read, |_| {});
        let report = failed(&service, "execute_query", json!({"query": "SELECT 1"})).await;
        assert_eq!(report.kind, ErrorKind::Connection, "{report}");
        assert!(report.message.contains(words), "{words}: {report}");
        assert!(!report.message.contains(database.server().password()), "{report}");
    }
    // Whoever holds the only backend keeps the others waiting until the pooler ends their wait.
    let service = adjusted(&good, Access::Write, |_| {});
    let begun = told(&service, "begin_transaction", json!({})).await;
    let report = failed(&service, "execute_query", json!({"query": "SELECT 1"})).await;
    assert_eq!(report.kind, ErrorKind::Connection, "{report}");
    assert!(report.message.contains("default_pool_size"), "{report}");
    told(&service, "end_transaction", json!({"transaction": begun["transaction"], "action": "rollback"}))
        .await;

    let mut held = Vec::new();
    for _ in 0..6 {
        if let Ok((client, connection)) = tokio_postgres::connect(&good, NoTls).await {
            held.push((client, tokio::spawn(connection)));
        }
    }
    let crowded = adjusted(&good, Access::Read, |_| {});
    let report = failed(&crowded, "execute_query", json!({"query": "SELECT 1"})).await;
    assert!(report.message.contains("max_client_conn"), "{report}");
}

/// A session on PgBouncer's own console.
async fn console(database: &Database, bouncer: &PgBouncer) -> tokio_postgres::Client {
    let url = url(database, bouncer, "postgres").replace(database.name(), "pgbouncer");
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn a_pause_and_new_backends_lose_and_double_nothing() {
    let database = Database::empty().await;
    database.admin().await.batch_execute("SET ROLE shop_owner; CREATE TABLE t (n int)").await.unwrap();
    let settings = format!("{ONE_BACKEND}\nadmin_users = postgres");
    let Some(bouncer) = pgbouncer(&database, &settings) else { return };
    let service = behind(&database, &bouncer, Access::Write, |_| {});
    let insert = json!({"query": "INSERT INTO t VALUES (1)"});
    told(&service, "execute_query", insert.clone()).await;
    let console = console(&database, &bouncer).await;
    for command in ["PAUSE", "RECONNECT"] {
        console.simple_query(command).await.unwrap();
        let call = Call::new(&service);
        let arguments = insert.clone();
        let asking = tokio::spawn(async move { ask(&call, "execute_query", arguments).await });
        if command == "PAUSE" {
            let waits = "SHOW POOLS";
            watch::until("a client that waits for the pause's end", async || {
                console.simple_query(waits).await.unwrap().iter().any(|message| match message {
                    tokio_postgres::SimpleQueryMessage::Row(row) => {
                        row.get("database") == Some(database.name()) && row.get("cl_waiting") != Some("0")
                    }
                    _ => false,
                })
            })
            .await;
            console.simple_query("RESUME").await.unwrap();
        }
        asking.await.unwrap().unwrap();
    }
    assert_eq!(rows(&service, "SELECT count(*) FROM t").await, json!([{"count": 3}]));
}

#[tokio::test]
async fn a_pooler_that_restarts_is_found_again_by_the_next_call() {
    let database = Database::empty().await;
    database.admin().await.batch_execute("SET ROLE shop_owner; CREATE TABLE t (n int)").await.unwrap();
    let Some(mut bouncer) = pgbouncer(&database, ONE_BACKEND) else { return };
    let service = behind(&database, &bouncer, Access::Write, |_| {});
    let insert = json!({"query": "INSERT INTO t VALUES (1)"});
    told(&service, "execute_query", insert.clone()).await;
    bouncer.stop().unwrap();
    let report = failed(&service, "execute_query", insert.clone()).await;
    assert_eq!(report.kind, ErrorKind::Connection, "{report}");
    assert!(report.message.contains("connection refused") && report.retryable, "{report}");
    bouncer.resume().unwrap();
    told(&service, "execute_query", insert.clone()).await;
    bouncer.stop().unwrap();
    bouncer.resume().unwrap();
    told(&service, "execute_query", insert).await;
    assert_eq!(rows(&service, "SELECT count(*) FROM t").await, json!([{"count": 3}]));
}

#[tokio::test]
async fn a_statement_behind_an_encrypted_pooler_is_stopped() {
    let database = Database::empty().await;
    let folder = std::env::temp_dir().join(format!("pgt-bouncer-{}", database.name()));
    std::fs::create_dir(&folder).unwrap();
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-keyout", "key", "-out", "crt"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    // PgBouncer runs as somebody else.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(folder.join("key"), open).unwrap();
    let settings = format!(
        "{ONE_BACKEND}\nclient_tls_sslmode = require\nclient_tls_key_file = {0}/key\nclient_tls_cert_file = {0}/crt",
        folder.display()
    );
    let Some(bouncer) = pgbouncer(&database, &settings) else { return };
    let encrypted = format!("{}?sslmode=require", url(&database, &bouncer, "shop_owner"));
    let service = adjusted(&encrypted, Access::Read, |_| {});
    let call = Call::new(&service);
    let token = call.cancellation().clone();
    let query =
        "SELECT count(*) FROM generate_series(1, 10000000) a, generate_series(1, 10000) b /* sealed */";
    let running = tokio::spawn(async move { ask(&call, "execute_query", json!({"query": query})).await });
    let admin = database.admin().await;
    watch::until_running(&admin, "sealed", 1).await;
    token.cancel();
    assert_eq!(running.await.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    watch::until_running(&admin, "sealed", 0).await;
    assert_eq!(rows(&service, "SELECT 1 AS n").await, json!([{"n": 1}]));
    std::fs::remove_dir_all(&folder).unwrap();
}
