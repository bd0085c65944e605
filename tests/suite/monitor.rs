//! Monitoring of real servers: what is counted happened, what is reset gives no rate, and one that is down stops no other.
#![expect(clippy::disallowed_methods, reason = "tests make work, and reset statistics, on the bare driver")]

use pg_core::{Access, Call, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::{
    command, configuration,
    service::{adjusted, ask, configured, service, told},
};

fn only(answer: &Value) -> &Value {
    &answer["monitored"][0]
}

#[tokio::test]
async fn work_between_two_looks_becomes_rates() {
    let database = Database::empty().await;
    let reader = service(&database.url(), Access::Read);
    let first = told(&reader, "monitor_databases", json!({})).await;
    assert!(only(&first)["look"]["connections"].as_i64().unwrap() > 0, "{first}");
    let admin = database.admin().await;
    admin
        .batch_execute("CREATE TABLE filled AS SELECT n, repeat('x', 100) FROM generate_series(1, 50000) n")
        .await
        .unwrap();
    let second = told(&reader, "monitor_databases", json!({})).await;
    let rates = &only(&second)["rates"];
    assert!(rates["seconds"].as_f64().unwrap() > 0.0, "{second}");
    assert!(rates["wal_bytes"].as_f64().unwrap() > 10_000.0, "{second}");
    assert_eq!(only(&second)["history"], 2);
    for name in ["transactions", "rollbacks", "blocks_read"] {
        assert!(rates[name].as_f64().is_none_or(|rate| rate >= 0.0), "{name}: {second}");
    }
}

#[tokio::test]
async fn statistics_that_were_reset_give_no_rates_and_the_answer_says_so() {
    let database = Database::empty().await;
    let reader = service(&database.url(), Access::Read);
    told(&reader, "monitor_databases", json!({})).await;
    let admin = database.admin().await;
    admin.batch_execute("SELECT pg_stat_reset()").await.unwrap();
    let answer = told(&reader, "monitor_databases", json!({})).await;
    let rates = &only(&answer)["rates"];
    assert!(rates["note"].as_str().unwrap().contains("reset"), "{answer}");
    assert_eq!(rates["transactions"], Value::Null, "{answer}");
}

#[tokio::test]
async fn a_session_idle_in_a_transaction_and_a_lock_that_is_waited_for_raise_alerts() {
    let database = Database::empty().await;
    let (holder, waiter) = (database.admin().await, database.admin().await);
    // A table of its own transaction: one that is made in the transaction that locks it cannot be seen, nor waited for.
    holder.batch_execute("CREATE TABLE held (n int)").await.unwrap();
    holder.batch_execute("BEGIN; LOCK TABLE held").await.unwrap();
    let strict = adjusted(&database.url(), Access::Read, |entry| entry.monitor.idle_in_transaction = 0.0);
    let waiting = tokio::spawn(async move { waiter.batch_execute("BEGIN; LOCK TABLE held; COMMIT").await });
    let alerts = loop {
        let answer = told(&strict, "monitor_databases", json!({})).await;
        let metrics: Vec<String> = only(&answer)["alerts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|alert| alert["metric"].as_str().unwrap().to_owned())
            .collect();
        if metrics.iter().any(|metric| metric == "waiting_locks") {
            assert_eq!(only(&answer)["status"], "critical", "{answer}");
            break metrics;
        }
    };
    assert!(alerts.iter().any(|metric| metric == "idle_in_transaction"), "{alerts:?}");
    holder.batch_execute("ROLLBACK").await.unwrap();
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn one_that_is_down_is_told_and_the_others_are_seen() {
    let database = Database::empty().await;
    let (mut all, environment) = configured(&database.url(), Access::Read);
    let gone = configured(&database.role_url("nobody_here"), Access::Read).0;
    all.connections.insert("gone".to_owned(), gone.connections["default"].clone());
    let service = Service::new(all, environment).unwrap();
    let answer = told(&service, "monitor_databases", json!({"window_s": 0.4, "interval_s": 0.2})).await;
    assert_eq!(answer["unreachable"], 1, "{answer}");
    let of = |id: &str| {
        let found = answer["monitored"].as_array().unwrap().iter().find(|one| one["connection_id"] == id);
        found.unwrap_or_else(|| panic!("{id} is not in {answer}")).clone()
    };
    assert!(of("gone")["error"].is_string() && of("gone")["status"] == "critical");
    assert!(of("default")["rates"]["seconds"].as_f64().unwrap() > 0.0, "{answer}");
}

#[tokio::test]
async fn a_window_is_bounded_for_who_hears_nothing_meanwhile() {
    let database = Database::empty().await;
    let reader = service(&database.url(), Access::Read);
    for wrong in [json!({"window_s": 301}), json!({"window_s": -1}), json!({"interval_s": 0})] {
        assert!(ask(&Call::new(&reader), "monitor_databases", wrong.clone()).await.is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn the_command_tells_a_line_each_look_and_ends_with_one_on_alerts() {
    let database = Database::empty().await;
    let file = configuration::file(&format!(
        "[connections.one]\nurl = {:?}\n[monitor]\ncache_hit_percent = 0.0\nwaiting_locks = 1000.0\n[connections.one.monitor]\nlongest_transaction_s = 1e9\n",
        database.url()
    ));
    let run = |format: &str| -> command::Ended {
        command::command([])
            .args(["monitor", "--window", "1", "--interval", "0.25", "--format", format, "--config"])
            .arg(&file)
            .output()
            .expect("pg-cli starts")
            .into()
    };
    let ended = run("ndjson");
    let lines: Vec<Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 3, "{ended:?}");
    assert!(lines.iter().all(|line| line["connection_id"] == "one"), "{ended:?}");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let ended = run("table");
    assert!(ended.stdout.contains("one: ok, "), "{ended:?}");
}

#[tokio::test]
async fn a_server_that_is_told_to_looks_by_itself_and_stops_with_the_service() {
    let database = Database::empty().await;
    let watched = adjusted(&database.url(), Access::Read, |entry| {
        entry.monitor.interval = Some(std::time::Duration::from_secs(1));
    });
    let own = watched.clone();
    let watching = tokio::spawn(async move { pg_introspect::watch_databases(&own).await });
    let mut asked = 0;
    loop {
        let answer = told(&watched, "monitor_databases", json!({})).await;
        asked += 1;
        if only(&answer)["history"].as_i64().unwrap() > asked {
            break;
        }
        assert!(asked < 200, "nobody looked: {answer}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    watched.stop(std::time::Duration::ZERO).await;
    watching.await.unwrap();
}

/// Takes what is sent to a port of this machine, and answers each with `answer`; gives the address and the bodies.
fn receiver(answer: &'static str) -> (String, tokio::sync::mpsc::UnboundedReceiver<Value>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/take/hunter2", listener.local_addr().unwrap());
    let (bodies, taken) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        use std::io::{BufRead, BufReader, Read, Write};
        while let Ok((mut stream, _)) = listener.accept() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).unwrap_or(0) > 2 {
                if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = told.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            if bodies.send(serde_json::from_slice(&body).unwrap()).is_err() {
                return;
            }
        }
    });
    (url, taken)
}

const TAKEN: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A service whose connection alerts a webhook of a session idle in a transaction.
fn telling(database: &Database, url: &str) -> Service {
    adjusted(&database.url(), Access::Read, |entry| {
        entry.monitor.idle_in_transaction = 0.0;
        // Of other tests, on the same server.
        entry.monitor.waiting_locks = f64::MAX;
        entry.monitor.cache_hit_percent = 0.0;
        entry.monitor.active_connections = f64::MAX;
        entry.monitor.webhook = Some(pg_core::Webhook::new(url, &["127.0.0.1".to_owned()]).unwrap());
    })
}

async fn idle(service: &Service) -> bool {
    let answer = told(service, "monitor_databases", json!({})).await;
    only(&answer)["alerts"].as_array().unwrap().iter().any(|alert| alert["metric"] == "idle_in_transaction")
}

#[tokio::test]
async fn a_webhook_is_told_when_alerts_begin_and_when_they_end() {
    let database = Database::empty().await;
    let holder = database.admin().await;
    holder.batch_execute("BEGIN; SELECT 1").await.unwrap();
    let (url, mut taken) = receiver(TAKEN);
    let service = telling(&database, &url);
    assert!(idle(&service).await);
    let began = taken.recv().await.unwrap();
    assert_eq!(began["began"], json!(["idle_in_transaction"]), "{began}");
    assert_eq!(began["alerts"][0]["threshold"], 0.0, "{began}");
    assert!(idle(&service).await && idle(&service).await);
    holder.batch_execute("COMMIT").await.unwrap();
    while idle(&service).await {}
    let ended = taken.recv().await.unwrap();
    assert_eq!(ended["resolved"], json!(["idle_in_transaction"]), "{ended}");
    assert!(taken.try_recv().is_err());
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_nothing_shows_the_address() {
    let database = Database::empty().await;
    let holder = database.admin().await;
    holder.batch_execute("BEGIN; SELECT 1").await.unwrap();
    let (elsewhere, mut never) = receiver(TAKEN);
    let answer = format!(
        "HTTP/1.1 307 Gone\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let (url, mut taken) = receiver(answer.leak());
    let service = telling(&database, &url);
    assert!(idle(&service).await);
    assert!(taken.recv().await.is_some());
    assert!(never.try_recv().is_err());
    let webhook = pg_core::Webhook::new(&url, &["127.0.0.1".to_owned()]).unwrap();
    let problem = pg_core::send_to_webhook(&webhook, b"{}".to_vec()).await.unwrap_err();
    assert!(problem.contains("307") && !problem.contains("hunter2"), "{problem}");
}

#[tokio::test]
async fn over_a_window_the_statements_that_take_the_time_are_told() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    let reader = service(&database.url(), Access::Read);
    let watch = json!({"window_s": 1.2, "interval_s": 0.4});
    let without = told(&reader, "monitor_databases", watch.clone()).await;
    let note = only(&without)["note"].as_str().unwrap_or_default();
    assert!(note.contains("CREATE EXTENSION pg_stat_statements"), "{without}");
    admin.batch_execute("CREATE EXTENSION pg_stat_statements").await.unwrap();
    let stop: std::sync::Arc<std::sync::atomic::AtomicBool> = std::sync::Arc::default();
    let working = {
        let stop = std::sync::Arc::clone(&stop);
        tokio::spawn(async move {
            let mut runs = 0_u32;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                admin
                    .batch_execute("SELECT count(*) AS at_work FROM generate_series(1, 100000)")
                    .await
                    .unwrap();
                runs += 1;
            }
            runs
        })
    };
    let seen = told(&reader, "monitor_databases", watch).await;
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let runs = working.await.unwrap();
    let statements = only(&seen)["statements"].as_array().unwrap_or_else(|| panic!("{seen}"));
    let busy =
        statements.iter().find(|one| one["query"].as_str().is_some_and(|text| text.contains("at_work")));
    let busy = busy.unwrap_or_else(|| panic!("{runs} runs: {seen}"));
    assert!(busy["calls"].as_f64() > Some(0.0) && busy["time_percent"].as_f64() > Some(10.0), "{seen}");
    assert!(!busy["query"].as_str().unwrap().contains("100000"), "its constants are not told: {seen}");
}
