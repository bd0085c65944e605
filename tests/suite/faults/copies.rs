//! Many rows on their way, and the session ended or the network gone in the middle of them.
//!
//! Separate because being in the middle has to be brought about: a row of the second half meets a key that another transaction has
//! taken and not committed, and waits for it.

use pg_core::{Access, Call, ErrorKind};
use pg_tests::{Database, Network, Proxy};
use serde_json::{Value, json};

use super::{count, prepare, rows};
use crate::support::service::{adjusted, ask};
use crate::support::watch;

/// How rows travel.
#[derive(Clone, Copy, Debug)]
enum Way {
    CopyIn,
    Batch,
    Transfer,
}

/// What befalls them.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Terminated,
    NetworkGone,
}

fn work(way: Way) -> (&'static str, Value) {
    let all = 1..=9000;
    match way {
        Way::CopyIn => {
            let lines: Vec<String> = all.map(|n| n.to_string()).collect();
            ("copy_in", json!({"table_name": "t", "data": format!("n\n{}\n", lines.join("\n"))}))
        }
        Way::Batch => {
            let rows: Vec<Value> = all.map(|n| json!([n])).collect();
            ("batch_execute", json!({"query": "INSERT INTO t VALUES ($1)", "params_list": rows}))
        }
        Way::Transfer => ("transfer_rows", json!({"source_table": "source", "table_name": "t"})),
    }
}

#[tokio::test]
async fn rows_that_are_stopped_in_their_middle_leave_nothing() {
    for way in [Way::CopyIn, Way::Batch, Way::Transfer] {
        for fault in [Fault::Terminated, Fault::NetworkGone] {
            stopped(way, fault).await;
        }
    }
}

async fn stopped(way: Way, fault: Fault) {
    let database = Database::empty().await;
    prepare(
        &database,
        "CREATE TABLE t (n int PRIMARY KEY); CREATE TABLE source (n int PRIMARY KEY); \
         INSERT INTO source SELECT generate_series(1, 9000)",
    )
    .await;
    let proxy = Proxy::before(database.server()).await;
    let url = proxy.url(&database.owner_url(), database.server());
    let service = adjusted(&url, Access::Write, |entry| {
        entry.limits.lock_timeout = std::time::Duration::from_secs(60);
    });
    let other = database.admin().await;
    other.batch_execute("BEGIN; INSERT INTO t VALUES (5000)").await.unwrap();
    let (operation, arguments) = work(way);
    let call = Call::new(&service);
    let working = tokio::spawn(async move { ask(&call, operation, arguments).await });
    let admin = database.admin().await;
    let waiting = "SELECT pid, query FROM pg_stat_activity WHERE datname = current_database() \
                   AND wait_event_type = 'Lock' AND wait_event = 'transactionid'";
    let mut found = None;
    watch::until("the row that meets another's key", async || {
        assert!(!working.is_finished(), "{way:?} ended before its middle");
        found = admin.query_opt(waiting, &[]).await.unwrap();
        found.is_some()
    })
    .await;
    let found = found.unwrap();
    let (pid, query): (i32, String) = (found.get(0), found.get(1));
    let travels = if matches!(way, Way::Batch) { "INSERT INTO t SELECT" } else { "COPY " };
    assert!(query.starts_with(travels), "{way:?}: {query}");
    match fault {
        Fault::Terminated => {
            admin.execute("SELECT pg_terminate_backend($1)", &[&pid]).await.unwrap();
        }
        Fault::NetworkGone => proxy.set(Network::Down),
    }
    let report = working.await.unwrap().unwrap_err().report();
    assert_eq!(report.kind, ErrorKind::Connection, "{way:?} {fault:?}: {report}");
    // The server itself finds out that its client has gone, also while it waits.
    let gone = format!("SELECT FROM pg_stat_activity WHERE pid = {pid}");
    watch::until("the session to end", async || admin.query(&gone, &[]).await.unwrap().is_empty()).await;
    other.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(count(&database, "t").await, 0, "{way:?} {fault:?}");
    proxy.set(Network::Up);
    assert_eq!(rows(&service, "SELECT count(*) FROM t").await, json!([{"count": 0}]));
}
