//! Connections that are added, listed and removed while the process runs.

use pg_core::{Access, Call, ErrorKind, Origin, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use super::database_with;
use crate::support::service::{ask, configured, failed, service, told};
use crate::support::watch;

fn parts(database: &Database, id: &str) -> Value {
    json!({
        "connection_id": id,
        "host": "127.0.0.1",
        "port": database.server().port(),
        "database": database.name(),
        "user": "shop_owner",
        "password": database.server().password(),
    })
}

#[tokio::test]
async fn no_answer_and_no_debug_output_shows_a_password() {
    let database = database_with("").await;
    let secret = database.server().password();
    let service = service(&database.owner_url(), Access::Read);
    let mut seen = Vec::new();
    seen.push(told(&service, "add_connection", parts(&database, "parts")).await.to_string());
    let by_url = json!({"connection_id": "url", "url": database.owner_url(), "label": "by its URL"});
    seen.push(told(&service, "add_connection", by_url).await.to_string());
    for operation in ["list_connections", "get_metrics", "health_check"] {
        seen.push(told(&service, operation, json!({})).await.to_string());
    }
    for id in ["default", "parts", "url"] {
        seen.push(told(&service, "test_connection", json!({"connection_id": id})).await.to_string());
    }
    seen.push(failed(&service, "add_connection", parts(&database, "parts")).await.to_string());
    let mut wrong = parts(&database, "wrong");
    wrong["database"] = json!("no_such_database");
    seen.push(failed(&service, "add_connection", wrong).await.to_string());
    seen.push(format!("{service:?} {:?}", service.connections()));
    seen.push(told(&service, "remove_connection", json!({"connection_id": "parts"})).await.to_string());
    for text in seen {
        assert!(!text.contains(secret), "a password is shown: {}", text.replace(secret, "<the password>"));
    }
}

#[tokio::test]
async fn an_added_connection_works_reads_only_and_goes() {
    let database = database_with("CREATE TABLE t (n int)").await;
    let admin = database.admin().await;
    let service = Service::empty();
    let added = told(&service, "add_connection", parts(&database, "mine")).await;
    assert_eq!((&added["success"], &added["connection_id"]), (&json!(true), &json!("mine")));
    assert_eq!(added["access"], "read");
    assert_eq!(added["pool_stats"]["size"], 10);
    assert!(added["server_version"].as_str().unwrap().starts_with(|c: char| c.is_ascii_digit()), "{added}");
    let listed = told(&service, "list_connections", json!({})).await;
    assert_eq!(listed["connections"][0]["connection_id"], "mine");
    let insert = json!({"query": "INSERT INTO t VALUES (1)"});
    assert_eq!(failed(&service, "execute_query", insert).await.kind, ErrorKind::Refused);
    told(&service, "remove_connection", json!({"connection_id": "mine"})).await;
    watch::until_alone(&admin).await;
    let report =
        failed(&service, "execute_query", json!({"query": "SELECT 1", "connection_id": "mine"})).await;
    assert!(report.hint.as_deref().unwrap_or_default().contains("add_connection"), "{report}");
}

#[tokio::test]
async fn a_connection_that_cannot_be_had_is_not_added() {
    let database = database_with("").await;
    let service = Service::empty();
    for (key, value, word) in [
        ("password", json!("wrong"), "password"),
        ("database", json!("no_such_database"), "no_such_database"),
        ("user", json!("no_such_role"), "no_such_role"),
        ("port", json!(1), "127.0.0.1"),
        ("pool_size", json!(0), "pool_size"),
        ("pool_size", json!(1_000_000), "pool_size"),
        ("sslmode", json!("perhaps"), "sslmode"),
        ("connection_id", json!(""), "connection_id"),
    ] {
        let mut arguments = parts(&database, "wrong");
        arguments[key] = value;
        let report = failed(&service, "add_connection", arguments).await;
        assert!(report.to_string().contains(word), "{key}: {report}");
        assert!(matches!(report.kind, ErrorKind::Argument | ErrorKind::Connection), "{key}: {report}");
    }
    assert_eq!(told(&service, "list_connections", json!({})).await["count"], 0);
}

#[tokio::test]
async fn over_the_network_only_listed_hosts_are_reached() {
    let database = database_with("").await;
    for (hosts, allowed) in [(vec![], false), (vec!["db.example.com"], false), (vec!["127.0.0.1"], true)] {
        let (mut configuration, environment) = configured(&database.owner_url(), Access::Read);
        configuration.server.connect_hosts = hosts.into_iter().map(str::to_owned).collect();
        let service = Service::new(configuration, environment).unwrap();
        let remote = Call::new(&service).from_origin(Origin::Remote);
        let by_url = json!({"connection_id": "by_url", "url": database.owner_url()});
        for arguments in [parts(&database, "by_parts"), by_url] {
            match ask(&remote, "add_connection", arguments).await {
                Ok(_) => assert!(allowed),
                Err(error) => {
                    let report = error.report();
                    assert!(!allowed, "{report}");
                    assert!(report.message.contains("server.connect_hosts"), "{report}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_name_that_is_not_there_is_told_those_that_are() {
    let database = database_with("").await;
    let service = service(&database.owner_url(), Access::Read);
    told(&service, "add_connection", parts(&database, "second")).await;
    for (operation, arguments) in [
        ("execute_query", json!({"query": "SELECT 1", "connection_id": "third"})),
        ("test_connection", json!({"connection_id": "third"})),
        ("remove_connection", json!({"connection_id": "third"})),
        ("list_tables", json!({"connection_id": "third"})),
        ("execute_query", json!({"query": "SELECT 1"})),
    ] {
        let report = failed(&service, operation, arguments).await;
        assert_eq!(report.kind, ErrorKind::Argument);
        assert_eq!(
            report.hint.as_deref(),
            Some("known connections: default, second"),
            "{operation}: {report}"
        );
    }
}
