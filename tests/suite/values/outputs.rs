//! Rows in the formats of files, against the programs that people read and write them with: psql, COPY, Python's csv module.
//!
//! Separate from the codecs' own checks: here a whole statement goes through the library, and a whole file comes out.

use std::process::{Command, Stdio};

use futures_util::TryStreamExt;
use pg_core::{Access, Call, ErrorKind, RowFormat, RowWriter, Service};
use pg_tests::Database;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, duplex};
use tokio_postgres::Client;

use super::{RANDOM, assert_none, expressions, prepare};
use crate::support::service::{ask, service, told};

/// Rows of a random expression.
const ROWS: usize = 200;
/// What stands between two results of psql.
const MARK: &str = "--8<--";

async fn database() -> (Database, Client) {
    let database = Database::empty().await;
    let client = database.admin().await;
    prepare(&client).await;
    let grants = r#"GRANT USAGE ON SCHEMA "Odd Schema" TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC"#;
    client.batch_execute(grants).await.unwrap();
    (database, client)
}

/// The rows of a query in a format; none where the policy refuses it.
async fn written(service: &Service, format: RowFormat, query: &str) -> Option<String> {
    let (mut reader, writer) = duplex(64 << 10);
    let call = Call::new(service).with_rows_to(RowWriter::new(format, writer));
    let read = tokio::spawn(async move {
        let mut text = String::new();
        reader.read_to_string(&mut text).await.unwrap();
        text
    });
    let asked = ask(&call, "execute_query", json!({"query": query})).await;
    drop(call);
    let text = read.await.unwrap();
    match asked {
        Ok(_) => Some(text),
        Err(error) if error.kind() == ErrorKind::Refused => None,
        Err(error) => panic!("{query}: {}", error.report()),
    }
}

/// Queries of one column, `v`, over every type: each expression alone, and the random ones over many rows. Functions of the
/// random ones stay behind in tables.
async fn queries(client: &Client) -> Vec<String> {
    let mut queries: Vec<String> =
        expressions(client).await.iter().map(|expression| format!("SELECT {expression} AS v")).collect();
    for (index, expression) in RANDOM.iter().enumerate() {
        let fill = format!(
            "SELECT setseed(0.42); CREATE TABLE random_{index} AS \
             SELECT n, {expression} AS v FROM generate_series(1, {ROWS}) AS n; GRANT SELECT ON random_{index} TO PUBLIC"
        );
        client.batch_execute(&fill).await.unwrap();
        queries.push(format!("SELECT v, n FROM random_{index} ORDER BY n"));
    }
    queries
}

