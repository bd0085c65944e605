//! What the other tests stand on: databases of their own, real passwords, servers that stop and start.
#![expect(clippy::disallowed_methods, reason = "tests look at the server past the toolkit")]

use std::collections::BTreeSet;

use pg_tests::{Database, Signal, private_server, scenarios};
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

#[tokio::test]
async fn each_test_has_a_shop_of_its_own() {
    let (left, right) = tokio::join!(Database::shop(), Database::shop());
    left.admin().await.batch_execute("DELETE FROM customer_notes").await.unwrap();
    let kept = right.admin().await.query_one("SELECT count(*) FROM customer_notes", &[]).await.unwrap();
    assert_eq!(kept.get::<_, i64>(0), 50);
}

#[tokio::test]
async fn dropped_database_is_gone_though_somebody_is_inside() {
    let database = Database::empty().await;
    let name = database.name().to_owned();
    let inside = database.admin().await;
    assert_eq!(database.sessions().await, 1);
    drop(database);
    assert!(inside.batch_execute("SELECT 1").await.is_err());
    let other = Database::empty().await;
    let found =
        other.admin().await.query("SELECT FROM pg_database WHERE datname = $1", &[&name]).await.unwrap();
    assert!(found.is_empty());
}

#[tokio::test]
async fn terminated_sessions_are_gone_and_new_ones_may_come() {
    let database = Database::empty().await;
    let (first, second) = tokio::join!(database.admin(), database.admin());
    assert_eq!(database.terminate_sessions().await, 2);
    assert!(
        first.batch_execute("SELECT 1").await.is_err() && second.batch_execute("SELECT 1").await.is_err()
    );
    database.admin().await.batch_execute("SELECT 1").await.unwrap();
}

#[tokio::test]
async fn wrong_password_is_refused() {
    let database = Database::empty().await;
    let url = database.server().url("shop_reader", "wrong", database.name());
    let refused = tokio_postgres::connect(&url, NoTls).await.map(|_| ()).unwrap_err();
    assert_eq!(refused.code(), Some(&SqlState::INVALID_PASSWORD));
}

#[tokio::test]
async fn reader_reads_and_cannot_write() {
    let database = Database::shop().await;
    let (client, connection) = tokio_postgres::connect(&database.reader_url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let customers = client.query_one("SELECT count(*) FROM customers", &[]).await.unwrap();
    assert_eq!(customers.get::<_, i64>(0), 500);
    let refused = client.execute("DELETE FROM customers", &[]).await.unwrap_err();
    assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
}

#[tokio::test]
async fn private_server_stops_and_comes_back_with_its_data() {
    let mut server = private_server();
    let database = Database::shop_on_private(&server).await;
    let before = database.admin().await;
    server.stop(Signal::Quit).unwrap();
    assert!(before.batch_execute("SELECT 1").await.is_err());
    assert!(tokio_postgres::connect(&database.url(), NoTls).await.is_err());
    server.resume().unwrap();
    let orders = database.admin().await.query_one("SELECT count(*) FROM orders", &[]).await.unwrap();
    assert_eq!(orders.get::<_, i64>(0), 2500);
}

#[tokio::test]
async fn every_scenario_is_listed_and_runs_on_the_bare_server() {
    let scenarios = scenarios();
    let listed: BTreeSet<String> = scenarios.iter().map(|scenario| scenario.name.clone()).collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/scenarios");
    let on_disk: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().into_string().unwrap().strip_suffix(".sql").map(str::to_owned)
        })
        .filter(|name| !name.ends_with(".seed"))
        .collect();
    assert_eq!(listed, on_disk);

    let database = Database::shop().await;
    for scenario in scenarios {
        let (client, connection) =
            tokio_postgres::connect(&database.role_url(scenario.connection.role), NoTls).await.unwrap();
        tokio::spawn(connection);
        let search_path = scenario.connection.search_path.join(",");
        client.execute("SELECT set_config('search_path', $1, false)", &[&search_path]).await.unwrap();
        let prepared =
            client.prepare(&scenario.sql).await.map_err(|refused| format!("{}: {refused:?}", scenario.name));
        let prepared = prepared.unwrap();
        assert_eq!(prepared.params().len(), scenario.params.len(), "{}", scenario.name);
        if scenario.params.is_empty() {
            client.query(&prepared, &[]).await.unwrap();
        }
    }
}
