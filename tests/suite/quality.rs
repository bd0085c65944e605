//! check_data_quality: every kind of check with faults that are counted by hand, clean data, formats, masks, drift and trend.
#![expect(clippy::disallowed_methods, reason = "tests ask the server past the toolkit")]

use pg_core::{Access, ColumnMask, MaskMethod, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::command::on;
use crate::support::configuration::file;
use crate::support::service::{adjusted, failed, service, told};

/// A shop with two hundred good rows.
const CLEAN: &str = "SET ROLE shop_owner;
    CREATE TABLE people (id int PRIMARY KEY, email text, status text, age int, born date, code text, zip text);
    CREATE TABLE sales (id int PRIMARY KEY, person int, total numeric(10,2), sold_at timestamptz);
    CREATE TABLE sale_lines (sale int, line int, price numeric(10,2), PRIMARY KEY (sale, line));
    INSERT INTO people SELECT i, 'p' || i || '@example.org', CASE WHEN i % 3 = 0 THEN 'new' ELSE 'old' END, 20 + i % 50,
      date '2000-01-01' + i, 'C' || i, 'Z' || i % 100 FROM generate_series(1, 200) i;
    INSERT INTO sales SELECT i, i, 30, now() - i * interval '1 minute' FROM generate_series(1, 200) i;
    INSERT INTO sale_lines SELECT i, l, 10 FROM generate_series(1, 200) i, generate_series(1, 3) l";

/// Faults: 3 missing, 2 twins, 4 unknown words, 5 out of range, 6 of no form, 7 orphans, 2 wrong sums.
const FAULTS: &str = "SET ROLE shop_owner;
    UPDATE people SET email = NULL WHERE id <= 3;
    UPDATE people SET code = 'C10', zip = 'Z10' WHERE id = 11;
    UPDATE people SET status = 'odd' WHERE id BETWEEN 20 AND 23;
    UPDATE people SET age = -1 WHERE id BETWEEN 30 AND 34;
    UPDATE people SET email = 'no mail' WHERE id BETWEEN 40 AND 45;
    UPDATE people SET born = '1850-01-01' WHERE id = 60;
    UPDATE sales SET person = 1000 + id WHERE id BETWEEN 50 AND 56;
    UPDATE sales SET total = 31 WHERE id IN (70, 71);
    UPDATE sales SET sold_at = sold_at - interval '3 days'";

const SUITE: &str = r#"
name = "shop"
[[checks]]
check = "complete"
table = "people"
column = "email"
[[checks]]
check = "unique"
table = "people"
column = "code"
[[checks]]
check = "unique"
table = "people"
columns = ["code", "zip"]
[[checks]]
check = "accepted"
table = "people"
column = "status"
values = ["new", "old"]
[[checks]]
check = "range"
table = "people"
column = "age"
min = 0
max = 120
[[checks]]
check = "range"
table = "people"
column = "born"
min = 1900-01-01
severity = "info"
[[checks]]
check = "pattern"
table = "people"
column = "email"
pattern = "email"
[[checks]]
check = "condition"
name = "adults are not new"
table = "people"
sql = "age >= 0 OR status = 'new' -- a comment"
[[checks]]
check = "reference"
table = "sales"
column = "person"
to_table = "people"
[[checks]]
check = "fresh"
table = "sales"
column = "sold_at"
max_age_hours = 24
[[checks]]
check = "row_count"
table = "people"
min = 200
max = 200
[[checks]]
check = "sums"
name = "lines make totals"
sql = "SELECT id, total FROM sales"
equals = "SELECT sale, sum(price) FROM sale_lines GROUP BY sale;"
tolerance = 0.01
[[checks]]
check = "sums"
name = "all of it"
sql = "SELECT sum(total) FROM sales"
equals = "SELECT sum(price) FROM sale_lines"
[[checks]]
check = "custom"
name = "no sale before its person's birth"
sql = "SELECT s.id FROM sales s JOIN people p ON p.id = s.person WHERE p.age < 0"
"#;

async fn shop(texts: &[&str]) -> (Database, Service) {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute("GRANT CREATE ON SCHEMA public TO shop_owner").await.unwrap();
    for text in texts {
        admin.batch_execute(text).await.unwrap();
    }
    let service = service(&database.owner_url(), Access::Read);
    (database, service)
}

async fn checked(service: &Service, suite: &str) -> Value {
    told(service, "check_data_quality", json!({"suite": suite})).await
}

fn check<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let found = answer["checks"].as_array().unwrap().iter().find(|check| check["name"] == name);
    found.unwrap_or_else(|| panic!("{name}: {answer:#}"))
}

