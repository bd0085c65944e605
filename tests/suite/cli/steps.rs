//! `pg-cli run`: steps with conditions, outputs and exit codes, and the ready examples.

use std::path::{Path, PathBuf};

use pg_tests::Database;
use serde_json::{Value, json};

use super::{Ended, bare, file, json, on, run};
use crate::support::configuration;

fn statuses(ended: &Ended) -> Vec<String> {
    let told = json(ended);
    let steps = told["steps"].as_array().expect("steps").iter();
    steps
        .map(|step| format!("{} {}", step["name"].as_str().unwrap(), step["status"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn steps_run_by_their_conditions_and_take_values_from_earlier_ones() {
    let database = Database::empty().await;
    let path = file(
        "steps.toml",
        r#"
[variables]
least = 3
[[step]]
name = "count"
operation = "query"
arguments = { query = "SELECT $1::int AS n, 'x' AS t", params = [{ var = "least" }] }
[[step]]
name = "more"
operation = "execute-query"
if = { step = "count", pointer = "/rows/0/n", at_least = 3 }
arguments = { query = "SELECT $1::int + 1 AS n", params = [{ step = "count", pointer = "/rows/0/n" }] }
[[step]]
name = "never"
operation = "query"
unless = { step = "more", pointer = "/rows/0/n", equals = 4 }
arguments = { query = "SELECT 1" }
[[step]]
name = "many"
alert = "there are many"
if = { step = "count", pointer = "/rows/0/n", greater_than = 8 }
"#,
    );
    let path = path.to_str().unwrap();
    let ended = run(on(&database), &["run", path]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(statuses(&ended), ["count done", "more done", "never skipped", "many skipped"]);
    assert_eq!(json(&ended)["steps"][1]["answer"]["rows"], json!([{"n": 4}]));
    let ended = run(on(&database), &["run", path, "-v", "least=9"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(statuses(&ended), ["count done", "more done", "never done", "many alert"]);
    assert!(ended.stderr.contains("there are many"), "{ended:?}");
    let dry = run(bare(), &["run", path, "--dry-run"]);
    assert_eq!((dry.code, json(&dry)["steps"][1]["status"].as_str()), (Some(0), Some("may run")), "{dry:?}");
}

#[tokio::test]
async fn a_step_that_fails_stops_the_rest_unless_it_says_otherwise() {
    let database = Database::empty().await;
    for (on_error, says) in [("stop", "after skipped"), ("continue", "after done")] {
        let path = file(
            &format!("{on_error}.toml"),
            &format!(
                "[[step]]\nname = 'bad'\noperation = 'query'\non_error = '{on_error}'\narguments = {{ query = 'SELECT nope' }}\n\
                 [[step]]\nname = 'after'\noperation = 'query'\narguments = {{ query = 'SELECT 1' }}\n"
            ),
        );
        let ended = run(on(&database), &["run", path.to_str().unwrap(), "--format", "json"]);
        assert_eq!(ended.code, Some(3), "{ended:?}");
        assert_eq!(statuses(&ended), ["bad failed", says], "{ended:?}");
    }
}

#[tokio::test]
async fn each_connection_has_its_answer_and_its_file() {
    let database = Database::shop().await;
    let configuration = configuration::use_cases(&database);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("steps-files");
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = file(
        "each.toml",
        "[[step]]\nname = 'who'\noperation = 'query'\nfor_each_connection = ['crm', 'erp']\n\
         output = { file = '{connection}.csv' }\narguments = { query = 'SELECT 1 AS n' }\n\
         [[step]]\nname = 'found'\nalert = 'x'\nif = { step = 'who', pointer = '/erp/row_count', equals = 1 }\n",
    );
    let mut command = bare();
    command.current_dir(&folder);
    let words = ["run", path.to_str().unwrap(), "--config", configuration.to_str().unwrap()];
    let ended = run(command, &words);
    assert_eq!(statuses(&ended), ["who done", "who done", "found alert"], "{ended:?}");
    for connection in ["crm", "erp"] {
        assert_eq!(std::fs::read_to_string(folder.join(format!("{connection}.csv"))).unwrap(), "n\n1\n");
    }
    std::fs::remove_dir_all(&folder).expect("a folder of our own");
}

#[test]
fn a_wrong_file_is_refused_before_anything_runs() {
    let step = "[[step]]\nname = 'a'\noperation = 'query'\n";
    for (content, says) in [
        (format!("{step}argument = 1\n"), vec!["line 4", "argument", "arguments"]),
        ("[[step]]\nname = 'a'\noperation = 'execute_qeury'\n".to_owned(), vec!["execute_query"]),
        (format!("{step}if = {{ step = 'b', exists = true }}\n"), vec!["no earlier step"]),
        (format!("{step}arguments = {{ query = {{ var = 'q' }} }}\n"), vec!["no variable `q`"]),
        (format!("[variables]\nq = {{ env = 'NOT_SET' }}\n{step}"), vec!["`q` has no value"]),
        (format!("{step}{step}"), vec!["another step's"]),
        (format!("{step}output = {{ file = 'x.pdf' }}\n"), vec!["no format"]),
    ] {
        let path = file("wrong.toml", &content);
        let ended = run(bare(), &["run", path.to_str().unwrap()]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{content} {ended:?}");
        assert!(says.iter().all(|said| ended.stderr.contains(said)), "{says:?} {ended:?}");
    }
}

#[tokio::test]
async fn every_ready_example_runs_on_the_shop() {
    let database = Database::shop().await;
    let configuration = configuration::use_cases(&database);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/scenarios");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("examples");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut ran = 0;
    for entry in std::fs::read_dir(&examples).expect("the examples") {
        let path = entry.expect("an example").path();
        let mut command = bare();
        command.current_dir(&folder);
        let words =
            ["run", path.to_str().unwrap(), "--config", configuration.to_str().unwrap(), "--format", "json"];
        let ended = run(command, &words);
        assert!(matches!(ended.code, Some(0 | 1)), "{}: {ended:?}", path.display());
        let told: Value = json(&ended);
        let steps = told["steps"].as_array().expect("steps");
        assert!(steps.iter().any(|step| step["status"] == "done"), "{told}");
        assert!(steps.iter().all(|step| step["status"] != "failed"), "{told}");
        ran += 1;
    }
    assert_eq!(ran, 12);
    std::fs::remove_dir_all(&folder).expect("a folder of our own");
}
