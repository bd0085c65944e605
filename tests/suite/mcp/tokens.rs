//! Callers over HTTP who are known by tokens, each with the connections, the access and the tools that its token grants.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot speak to its server fails there and then"
)]

use std::process::{Command, Stdio};

use pg_tests::Database;
use serde_json::{Value, json};

use super::peer::{Site, modern};
use crate::support::configuration;

/// A token as `pg-mcp token` prints it, and the table for the configuration.
pub(super) fn token(name: &str) -> (String, String) {
    let output =
        Command::new(pg_tests::binary("pg-mcp")).env_clear().args(["token", name]).output().expect("run");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let token = text.lines().find_map(|line| line.strip_prefix("# pgt_")).expect("a token");
    (format!("pgt_{token}"), text)
}

pub(super) fn site(content: &str) -> Site {
    let mut command = Command::new(pg_tests::binary("pg-mcp"));
    command.env_clear().arg("--config").arg(configuration::file(content)).stdin(Stdio::null());
    Site::with(command)
}

pub(super) fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

pub(super) fn code(reply: &str) -> &str {
    reply.split(' ').nth(1).unwrap_or_default()
}

/// The headers and the body of a call.
pub(super) fn request(token: &str, tool: &str, arguments: &Value) -> (String, String) {
    let params = json!({"name": tool, "arguments": arguments});
    message(token, "tools/call", tool, params)
}

fn message(token: &str, method: &str, name: &str, mut params: Value) -> (String, String) {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let headers = match name {
        "" => format!("MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: {method}\r\n"),
        tool => modern(tool),
    };
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    (format!("{headers}{}", bearer(token)), body)
}

fn ask(site: &Site, token: &str, method: &str, name: &str, params: Value) -> Value {
    let (headers, body) = message(token, method, name, params);
    let reply = site.ask(&headers, &body);
    let (_, body) = reply.split_once("\r\n\r\n").expect("a body");
    let messages = body.lines().map(|line| line.strip_prefix("data:").unwrap_or(line).trim());
    messages
        .filter_map(|line| serde_json::from_str(line).ok())
        .find(Value::is_object)
        .unwrap_or_else(|| json!({ "reply": reply }))
}

pub(super) fn call(site: &Site, token: &str, tool: &str, arguments: &Value) -> Value {
    ask(site, token, "tools/call", tool, json!({"name": tool, "arguments": arguments}))["result"].clone()
}

#[tokio::test]
async fn each_caller_reaches_what_its_token_grants() {
    let database = Database::shop().await;
    let url = database.owner_url();
    let (reader, reader_table) = token("reader");
    let (writer, writer_table) = token("the writer");
    let site = site(&format!(
        "[connections.shop]\nurl = {url:?}\naccess = \"write\"\n[connections.secret]\nurl = {url:?}\naccess = \"write\"\n\
         {reader_table}connections = [\"shop\"]\ntoolsets = [\"core\"]\n\
         {}administrator = true\n",
        writer_table.replace("\"read\"", "\"write\"")
    ));

    let names = |token: &str| -> Vec<String> {
        let list = ask(&site, token, "tools/list", "", json!({}));
        let tools = list["result"]["tools"].as_array().unwrap_or_else(|| panic!("{list}"));
        tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned()).collect()
    };
    let (few, many) = (names(&reader), names(&writer));
    assert!(few.iter().all(|name| many.contains(name)) && few.len() < many.len(), "{few:?}");
    assert!(
        !few.contains(&"batch_execute".to_owned()) && !few.contains(&"find_blocking".to_owned()),
        "{few:?}"
    );

    let seen = call(&site, &reader, "list_connections", &json!({}));
    assert_eq!(seen["structuredContent"]["connections"].as_array().map(Vec::len), Some(1), "{seen}");
    assert_eq!(seen["structuredContent"]["connections"][0]["access"], "read", "{seen}");
    let select = json!({"connection_id": "secret", "query": "SELECT 1 AS one"});
    assert_eq!(call(&site, &reader, "execute_query", &select)["isError"], true);
    assert_eq!(call(&site, &writer, "execute_query", &select)["structuredContent"]["rows"][0]["one"], 1);

    let insert = json!({"connection_id": "shop", "query": "CREATE TEMP TABLE nothing (a int)"});
    assert_eq!(
        call(&site, &reader, "execute_query", &insert)["structuredContent"]["error"]["kind"],
        "refused"
    );
    let update =
        json!({"connection_id": "shop", "query": "UPDATE customers SET name = name WHERE customer_id = 1"});
    assert_eq!(
        call(&site, &reader, "execute_query", &update)["structuredContent"]["error"]["kind"],
        "refused"
    );
    let done = call(&site, &writer, "execute_query", &update);
    assert_eq!(done["structuredContent"]["affected_rows"], 1, "{done}");
    let add = json!({"connection_id": "more", "url": url});
    assert_eq!(call(&site, &reader, "add_connection", &add)["isError"], true);

    assert_eq!(code(&site.get("/health", "")), "200");
    for (headers, expected) in [(String::new(), "401"), (bearer(&reader), "403"), (bearer(&writer), "200")] {
        assert_eq!(code(&site.get("/metrics", &headers)), expected);
    }
    assert!(site.get("/metrics", &bearer(&writer)).contains("pg_mcp_queries_total"));
}

