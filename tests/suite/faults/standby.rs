//! A primary and its standby: which of them a connection goes to, what may be done there, and what happens when they change places.

use std::collections::BTreeSet;
use std::time::Duration;

use pg_core::{Access, Call, Effect, ErrorKind, Service};
use pg_tests::{Database, Server, Signal};
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls};

use super::prepare;
use crate::support::service::{adjusted, ask, failed, told};
use crate::support::watch;

struct Pair {
    primary: Server,
    standby: Server,
    database: Database,
}

impl Pair {
    async fn start() -> Self {
        let mut primary = pg_tests::private_server();
        let database = Database::shop_on_private(&primary).await;
        prepare(&database, "CREATE TABLE t (n int)").await;
        let standby = primary.standby().unwrap();
        Self { primary, standby, database }
    }

    /// A URL of servers, in their order.
    fn url(&self, servers: &[&Server], options: &str) -> String {
        let hosts: Vec<String> =
            servers.iter().map(|server| format!("127.0.0.1:{}", server.coordinates().port())).collect();
        let password = self.database.server().password();
        let name = self.database.name();
        format!("postgresql://shop_owner:{password}@{}/{name}?{options}", hosts.join(","))
    }

    fn service(&self, servers: &[&Server], options: &str, access: Access) -> Service {
        adjusted(&self.url(servers, options), access, |_| {})
    }

