//! Rows of CSV and NDJSON into a table, of which some are bad.

use pg_core::{Access, Call, ErrorKind};
use serde_json::json;

use super::{count, database_with};
use crate::support::service::{ask, failed, service, told};

const ITEMS: &str = "CREATE TABLE groups (id int PRIMARY KEY);
    INSERT INTO groups VALUES (1), (2);
    CREATE TABLE items (
      id int PRIMARY KEY, name text, price numeric CHECK (price >= 0), \"group\" int REFERENCES groups, tags text[])";

#[tokio::test]
async fn csv_is_read_as_copy_reads_it() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let data = "\u{feff}id,name,price,tags\r\n1,\"a \"\"b\"\", c\",1.50,\"{x,\"\"y z\"\"}\"\r\n2,,,\r\n3,\"\",2,{}\n4,\"two\nlines\\N\",0,\n";
    let answer = told(&service, "copy_in", json!({"table_name": "items", "data": data})).await;
    assert_eq!((&answer["records"], &answer["affected_rows"]), (&json!(4), &json!(4)), "{answer}");
    let query = "SELECT id, name, price::text, tags::text FROM items ORDER BY id";
    let rows = told(&service, "execute_query", json!({"query": query, "row_format": "arrays"})).await;
    assert_eq!(
        rows["rows"],
        json!([
            [1, "a \"b\", c", "1.50", "{x,\"y z\"}"],
            [2, null, null, null],
            [3, "", "2", "{}"],
            [4, "two\nlines\\N", "0", null],
        ])
    );
}

#[tokio::test]
async fn ndjson_delimiters_and_null_markers_are_read() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let data = "{\"id\": 1, \"name\": \"x\\ty\", \"tags\": [\"a\", null], \"price\": 12345678901234567890.123}\n\n{\"id\": 2}\n";
    let arguments = json!({"table_name": "items", "input_format": "ndjson", "data": data});
    assert_eq!(told(&service, "copy_in", arguments).await["affected_rows"], 2);
    let arguments = json!({"table_name": "items", "data": "3\tNULL\n4\t\"NULL\"\n", "no_header": true,
        "columns": ["id", "name"], "delimiter": "\\t", "null": "NULL"});
    assert_eq!(told(&service, "copy_in", arguments).await["affected_rows"], 2);
    let query = "SELECT string_agg(concat_ws('|', id, coalesce(name, '-'), price, tags), ';' ORDER BY id) AS all FROM items";
    let rows = told(&service, "execute_query", json!({"query": query})).await;
    assert_eq!(rows["rows"][0]["all"], "1|x\ty|12345678901234567890.123|{a,NULL};2|-;3|-;4|NULL");
}

/// Ten thousand lines, of which these are bad: 5 (a text for a number), 9 (too few fields), 4000 (a repeated key), 7000 (a
/// negative price), 10001 (no such group).
fn ten_thousand() -> String {
    let mut lines: Vec<String> = (0..10_000).map(|id| format!("{id},name {id},1.5,1")).collect();
    lines[3] = "x,name,1.5,1".to_owned();
    lines[7] = "7,name".to_owned();
    lines[3998] = "3,name,1.5,1\n".trim_end().to_owned();
    lines[3] = "three,name,1.5,1".to_owned();
    lines[3998] = "2,name,1.5,1".to_owned();
    lines[6998] = "6998,name,-1,1".to_owned();
    lines[9999] = "9999,name,1,77".to_owned();
    format!("id,name,price,group\n{}\n", lines.join("\n"))
}

#[tokio::test]
async fn skipping_loses_no_good_record_and_names_every_bad_one() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let arguments = json!({"table_name": "items", "data": ten_thousand(), "on_error": "skip"});
    let answer = told(&service, "copy_in", arguments).await;
    let rejected = answer["rejected"].as_array().unwrap();
    let lines: Vec<u64> = rejected.iter().map(|rejected| rejected["line"].as_u64().unwrap()).collect();
    let mut sorted = lines.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [5, 9, 4000, 7000, 10_001], "{answer}");
    assert_eq!((&answer["affected_rows"], &answer["rejected_count"]), (&json!(9995), &json!(5)));
    let of_line = |line: u64| &rejected[lines.iter().position(|known| *known == line).unwrap()];
    assert_eq!(of_line(4000)["error"]["sqlstate"], "23505");
    assert_eq!(of_line(4000)["raw"], "2,name,1.5,1");
    assert_eq!(of_line(10_001)["error"]["sqlstate"], "23503");
    assert_eq!(of_line(9)["error"]["kind"], "argument");
    assert_eq!(count(&database, "items").await, 9995);
}

