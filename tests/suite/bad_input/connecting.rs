//! Wrong passwords, no server, unknown names: of connections, of arguments, of configuration keys.

use std::net::TcpListener;

use pg_tests::Database;
use serde_json::json;

use super::{calm, says, told};
use crate::support::mcp::Session;
use crate::support::{command, configuration, mcp};

#[tokio::test]
async fn a_wrong_password_is_told_and_not_shown() {
    let database = Database::empty().await;
    let url = database.server().url("shop_owner", "a-wrong-password", database.name());
    let report = Session::on(&url, "read").refused("execute_query", &json!({"query": "SELECT 1"}));
    assert_eq!(report["kind"], "connection");
    says(&report, &["password", "shop_owner"]);
    let ended = command::on(&url, &["query", "SELECT 1", "--format", "json"]);
    calm(&ended);
    assert_eq!((ended.code, ended.error()), (Some(4), report.clone()));
    assert!(!report.to_string().contains("a-wrong-password"), "{report}");
    let plain = command::on(&url, &["query", "SELECT 1"]);
    assert!(!plain.stderr.contains("a-wrong-password"), "{plain:?}");
}

#[test]
fn a_server_that_is_not_there_is_told_with_its_address() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).unwrap();
    let url = format!("postgresql://nobody@{closed}/nothing");
    let report = Session::on(&url, "read").refused("test_connection", &json!({"connection_id": "elsewhere"}));
    says(&report, &["default"]);
    let report = Session::on(&url, "read").refused("execute_query", &json!({"query": "SELECT 1"}));
    assert_eq!(report["kind"], "connection");
    says(&report, &["127.0.0.1", &closed.port().to_string(), "refused"]);
    let ended = command::on(&url, &["query", "SELECT 1", "--format", "json"]);
    calm(&ended);
    assert_eq!((ended.code, ended.error()), (Some(4), report));
}

#[test]
fn no_connection_at_all_is_told_with_the_ways_to_one() {
    let report = Session::start(mcp::command([])).refused("execute_query", &json!({"query": "SELECT 1"}));
    says(&report, &["connection_id", "DATABASE_URL", "add_connection"]);
}

#[tokio::test]
async fn an_unknown_connection_is_told_those_there_are() {
    let database = Database::empty().await;
    let arguments = json!({"query": "SELECT 1", "connection_id": "sales"});
    let report = Session::on(&database.owner_url(), "read").refused("execute_query", &arguments);
    assert_eq!(report["kind"], "argument");
    says(&report, &["`sales`", "known connections: default"]);
    let words = ["query", "SELECT 1", "--connection-id", "sales", "--format", "json"];
    let ended = command::on(&database.owner_url(), &words);
    calm(&ended);
    assert_eq!((ended.code, ended.error()), (Some(2), report));
}

#[tokio::test]
async fn an_unknown_argument_is_told_the_nearest() {
    let database = Database::empty().await;
    let mut session = Session::on(&database.owner_url(), "write");
    for (tool, arguments, unknown, nearest) in [
        ("execute_query", json!({"querry": "SELECT 1"}), "querry", "query"),
        ("execute_query", json!({"query": "SELECT 1", "parms": []}), "parms", "params"),
        ("list_tables", json!({"schemas": "public"}), "schemas", "schema"),
        ("get_table_schema", json!({"table": "customers"}), "table", "table_name"),
        ("batch_execute", json!({"query": "x", "params_lists": []}), "params_lists", "params_list"),
    ] {
        let report = session.refused(tool, &arguments);
        assert_eq!(report["kind"], "argument");
        says(&report, &[&format!("`{unknown}`"), &format!("`{nearest}`")]);
    }
    let ended = command::on(&database.owner_url(), &["query", "SELECT 1", "--parms", "[]"]);
    calm(&ended);
    assert!(ended.code == Some(2) && ended.stderr.contains("--params"), "{ended:?}");
}

#[tokio::test]
async fn an_argument_of_the_wrong_kind_is_told_what_is_expected() {
    let database = Database::empty().await;
    let mut session = Session::on(&database.owner_url(), "write");
    for (tool, arguments, words) in [
        ("execute_query", json!({}), ["`query`", "missing"]),
        ("execute_query", json!({"query": 17}), ["query", "string"]),
        ("execute_query", json!({"query": "SELECT 1", "params": "1"}), ["params", "string"]),
        ("execute_query", json!({"query": "SELECT 1", "fetch_size": -1}), ["fetch_size", "number"]),
        ("execute_query", json!({"query": "SELECT 1", "row_format": "tables"}), ["`objects`", "`arrays`"]),
        ("execute_transaction", json!({"queries": []}), ["`queries`", "empty"]),
        ("execute_transaction", json!({"queries": [{"sql": "SELECT 1"}]}), ["`sql`", "`query`"]),
        ("get_table_schema", json!({}), ["table_name", "missing"]),
    ] {
        let report = session.refused(tool, &arguments);
        assert_eq!(report["kind"], "argument", "{report}");
        says(&report, &words);
    }
}

#[test]
fn an_unknown_configuration_key_is_told_with_its_place_and_the_nearest() {
    let text = "[defaults]\naccess = \"read\"\n\n[connections.shop]\nhost = \"127.0.0.1\"\n  pasword = \"a-secret\"\n";
    let file = configuration::file(text);
    let place = format!("{}:6:3", file.display());
    let words = ["query", "SELECT 1", "--config", &file.to_string_lossy()].map(str::to_owned);
    let ended = command::on("", &words);
    calm(&ended);
    let server =
        mcp::command([]).arg("--config").arg(&file).stderr(std::process::Stdio::piped()).output().unwrap();
    let said = String::from_utf8(server.stderr).unwrap();
    assert_eq!((ended.code, server.status.code()), (Some(2), Some(2)), "{ended:?} {said}");
    for said in [&ended.stderr, &said] {
        assert!(said.contains(&place), "{place} is not named: {said}");
        assert!(said.contains("`pasword`") && said.contains("`password`"), "{said}");
        assert!(!said.contains("a-secret"), "{said}");
    }
}

#[tokio::test]
async fn a_database_or_role_that_is_not_there_is_named() {
    let database = Database::empty().await;
    let server = database.server();
    for (url, name) in [
        (server.url("shop_owner", server.password(), "no_such_database"), "no_such_database"),
        (server.url("no_such_role", server.password(), database.name()), "no_such_role"),
    ] {
        let report = Session::on(&url, "read").refused("execute_query", &json!({"query": "SELECT 1"}));
        assert_eq!(report["kind"], "connection");
        says(&report, &[name]);
        assert!(!told(&report).contains(server.password()), "{report}");
    }
}
