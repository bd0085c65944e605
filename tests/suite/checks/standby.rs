//! Faults of a primary and its standby, and every check on a standby.

use std::time::Instant;

use pg_core::{Access, CheckOptions, Service};
use pg_tests::{Server, Signal};
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls};

use super::fault::ask_until;
use crate::support::service::{adjusted, told};
use crate::support::watch;

/// The checks whose faults are made here.
pub(super) const SEEDED: [&str; 4] =
    ["replication_lag", "replay_delay", "standby_conflicts", "standby_disconnected"];

fn url(server: &Server) -> String {
    let coordinates = server.coordinates();
    coordinates.url("postgres", coordinates.password(), "postgres")
}

fn watched(server: &Server) -> Service {
    adjusted(&url(server), Access::Read, |entry| {
        for (check, warning) in [("replication_lag", 1.0), ("replay_delay", 0.0)] {
            let mut options = CheckOptions::default();
            options.warning = Some(warning);
            entry.checks.insert(check.to_owned(), options);
        }
    })
}

async fn session(server: &Server) -> Client {
    let (client, connection) = tokio_postgres::connect(&url(server), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Waits until a check finds something of this severity, or nothing at all; gives the finding.
async fn until_found(service: &Service, check: &str, severity: Option<&str>) -> Value {
    let arguments = json!({"checks": [check]});
    let answer = ask_until(service, &arguments, check, |answer| {
        let found = answer["findings"][0]["severity"].as_str();
        if found == severity { Vec::new() } else { vec![format!("{found:?}")] }
    })
    .await;
    answer["findings"][0].clone()
}

#[tokio::test]
async fn a_standby_that_lags_cancels_or_is_alone_is_found_and_mended() {
    let mut primary = pg_tests::private_server();
    let standby = primary.standby().unwrap();
    let (there, here) = (session(&standby).await, session(&primary).await);
    let (of_primary, of_standby) = (watched(&primary), watched(&standby));
    watch::until("the standby to follow", async || {
        here.query_one("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming')", &[])
            .await
            .unwrap()
            .get(0)
    })
    .await;

    // Every check looks on a standby too, or says why not; none fails.
    let answer = told(&of_standby, "check_database", json!({"max_tokens": 1_000_000})).await;
    assert_eq!(answer["summary"]["unknown"], json!(answer["not_run"].as_array().unwrap().len()), "{answer}");
    for not_run in answer["not_run"].as_array().unwrap() {
        assert!(
            not_run["reason"].as_str().unwrap().contains("pg_stat_statements")
                || not_run["reason"].as_str().unwrap().contains("statements"),
            "{not_run}"
        );
    }

    there.batch_execute("SELECT pg_wal_replay_pause()").await.unwrap();
    here.batch_execute(
        "CREATE TABLE t (n int); SELECT pg_logical_emit_message(true, 'filler', repeat('x', 3000000))",
    )
    .await
    .unwrap();
    let lag = until_found(&of_primary, "replication_lag", Some("warning")).await;
    assert!(lag["evidence"]["bytes"].as_f64().unwrap() > 1_048_576.0 && lag["object"].is_string(), "{lag}");
    // What was replayed last was committed at some time, or never: without one there is no delay to tell.
    let delay = told(&of_standby, "check_database", json!({"checks": ["replay_delay"]})).await;
    if delay["findings"].as_array().unwrap().is_empty() {
        there.batch_execute("SELECT pg_wal_replay_resume()").await.unwrap();
        until_found(&of_primary, "replication_lag", None).await;
        there.batch_execute("SELECT pg_wal_replay_pause()").await.unwrap();
        here.batch_execute("SELECT pg_logical_emit_message(true, 'filler', repeat('x', 3000000))")
            .await
            .unwrap();
    }
    let delay = until_found(&of_standby, "replay_delay", Some("warning")).await;
    there.batch_execute(delay["mend"][0]["sql"].as_str().unwrap()).await.unwrap();
    until_found(&of_standby, "replay_delay", None).await;
    until_found(&of_primary, "replication_lag", None).await;

    there.batch_execute("ALTER SYSTEM SET max_standby_streaming_delay = 0").await.unwrap();
    there.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    watch::until("the standby not to wait", async || {
        there.query_one("SHOW max_standby_streaming_delay", &[]).await.unwrap().get::<_, String>(0) == "0"
    })
    .await;
    watch::until("the table on the standby", async || {
        there.query_one("SELECT to_regclass('t') IS NOT NULL", &[]).await.unwrap().get(0)
    })
    .await;
    let reader = session(&standby).await;
    let reading = tokio::spawn(async move {
        reader.batch_execute("SELECT count(*), pg_sleep(1000) FROM t, generate_series(1, 2)").await
    });
    watch::until_sleeping(&there).await;
    here.batch_execute("ALTER TABLE t ADD COLUMN m int").await.unwrap();
    assert!(reading.await.unwrap().is_err());
    let conflict = until_found(&of_standby, "standby_conflicts", Some("info")).await;
    assert_eq!(conflict["object"], "postgres");
    there.batch_execute("SELECT pg_stat_reset()").await.unwrap();
    until_found(&of_standby, "standby_conflicts", None).await;

    let begun = Instant::now();
    primary.stop(Signal::Interrupt).unwrap();
    until_found(&of_standby, "standby_disconnected", Some("warning")).await;
    primary.resume().unwrap();
    until_found(&of_standby, "standby_disconnected", None).await;
    assert!(begun.elapsed().as_secs() < 60);
}