    /// A superuser's session on the standby, by the bare driver.
    async fn on_standby(&self) -> Client {
        let there = self.standby.coordinates();
        let url = there.url("postgres", there.password(), self.database.name());
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Waits until the standby has all that the primary has.
    async fn caught_up(&self) {
        let primary = self.database.admin().await;
        // The tests' servers do not wait for the log at a commit; this one does, and takes along all before it.
        primary
            .batch_execute(
                "SET synchronous_commit = 'local'; SELECT pg_logical_emit_message(true, 'caught up', '')",
            )
            .await
            .unwrap();
        let place: String =
            primary.query_one("SELECT pg_current_wal_flush_lsn()::text", &[]).await.unwrap().get(0);
        let standby = self.on_standby().await;
        let replayed = format!("SELECT pg_last_wal_replay_lsn() >= '{place}'::pg_lsn");
        watch::until("the standby to catch up", async || {
            standby.query_one(&replayed, &[]).await.unwrap().get(0)
        })
        .await;
    }
}

async fn is_standby(service: &Service) -> bool {
    let answer =
        told(service, "execute_query", json!({"query": "SELECT pg_is_in_recovery() AS standby"})).await;
    answer["rows"][0]["standby"] == json!(true)
}

#[tokio::test]
async fn a_connection_goes_to_the_server_that_it_asks_for() {
    let pair = Pair::start().await;
    let (primary, standby) = (&pair.primary, &pair.standby);
    for (servers, first_is_standby) in [([primary, standby], false), ([standby, primary], true)] {
        for (attributes, to_standby) in [
            ("any", first_is_standby),
            ("read-write", false),
            ("primary", false),
            ("read-only", true),
            ("standby", true),
            ("prefer-standby", true),
        ] {
            let options = format!("target_session_attrs={attributes}");
            let service = pair.service(&servers, &options, Access::Read);
            assert_eq!(
                is_standby(&service).await,
                to_standby,
                "{attributes}, standby first: {first_is_standby}"
            );
        }
    }
    let alone = pair.service(&[primary], "target_session_attrs=prefer-standby", Access::Read);
    assert!(!is_standby(&alone).await);
    let wrong = pair.service(&[primary], "target_session_attrs=standby", Access::Read);
    let report = failed(&wrong, "execute_query", json!({"query": "SELECT 1"})).await;
    assert!(report.message.contains("target_session_attrs=standby") && report.retryable, "{report}");
    // Each new session throws the dice: sixty-four that fall alike are none.
    let mut met = BTreeSet::new();
    for _ in 0..64 {
        met.insert(
            is_standby(&pair.service(&[primary, standby], "load_balance_hosts=random", Access::Read)).await,
        );
        if met.len() == 2 {
            break;
        }
    }
    assert_eq!(met.len(), 2);
}

#[tokio::test]
async fn every_read_that_works_on_the_primary_works_on_its_standby() {
    let pair = Pair::start().await;
    pair.caught_up().await;
    let primary = pair.service(&[&pair.primary], "", Access::Read);
    let standby = pair.service(&[&pair.standby], "", Access::Read);
    let operations = pg_core::operations::OPERATIONS
        .iter()
        .chain(pg_introspect::OPERATIONS)
        .chain(pg_data::OPERATIONS)
        .chain(pg_report::OPERATIONS);
    let mut tried = 0;
    for operation in operations.filter(|known| matches!(known.effect(), Effect::Read | Effect::Statement)) {
        for example in operation.examples() {
            let arguments: Value = serde_json::from_str(example.arguments).unwrap();
            let on =
                async |service: &Service| ask(&Call::new(service), operation.name(), arguments.clone()).await;
            if on(&primary).await.is_ok() {
                tried += 1;
                if let Err(error) = on(&standby).await {
                    panic!("{} {}: {}", operation.name(), example.arguments, error.report());
                }
            }
        }
    }
    assert!(tried > 20, "only {tried} examples work on the primary");
    let report = told(&standby, "health_check", json!({})).await;
    assert!(report["is_healthy"].is_boolean(), "{report}");
}

#[tokio::test]
async fn a_write_on_a_standby_is_told_what_to_do() {
    let pair = Pair::start().await;
    let service = pair.service(&[&pair.standby], "", Access::Write);
    for (operation, arguments) in [
        ("execute_query", json!({"query": "INSERT INTO t VALUES (1)"})),
        ("execute_transaction", json!({"queries": [{"query": "INSERT INTO t VALUES (1)"}]})),
        ("batch_execute", json!({"query": "INSERT INTO t VALUES ($1)", "params_list": [[1]]})),
        ("begin_transaction", json!({})),
    ] {
        let report = failed(&service, operation, arguments).await;
        assert_eq!(report.sqlstate.as_deref(), Some("25006"), "{operation}: {report}");
        assert!(report.message.contains("standby"), "{operation}: {report}");
        assert!(report.hint.as_deref().unwrap_or_default().contains("target_session_attrs"), "{report}");
    }
    let tested = told(&service, "test_connection", json!({})).await;
    assert!(tested["warnings"].to_string().contains("standby"), "{tested}");
}

#[tokio::test]
async fn a_standby_that_takes_over_is_followed() {
    let mut pair = Pair::start().await;
    pair.caught_up().await;
    let service =
        pair.service(&[&pair.primary, &pair.standby], "target_session_attrs=read-write", Access::Write);
    let insert = json!({"query": "INSERT INTO t VALUES (1)"});
    told(&service, "execute_query", insert.clone()).await;
    assert!(!is_standby(&service).await);
    pair.caught_up().await;
    pair.primary.stop(Signal::Quit).unwrap();
    // As long as nobody has taken over, there is nobody to write to.
    let report = failed(&service, "execute_query", insert.clone()).await;
    assert_eq!(report.kind, ErrorKind::Connection, "{report}");
    assert!(report.message.contains("read-write") && report.retryable, "{report}");
    pair.standby.promote().unwrap();
    told(&service, "execute_query", insert).await;
    let answer = told(&service, "execute_query", json!({"query": "SELECT count(*) FROM t"})).await;
    assert_eq!(answer["rows"], json!([{"count": 2}]));
    service.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_read_that_stands_against_the_primary_is_told_so() {
    let pair = Pair::start().await;
    prepare(&pair.database, "INSERT INTO t VALUES (1)").await;
    pair.caught_up().await;
    let there = pair.on_standby().await;
    there.batch_execute("ALTER SYSTEM SET max_standby_streaming_delay = 0").await.unwrap();
    there.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    watch::until("the standby not to wait for readers", async || {
        let row = there.query_one("SHOW max_standby_streaming_delay", &[]).await.unwrap();
        row.get::<_, String>(0) == "0"
    })
    .await;
    let service = pair.service(&[&pair.standby], "", Access::Read);
    let call = Call::new(&service);
    let query = json!({"query": "SELECT count(*) FROM t, pg_sleep(1000)"});
    let reading = tokio::spawn(async move { ask(&call, "execute_query", query).await });
    watch::until_sleeping(&there).await;
    prepare(&pair.database, "ALTER TABLE t ADD COLUMN m int").await;
    let report = reading.await.unwrap().unwrap_err().report();
    assert_eq!(report.sqlstate.as_deref(), Some("40001"), "{report}");
    assert!(report.hint.as_deref().unwrap_or_default().contains("standby") && report.retryable, "{report}");
    assert!(is_standby(&service).await);
}