#[tokio::test]
async fn nobody_gets_in_without_a_token_or_with_another_callers_session() {
    let database = Database::empty().await;
    let ((ada, ada_table), (eve, eve_table)) = (token("ada"), token("eve"));
    let site = site(&format!("[connections.shop]\nurl = {:?}\n{ada_table}{eve_table}", database.owner_url()));
    for headers in [
        String::new(),
        bearer(""),
        bearer("pgt_0000"),
        bearer(&ada.to_uppercase()),
        format!("Authorization: Basic {ada}\r\n"),
        format!("Authorization: {ada}\r\n"),
        format!("X-Authorization: Bearer {ada}\r\n"),
    ] {
        for path in ["/mcp", "/metrics", "/", "/health/../mcp", "/nothing"] {
            let reply = site.get(path, &headers).to_lowercase();
            assert_eq!(code(&reply), "401", "{path} {headers}: {reply}");
            assert!(reply.contains("www-authenticate: bearer"), "{reply}");
        }
        assert_eq!(code(&site.ask(&headers, super::HELLO)), "401", "{headers}");
    }
    let hello = site.ask(&bearer(&ada), super::HELLO).to_lowercase();
    let id = hello.lines().find_map(|line| line.strip_prefix("mcp-session-id: ")).expect("a session");
    let session = format!("Mcp-Session-Id: {id}\r\nMCP-Protocol-Version: 2025-11-25\r\n");
    assert_eq!(code(&site.ask(&format!("{session}{}", bearer(&ada)), super::LIST)), "200");
    assert_eq!(code(&site.ask(&format!("{session}{}", bearer(&eve)), super::LIST)), "404");
}

#[test]
fn a_token_that_grants_what_there_is_not_is_refused_at_the_start() {
    let (_, table) = token("ada");
    let hash = table.lines().find(|line| line.starts_with("hash")).expect("a hash");
    for (content, problem) in [
        (format!("{table}connections = [\"nothing\"]\n"), "there is no connection `nothing`"),
        (format!("{table}[server.tokens.eve]\n{hash}\n"), "it has the hash of `ada`"),
        ("[server.tokens.ada]\nhash = \"secret\"\n".to_owned(), "64 hexadecimal digits"),
        ("[server.tokens.ada]\naccess = \"read\"\n".to_owned(), "hash"),
        (format!("{table}[server]\nlisten = \"0.0.0.0:0\"\n"), "tls_in_front"),
    ] {
        let mut command = Command::new(pg_tests::binary("pg-mcp"));
        command
            .env_clear()
            .arg("--config")
            .arg(configuration::file(&content))
            .arg("--http")
            .stdin(Stdio::null());
        let output = command.output().expect("run");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(problem) && !said.contains("secret"), "{said}");
    }
}
