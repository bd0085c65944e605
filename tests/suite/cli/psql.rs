//! What those expect of the command who know psql: statements, files, variables, transactions, formats, the pager.

use std::process::{Command, Stdio};

use pg_tests::Database;

use super::{bare, file, json, on, run, run_with_stdin};

#[tokio::test]
async fn statements_and_files_run_in_their_order() {
    let database = Database::empty().await;
    let path = file("two.sql", "-- two of them\nSELECT 2 AS b;\nSELECT ';' AS c;\n");
    let path = path.to_str().unwrap();
    let ended = run(
        on(&database),
        &["query", "-c", "SELECT 1 AS a", "-f", path, "-c", "SELECT 4 AS d", "--format", "csv"],
    );
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "a\n1\nb\n2\nc\n;\nd\n4\n"), "{ended:?}");
    let from_stdin =
        run_with_stdin(on(&database), &["query", "-", "--format", "json"], b"SELECT 1 AS n; SELECT 2 AS n");
    let counts: Vec<_> = from_stdin
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["rows"][0]["n"].clone())
        .collect();
    assert_eq!(counts, [1, 2], "{from_stdin:?}");
}

#[tokio::test]
async fn statements_need_no_subcommand() {
    let database = Database::empty().await;
    let mut command = bare();
    command.args(["-d", &database.owner_url(), "-c", "SELECT 1 AS a", "--format", "csv"]);
    let ended = run(command, &[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "a\n1\n"), "{ended:?}");
}

#[tokio::test]
async fn variables_are_bound_and_never_come_into_the_text() {
    let database = Database::empty().await;
    let sql =
        "SELECT :n::int + 1 AS n, :'name' AS name, ':n' AS text, '1'::int AS one WHERE :'name' = :'name'";
    let evil = "name=x'; DROP TABLE t; --";
    let ended = run(on(&database), &["query", "-c", sql, "-v", "n=41", "--set", evil, "--format", "csv"]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(0), "n,name,text,one\n42,x'; DROP TABLE t; --,:n,1\n"),
        "{ended:?}"
    );
    // The statement as a word, and one from stdin, take them too.
    let ended = run(on(&database), &["query", "SELECT :n::int AS n", "-v", "n=7", "--format", "csv"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "n\n7\n"), "{ended:?}");
    let ended =
        run_with_stdin(on(&database), &["query", "-v", "n=8", "--format", "csv"], b"SELECT :n::int AS n;");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "n\n8\n"), "{ended:?}");
}

