//! One statement, many rows of parameters, of which some are bad.

use pg_core::{Access, ErrorKind};
use serde_json::{Value, json};

use super::{count, database_with};
use crate::support::service::{ask, failed, service, told};

const ITEMS: &str = "CREATE TABLE items (id int PRIMARY KEY, price numeric CHECK (price >= 0))";
const INSERT: &str = "INSERT INTO items VALUES ($1, $2)";

/// A thousand rows, three of them bad, each in another way: a repeated key, a text for a number, a negative price.
fn thousand() -> Vec<Value> {
    let mut rows: Vec<Value> = (0..1000).map(|id| json!([id, "1.50"])).collect();
    rows[10] = json!([9, "1.50"]);
    rows[500] = json!(["five hundred", "1.50"]);
    rows[999] = json!([999, "-1"]);
    rows
}

#[tokio::test]
async fn skipping_keeps_every_good_row_and_names_every_bad_one() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let arguments = json!({"query": INSERT, "params_list": thousand(), "on_error": "skip"});
    let answer = told(&service, "batch_execute", arguments).await;
    assert_eq!((&answer["success"], &answer["affected_rows"]), (&json!(false), &json!(997)));
    let failed = answer["failed"].as_array().unwrap();
    let indexes: Vec<&Value> = failed.iter().map(|row| &row["index"]).collect();
    assert_eq!(indexes, [&json!(10), &json!(500), &json!(999)]);
    assert_eq!(failed[0]["error"]["sqlstate"], "23505");
    assert_eq!(failed[1]["error"]["kind"], "argument");
    assert_eq!(failed[2]["error"]["sqlstate"], "23514");
    assert_eq!(count(&database, "items").await, 997);
}

#[tokio::test]
async fn aborting_keeps_nothing_and_names_the_first_bad_row() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let mut rows = thousand();
    rows[500] = json!([500, "1.50"]);
    for (rows, index, kind) in [(rows, 10, ErrorKind::Sql), (thousand(), 500, ErrorKind::Argument)] {
        let report = failed(&service, "batch_execute", json!({"query": INSERT, "params_list": rows})).await;
        assert_eq!((report.index, report.kind), (Some(index), kind), "{report}");
        assert_eq!(count(&database, "items").await, 0);
    }
}

#[tokio::test]
async fn a_batch_of_good_rows_is_done_whole() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let rows: Vec<Value> = (0..5000).map(|id| json!([id, "1.50"])).collect();
    for on_error in ["abort", "skip"] {
        database.admin().await.batch_execute("DELETE FROM items").await.unwrap();
        let arguments = json!({"query": INSERT, "params_list": rows, "on_error": on_error});
        let answer = told(&service, "batch_execute", arguments).await;
        assert_eq!((&answer["success"], &answer["affected_rows"]), (&json!(true), &json!(5000)));
        assert_eq!(count(&database, "items").await, 5000);
    }
}

#[tokio::test]
async fn a_batch_of_nothing_or_of_readings_is_told_what_to_use() {
    let database = database_with(ITEMS).await;
    let service = service(&database.owner_url(), Access::Write);
    let report = failed(&service, "batch_execute", json!({"query": INSERT, "params_list": []})).await;
    assert!(report.message.contains("`params_list` is empty"), "{report}");
    let report =
        failed(&service, "batch_execute", json!({"query": "SELECT $1::int", "params_list": [[1]]})).await;
    assert!(report.message.contains("execute_query"), "{report}");
}

/// Tables of which one is filled row by row, because its trigger may notice the difference, and the other as fast as may be.
const TWINS: &str = "
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'a,b');
    CREATE DOMAIN positive AS int CHECK (VALUE > 0);
    CREATE TABLE fast (
      id bigint PRIMARY KEY, name varchar(5), price numeric(8, 2) CHECK (price <> 13), mood mood, tags text[], body jsonb,
      amount positive, spot box, span int4range, at timestamptz(0), letter char(3), raw bytea);
    CREATE TABLE slow (LIKE fast INCLUDING ALL);
    CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER nothing BEFORE INSERT ON slow FOR EACH ROW EXECUTE FUNCTION nothing();
    CREATE TABLE run (n int)";

/// Rows that are mostly good, from a generator that gives the same ones for the same seed.
fn random_rows(mut seed: u64, count: usize) -> Vec<Value> {
    let mut pick = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let texts = ["", "null", "NULL", "a,b", "\"\\", "\\N", "\\.", "{x}", "é\t\n", "'", "a\r", "abcde   "];
    (0..count)
        .map(|_| {
            let id = pick(2500);
            let name = match pick(40) {
                0 => json!("too long for it"),
                1..4 => Value::Null,
                _ => json!(texts[pick(12) as usize]),
            };
            let price =
                if pick(50) == 0 { json!("13") } else { json!(format!("{}.{}", pick(900), pick(9999))) };
            let amount = if pick(60) == 0 { json!(0) } else { json!(pick(50) + 1) };
            let text = texts[pick(12) as usize];
            let mood = ["sad", "ok", "a,b"][pick(3) as usize];
            json!([
                id,
                name,
                price,
                mood,
                [text, null, "NULL", "x y"],
                {"k": text, "n": null},
                amount,
                "(1,1),(0,0)",
                "[1,5)",
                "2026-01-02T03:04:05.6789Z",
                "x",
                "\\x00ff5c",
            ])
        })
        .collect()
}

