//! Prompts, resources and completion of pg-mcp on a real PostgreSQL.
#![expect(clippy::disallowed_methods, reason = "tests prepare their databases past the toolkit")]

use pg_tests::Database;
use serde_json::{Value, json};

use super::peer::Piped;

/// The answer to one request: its result, or its error.
fn ask(server: &mut Piped, method: &str, params: &Value) -> Value {
    let request = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
    server.send(&request.to_string());
    let answer = server.next();
    assert_eq!(answer["id"], 7, "{answer}");
    if answer["error"].is_null() { answer["result"].clone() } else { answer["error"].clone() }
}

async fn odd_names() -> Database {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            r#"CREATE SCHEMA sales; CREATE TABLE sales.orders (order_id int PRIMARY KEY, "Order Date" date);
               CREATE TABLE public."Weird/Näme %" (a int); COMMENT ON TABLE sales.orders IS 'what was ordered';
               GRANT USAGE ON SCHEMA sales TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA sales, public TO PUBLIC"#,
        )
        .await
        .expect("tables");
    database
}

#[tokio::test]
async fn every_listed_resource_can_be_read_and_is_what_the_tool_answers() {
    let database = odd_names().await;
    let mut server = Piped::start(&database.owner_url(), &[]);
    let listed = ask(&mut server, "resources/list", &json!({}));
    let uris: Vec<&str> =
        listed["resources"].as_array().expect("a list").iter().filter_map(|it| it["uri"].as_str()).collect();
    assert!(uris.contains(&"postgres://default"), "{uris:?}");
    assert!(uris.contains(&"postgres://default/sales/orders"), "{uris:?}");
    assert!(uris.contains(&"postgres://default/public/Weird%2FN%C3%A4me%20%25"), "{uris:?}");
    for uri in uris {
        let read = ask(&mut server, "resources/read", &json!({ "uri": uri }));
        let text = read["contents"][0]["text"].as_str().unwrap_or_else(|| panic!("{uri}: {read}"));
        let document: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(document["success"], true, "{uri}");
        assert_eq!(read["contents"][0]["mimeType"], "application/json");
    }
    let read = ask(&mut server, "resources/read", &json!({ "uri": "postgres://default/sales/orders" }));
    let document: Value =
        serde_json::from_str(read["contents"][0]["text"].as_str().expect("text")).expect("JSON");
    let told = server.answer("get_table_schema", r#"{"table_name":"orders","schema":"sales"}"#);
    assert_eq!(document["columns"], told["structuredContent"]["columns"]);
}

#[tokio::test]
async fn an_address_that_leads_nowhere_says_what_there_is() {
    let database = odd_names().await;
    let mut server = Piped::start(&database.owner_url(), &[]);
    for (uri, word) in [
        ("postgres://default/sales/order", "orders"),
        ("postgres://nowhere", "default"),
        ("file:///etc/passwd", "postgres://CONNECTION"),
    ] {
        let error = ask(&mut server, "resources/read", &json!({ "uri": uri }));
        assert_eq!(error["code"], -32002, "{uri}: {error}");
        assert!(error["message"].as_str().expect("words").contains(word), "{uri}: {error}");
    }
}

#[tokio::test]
async fn names_are_completed_by_what_was_chosen_before() {
    let database = odd_names().await;
    let mut server = Piped::start(&database.owner_url(), &[]);
    let table = "postgres://{connection}/{schema}/{table}";
    let mut complete = |reference: Value, argument: &str, typed: &str, known: Value| {
        let params = json!({
            "ref": reference, "argument": { "name": argument, "value": typed }, "context": { "arguments": known }
        });
        ask(&mut server, "completion/complete", &params)
    };
    let resource = || json!({ "type": "ref/resource", "uri": table });
    let found = complete(resource(), "connection", "def", json!({}));
    assert_eq!(found["completion"]["values"], json!(["default"]));
    let found = complete(resource(), "schema", "SA", json!({ "connection": "default" }));
    assert_eq!(found["completion"]["values"], json!(["sales"]));
    let found = complete(resource(), "table", "o", json!({ "connection": "default", "schema": "sales" }));
    assert_eq!(found["completion"], json!({ "values": ["orders"], "total": 1, "hasMore": false }));
    let found = complete(resource(), "table", "", json!({ "connection": "nowhere" }));
    assert_eq!(found["completion"]["values"], json!([]));
    let prompt = json!({ "type": "ref/prompt", "name": "find_slow_queries" });
    let found = complete(prompt.clone(), "connection_id", "", json!({}));
    assert_eq!(found["completion"]["values"], json!(["default"]));
    let error = complete(prompt, "connection", "", json!({}));
    assert!(error["message"].as_str().expect("words").contains("`connection_id`"), "{error}");
}

#[tokio::test]
async fn every_prompt_can_be_had_and_a_wrong_one_is_told_the_nearest() {
    let database = Database::empty().await;
    let mut server = Piped::start(&database.owner_url(), &[]);
    let listed = ask(&mut server, "prompts/list", &json!({}));
    let prompts = listed["prompts"].as_array().expect("a list").clone();
    assert!(prompts.len() >= 5, "{prompts:?}");
    for prompt in prompts {
        let required =
            prompt["arguments"].as_array().into_iter().flatten().filter(|it| it["required"] == true);
        let arguments: serde_json::Map<String, Value> =
            required.map(|it| (it["name"].as_str().expect("a name").to_owned(), json!("SELECT 1"))).collect();
        let got = ask(&mut server, "prompts/get", &json!({ "name": prompt["name"], "arguments": arguments }));
        let text =
            got["messages"][0]["content"]["text"].as_str().unwrap_or_else(|| panic!("{prompt}: {got}"));
        assert!(text.len() > 200 && !text.contains("{{"), "{text}");
    }
    let error = ask(&mut server, "prompts/get", &json!({ "name": "optimise_query" }));
    assert!(error["message"].as_str().expect("words").contains("Did you mean `optimize_query`?"), "{error}");
    let error = ask(&mut server, "prompts/get", &json!({ "name": "optimize_query" }));
    assert!(error["message"].as_str().expect("words").contains("needs `query`"), "{error}");
}
