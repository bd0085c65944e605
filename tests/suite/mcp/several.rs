//! Several processes behind a proxy: what needs no memory is served by any of them, and what lives in one says so elsewhere.

use std::collections::HashSet;

use pg_tests::{Database, haproxy};
use serde_json::{Value, json};

use super::{
    peer::Site,
    tokens::{bearer, call, site, token},
};

/// Calls after which each of two servers was asked in turn.
const TURNS: usize = 6;

fn failed(answer: &Value) -> String {
    assert_eq!(answer["isError"], true, "{answer}");
    answer["structuredContent"]["error"].to_string()
}

fn worked(answer: &Value) {
    assert_eq!(answer["isError"], false, "{answer}");
}

#[tokio::test]
async fn two_servers_behind_a_proxy_serve_as_one_and_say_what_lives_in_the_other() {
    let database = Database::shop().await;
    let (secret, table) = token("ada");
    let content = format!(
        "[connections.shop]\nurl = {:?}\naccess = \"write\"\n[connections.shop.policy.confirm]\nkinds = [\"DELETE\"]\n{}",
        database.owner_url(),
        table.replace("\"read\"", "\"write\"")
    );
    let (one, other) = (site(&content), site(&content));
    let servers = [one.address(), other.address()];

    // In turn: whatever needs no memory is answered by both.
    let Some(proxy) = haproxy(&servers, "roundrobin") else { return };
    let both = Site::at(proxy.port());
    let rows = json!({"query": "SELECT count(*) AS n FROM customers"});
    for _ in 0..TURNS {
        worked(&call(&both, &secret, "execute_query", &rows));
    }
    let processes: HashSet<String> = (0..TURNS)
        .map(|_| {
            let reply = both.get("/health", "");
            let (_, body) = reply.split_once("\r\n\r\n").expect("a body");
            let told: Value = serde_json::from_str(body).expect("JSON");
            told["process"].as_str().expect("a name").to_owned()
        })
        .collect();
    assert_eq!(processes.len(), 2, "{processes:?}");

    // What lives in one says so in the other, and is not lost by it.
    let paged = json!({"query": "SELECT customer_id FROM customers ORDER BY 1", "fetch_size": 10});
    let first = call(&one, &secret, "execute_query", &paged)["structuredContent"].clone();
    assert!(first["truncated"]["next_cursor"].is_string(), "{first}");
    let next = json!({"cursor": first["truncated"]["next_cursor"]});
    let said = failed(&call(&other, &secret, "execute_query", &next));
    assert!(said.contains("lives in another process") && said.contains("Mcp-Session-Id"), "{said}");
    let second = call(&one, &secret, "execute_query", &next)["structuredContent"].clone();
    assert_eq!(second["rows"][0]["customer_id"], 11, "{second}");

    let begun = call(&one, &secret, "begin_transaction", &json!({}))["structuredContent"].clone();
    let inside = json!({"query": "SELECT 1 AS one", "transaction": begun["transaction"]});
    let said = failed(&call(&other, &secret, "execute_query", &inside));
    assert!(said.contains("lives in another process"), "{said}");
    worked(&call(&one, &secret, "execute_query", &inside));
    let end = json!({"transaction": begun["transaction"], "action": "rollback"});
    worked(&call(&one, &secret, "end_transaction", &end));

    let delete = json!({"query": "DELETE FROM order_items WHERE order_id = 1"});
    let asked = call(&one, &secret, "execute_query", &delete);
    let code = asked["structuredContent"]["error"]["confirmation"]["code"].as_str().map(str::to_owned);
    let code = code.unwrap_or_else(|| panic!("{asked}"));
    let confirmed = json!({"query": "DELETE FROM order_items WHERE order_id = 1", "confirm": code});
    let said = failed(&call(&other, &secret, "execute_query", &confirmed));
    assert!(said.contains("another process") && said.contains("nothing was changed"), "{said}");
    worked(&call(&one, &secret, "execute_query", &confirmed));

    // By its token each caller is led to one server, and everything works.
    let proxy = haproxy(&servers, "hdr(Authorization)").expect("one was there");
    let stuck = Site::at(proxy.port());
    let mut cursor =
        call(&stuck, &secret, "execute_query", &paged)["structuredContent"]["truncated"]["next_cursor"]
            .clone();
    for _ in 0..TURNS {
        let page =
            call(&stuck, &secret, "execute_query", &json!({"cursor": cursor, "fetch_size": 10}))["structuredContent"].clone();
        assert_eq!(page["row_count"], 10, "{page}");
        cursor = page["truncated"]["next_cursor"].clone();
    }
    assert!(stuck.get("/metrics", &bearer(&secret)).contains(" 403 "));
}
