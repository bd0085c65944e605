//! `pg-cli policy …` as people and CI run it.

use std::path::{Path, PathBuf};

use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::command::{self, Ended};
use crate::support::configuration;

/// Runs `pg-cli policy` with nothing of the machine's environment.
fn policy(arguments: &[&str]) -> Ended {
    let mut command = command::command([]);
    command.arg("policy").args(arguments).output().expect("pg-cli starts").into()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths of the suite are UTF-8")
}

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project").join(path)
}

/// A folder of statements: each file's path in it, and its text.
fn corpus(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    for (file, content) in files {
        let file = folder.join(file);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("temporary files are writable");
        std::fs::write(file, content).expect("temporary files are writable");
    }
    folder
}

#[test]
fn check_says_what_holds_in_the_annotated_example() {
    let example = project("examples/pg-toolkit.toml");
    let ended = policy(&["check", text(&example)]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("connection shop (db.example:5432): read, profile reporting"), "{ended:?}");
    let ended = policy(&["check", text(&example), "--format", "json"]);
    let answer = ended.json();
    assert_eq!(answer["connections"][0]["name"], json!("shop"));
    assert_eq!(answer["connections"][0]["max_rows"], json!(5000), "narrower than its profile: {answer}");
    assert_eq!(answer["profiles"].as_array().map(Vec::len), Some(4));
}

