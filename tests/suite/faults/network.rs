//! A network that fails between the toolkit and the server.

use std::time::Duration;

use pg_core::{Access, Call, Configuration, ErrorKind, Overrides, Service};
use pg_tests::{Database, Network, Proxy};
use serde_json::json;

use super::{count, prepare, rows};
use crate::support::configuration;
use crate::support::service::{adjusted, ask, failed, told};
use crate::support::watch;

async fn behind_proxy(access: Access) -> (Database, Proxy, Service) {
    let database = Database::empty().await;
    prepare(&database, "CREATE TABLE t (n int)").await;
    let proxy = Proxy::before(database.server()).await;
    let url = proxy.url(&database.owner_url(), database.server());
    let service = adjusted(&url, access, |entry| entry.pool_size = 1);
    (database, proxy, service)
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_neither_done_nor_failed() {
    let (database, proxy, service) = behind_proxy(Access::Write).await;
    let insert = "INSERT INTO t VALUES (1)";
    for (turn, operation, arguments) in [
        (1, "execute_query", json!({"query": insert})),
        (2, "execute_transaction", json!({"queries": [{"query": insert}]})),
        (3, "batch_execute", json!({"query": "INSERT INTO t VALUES ($1)", "params_list": [[1]]})),
    ] {
        // The session is there and the statement prepared: the network fails in the commit and nowhere else.
        rows(&service, "SELECT 1 AS one").await;
        proxy.set(Network::LosesAnswerTo("COMMIT"));
        let report = failed(&service, operation, arguments).await;
        assert_eq!(report.kind, ErrorKind::OutcomeUnknown, "{operation}: {report}");
        let hint = report.hint.as_deref().unwrap_or_default();
        assert!(hint.contains("read the rows") && !report.retryable, "{report}");
        let told_to_ask = hint.split('`').nth(1).unwrap();
        proxy.set(Network::Up);
        // The server did as it was told, once.
        let admin = database.admin().await;
        watch::until_alone(&admin).await;
        assert_eq!(count(&database, "t").await, turn, "{operation}");
        assert_eq!(
            rows(&service, told_to_ask).await,
            json!([{"pg_xact_status": "committed"}]),
            "{operation}: {told_to_ask}"
        );
        assert_eq!(rows(&service, "SELECT count(*) AS n FROM t").await, json!([{"n": turn}]));
    }
}

#[tokio::test]
async fn a_network_that_is_gone_ends_a_call_and_the_next_one_connects_again() {
    let (database, proxy, service) = behind_proxy(Access::Write).await;
    let admin = database.admin().await;
    rows(&service, "SELECT 1 AS one").await;
    let call = Call::new(&service);
    let slow = "INSERT INTO t SELECT 1 FROM pg_sleep(100)";
    let asking = tokio::spawn(async move { ask(&call, "execute_query", json!({"query": slow})).await });
    watch::until_sleeping(&admin).await;
    proxy.set(Network::Down);
    let report = asking.await.unwrap().unwrap_err().report();
    assert_eq!(report.kind, ErrorKind::Connection, "{report}");
    let report = failed(&service, "execute_query", json!({"query": "SELECT 1"})).await;
    assert_eq!(report.kind, ErrorKind::Connection, "{report}");
    proxy.set(Network::Up);
    assert_eq!(rows(&service, "SELECT 1 AS one").await, json!([{"one": 1}]));
    database.terminate_sessions().await;
    assert_eq!(count(&database, "t").await, 0);
}

#[tokio::test]
async fn a_network_that_holds_everything_back_for_ten_seconds_loses_and_doubles_nothing() {
    let (database, proxy, service) = behind_proxy(Access::Write).await;
    rows(&service, "SELECT 1 AS one").await;
    proxy.set(Network::Held);
    let call = Call::new(&service);
    let insert = json!({"query": "INSERT INTO t VALUES (1) RETURNING n"});
    let asking = tokio::spawn(async move { ask(&call, "execute_query", insert).await });
    // The fault's own length, not a wait for something.
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(count(&database, "t").await, 0);
    proxy.set(Network::Up);
    assert_eq!(asking.await.unwrap().unwrap()["rows"], json!([{"n": 1}]));
    assert_eq!(count(&database, "t").await, 1);
    told(&service, "execute_query", json!({"query": "INSERT INTO t VALUES (2)"})).await;
    assert_eq!(count(&database, "t").await, 2);
}

#[tokio::test]
async fn a_caller_that_gives_up_on_a_held_network_leaves_nothing_in_the_pool() {
    let (_database, proxy, service) = behind_proxy(Access::Write).await;
    rows(&service, "SELECT 1 AS one").await;
    proxy.set(Network::Held);
    let call = Call::new(&service);
    let token = call.cancellation().clone();
    let insert = json!({"query": "INSERT INTO t VALUES (1)"});
    let asking = tokio::spawn(async move { ask(&call, "execute_query", insert).await });
    token.cancel();
    assert!(asking.await.unwrap().is_err());
    proxy.set(Network::Up);
    assert_eq!(rows(&service, "SELECT 2 AS two").await, json!([{"two": 2}]));
}

#[tokio::test]
async fn a_transfer_whose_commit_is_lost_tells_what_to_ask_the_server() {
    let (source, target) = (Database::empty().await, Database::empty().await);
    prepare(&source, "CREATE TABLE t (n int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 100)")
        .await;
    prepare(&target, "CREATE TABLE t (n int PRIMARY KEY)").await;
    let proxy = Proxy::before(target.server()).await;
    let text = format!(
        "[connections.a]\nurl = {:?}\n[connections.b]\nurl = {:?}\naccess = \"write\"\n",
        source.owner_url(),
        proxy.url(&target.owner_url(), target.server())
    );
    let file = configuration::file(&text);
    let environment = std::iter::empty::<(&str, &str)>().collect();
    let configured = Configuration::load(Some(&file), &environment, Overrides::default()).unwrap();
    std::fs::remove_file(file).unwrap();
    let service = Service::new(configured, environment).unwrap();
    proxy.set(Network::LosesAnswerTo("COMMIT"));
    let asked = json!({"from_connection": "a", "to_connection": "b", "source_table": "t", "table_name": "t"});
    let report = failed(&service, "transfer_rows", asked).await;
    assert_eq!(report.kind, ErrorKind::OutcomeUnknown, "{report}");
    let ask_server = report.hint.as_deref().unwrap_or_default().split('`').nth(1).unwrap().to_owned();
    proxy.set(Network::Up);
    watch::until_alone(&target.admin().await).await;
    let rows = told(&service, "execute_query", json!({"connection_id": "b", "query": ask_server})).await;
    assert_eq!(rows["rows"], json!([{"pg_xact_status": "committed"}]), "{ask_server}");
    assert_eq!(count(&target, "t").await, 100);
}

/// A service behind a proxy whose statements may run for so long; its session is open.
async fn impatient(access: Access) -> (Database, Proxy, Service) {
    let database = Database::empty().await;
    prepare(&database, "CREATE TABLE t (n int)").await;
    let proxy = Proxy::before(database.server()).await;
    let url = proxy.url(&database.owner_url(), database.server());
    let service = adjusted(&url, access, |entry| {
        entry.pool_size = 2;
        entry.limits.statement_timeout = Duration::from_secs(2);
    });
    rows(&service, "SELECT 1 AS one").await;
    (database, proxy, service)
}

#[tokio::test]
async fn a_silent_network_ends_a_call_soon_after_its_statement_would_have_ended() {
    let insert = "INSERT INTO t VALUES (1)";
    let asked = [
        ("execute_query", json!({"query": "SELECT 1 AS one"})),
        ("execute_query", json!({"query": insert})),
        ("execute_transaction", json!({"queries": [{"query": insert}]})),
        ("batch_execute", json!({"query": "INSERT INTO t VALUES ($1)", "params_list": [[1], [2]]})),
        ("begin_transaction", json!({})),
        ("list_tables", json!({})),
    ];
    let all = asked.map(|(operation, arguments)| async move {
        let (database, proxy, service) = impatient(Access::Write).await;
        proxy.set(Network::Held);
        // Far longer than it takes, and far shorter than for ever.
        let asking = tokio::time::timeout(Duration::from_secs(60), failed(&service, operation, arguments));
        let report = asking.await.unwrap_or_else(|_| panic!("{operation} never ended"));
        assert_eq!(report.kind, ErrorKind::Connection, "{operation}: {report}");
        let detail = report.detail.as_deref().unwrap_or_default();
        assert!(detail.contains("nothing was heard of the server"), "{operation}: {report}");
        // Nobody waits for ever to be cancelled either.
        service.stop(Duration::from_secs(60)).await;
        proxy.set(Network::Down);
        watch::until_alone(&database.admin().await).await;
        assert_eq!(count(&database, "t").await, 0, "{operation}");
    });
    futures_util::future::join_all(all).await;
}

#[tokio::test]
async fn a_call_that_is_cancelled_on_a_silent_network_ends() {
    let (_database, proxy, service) = impatient(Access::Write).await;
    proxy.set(Network::Held);
    let call = Call::new(&service);
    let cancel = call.cancellation().clone();
    let asking = ask(&call, "execute_query", json!({"query": "INSERT INTO t VALUES (1)"}));
    let cancelling = async { cancel.cancel() };
    let ended = tokio::time::timeout(Duration::from_secs(60), async { tokio::join!(asking, cancelling).0 });
    assert!(ended.await.expect("it ends").is_err());
}

#[tokio::test]
async fn a_session_that_is_owed_nothing_may_be_silent() {
    let (database, _proxy, service) = impatient(Access::Write).await;
    // As many answers as statements, whatever way they go: what has been copied owes nothing afterwards.
    let rows_of = (0..100).map(|n| json!([n])).collect::<Vec<_>>();
    let batch = json!({"query": "INSERT INTO t VALUES ($1)", "params_list": rows_of});
    told(&service, "batch_execute", batch).await;
    told(&service, "copy_in", json!({"table_name": "t", "data": "n\n1\n2\n"})).await;
    let backend = "SELECT pg_backend_pid() AS pid";
    let before = rows(&service, backend).await;
    // Longer than an answer that is owed may be waited for: the server tells when that time is over.
    let beside = adjusted(&database.owner_url(), Access::Read, |_| {});
    rows(&beside, "SELECT pg_sleep(9)::text AS slept").await;
    // Which of the pool's sessions serves is its own affair: this one is still there.
    let there = format!("SELECT count(*) AS n FROM pg_stat_activity WHERE pid = {}", before[0]["pid"]);
    assert_eq!(rows(&beside, &there).await, json!([{"n": 1}]));
}