#[tokio::test]
async fn aborting_keeps_nothing_and_names_the_first_bad_line() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let all = ten_thousand();
    for (without, line) in [(0, 5), (2, 4000)] {
        let mut lines: Vec<&str> = all.lines().collect();
        if without > 0 {
            lines[4] = "10003,x,1,1";
            lines[8] = "10007,x,1,1";
        }
        let arguments = json!({"table_name": "items", "data": lines.join("\n")});
        let report = failed(&service, "copy_in", arguments).await;
        assert!(report.message.starts_with(&format!("line {line}: ")), "{report}");
        assert_eq!(count(&database, "items").await, 0);
    }
    // A foreign key fails at the end of a COPY, which names no line: it is found all the same.
    let data = "id,group\n1,1\n2,77\n3,78\n";
    let report = failed(&service, "copy_in", json!({"table_name": "items", "data": data})).await;
    assert!(report.message.starts_with("line 3: "), "{report}");
    assert_eq!(report.sqlstate.as_deref(), Some("23503"));
}

#[tokio::test]
async fn the_policy_judges_a_copy_as_an_insert() {
    let database = database_with(ITEMS).await;
    let arguments = json!({"table_name": "items", "data": "id\n1\n"});
    let reading = service(&database.owner_url(), Access::Read);
    assert_eq!(failed(&reading, "copy_in", arguments.clone()).await.kind, ErrorKind::Refused);
    let writing = service(&database.owner_url(), Access::Write);
    let report =
        failed(&writing, "copy_in", json!({"table_name": "items; DROP TABLE items", "data": "id\n1\n"}))
            .await;
    assert_eq!(report.sqlstate.as_deref(), Some("42P01"), "{report}");
    let report =
        failed(&writing, "copy_in", json!({"table_name": "pg_authid", "data": "rolname\nx\n"})).await;
    assert!(matches!(report.kind, ErrorKind::Refused | ErrorKind::Sql), "{report}");
    // With row security, COPY is not possible, and rows go as INSERTs.
    database
        .admin()
        .await
        .batch_execute(
            "ALTER TABLE items ENABLE ROW LEVEL SECURITY; ALTER TABLE items FORCE ROW LEVEL SECURITY;
             CREATE POLICY even ON items USING (true) WITH CHECK (id % 2 = 0)",
        )
        .await
        .unwrap();
    let arguments = json!({"table_name": "items", "data": "id\n1\n2\n3\n4\n", "on_error": "skip"});
    let answer = told(&writing, "copy_in", arguments).await;
    assert_eq!((&answer["affected_rows"], &answer["rejected_count"]), (&json!(2), &json!(2)), "{answer}");
}

#[tokio::test]
async fn files_are_for_the_command_line_only() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    for argument in ["file", "rejects_file"] {
        let mut arguments = json!({"table_name": "items", "data": "id\n1\n"});
        arguments[argument] = json!("/etc/passwd");
        if argument == "file" {
            arguments.as_object_mut().unwrap().remove("data");
        }
        let error = ask(&Call::new(&service), "copy_in", arguments).await.unwrap_err();
        assert!(error.report().message.contains("command line only"), "{}", error.report());
    }
    assert_eq!(count(&database, "items").await, 0);
}

#[tokio::test]
async fn the_command_line_copies_from_files_and_pipes() {
    use crate::support::command::{command, fed};
    let database = database_with(ITEMS).await;
    let rejects = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("rejects.ndjson");
    let arguments =
        ["copy-in", "items", "--file", "-", "--on-error", "skip", "--access", "write", "--rejects-file"];
    let mut command = command([("DATABASE_URL", database.owner_url())]);
    let ended = fed(command.args(arguments).arg(&rejects), ten_thousand().as_bytes());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.json()["affected_rows"], 9995);
    let written = std::fs::read_to_string(&rejects).unwrap();
    assert_eq!(written.lines().count(), 5);
    assert!(written.contains("\"raw\":\"9999,name,1,77\""), "{written}");
}