#[tokio::test]
async fn whichever_way_rows_travel_the_effect_is_the_same() {
    let columns = "(id, name, price, mood, tags, body, amount, spot, span, at, letter, raw)";
    let values = "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let few = "(id, name, price, mood, amount, spot, span, at, letter, raw, body)";
    // Without the array, which cannot be unnested, so that these travel as arrays.
    let few_values = "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::bytea, '{\"a\": 1}')";
    for (round, tail) in [
        (0, ""),
        (1, "ON CONFLICT DO NOTHING"),
        (
            2,
            "ON CONFLICT (id) DO UPDATE SET name = excluded.name, price = had.price + 1, amount = had.amount + excluded.amount",
        ),
    ] {
        for whole in [true, false] {
            for on_error in ["skip", "abort"] {
                let database = database_with(TWINS).await;
                let service = service(&database.owner_url(), Access::Write);
                let seed = 7 + round;
                let mut rows = random_rows(seed, 400);
                if on_error == "abort" && round > 0 {
                    // Without bad rows, so that something is kept.
                    for row in &mut rows {
                        row[1] = json!("ok");
                        row[2] = json!("1.5");
                        row[6] = json!(3);
                    }
                }
                if !whole {
                    for row in &mut rows {
                        row.as_array_mut().unwrap().drain(4..6);
                    }
                }
                let (columns, values) = if whole { (columns, values) } else { (few, few_values) };
                let mut answers = Vec::new();
                for table in ["fast", "slow"] {
                    let query = format!("INSERT INTO {table} AS had {columns} VALUES {values} {tail}");
                    let arguments = json!({"query": query, "params_list": rows, "on_error": on_error});
                    let call = pg_core::Call::new(&service);
                    let answer = match ask(&call, "batch_execute", arguments).await {
                        Ok(answer) => json!([answer["affected_rows"], answer["failed"]]).to_string(),
                        Err(error) => json!(error.report()).to_string(),
                    };
                    answers.push(answer.replace("slow", "fast"));
                }
                assert_eq!(answers[0], answers[1], "round {round}, {on_error}");
                let admin = database.admin().await;
                let difference = "SELECT count(*) FROM (SELECT f::text FROM fast f EXCEPT ALL SELECT s::text FROM slow s) x";
                let only_fast: i64 = admin.query_one(difference, &[]).await.unwrap().get(0);
                assert_eq!(only_fast, 0, "round {round}, {on_error}: rows differ");
                assert_eq!(count(&database, "fast").await, count(&database, "slow").await);
                let fast = count(&database, "fast").await;
                assert!(fast > 150 || (on_error == "abort" && round == 0), "round {round}: {fast} rows");
            }
        }
    }
}

#[tokio::test]
async fn rows_of_a_table_that_may_notice_go_one_by_one() {
    let database = database_with(
        "CREATE TABLE seen (n bigint);
         CREATE TABLE noticed (id int PRIMARY KEY, parent int);
         CREATE FUNCTION notice() RETURNS trigger LANGUAGE plpgsql AS
           'BEGIN INSERT INTO seen SELECT count(*) FROM noticed; RETURN NULL; END';
         CREATE TRIGGER t AFTER INSERT ON noticed FOR EACH STATEMENT EXECUTE FUNCTION notice();
         CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree)",
    )
    .await;
    let service = service(&database.owner_url(), Access::Write);
    let rows: Vec<Value> = (0..100).map(|id| json!([id, 1])).collect();
    let query = "INSERT INTO noticed (id, parent) VALUES ($1, $2)";
    told(&service, "batch_execute", json!({"query": query, "params_list": rows})).await;
    let distinct: i64 =
        database.admin().await.query_one("SELECT count(DISTINCT n) FROM seen", &[]).await.unwrap().get(0);
    assert_eq!(distinct, 100);
    // A child that comes before its parent fails, as it does row by row.
    let rows: Vec<Value> =
        (0..100).map(|id| json!([id, if id == 50 { json!(99) } else { Value::Null }])).collect();
    let query = "INSERT INTO tree (id, parent) VALUES ($1, $2)";
    let report = failed(&service, "batch_execute", json!({"query": query, "params_list": rows})).await;
    assert_eq!((report.index, report.sqlstate.as_deref()), (Some(50), Some("23503")), "{report}");
}