#[test]
fn check_names_line_column_key_and_nearest_key() {
    let file = configuration::file("[connections.shop]\nhost = \"h\"\nacess = \"read\"\n");
    let ended = policy(&["check", text(&file)]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    for part in [":3:1", "`acess`", "[connections.shop]", "did you mean `access`?"] {
        assert!(ended.stderr.contains(part), "{ended:?}");
    }
    assert_eq!(ended.stdout, "");
    let ended = policy(&["check", text(&file), "--format", "json"]);
    assert!(ended.error()["message"].as_str().is_some_and(|message| message.contains(":3:1")), "{ended:?}");
    assert_eq!(policy(&["check"]).code, Some(2), "no file is named");
    assert_eq!(policy(&["check", "/nonexistent.toml"]).code, Some(2));
}

#[test]
fn explain_works_without_a_database() {
    let ended = policy(&["explain", "WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d"]);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    for part in ["refused by", "rule       access", "            ^", "needs write access", "orders (changed)"]
    {
        assert!(ended.stdout.contains(part), "{part}: {ended:?}");
    }
    for part in [
        "columns    any of orders",
        "    length              passed\n",
        "    access              refused: DELETE",
    ] {
        assert!(ended.stdout.contains(part), "{part}: {ended:?}");
    }
    let ended = policy(&["explain", "--format", "json", "SELECT o.total + 1 FROM orders o"]);
    let answer = ended.json();
    let [order] = answer["relations"].as_array().map_or(&[][..], Vec::as_slice) else { panic!("{answer}") };
    assert_eq!((&order["columns"], &order["all_columns"]), (&json!(["total"]), &json!(false)));
    assert_eq!((&answer["operators"], &answer["locks"]), (&json!(["+"]), &json!([])), "{answer}");
    assert_eq!(answer["rules"][0], json!({"rule": "length", "said": "passed"}));
    let ended = policy(&["explain", "--profile", "standard", "DELETE FROM orders WHERE order_id = 1"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.starts_with("allowed by the profile `standard` (offline)"), "{ended:?}");
}

#[test]
fn explain_never_allows_what_only_a_catalog_knows() {
    let ended = policy(&["explain", "SELECT loyalty_level(1)", "--format", "json"]);
    let answer = ended.json();
    assert_eq!((ended.code, &answer["verdict"]), (Some(5), &json!("cannot_be_judged")), "{answer}");
    assert!(answer["missing"].as_array().is_some_and(|missing| !missing.is_empty()), "{answer}");
    assert_eq!(answer["live"], json!(false));
}

#[test]
fn explain_takes_sql_that_begins_with_a_comment_and_sql_from_a_file() {
    let sql = "-- what is sold\nSELECT 1";
    assert_eq!(policy(&["explain", sql]).code, Some(0));
    let file = configuration::file(sql);
    assert_eq!(policy(&["explain", "-f", text(&file)]).code, Some(0));
    let mut command = command::command([]);
    let ended = command::fed(command.args(["policy", "explain"]), b"DROP TABLE t");
    assert_eq!(ended.code, Some(5), "{ended:?}");
}

#[test]
fn explain_says_which_connection_or_profile_it_does_not_know() {
    let ended = policy(&["explain", "--profile", "standart", "SELECT 1"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("did you mean `standard`?"), "{ended:?}");
    let file = configuration::file("[connections.a]\nhost = \"h\"\n[connections.b]\nhost = \"h\"\n");
    let ended = policy(&["explain", "SELECT 1", "--config", text(&file)]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("a, b"), "{ended:?}");
    let ended = policy(&["explain", "SELECT 1", "--config", text(&file), "--connection", "b", "--offline"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn explain_asks_the_catalog_of_a_live_connection() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    let made = "CREATE FUNCTION tame(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT $1';
                CREATE FUNCTION wild(int) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT $1';
                CREATE VIEW wild_view AS SELECT wild(1)";
    pg_tests_run(&admin, made).await;
    let explained = |sql: &str| -> Value {
        let url = database.owner_url();
        let ended = command::on(&url, &["policy", "explain", "--live", "--format", "json", sql]);
        ended.json()
    };
    let tame = explained("SELECT tame(1)");
    assert_eq!((&tame["verdict"], &tame["live"]), (&json!("allowed"), &json!(true)), "{tame}");
    let wild = explained("SELECT wild(1)");
    assert_eq!(wild["verdict"], json!("refused"), "{wild}");
    assert!(wild["refusal"]["why"].as_str().is_some_and(|why| why.contains("volatile")), "{wild}");
    let view = explained("SELECT * FROM wild_view");
    assert_eq!(view["verdict"], json!("refused"), "offline it is only assumed: {view}");
}

/// Runs SQL of the test's own.
#[expect(clippy::disallowed_methods, reason = "the test's own SQL")]
async fn pg_tests_run(admin: &tokio_postgres::Client, sql: &str) {
    admin.batch_execute(sql).await.expect("the test's own SQL runs");
}

#[test]
fn a_live_explanation_without_a_server_is_a_connection_error() {
    let ended =
        command::on("postgresql://nobody@127.0.0.1:1/none", &["policy", "explain", "--live", "SELECT f()"]);
    assert_eq!(ended.code, Some(4), "{ended:?}");
}

#[test]
fn test_judges_a_corpus_by_its_folders_and_names_each_that_differs() {
    let folder = corpus(
        "corpus",
        &[
            ("allowed/reads.sql", "SELECT 1\n-- ;;\n\nDELETE FROM t\n"),
            ("refused/writes.sql", "UPDATE t SET a = 1 WHERE b = 2\n-- ;;\nSELECT 2\n"),
            ("refused/notes.txt", "no statement"),
        ],
    );
    let ended = policy(&["test", text(&folder), "--profile", "read_only"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for part in [
        "reads.sql:4: should be allowed: DELETE FROM t",
        "writes.sql:3: should be refused: SELECT 2",
        "2 differ",
    ] {
        assert!(ended.stdout.contains(part), "{part}: {ended:?}");
    }
    let answer = policy(&["test", text(&folder), "--profile", "read_only", "--format", "json"]).json();
    assert_eq!((&answer["allowed"], &answer["refused"]), (&json!(2), &json!(2)), "{answer}");
    assert_eq!(answer["differences"][0]["line"], json!(4), "{answer}");
}

#[test]
fn test_passes_the_corpora_of_the_gate() {
    let folder = project("pg-policy/tests/corpus/read");
    let ended = policy(&["test", text(&folder), "--profile", "read_only"]);
    let said = format!("{}{}", ended.stdout, ended.stderr);
    // What rests on extensions, and on types of a user's own, is judged on a connection only; everything else is as its
    // folder says.
    let differ: Vec<&str> = said.lines().filter(|line| line.contains("should be ")).collect();
    assert_eq!(differ.len(), said.matches("cannot be judged").count(), "{said}");
    assert!(!said.contains("should be refused"), "{said}");
    let elsewhere = differ.iter().filter(|line| !line.contains("extensions.sql")).count();
    assert!(elsewhere < 10, "{said}");
}

#[test]
fn test_takes_one_file_that_says_itself_what_must_become_of_its_statements() {
    let file = configuration::file("-- allowed\nSELECT 1\n-- refused\nDROP TABLE t\n");
    assert_eq!(policy(&["test", text(&file), "--profile", "production"]).code, Some(0));
    let file = configuration::file("SELECT 1\n");
    let ended = policy(&["test", text(&file), "--profile", "production"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains(":1: nothing says what must become of this statement"), "{ended:?}");
    let empty = corpus("empty", &[("allowed/none.txt", "")]);
    assert_eq!(policy(&["test", text(&empty)]).code, Some(2), "a corpus that looks at nothing does not pass");
}

#[test]
fn the_schema_is_printed_for_editors() {
    let schema = policy(&["schema"]).json();
    assert_eq!(schema["additionalProperties"], json!(false));
    assert!(schema["$defs"]["ConnectionTable"]["properties"]["profile"].is_object(), "{schema}");
}

#[test]
fn no_operation_touches_a_policy() {
    let operations = pg_core::operations::OPERATIONS
        .iter()
        .chain(pg_introspect::OPERATIONS)
        .chain(pg_data::OPERATIONS)
        .chain(pg_report::OPERATIONS);
    for operation in operations {
        let schema = serde_json::to_string(&operation.input_schema()).expect("a schema is JSON");
        assert!(!operation.name().contains("polic"), "{}", operation.name());
        for word in ["polic", "profile", "access", "allowed_", "blocked_"] {
            assert!(!schema.contains(&format!("\"{word}")), "{} takes {word}: {schema}", operation.name());
        }
    }
}
