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

#[tokio::test]
async fn a_result_is_kept_at_an_address_and_never_stands_in_the_answer() {
    let database = Database::empty().await;
    let mut server = Piped::start(&database.owner_url(), &[]);
    let query = "SELECT i AS id, NULLIF(i % 3, 0) AS \"a,b\", repeat('x', 90) || E'\\n\"' AS t FROM generate_series(1, 20000) AS i";
    let asked = json!({"query": query, "row_format": "resource"}).to_string();
    let answer = server.answer("execute_query", &asked);
    let told = &answer["structuredContent"];
    assert_eq!(
        (&told["row_count"], &told["rows"], &told["resource"]["row_count"]),
        (&json!(0), &json!([]), &json!(20000))
    );
    assert!(answer.to_string().len() < 3000, "{answer}");
    let link = &answer["content"][1];
    let uri = told["resource"]["uri"].as_str().expect("an address");
    assert_eq!((link["type"].as_str(), link["uri"].as_str()), (Some("resource_link"), Some(uri)), "{answer}");
    assert!((590..=600).contains(&told["resource"]["expires_in_s"].as_u64().expect("seconds")), "{told}");
    // Told twice, it is the same, and what the server itself writes.
    let copied = database
        .admin()
        .await
        .copy_out(&format!("COPY ({query}) TO STDOUT (FORMAT csv, HEADER)"))
        .await
        .expect("a copy");
    let expected: Vec<u8> =
        futures_util::TryStreamExt::try_concat(futures_util::TryStreamExt::map_ok(copied, |piece| {
            piece.to_vec()
        }))
        .await
        .expect("bytes");
    for _ in 0..2 {
        let read = ask(&mut server, "resources/read", &json!({ "uri": uri }));
        assert_eq!(read["contents"][0]["mimeType"], "text/csv");
        assert!(
            read["contents"][0]["text"].as_str().expect("a text").as_bytes() == expected,
            "not the same CSV"
        );
        assert_eq!(told["resource"]["bytes"], json!(expected.len()));
    }
    let listed = ask(&mut server, "resources/list", &json!({}));
    assert!(listed["resources"].as_array().expect("a list").iter().any(|one| one["uri"] == uri), "{listed}");
    let templates = ask(&mut server, "resources/templates/list", &json!({}));
    assert!(templates.to_string().contains("postgres-result://{result}"), "{templates}");
    // Another server of the same database, and whoever guesses, find nothing.
    let mut other = Piped::start(&database.owner_url(), &[]);
    let error = ask(&mut other, "resources/read", &json!({ "uri": uri }));
    assert!(error["message"].as_str().expect("words").contains("another process"), "{error}");
    let error = ask(&mut server, "resources/read", &json!({ "uri": "postgres-result://guessed" }));
    assert!(error["message"].as_str().expect("words").contains("run the query again"), "{error}");
    assert_eq!(error["code"], -32002);
}

#[tokio::test]
async fn a_result_that_cannot_be_kept_says_why_and_one_that_is_too_large_is_cut_between_rows() {
    let database = Database::empty().await;
    let configuration = crate::support::configuration::file(&format!(
        "[connections.default]\nurl = {:?}\naccess = \"write\"\nlimits.max_result_bytes = 1000\n",
        database.owner_url()
    ));
    let mut server =
        Piped::start(&database.owner_url(), &["--config", configuration.to_str().expect("a path")]);
    database
        .admin()
        .await
        .batch_execute("CREATE TABLE t (n int); GRANT INSERT ON t TO PUBLIC")
        .await
        .expect("a table");
    let mut run = |arguments: Value| server.answer("execute_query", &arguments.to_string());
    let cut = run(json!({"query": "SELECT i FROM generate_series(1, 1000) AS i", "row_format": "resource"}));
    let told = &cut["structuredContent"];
    let (rows, bytes) = (told["resource"]["row_count"].as_u64(), told["resource"]["bytes"].as_u64());
    // Two for the header, then nine lines of two bytes, ninety of three, and the rest of four.
    assert_eq!((rows, bytes), (Some(276), Some(2 + 18 + 270 + 4 * 177)), "{cut}");
    assert!(told["truncated"]["reason"].as_str().expect("why").contains("1000 bytes"), "{cut}");
    let few = run(
        json!({"query": "SELECT i FROM generate_series(1, 9) AS i", "row_format": "resource", "fetch_size": 4}),
    );
    assert_eq!(few["structuredContent"]["resource"]["row_count"], 4, "{few}");
    assert!(few["structuredContent"]["truncated"].is_object(), "{few}");
    for (arguments, said) in [
        (
            json!({"query": "INSERT INTO t VALUES (1)", "row_format": "resource"}),
            "only the result of a read is kept",
        ),
        (json!({"cursor": "x", "row_format": "resource"}), "leave `cursor` and `transaction` out"),
    ] {
        let answer = run(arguments.clone());
        assert_eq!(answer["isError"], true, "{answer}");
        assert!(answer["content"][0]["text"].as_str().expect("words").contains(said), "{answer}");
    }
}