/// What psql writes for each query, as `--csv`. None where there is no psql.
fn psql(database: &Database, queries: &[String]) -> Option<Vec<String>> {
    let script: String = queries.iter().map(|query| format!("{query};\n\\echo {MARK}\n")).collect();
    let mut psql = Command::new("psql")
        .args(["--no-psqlrc", "--csv", "--quiet", "-v", "ON_ERROR_STOP=1", "-f", "-", &database.owner_url()])
        .env(
            "PGOPTIONS",
            "-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c extra_float_digits=1 -c bytea_output=hex",
        )
        .env("PGCLIENTENCODING", "UTF8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = psql.stdin.take().unwrap();
    std::thread::spawn(move || std::io::Write::write_all(&mut input, script.as_bytes()));
    let ended = psql.wait_with_output().unwrap();
    assert!(ended.status.success(), "psql failed");
    let text = String::from_utf8(ended.stdout).unwrap();
    let mut results: Vec<String> = text.split(&format!("{MARK}\n")).map(str::to_owned).collect();
    results.pop();
    Some(results)
}

/// psql writes the empty string like NULL, where this and COPY write `""`.
fn without_empty_quotes(csv: &str) -> String {
    let (mut text, mut quoted, mut rest) = (String::new(), false, csv);
    while let Some(next) = rest.chars().next() {
        let begins = !quoted && (text.is_empty() || text.ends_with([',', '\n']));
        let ends = |behind: &str| behind.is_empty() || behind.starts_with([',', '\n']);
        if begins && let Some(behind) = rest.strip_prefix("\"\"").filter(|behind| ends(behind)) {
            rest = behind;
            continue;
        }
        quoted ^= next == '"';
        text.push(next);
        rest = &rest[next.len_utf8()..];
    }
    text
}

#[tokio::test]
async fn csv_is_what_copy_writes_byte_by_byte() {
    let (database, client) = database().await;
    let service = service(&database.owner_url(), Access::Read);
    let (mut differences, mut compared) = (Vec::new(), 0);
    for query in queries(&client).await {
        let Some(found) = written(&service, RowFormat::Csv, &query).await else { continue };
        let copied =
            client.copy_out(&format!("COPY ({query}) TO STDOUT (FORMAT csv, HEADER)")).await.unwrap();
        let pieces: Vec<_> = copied.try_collect().await.unwrap();
        let expected = String::from_utf8(pieces.concat()).unwrap();
        compared += 1;
        if found != expected {
            differences.push(format!("{query}: COPY writes {expected:?}, we {found:?}"));
        }
    }
    assert!(compared > 100, "only {compared} were compared");
    assert_none(differences);
}

#[tokio::test]
async fn csv_is_what_psql_writes_but_for_empty_strings() {
    let (database, client) = database().await;
    let service = service(&database.owner_url(), Access::Read);
    let queries = queries(&client).await;
    let Some(expected) = psql(&database, &queries) else {
        eprintln!("there is no psql on this machine: NOT TRIED");
        return;
    };
    assert_eq!(expected.len(), queries.len());
    let (mut differences, mut compared) = (Vec::new(), 0);
    for (query, expected) in queries.iter().zip(expected) {
        let Some(found) = written(&service, RowFormat::Csv, query).await else { continue };
        compared += 1;
        if without_empty_quotes(&found) != expected {
            differences.push(format!("{query}: psql writes {expected:?}, we {found:?}"));
        }
    }
    assert!(compared * 10 > queries.len() * 9, "only {compared} of {} were compared", queries.len());
    assert_none(differences);
}

#[tokio::test]
async fn tsv_is_what_copy_writes_byte_by_byte() {
    let (database, client) = database().await;
    let service = service(&database.owner_url(), Access::Read);
    let queries = queries(&client).await;
    let (mut differences, mut compared) = (Vec::new(), 0);
    for query in &queries {
        let Some(found) = written(&service, RowFormat::Tsv, query).await else { continue };
        let copied = client.copy_out(&format!("COPY ({query}) TO STDOUT")).await.unwrap();
        let pieces: Vec<_> = copied.try_collect().await.unwrap();
        let expected = String::from_utf8(pieces.concat()).unwrap();
        compared += 1;
        let (_header, body) = found.split_once('\n').unwrap();
        if body != expected {
            differences.push(format!("{query}: COPY writes {expected:?}, we {body:?}"));
        }
    }
    assert!(compared * 10 > queries.len() * 9, "only {compared} of {} were compared", queries.len());
    assert_none(differences);
}

#[tokio::test]
async fn python_reads_from_csv_what_was_written() {
    let (database, _client) = database().await;
    let service = service(&database.owner_url(), Access::Read);
    let query = r#"SELECT a || b AS "te,xt", n, CASE WHEN n % 2 = 0 THEN a END AS "maybe ""null""", ARRAY[a, b] AS pair
        FROM unnest(ARRAY['"', '""', ',', E'\n', E'\r\n', E'\r', ' ', '', '\.', '\', 'é', '𝄞', E'\t', '''', 'NULL', ';']) WITH ORDINALITY AS x(a, n),
             unnest(ARRAY['"', ',', E'\n', '', 'x', ' ', '\.', E'\r']) AS y(b)"#;
    let csv = written(&service, RowFormat::Csv, query).await.unwrap();
    let program = "import csv, io, json, sys\n\
        text = sys.stdin.buffer.read().decode('utf-8')\n\
        print(json.dumps(list(csv.reader(io.StringIO(text, newline=''), strict=True))))";
    let python = pg_tests::python(1).unwrap_or_else(|_| "python3".into());
    let mut python = Command::new(python)
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = python.stdin.take().unwrap();
    std::thread::spawn(move || std::io::Write::write_all(&mut input, csv.as_bytes()));
    let read: Vec<Vec<String>> = serde_json::from_slice(&python.wait_with_output().unwrap().stdout).unwrap();
    let as_text = format!(r#"SELECT "te,xt", n::text, "maybe ""null""", pair::text FROM ({query}) AS t"#);
    let answer = told(&service, "execute_query", json!({"query": as_text, "row_format": "arrays"})).await;
    assert_eq!(read[0], ["te,xt", "n", "maybe \"null\"", "pair"]);
    let expected: Vec<Vec<String>> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let cells = row.as_array().unwrap().iter();
            cells.map(|cell| cell.as_str().unwrap_or_default().to_owned()).collect()
        })
        .collect();
    assert_eq!(read[1..], expected);
}

/// Through the whole library, every type by its name: value, parameter, server, row, JSON, the same value.
#[tokio::test]
async fn every_type_goes_in_by_its_name_and_comes_out_the_same() {
    let (database, client) = database().await;
    let service = service(&database.owner_url(), Access::Read);
    let (mut differences, mut compared) = (Vec::new(), 0);
    for expression in expressions(&client).await {
        let query = format!("SELECT {expression} AS v, pg_typeof({expression})::text AS t");
        let Ok(answer) = ask(&Call::new(&service), "execute_query", json!({"query": query})).await else {
            continue;
        };
        let (value, ty) =
            (answer["rows"][0]["v"].clone(), answer["rows"][0]["t"].as_str().unwrap().to_owned());
        let is_json_scalar = ty.starts_with("json") && ty != "jsonpath" && !value.is_object();
        // Of an unknown type nothing can be declared but that.
        if value.is_null() || ty == "unknown" || ty.starts_with("record") || is_json_scalar {
            continue;
        }
        // A value of these is declared as the type without a length.
        let ty = ty.replace("bit varying", "varbit").replace("character varying", "varchar");
        let arguments = json!({"query": "SELECT $1 AS v", "params": [value], "param_types": [ty]});
        compared += 1;
        match ask(&Call::new(&service), "execute_query", arguments).await {
            Ok(again) if again["rows"][0]["v"] == value => {}
            Ok(again) => differences.push(format!("{ty}: {value} came back as {}", again["rows"][0]["v"])),
            Err(error) => differences.push(format!("{ty}: {value}: {}", error.report())),
        }
    }
    assert!(compared > 100, "only {compared} values went in");
    assert_none(differences);
}

#[tokio::test]
async fn json_null_and_no_value_are_told_apart() {
    let (database, _client) = database().await;
    let service = service(&database.owner_url(), Access::Read);
    let query = "SELECT $1::jsonb IS NULL AS missing, jsonb_typeof($1::jsonb) AS kind";
    for (given, expected) in [
        (json!(null), json!({"missing": true, "kind": null})),
        (json!("null"), json!({"missing": false, "kind": "null"})),
        (json!({"a": null}), json!({"missing": false, "kind": "object"})),
    ] {
        let answer = told(&service, "execute_query", json!({"query": query, "params": [given]})).await;
        assert_eq!(answer["rows"], Value::from(vec![expected]));
    }
}
