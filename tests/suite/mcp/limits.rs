//! What one caller over HTTP may send, and what all of them sent: limits by token, slow clients, and the administrators' look back.
#![expect(clippy::disallowed_methods, reason = "tests hold locks past the toolkit")]

use std::io::{Read, Write};

use pg_tests::Database;
use serde_json::{Value, json};

use super::tokens::{bearer, call, code, request, site, token};
use crate::support::watch;

#[tokio::test]
async fn a_caller_who_sends_too_much_is_told_when_to_come_back_and_others_are_served() {
    let database = Database::empty().await;
    let ((ada, ada_table), (eve, eve_table)) = (token("ada"), token("eve"));
    let site = site(&format!(
        "[connections.shop]\nurl = {:?}\n[server]\nrequests_per_minute = 1000\n{ada_table}requests_per_minute = 2\n{eve_table}",
        database.owner_url()
    ));
    for expected in ["200", "200", "429", "429"] {
        let reply = site.ask(&bearer(&ada), super::HELLO);
        assert_eq!(code(&reply), expected, "{reply}");
        if expected == "429" {
            let lower = reply.to_lowercase();
            let seconds =
                lower.lines().find_map(|line| line.strip_prefix("retry-after: ")).expect("Retry-After");
            assert!((1..=60).contains(&seconds.trim().parse::<u32>().expect("seconds")), "{reply}");
            assert!(reply.contains("2 requests a minute"), "{reply}");
        }
    }
    assert_eq!(code(&site.ask(&bearer(&eve), super::HELLO)), "200");
    assert_eq!(code(&site.get("/health", "")), "200");
}

#[tokio::test]
async fn a_caller_has_so_many_requests_at_work_and_no_more() {
    let database = Database::empty().await;
    let ((ada, ada_table), (eve, eve_table)) = (token("ada"), token("eve"));
    let site = site(&format!(
        "[connections.shop]\nurl = {:?}\n{ada_table}max_concurrent = 1\n{eve_table}",
        database.owner_url()
    ));
    let admin = database.admin().await;
    // Not in one go: nobody else would see the table before the end of the transaction.
    for statements in ["CREATE TABLE held (a int); GRANT SELECT ON held TO PUBLIC", "BEGIN; LOCK TABLE held"]
    {
        admin.batch_execute(statements).await.expect("a lock");
    }
    let (head, body) = request(&ada, "execute_query", &json!({"query": "SELECT a FROM held"}));
    let mut waiting = site.post(&head, &body);
    let watcher = database.admin().await;
    let blocked = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE NOT granted AND datname = current_database()";
    watch::until("the first request waits for the lock", async || {
        watcher.query_one(blocked, &[]).await.expect("the locks").get::<_, i64>(0) > 0
    })
    .await;
    let turned_away = site.ask(&head, &body);
    assert_eq!(code(&turned_away), "429", "{turned_away}");
    assert!(turned_away.to_lowercase().contains("retry-after: 1"), "{turned_away}");
    let other = call(&site, &eve, "execute_query", &json!({"query": "SELECT 1 AS one"}));
    assert_eq!(other["structuredContent"]["rows"][0]["one"], 1, "{other}");
    admin.batch_execute("COMMIT").await.expect("unlocked");
    let mut reply = String::new();
    waiting.read_to_string(&mut reply).expect("an answer");
    assert_eq!(code(&reply), "200", "{reply}");
    let again = call(&site, &ada, "execute_query", &json!({"query": "SELECT 2 AS two"}));
    assert_eq!(again["structuredContent"]["rows"][0]["two"], 2, "{again}");
}

#[tokio::test]
async fn clients_that_stop_halfway_hold_nobody() {
    let database = Database::empty().await;
    let (ada, table) = token("ada");
    let site = site(&format!(
        "[connections.shop]\nurl = {:?}\n[server]\nmax_body_bytes = 100_000\n{table}max_concurrent = 1\n",
        database.owner_url()
    ));
    let half =
        format!("POST /mcp HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: 1000\r\n\r\n{{", bearer(&ada));
    let slow: Vec<_> = (0..50)
        .flat_map(|_| ["POST /mcp HT", &*half])
        .map(|text| {
            let mut stream = site.connect();
            stream.write_all(text.as_bytes()).expect("written");
            stream
        })
        .collect();
    let answer = call(&site, &ada, "execute_query", &json!({"query": "SELECT 1 AS one"}));
    assert_eq!(answer["structuredContent"]["rows"][0]["one"], 1, "{answer}");
    assert_eq!(code(&site.ask(&bearer(&ada), &format!("\"{}\"", "x".repeat(100_001)))), "413");
    drop(slow);
}

#[tokio::test]
async fn administrators_see_connections_and_calls_without_secrets() {
    let database = Database::shop().await;
    let ((ada, ada_table), (root, root_table)) = (token("ada"), token("root"));
    let url = database.owner_url();
    let password = url.split([':', '@']).nth(2).expect("a password").to_owned();
    let site =
        site(&format!("[connections.shop]\nurl = {url:?}\n{ada_table}{root_table}administrator = true\n"));
    let query = json!({"query": "SELECT $1::text AS a, 'hunter2' AS b -- hunter2", "params": ["hunter3"]});
    assert_eq!(call(&site, &ada, "execute_query", &query)["isError"], false);
    let refused = json!({"query": "ALTER ROLE shop_owner PASSWORD 'hunter2'"});
    assert_eq!(call(&site, &ada, "execute_query", &refused)["isError"], true);

    for path in ["/connections", "/query_history", "/query_history?limit=1"] {
        assert_eq!(code(&site.get(path, "")), "401", "{path}");
        assert_eq!(code(&site.get(path, &bearer(&ada))), "403", "{path}");
        let reply = site.get(path, &bearer(&root));
        assert_eq!(code(&reply), "200", "{path}: {reply}");
        assert!(!reply.contains("hunter") && !reply.contains(&password), "{reply}");
    }
    assert_eq!(code(&site.get("/query_history?limit=x", &bearer(&root))), "400");
    let told = |path: &str| -> Value {
        let reply = site.get(path, &bearer(&root));
        serde_json::from_str(reply.split_once("\r\n\r\n").expect("a body").1).expect("JSON")
    };
    let listed = told("/connections");
    assert_eq!(listed["connections"][0]["connection_id"], "shop", "{listed}");
    assert!(listed["connections"][0]["pool_stats"]["size"].is_number(), "{listed}");
    let history = told("/query_history");
    let queries = history["queries"].as_array().expect("queries");
    assert_eq!(queries.len(), 2, "{history:#}");
    assert_eq!(queries[0]["outcome"], "refused", "{history:#}");
    assert_eq!(queries[0]["statements"][0], "ALTER ROLE shop_owner PASSWORD ?", "{history:#}");
    assert_eq!(queries[1]["outcome"], "ok", "{history:#}");
    assert_eq!(queries[1]["caller"]["token"], "ada", "{history:#}");
    assert_eq!(queries[1]["connection_id"], "shop", "{history:#}");
    assert_eq!(queries[1]["statements"][0], "SELECT $1::text AS a, ? AS b  ", "{history:#}");
    assert_eq!(told("/query_history?limit=1")["count"], 1);
}
