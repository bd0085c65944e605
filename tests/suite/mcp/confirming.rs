//! A person behind a client is asked whether a change is to be made, in both eras of the protocol.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests look at the server past the toolkit, and fail where they cannot"
)]

use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::{configuration, mcp};

const DELETE: &str = "DELETE FROM notes WHERE id <= $1";

async fn database() -> Database {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE notes (id int PRIMARY KEY); INSERT INTO notes SELECT generate_series(1, 9)",
        )
        .await
        .expect("made");
    database
}

async fn count(database: &Database) -> i64 {
    database.admin().await.query_one("SELECT count(*) FROM notes", &[]).await.expect("counted").get(0)
}

/// The program, on a connection that wants a DELETE confirmed, by a person where `person`.
fn command(database: &Database, person: bool) -> std::process::Command {
    let file = configuration::file(&format!(
        "[connections.shop]\nurl = {:?}\naccess = \"write\"\n[connections.shop.policy.confirm]\nkinds = [\"DELETE\"]\nperson = {person}\n",
        database.owner_url()
    ));
    let mut command = mcp::command([]);
    command.arg("--config").arg(file);
    command
}

fn call(id: i32) -> Value {
    json!({"name": "execute_query", "arguments": {"query": DELETE, "params": [id]}})
}

#[tokio::test]
async fn an_older_client_that_can_ask_is_asked_while_the_call_waits() {
    let database = database().await;
    let able = json!({"elicitation": {}});
    let mut session = mcp::Session::able(command(&database, true), &able);
    for (id, answer, left) in [
        (1, json!({"action": "decline"}), 9),
        (1, json!({"action": "cancel"}), 9),
        (1, json!({"action": "accept", "content": {"confirm": false}}), 9),
        (1, json!({"action": "accept"}), 9),
        (3, json!({"action": "accept", "content": {"confirm": true}}), 6),
    ] {
        let mut asked = Vec::new();
        let result = session.conversation("tools/call", &call(id), |question| {
            asked.push(question.clone());
            answer.clone()
        });
        assert_eq!(asked.len(), 1, "{asked:?}");
        let message = asked[0]["params"]["message"].as_str().expect("a message");
        assert!(
            message.contains(&format!("public.notes: {id} deleted")) && message.contains(DELETE),
            "{message}"
        );
        assert_eq!(asked[0]["params"]["requestedSchema"]["properties"]["confirm"]["type"], "boolean");
        let yes = answer["content"]["confirm"] == json!(true);
        assert_eq!(result["result"]["isError"] == json!(true), !yes, "{result}");
        if !yes {
            assert_eq!(
                result["result"]["structuredContent"]["error"]["kind"], "confirmation_needed",
                "{result}"
            );
        }
        assert_eq!(count(&database).await, left);
    }
}

#[tokio::test]
async fn a_client_that_cannot_ask_gets_a_code_or_is_refused_where_a_person_must_decide() {
    let database = database().await;
    for able in [json!({}), json!({"elicitation": {"url": {}}})] {
        let error = mcp::Session::able(command(&database, false), &able)
            .refused("execute_query", &call(1)["arguments"]);
        assert!(error["confirmation"]["code"].is_string(), "{error}");
        let error = mcp::Session::able(command(&database, true), &able)
            .refused("execute_query", &call(1)["arguments"]);
        assert!(error["confirmation"]["code"].is_null(), "{error}");
    }
    assert_eq!(count(&database).await, 9);
}

/// A call of the protocol without a handshake, by a client that can ask.
fn newer(call: &Value, state: Option<&Value>, answer: Option<Value>) -> Value {
    let mut params = call.clone();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}},
    });
    if let Some(state) = state {
        params["requestState"] = state.clone();
    }
    if let Some(answer) = answer {
        params["inputResponses"] = json!({"confirm": answer});
    }
    params
}

#[tokio::test]
async fn a_newer_client_is_asked_between_two_calls_and_the_yes_is_good_once_for_that_call() {
    let database = database().await;
    let yes = || Some(json!({"action": "accept", "content": {"confirm": true}}));
    // A session of the older protocol would settle the era for the whole process.
    let mut session = mcp::Session::unshaken(command(&database, true));
    let mut ask = |params: Value| session.request("tools/call", &params);

    let asked = ask(newer(&call(2), None, None))["result"].clone();
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let question = &asked["inputRequests"]["confirm"];
    assert_eq!(question["method"], "elicitation/create", "{asked}");
    assert!(
        question["params"]["message"].as_str().expect("a message").contains("public.notes: 2 deleted"),
        "{asked}"
    );
    let state = asked["requestState"].clone();

    // No yes, no change.
    let declined = ask(newer(&call(2), Some(&state), Some(json!({"action": "decline"}))));
    assert_eq!(declined["result"]["isError"], true, "{declined}");
    let silent = ask(newer(&call(2), Some(&state), None));
    assert_eq!(silent["result"]["isError"], true, "{silent}");
    // Neither another call nor a state that was made up, nor the text inside of it as a code.
    assert!(ask(newer(&call(9), Some(&state), yes()))["error"].is_object());
    assert!(ask(newer(&call(2), Some(&json!("made up")), yes()))["error"].is_object());
    assert_eq!(count(&database).await, 9);

    let done = ask(newer(&call(2), Some(&state), yes()));
    assert_eq!(done["result"]["structuredContent"]["affected_rows"], 2, "{done}");
    assert_eq!(count(&database).await, 7);
    let again = ask(newer(&call(2), Some(&state), yes()));
    assert_eq!(again["result"]["isError"], true, "{again}");

    // What changed meanwhile is shown anew.
    let asked = ask(newer(&call(4), None, None))["result"].clone();
    database.admin().await.execute("DELETE FROM notes WHERE id = 4", &[]).await.expect("deleted");
    let anew = ask(newer(&call(4), Some(&asked["requestState"]), yes()))["result"].clone();
    assert_eq!(anew["resultType"], "input_required", "{anew}");
    assert!(anew.to_string().contains("has changed since it was shown"), "{anew}");
    assert_eq!(count(&database).await, 6);
    let done = ask(newer(&call(4), Some(&anew["requestState"]), yes()));
    assert_eq!(done["result"]["structuredContent"]["affected_rows"], 1, "{done}");
}