#[tokio::test]
async fn clean_data_has_a_hundred() {
    let (_database, service) = shop(&[CLEAN]).await;
    let answer = checked(&service, SUITE).await;
    assert_eq!((&answer["score"], &answer["status"]), (&json!(100.0), &json!("ok")), "{answer:#}");
    assert_eq!((&answer["failed"], &answer["summary"]["ok"]), (&json!(false), &json!(14)), "{answer:#}");
}

#[tokio::test]
async fn every_fault_is_counted_as_a_hand_would() {
    let (database, service) = shop(&[CLEAN, FAULTS]).await;
    let answer = checked(&service, SUITE).await;
    let admin = database.admin().await;
    for (name, by_hand) in [
        ("complete people(email)", "SELECT count(*) FROM people WHERE email IS NULL"),
        (
            "unique people(code)",
            "SELECT count(*) FROM people p WHERE EXISTS (SELECT FROM people q WHERE q.code = p.code AND q.id <> p.id)",
        ),
        (
            "unique people(code, zip)",
            "SELECT count(*) FROM people p WHERE EXISTS
               (SELECT FROM people q WHERE q.code = p.code AND q.zip = p.zip AND q.id <> p.id)",
        ),
        ("accepted people(status)", "SELECT count(*) FROM people WHERE status = 'odd'"),
        ("range people(age)", "SELECT count(*) FROM people WHERE age < 0"),
        ("range people(born)", "SELECT count(*) FROM people WHERE born < '1900-01-01'"),
        (
            "pattern people(email)",
            "SELECT count(*) FROM people WHERE email NOT LIKE '%@%' OR email NOT LIKE '%.%'",
        ),
        ("adults are not new", "SELECT count(*) FROM people WHERE age < 0 AND status <> 'new'"),
        (
            "reference sales(person)",
            "SELECT count(*) FROM sales s LEFT JOIN people p ON p.id = s.person WHERE p.id IS NULL",
        ),
        (
            "lines make totals",
            "SELECT count(*) FROM sales s WHERE total <> (SELECT sum(price) FROM sale_lines WHERE sale = s.id)",
        ),
        ("all of it", "SELECT 1::bigint"),
        (
            "no sale before its person's birth",
            "SELECT count(*) FROM sales s JOIN people p ON p.id = s.person WHERE p.age < 0",
        ),
    ] {
        let count: i64 = admin.query_one(by_hand, &[]).await.unwrap().get(0);
        assert!(count > 0, "{name}");
        let found = check(&answer, name);
        assert_eq!(found["failing"], json!(count), "{found:#}");
        assert_ne!(found["status"], "ok", "{found:#}");
    }
    assert_eq!(check(&answer, "fresh sales(sold_at)")["status"], "warning");
    let age = check(&answer, "fresh sales(sold_at)")["measured"].as_f64().unwrap();
    assert!((72.0..73.0).contains(&age), "{age}");
    assert_eq!(check(&answer, "row_count people")["status"], "ok");
    assert_eq!(check(&answer, "range people(born)")["status"], "info");
    let orphans = &check(&answer, "reference sales(person)")["failing_rows"];
    assert_eq!(orphans.as_array().unwrap().len(), 5, "{orphans}");
    assert_eq!(orphans[0], json!({"id": 50, "person": 1050}));
    assert_eq!(check(&answer, "unique people(code)")["failing_rows"], json!([{"code": "C10", "rows": 2}]));
    assert_eq!(
        check(&answer, "lines make totals")["failing_rows"][0],
        serde_json::from_str::<Value>(r#"{"key": 70, "sql": 31.00, "equals": 30.00}"#).unwrap()
    );
    let score = answer["score"].as_f64().unwrap();
    assert!((40.0..60.0).contains(&score), "{score}");
    assert_eq!((&answer["status"], &answer["failed"]), (&json!("critical"), &json!(true)));
    let first = answer["checks"][0]["status"].as_str().unwrap();
    assert_eq!(first, "critical", "{answer:#}");
}

#[tokio::test]
async fn the_command_line_gives_every_format_and_its_exit_code() {
    let (database, _service) = shop(&[CLEAN]).await;
    let suite = file(SUITE);
    let suite = suite.to_str().unwrap();
    let url = database.owner_url();
    let good = on(&url, &["quality", suite, "--format", "json"]);
    assert_eq!((good.code, &good.json()["score"]), (Some(0), &json!(100.0)), "{good:?}");
    database.admin().await.batch_execute(FAULTS).await.unwrap();
    for (format, said) in [
        ("json", "\"unique people(code)\""),
        ("markdown", "unique people(code)"),
        ("html", "unique people(code)"),
        ("junit", "<testcase"),
        ("table", "unique people(code)"),
    ] {
        let bad = on(&url, &["quality", suite, "--format", format]);
        assert_eq!(bad.code, Some(1), "{format}: {bad:?}");
        assert!(bad.stdout.contains(said), "{format}: {bad:?}");
    }
    let nagios = on(&url, &["quality", suite, "--format", "nagios"]);
    assert!(nagios.stdout.starts_with("CRITICAL"), "{nagios:?}");
    let gone = on(&url, &["quality", "/nowhere/suite.toml", "--format", "json"]);
    assert!(gone.error()["message"].as_str().unwrap().contains("cannot be read"), "{gone:?}");
}

#[tokio::test]
async fn what_cannot_look_is_unknown_and_does_not_stop_the_others() {
    let (_database, service) = shop(&[CLEAN]).await;
    let suite = r#"
name = "broken"
[[checks]]
check = "complete"
table = "peeple"
column = "email"
[[checks]]
check = "complete"
table = "people"
column = "emial"
[[checks]]
check = "pattern"
table = "people"
column = "email"
pattern = "("
[[checks]]
check = "fresh"
table = "people"
column = "age"
max_age_hours = 1
[[checks]]
check = "range"
table = "people"
column = "age"
max = 100
[[checks]]
check = "custom"
name = "writes"
sql = "DELETE FROM people RETURNING id"
[[checks]]
check = "condition"
name = "two statements"
table = "people"
sql = "true)) FROM people; DELETE FROM people; SELECT ((true"
"#;
    let answer = checked(&service, suite).await;
    for (name, said) in [
        ("complete peeple(email)", "people"),
        ("complete people(emial)", "did you mean email?"),
        ("pattern people(email)", "regular expression"),
        ("fresh people(age)", "timestamp"),
        ("writes", ""),
        ("two statements", ""),
    ] {
        let found = check(&answer, name);
        assert_eq!(found["status"], "unknown", "{found:#}");
        assert!(found["message"].as_str().unwrap().contains(said), "{found:#}");
    }
    assert_eq!(check(&answer, "range people(age)")["status"], "ok", "{answer:#}");
    assert_eq!((&answer["failed"], &answer["score"]), (&json!(true), &json!(100.0)));
}

#[tokio::test]
async fn a_bad_suite_is_told_with_its_place_and_the_nearest_name() {
    let (_database, service) = shop(&[]).await;
    let head = "name = \"s\"\n[[checks]]\n";
    for (text, said) in [
        (
            "check = \"complete\"\ntabel = \"people\"\ncolumn = \"a\"\n",
            &["4:1", "tabel", "did you mean `table`"][..],
        ),
        ("check = \"complet\"\ntable = \"t\"\ncolumn = \"a\"\n", &["3:9", "complete"]),
        ("check = \"range\"\ntable = \"t\"\ncolumn = \"a\"\n", &["check 1", "`min`, `max`"]),
        ("check = \"complete\"\ntable = \"t\"\ncolumn = \"a\"\nmin = 3\n", &["`min` means nothing"]),
        ("check = \"custom\"\ntable = \"t\"\nsql = \"SELECT 1\"\n", &["has no `table`"]),
        ("table = \"t\"\ncolumn = \"a\"\n", &["`check` is missing", "row_count"]),
        (
            "check = \"complete\"\ntable = \"t\"\ncolumn = \"a\"\n[[checks]]\ncheck = \"complete\"\ntable = \"t\"\ncolumn = \"a\"\n",
            &["two checks named"],
        ),
    ] {
        let report = failed(&service, "check_data_quality", json!({"suite": format!("{head}{text}")})).await;
        assert_eq!(report.kind, pg_core::ErrorKind::Argument);
        for word in said {
            assert!(report.message.contains(word), "{word}: {report}");
        }
    }
}

#[tokio::test]
async fn masked_columns_are_not_judged_and_masked_keys_stay_masked() {
    let (database, _service) = shop(&[CLEAN, FAULTS]).await;
    let service = adjusted(&database.owner_url(), Access::Read, |entry| {
        let mask = |relation: &str, column: &str, method| ColumnMask {
            schema: "public".to_owned(),
            relation: relation.to_owned(),
            column: column.to_owned(),
            method,
        };
        let masks = vec![mask("people", "email", MaskMethod::Null), mask("sales", "id", MaskMethod::Hash)];
        entry.policy.masked_columns = masks;
    });
    let answer = checked(&service, SUITE).await;
    for name in ["complete people(email)", "pattern people(email)"] {
        let found = check(&answer, name);
        assert_eq!(found["status"], "unknown", "{found:#}");
        assert!(found["message"].as_str().unwrap().contains("masks"), "{found:#}");
    }
    assert_eq!(check(&answer, "accepted people(status)")["failing"], json!(4), "{answer:#}");
    let orphans = check(&answer, "reference sales(person)");
    assert_eq!((&orphans["failing"], orphans["failing_rows"].as_array().unwrap().len()), (&json!(7), 5));
    assert!(!orphans["failing_rows"].to_string().contains("\"id\":50"), "{orphans:#}");
    // What a suite says in SQL of its own is held to the same.
    assert_eq!(check(&answer, "lines make totals")["status"], "unknown", "{answer:#}");
}

#[tokio::test]
async fn a_suggested_suite_runs_holds_on_clean_data_and_finds_faults() {
    let (database, service) = shop(&[CLEAN, "ANALYZE"]).await;
    let tables = json!(["people", "sales", "public.sale_lines"]);
    let suggested = told(&service, "check_data_quality", json!({"tables": tables, "suggest": true})).await;
    assert_eq!((&suggested["score"], &suggested["checks"]), (&Value::Null, &json!([])), "{suggested:#}");
    let suite = suggested["suite"].as_str().unwrap();
    for said in [
        "check = \"complete\"\ntable = \"people\"\ncolumn = \"email\"",
        "pattern = \"email\"",
        "check = \"unique\"\ntable = \"people\"\ncolumn = \"code\"",
        "check = \"accepted\"\ntable = \"people\"\ncolumn = \"status\"",
        "check = \"range\"\ntable = \"people\"\ncolumn = \"age\"",
        "check = \"fresh\"\ntable = \"sales\"\ncolumn = \"sold_at\"",
        "check = \"row_count\"",
        "check = \"drift\"",
    ] {
        assert!(suite.contains(said), "{said}: {suite}");
    }
    let clean = checked(&service, suite).await;
    assert_eq!((&clean["score"], &clean["failed"]), (&json!(100.0), &json!(false)), "{clean:#}");
    database.admin().await.batch_execute(FAULTS).await.unwrap();
    let faulty = checked(&service, suite).await;
    assert_eq!(check(&faulty, "accepted people(status)")["failing"], json!(4), "{faulty:#}");
    assert_eq!(check(&faulty, "unique people(code)")["failing"], json!(2), "{faulty:#}");
    // Without a suite the suggestion is run.
    let run = told(&service, "check_data_quality", json!({"tables": ["sale_lines"]})).await;
    assert!(run["suite"].is_string() && run["score"] == json!(100.0), "{run:#}");
}

#[tokio::test]
async fn the_demo_shop_gets_references_by_key_and_by_name() {
    let database = Database::shop().await;
    let service = service(&database.owner_url(), Access::Read);
    let suggested = told(&service, "check_data_quality", json!({"suggest": true})).await;
    let suite = suggested["suite"].as_str().unwrap();
    assert!(suite.contains("to_table = \"public.suppliers\""), "{suite}");
    for chance in ["order_date", "price", "client"] {
        assert!(
            !suite.contains(&format!("check = \"unique\"\ntable = \"public.orders\"\ncolumn = \"{chance}\"")),
            "{suite}"
        );
    }
    let answer = checked(&service, suite).await;
    let orders = "reference public.orders(customer_id)";
    let by_hand: i64 = database
        .admin()
        .await
        .query_one(
            "SELECT count(*) FROM orders o WHERE customer_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM customers c WHERE c.customer_id = o.customer_id)",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(check(&answer, orders)["failing"], json!(by_hand), "{answer:#}");
    assert_eq!(answer["summary"]["unknown"], json!(0), "{answer:#}");
}

#[tokio::test]
async fn the_example_suite_runs_on_the_demo_shop() {
    let database = Database::shop().await;
    let service = service(&database.owner_url(), Access::Read);
    let answer = checked(&service, include_str!("../../examples/quality/shop.toml")).await;
    assert_eq!(answer["summary"]["unknown"], json!(0), "{answer:#}");
    assert_eq!(check(&answer, "unique order_items(order_id, line_no)")["status"], "ok", "{answer:#}");
    assert_eq!(answer["failed"], json!(true), "the shop has faults for the scenario: {answer:#}");
}

#[tokio::test]
async fn runs_are_compared_with_the_last_one() {
    let (database, service) = shop(&[CLEAN]).await;
    let suite = r#"
name = "watched"
[[checks]]
check = "drift"
table = "people"
column = "age"
[[checks]]
check = "drift"
table = "people"
column = "status"
[[checks]]
check = "row_count"
table = "sales"
max_change_percent = 10
[[checks]]
check = "complete"
table = "people"
column = "email"
"#;
    let run = async |history: &str| {
        told(&service, "check_data_quality", json!({"suite": suite, "history": history})).await
    };
    let first = run("[]").await;
    assert_eq!(
        (&first["status"], &first["failed"], &first["score"]),
        (&json!("info"), &json!(false), &json!(100.0))
    );
    assert!(first.get("trend").is_none_or(Value::is_null), "{first:#}");
    let same = run(first["history"].as_str().unwrap()).await;
    assert_eq!((&same["status"], &same["trend"]["score_change"]), (&json!("ok"), &json!(0.0)), "{same:#}");
    assert_eq!(check(&same, "drift people(age)")["measured"], json!(0.0));
    database
        .admin()
        .await
        .batch_execute(
            "UPDATE people SET age = age + 30 WHERE id <= 120; UPDATE people SET status = 'new' WHERE id <= 150;
             UPDATE people SET email = NULL WHERE id <= 8; DELETE FROM sales WHERE id <= 40",
        )
        .await
        .unwrap();
    let other = run(same["history"].as_str().unwrap()).await;
    for name in ["drift people(age)", "drift people(status)"] {
        let drift = check(&other, name);
        assert_eq!(drift["status"], "warning", "{drift:#}");
        assert!(drift["measured"].as_f64().unwrap() > 0.2, "{drift:#}");
    }
    // The index of two words by hand: 66 of 200 were new, then 166 by the change.
    let new: i64 = database
        .admin()
        .await
        .query_one("SELECT count(*) FROM people WHERE status = 'new'", &[])
        .await
        .unwrap()
        .get(0);
    let (then, now): (f64, f64) = (66.0 / 200.0, new as f64 / 200.0);
    let index = (now - then) * (now / then).ln() + (then - now) * ((1.0 - now) / (1.0 - then)).ln();
    let told = check(&other, "drift people(status)")["measured"].as_f64().unwrap();
    assert!((told - index).abs() < 0.0001, "{told} {index}");
    let sales = check(&other, "row_count sales");
    assert!(
        sales["message"].as_str().unwrap().contains("160 rows, 200 in the run before (-20.0%"),
        "{sales:#}"
    );
    assert_eq!(check(&other, "complete people(email)")["failing_before"], json!(0), "{other:#}");
    let trend = &other["trend"];
    assert_eq!(
        (&trend["runs"], &trend["worse"]),
        (&json!(2), &json!(["complete people(email)"])),
        "{trend:#}"
    );
    assert!(trend["score_change"].as_f64().unwrap() < 0.0, "{trend:#}");
    // On a command line the runs are in a file.
    let (runs, text) = (file("[]"), file(suite));
    let url = database.owner_url();
    let arguments =
        ["quality", text.to_str().unwrap(), "--history", runs.to_str().unwrap(), "--format", "json"];
    assert_eq!(on(&url, &arguments).json().get("trend"), None);
    let second = on(&url, &arguments).json();
    assert_eq!((&second["trend"]["runs"], second.get("history")), (&json!(1), None), "{second:#}");
    let report = failed(&service, "check_data_quality", json!({"suite": suite, "history": "{}"})).await;
    assert!(report.message.contains("[]"), "{report}");
}

#[tokio::test]
async fn a_sample_reads_a_part_says_so_and_keeps_numbers_of_rows_whole() {
    let (_database, service) = shop(&[
        CLEAN,
        "SET ROLE shop_owner; INSERT INTO people SELECT i, NULL, 'old', 30 FROM generate_series(201, 40200) i",
    ])
    .await;
    let suite = "name = \"s\"\n[[checks]]\ncheck = \"complete\"\ntable = \"people\"\ncolumn = \"email\"\n\
        [[checks]]\ncheck = \"row_count\"\ntable = \"people\"\nmin = 40200\nmax = 40200\n";
    let answer = told(&service, "check_data_quality", json!({"suite": suite, "sample_percent": 20.0})).await;
    let complete = check(&answer, "complete people(email)");
    let rows = complete["rows"].as_i64().unwrap();
    assert!((400..30_000).contains(&rows), "{answer:#}");
    assert_eq!(complete["failing_rows"].as_array().unwrap().len(), 5);
    assert_eq!(check(&answer, "row_count people")["measured"], json!(40200.0));
    assert_eq!(answer["sample_percent"], json!(20.0));
    assert!(answer["notes"].to_string().contains("20% of the pages"), "{answer:#}");
    let report = failed(&service, "check_data_quality", json!({"suite": suite, "sample_percent": 0.0})).await;
    assert!(report.message.contains("more than 0"), "{report}");
}
