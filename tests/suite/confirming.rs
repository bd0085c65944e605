//! Changes that are shown first and made only when confirmed, from outside.
#![expect(clippy::disallowed_methods, reason = "tests look at the server past the toolkit")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use pg_core::{Access, Asker, Call, Confirmation, ConfirmationOptions, ErrorKind, ErrorReport, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::service::{adjusted, ask, failed, told};
use crate::support::{command, configuration, mcp};

const TABLES: &str = "
    CREATE TABLE parents (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE children (id int PRIMARY KEY, parent int NOT NULL REFERENCES parents ON DELETE CASCADE);
    CREATE TABLE journal (entry text NOT NULL);
    INSERT INTO parents SELECT n, 'parent ' || n FROM generate_series(1, 10) n;
    INSERT INTO children SELECT n, 1 + n % 10 FROM generate_series(0, 29) n;
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO journal VALUES (TG_OP || ' ' || OLD.id); RETURN NULL; END $$;
    CREATE TRIGGER noting AFTER DELETE OR UPDATE ON parents FOR EACH ROW EXECUTE FUNCTION note();";

async fn database() -> Database {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute(&format!("SET ROLE shop_owner; {TABLES}")).await.unwrap();
    database
}

async fn count(database: &Database, table: &str) -> i64 {
    let query = format!("SELECT count(*) FROM {table}");
    database.admin().await.query_one(&query, &[]).await.unwrap().get(0)
}

fn confirming(database: &Database, adjust: impl FnOnce(&mut ConfirmationOptions)) -> Service {
    adjusted(&database.owner_url(), Access::Schema, |entry| adjust(&mut entry.policy.confirmation))
}

fn deletes(database: &Database) -> Service {
    confirming(database, |confirmation| confirmation.kinds = "DELETE, TRUNCATE".parse().unwrap())
}

fn code(report: &ErrorReport) -> String {
    assert_eq!(report.kind, ErrorKind::ConfirmationNeeded, "{report}");
    report.confirmation.as_ref().unwrap().code.clone().unwrap()
}

fn preview(report: &ErrorReport) -> Value {
    serde_json::to_value(&report.confirmation.as_ref().unwrap().preview).unwrap()
}

const DELETE: &str = "DELETE FROM parents WHERE id <= $1";

#[tokio::test]
async fn a_preview_counts_cascades_and_triggers_and_changes_nothing() {
    let database = database().await;
    let service = deletes(&database);
    let report = failed(&service, "execute_query", json!({"query": DELETE, "params": [2]})).await;
    let preview = preview(&report);
    let table = |name: &str, inserted: u64, deleted: u64| json!({"table": name, "inserted": inserted, "updated": 0, "deleted": deleted});
    let expected =
        json!([table("public.children", 0, 6), table("public.journal", 2, 0), table("public.parents", 0, 2)]);
    assert_eq!(preview["tables"], expected, "{report}");
    assert_eq!(preview["rows"], 10);
    let samples = preview["samples"].as_array().unwrap();
    let parents = samples.iter().find(|sample| sample["table"] == "public.parents").unwrap();
    assert_eq!(parents["before"], json!([{"id": 1, "name": "parent 1"}, {"id": 2, "name": "parent 2"}]));
    let children = samples.iter().find(|sample| sample["table"] == "public.children").unwrap();
    assert_eq!(children["before"].as_array().unwrap().len(), 5);
    assert!(report.to_string().contains("public.children: 6 deleted"), "{report}");
    assert_eq!((count(&database, "parents").await, count(&database, "journal").await), (10, 0));
}

#[tokio::test]
async fn an_update_is_shown_before_and_after() {
    let database = database().await;
    let service = confirming(&database, |confirmation| confirmation.writes = true);
    let query = json!({"query": "UPDATE parents SET name = 'new' WHERE id = 3"});
    let preview = preview(&failed(&service, "execute_query", query).await);
    let sample = &preview["samples"][0];
    assert_eq!(sample["before"], json!([{"id": 3, "name": "parent 3"}]), "{preview}");
    assert_eq!(sample["after"], json!([{"id": 3, "name": "new"}]), "{preview}");
}

#[tokio::test]
async fn what_the_server_does_not_count_is_neither_shown_nor_confirmed() {
    let database = database().await;
    let service = deletes(&database);
    let arguments = json!({"query": DELETE, "params": [2]});
    let code = code(&failed(&service, "execute_query", arguments.clone()).await);
    let off = format!("ALTER DATABASE {} SET track_counts = off", database.name());
    database.admin().await.batch_execute(&off).await.unwrap();
    for confirm in [Value::Null, json!(code)] {
        // A session that begins now is not counted.
        let service = deletes(&database);
        let mut arguments = arguments.clone();
        if confirm.is_string() {
            arguments["confirm"] = confirm;
        }
        let report = failed(&service, "execute_query", arguments).await;
        assert_ne!(report.kind, ErrorKind::ConfirmationNeeded, "{report}");
    }
    let report = failed(&deletes(&database), "execute_query", arguments).await;
    assert_eq!(
        (report.kind, report.rule.as_deref()),
        (ErrorKind::Refused, Some("policy.confirm")),
        "{report}"
    );
    assert!(report.to_string().contains("track_counts"), "{report}");
    assert_eq!(count(&database, "parents").await, 10);
}

#[tokio::test]
async fn a_code_makes_the_change_once() {
    let database = database().await;
    let service = deletes(&database);
    let mut arguments = json!({"query": DELETE, "params": [2]});
    arguments["confirm"] = code(&failed(&service, "execute_query", arguments.clone()).await).into();
    let answer = told(&service, "execute_query", arguments.clone()).await;
    assert_eq!(answer["affected_rows"], 2);
    assert_eq!((count(&database, "parents").await, count(&database, "children").await), (8, 24));
    let report = failed(&service, "execute_query", arguments).await;
    assert_eq!(report.kind, ErrorKind::Argument, "{report}");
    assert!(report.message.contains("used already"), "{report}");
}

#[tokio::test]
async fn a_code_is_for_one_change_and_for_a_while() {
    let database = database().await;
    let service = deletes(&database);
    let code = code(&failed(&service, "execute_query", json!({"query": DELETE, "params": [2]})).await);
    for other in [
        json!({"query": DELETE, "params": [3], "confirm": code}),
        json!({"query": "DELETE FROM parents WHERE id < $1", "params": [2], "confirm": code}),
    ] {
        let report = failed(&service, "execute_query", other).await;
        assert!(report.message.contains("for another change"), "{report}");
    }
    let queries = json!({"queries": [{"query": DELETE, "params": [2]}], "confirm": code});
    let report = failed(&service, "execute_transaction", queries).await;
    assert!(report.message.contains("for another change"), "{report}");
    let unknown = json!({"query": DELETE, "params": [2], "confirm": "0".repeat(32)});
    let report = failed(&service, "execute_query", unknown).await;
    assert!(report.message.contains("not known"), "{report}");

    let hasty = confirming(&database, |confirmation| {
        confirmation.writes = true;
        confirmation.expiry = Duration::ZERO;
    });
    let report = failed(&hasty, "execute_query", json!({"query": DELETE, "params": [2]})).await;
    let late = json!({"query": DELETE, "params": [2], "confirm": report.confirmation.unwrap().code});
    let report = failed(&hasty, "execute_query", late).await;
    assert!(report.message.contains("expired"), "{report}");
    assert_eq!(count(&database, "parents").await, 10);
}

#[tokio::test]
async fn counts_that_changed_meanwhile_are_shown_anew() {
    let database = database().await;
    let service = deletes(&database);
    let mut arguments = json!({"query": DELETE, "params": [2]});
    arguments["confirm"] = code(&failed(&service, "execute_query", arguments.clone()).await).into();
    database.admin().await.batch_execute("INSERT INTO children VALUES (100, 1)").await.unwrap();
    let report = failed(&service, "execute_query", arguments.clone()).await;
    assert!(report.message.contains("has changed since"), "{report}");
    assert_eq!(preview(&report)["tables"][0]["deleted"], 7);
    assert_eq!(count(&database, "parents").await, 10);
    arguments["confirm"] = code(&report).into();
    told(&service, "execute_query", arguments).await;
    assert_eq!(count(&database, "parents").await, 8);
}

#[tokio::test]
async fn a_kind_must_be_confirmed_wherever_it_stands() {
    let database = database().await;
    let service = deletes(&database);
    for query in [
        "WITH gone AS (DELETE FROM parents RETURNING id) SELECT count(*) FROM gone",
        "WITH gone AS (DELETE FROM parents RETURNING id) INSERT INTO journal SELECT id FROM gone",
        "EXPLAIN ANALYZE DELETE FROM parents",
        "TRUNCATE children",
        "/* SELECT */ DELETE FROM parents",
    ] {
        let report = failed(&service, "execute_query", json!({"query": query})).await;
        assert_eq!(report.kind, ErrorKind::ConfirmationNeeded, "{query}: {report}");
        let queries = json!({"queries": [{"query": "SELECT 1"}, {"query": query}]});
        let report = failed(&service, "execute_transaction", queries).await;
        assert_eq!(report.kind, ErrorKind::ConfirmationNeeded, "{query}: {report}");
    }
    assert_eq!((count(&database, "parents").await, count(&database, "children").await), (10, 30));
    // Other changes are made at once.
    told(&service, "execute_query", json!({"query": "UPDATE parents SET name = 'x' WHERE id = 1"})).await;
}

#[tokio::test]
async fn small_changes_pass_below_a_number_of_rows() {
    let database = database().await;
    let service = confirming(&database, |confirmation| confirmation.rows_above = Some(5));
    // 1 parent, 3 children, 1 line of the journal.
    told(&service, "execute_query", json!({"query": "DELETE FROM parents WHERE id = 1"})).await;
    let report = failed(&service, "execute_query", json!({"query": DELETE, "params": [3]})).await;
    assert!(report.message.contains("more than 5 rows"), "{report}");
    assert_eq!(count(&database, "parents").await, 9);
}

#[tokio::test]
async fn transactions_and_batches_are_confirmed_as_a_whole() {
    let database = database().await;
    let service = deletes(&database);
    let mut arguments = json!({"queries": [
        {"query": "INSERT INTO journal VALUES ('begin')"},
        {"query": DELETE, "params": [1]},
    ]});
    arguments["confirm"] = code(&failed(&service, "execute_transaction", arguments.clone()).await).into();
    assert_eq!(told(&service, "execute_transaction", arguments).await["committed"], true);
    let mut arguments = json!({"query": "DELETE FROM parents WHERE id = $1", "params_list": [[2], [3]]});
    arguments["confirm"] = code(&failed(&service, "batch_execute", arguments.clone()).await).into();
    assert_eq!(told(&service, "batch_execute", arguments).await["affected_rows"], 2);
    assert_eq!((count(&database, "parents").await, count(&database, "journal").await), (7, 4));
}

#[tokio::test]
async fn a_dry_run_shows_the_same_and_keeps_nothing() {
    let database = database().await;
    let service = confirming(&database, |_| {});
    let answer =
        told(&service, "execute_query", json!({"query": DELETE, "params": [1], "dry_run": true})).await;
    assert_eq!((&answer["committed"], &answer["preview"]["rows"]), (&json!(false), &json!(5)));
    let batch =
        json!({"query": "UPDATE parents SET name = $1", "params_list": [["a"], ["b"]], "dry_run": true});
    let answer = told(&service, "batch_execute", batch).await;
    assert_eq!(
        (&answer["committed"], &answer["preview"]["tables"][1]["updated"]),
        (&json!(false), &json!(20))
    );
    let report = failed(&service, "execute_query", json!({"query": "VACUUM", "dry_run": true})).await;
    assert_eq!(report.kind, ErrorKind::Argument, "{report}");
    assert_eq!((count(&database, "parents").await, count(&database, "journal").await), (10, 0));
}

#[tokio::test]
async fn what_has_no_transaction_is_confirmed_unseen() {
    let database = database().await;
    let service = confirming(&database, |confirmation| confirmation.writes = true);
    let mut arguments = json!({"query": "CREATE INDEX CONCURRENTLY ON children (parent)"});
    let report = failed(&service, "execute_query", arguments.clone()).await;
    assert!(preview(&report)["notes"][0].as_str().unwrap().contains("was not tried"), "{report}");
    arguments["confirm"] = code(&report).into();
    told(&service, "execute_query", arguments).await;
}

#[tokio::test]
async fn an_operation_that_cannot_ask_is_refused() {
    let database = database().await;
    let service = confirming(&database, |confirmation| confirmation.kinds = "INSERT".parse().unwrap());
    let copy = json!({"table_name": "journal", "data": "entry\nx\n"});
    let answer = ask(&Call::new(&service), "copy_in", copy).await;
    assert_eq!(answer.unwrap_err().report().rule.as_deref(), Some("policy.confirm"));
    assert_eq!(count(&database, "journal").await, 0);
}

#[derive(Debug)]
struct Person(bool);

#[async_trait]
impl Asker for Person {
    async fn confirm(&self, _connection: &str, confirmation: &Confirmation) -> bool {
        assert!(confirmation.code.is_none() && confirmation.preview.rows > 0);
        self.0
    }
}

#[tokio::test]
async fn where_only_a_person_may_confirm_nobody_gets_a_code() {
    let database = database().await;
    let service = confirming(&database, |confirmation| {
        confirmation.writes = true;
        confirmation.person = true;
    });
    let arguments = json!({"query": DELETE, "params": [1]});
    let report = failed(&service, "execute_query", arguments.clone()).await;
    assert_eq!(report.kind, ErrorKind::ConfirmationNeeded, "{report}");
    assert!(report.confirmation.as_ref().unwrap().code.is_none(), "{report}");
    let no = Call::new(&service).with_asker(Arc::new(Person(false)));
    assert!(ask(&no, "execute_query", arguments.clone()).await.is_err());
    assert_eq!(count(&database, "parents").await, 10);
    let yes = Call::new(&service).with_asker(Arc::new(Person(true)));
    ask(&yes, "execute_query", arguments).await.unwrap();
    assert_eq!(count(&database, "parents").await, 9);
}

fn configured(database: &Database, more: &str) -> String {
    let file = configuration::file(&format!(
        "[connections.c]\nurl = {:?}\naccess = \"write\"\n[connections.c.policy.confirm]\nkinds = [\"DELETE\"]\n{more}\n",
        database.owner_url()
    ));
    file.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn over_mcp_a_code_comes_back_and_confirms() {
    let database = database().await;
    let mut server = mcp::command([]);
    server.args(["--config", &configured(&database, "")]);
    let mut session = mcp::Session::start(server);
    let mut arguments = json!({"query": DELETE, "params": [1]});
    let error = session.refused("execute_query", &arguments);
    assert_eq!(error["kind"], "confirmation_needed", "{error}");
    assert_eq!(error["confirmation"]["preview"]["rows"], 5, "{error}");
    arguments["confirm"] = error["confirmation"]["code"].clone();
    session.done("execute_query", &arguments);
    assert_eq!(count(&database, "parents").await, 9);
}

#[tokio::test]
async fn on_the_command_line_a_code_goes_from_one_command_to_the_next() {
    let database = database().await;
    let home =
        std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("home-{}", database.name()));
    let file = configured(&database, "assume_yes = true");
    let run = |more: &[&str]| -> command::Ended {
        command::command([("HOME", home.to_str().unwrap().to_owned())])
            .args(["--config", &file, "--format", "json", "query", DELETE, "--params", "[1]"])
            .args(more)
            .output()
            .unwrap()
            .into()
    };
    let ended = run(&[]);
    assert_eq!(ended.code, Some(7), "{ended:?}");
    let error = ended.error();
    let code = error["confirmation"]["code"].as_str().unwrap().to_owned();
    assert_eq!(count(&database, "parents").await, 10);
    let ended = run(&["--confirm", &code]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(count(&database, "parents").await, 9);
    assert_eq!(run(&["--confirm", &code]).code, Some(2));
    database.admin().await.batch_execute("INSERT INTO parents VALUES (1, 'again')").await.unwrap();
    let ended = run(&["--yes"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(count(&database, "parents").await, 9);
}

#[tokio::test]
async fn yes_counts_only_where_the_policy_allows_it() {
    let database = database().await;
    let file = configured(&database, "");
    let ended: command::Ended = command::command([])
        .args(["--config", &file, "--yes", "query", "DELETE FROM parents"])
        .output()
        .unwrap()
        .into();
    assert_eq!(ended.code, Some(7), "{ended:?}");
    assert_eq!(count(&database, "parents").await, 10);
}

#[tokio::test]
async fn samples_are_masked_as_everything_is() {
    let database = database().await;
    let mask = "[connections.c.policy]\nmasked_columns = \
                [{ column = \"public.parents.name\", method = \"constant\", value = \"somebody\" }]";
    let mut server = mcp::command([]);
    server.args(["--config", &configured(&database, mask)]);
    let mut session = mcp::Session::start(server);
    let error = session.refused("execute_query", &json!({"query": "DELETE FROM parents WHERE id = 1"}));
    let text = error.to_string();
    assert_eq!(error["confirmation"]["preview"]["rows"], 5, "{error}");
    assert!(!text.contains("parent 1"), "{error}");
}