#[tokio::test]
async fn variables_that_cannot_be_bound_are_refused_before_anything_runs() {
    let database = Database::empty().await;
    run(on(&database), &["query", "CREATE TABLE t (a int)", "--access", "schema"]);
    for (sql, says) in [
        ("INSERT INTO t VALUES (1);\nSELECT :nope", ["-c 1:2", "-v nope="]),
        ("INSERT INTO t VALUES (1);\n\n\nSELECT * FROM :\"n\"", ["-c 1:4", "write the name itself"]),
        ("INSERT INTO t VALUES (1); SELECT $1", ["statement 2", "-v NAME=VALUE"]),
        ("INSERT INTO t VALUES (1);\n\\dt", ["`\\dt` is a command of psql", "pg-cli tables"]),
        ("INSERT INTO t VALUES (1);\n\\d it's", ["-c 1:2", "pg-cli describe NAME"]),
    ] {
        let ended = run(on(&database), &["query", "-c", sql, "-v", "n=1", "--access", "write"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
        assert!(says.iter().all(|said| ended.stderr.contains(said)), "{says:?} {ended:?}");
    }
    let ended = run(on(&database), &["query", "SELECT count(*) FROM t", "--format", "csv"]);
    assert_eq!(ended.stdout, "count\n0\n");
}

#[tokio::test]
async fn a_script_ends_with_its_first_error_and_names_its_place() {
    let database = Database::empty().await;
    let path = file(
        "fails.sql",
        "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n\nSELECT nope\nFROM t;\nINSERT INTO t VALUES (2);\n",
    );
    let path = path.to_str().unwrap();
    let ended = run(on(&database), &["query", "-f", path, "--access", "schema", "--format", "csv"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), ""), "{ended:?}");
    assert!(
        ended.stderr.contains("fails.sql:4: statement 3: ") && ended.stderr.contains("42703"),
        "{ended:?}"
    );
    let count = ["query", "SELECT a FROM t", "--format", "csv"];
    assert_eq!(run(on(&database), &count).stdout, "a\n1\n");
    // Switched off as in psql, it goes on, and ends with the error's code all the same.
    let on_with = [
        "query",
        "-c",
        "SELECT nope",
        "-c",
        "INSERT INTO t VALUES (3)",
        "-v",
        "ON_ERROR_STOP=0",
        "--access",
        "write",
    ];
    assert_eq!(run(on(&database), &on_with).code, Some(3));
    assert_eq!(run(on(&database), &count).stdout, "a\n1\n3\n");
}

#[tokio::test]
async fn one_transaction_keeps_all_or_nothing() {
    let database = Database::empty().await;
    run(on(&database), &["query", "CREATE TABLE t (a int PRIMARY KEY)", "--access", "schema"]);
    let count = ["query", "SELECT a FROM t ORDER BY a", "--format", "csv"];
    let words = ["query", "-1", "--access", "write", "-v", "n=5", "-c", "INSERT INTO t VALUES (:n)"];
    let failing: Vec<&str> =
        words.into_iter().chain(["-c", "INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (:n)"]).collect();
    let ended = run(on(&database), &failing);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains("-c 2:2: statement 2: ") && ended.stderr.contains("23505"), "{ended:?}");
    assert_eq!(run(on(&database), &count).stdout, "a\n");
    let ended = run(on(&database), &[&words[..], &["-c", "INSERT INTO t VALUES (1)"]].concat());
    assert_eq!((ended.code, &json(&ended)["affected_rows"]), (Some(0), &2.into()), "{ended:?}");
    assert_eq!(run(on(&database), &count).stdout, "a\n1\n5\n");
    let ended = run(on(&database), &["query", "-1", "-c", "SELECT 1", "--fetch-size", "3"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
}

#[tokio::test]
async fn each_statement_of_a_script_is_judged_by_the_policy() {
    let database = Database::empty().await;
    let ended = run(on(&database), &["query", "-c", "SELECT 1 AS a; DROP TABLE t", "--format", "csv"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(5), "a\n1\n"), "{ended:?}");
    assert!(ended.stderr.contains("-c 1:1: statement 2"), "{ended:?}");
}

#[tokio::test]
async fn expanded_is_one_value_a_line() {
    let database = Database::empty().await;
    let ended =
        run(on(&database), &["query", "SELECT 1 AS n, NULL AS nothing, '' AS empty", "--format", "expanded"]);
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(0), "-[ RECORD 1 ]-\nn       | 1\nnothing | NULL\nempty   |\n"),
        "{ended:?}"
    );
}

/// The command within a terminal of its own.
fn in_terminal(database: &Database, words: &str, pager: Option<&str>) -> String {
    let line = format!("stty rows 24 cols 80; {} {words}", pg_tests::binary("pg-cli").display());
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).env_clear().stdin(Stdio::null());
    command.env("DATABASE_URL", database.owner_url()).env("PATH", "/usr/bin:/bin").env("TERM", "xterm");
    if let Some(pager) = pager {
        command.env("PAGER", pager);
    }
    let ended = command.output().expect("script(1) of util-linux runs");
    String::from_utf8_lossy(&ended.stdout).into_owned()
}

#[tokio::test]
async fn long_answers_go_to_the_pager_on_a_terminal_only() {
    let database = Database::empty().await;
    let query = "query 'SELECT g FROM generate_series(1, 300) g'";
    let paged = in_terminal(&database, query, Some("sed s/^/paged:/"));
    assert!(paged.contains("paged: ") && paged.contains("300"), "{paged}");
    for (words, pager) in [
        (format!("{query} --no-pager"), Some("sed s/^/paged:/")),
        ("query 'SELECT 300 AS g'".to_owned(), Some("sed s/^/paged:/")),
        (query.to_owned(), Some("")),
        (query.to_owned(), Some("/nonexistent/pager")),
    ] {
        let shown = in_terminal(&database, &words, pager);
        assert!(!shown.contains("paged: ") && shown.contains("300"), "{words} {shown}");
    }
    let mut command = on(&database);
    command.env("PAGER", "sed s/^/paged:/").env("PATH", "/usr/bin:/bin");
    let ended = run(command, &["query", "SELECT g FROM generate_series(1, 300) g", "--format", "table"]);
    assert!(!ended.stdout.contains("paged:"), "{ended:?}");
}
