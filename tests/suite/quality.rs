//! check_data_quality: every kind of check with faults that are counted by hand, clean data, formats, masks, drift and trend.
#![expect(clippy::disallowed_methods, reason = "tests ask the server past the toolkit")]

mod runs;
mod suggesting;

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
sql = "WITH gone AS (DELETE FROM people RETURNING id) SELECT id FROM gone"
"#;
    let answer = checked(&service, suite).await;
    for (name, said) in [
        ("complete peeple(email)", "people"),
        ("complete people(emial)", "did you mean email?"),
        ("pattern people(email)", "regular expression"),
        ("fresh people(age)", "timestamp"),
        ("writes", ""),
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
        ("check = \"custom\"\nwhere = \"true\"\nsql = \"SELECT 1\"\n", &["`where` means nothing"]),
        (
            "check = \"fresh\"\ntable = \"t\"\ncolumn = \"a\"\nmax_age_hours = 1\nmax_failing = 3\n",
            &["`max_failing` means nothing"],
        ),
        (
            "check = \"complete\"\ntable = \"t\"\ncolumn = \"a\"\nseverity = \"ok\"\n",
            &["info, warning or critical"],
        ),
        ("check = \"custom\"\ntable = \"t\"\nsql = \"SELECT 1\"\n", &["has no `table`"]),
        ("check = \"custom\"\nsql = \"DELETE FROM people RETURNING id\"\n", &["`sql`", "write one SELECT"]),
        (
            "check = \"condition\"\ntable = \"t\"\nsql = \"true)) FROM people; DELETE FROM people; SELECT ((true\"\n",
            &["check 1", "is not one expression by itself"],
        ),
        ("check = \"condition\"\ntable = \"t\"\nsql = \"a > 0) or (1=1\"\n", &["`sql`", "a > 0) or (1=1"]),
        (
            "check = \"complete\"\ntable = \"t\"\ncolumn = \"a\"\nwhere = \"true) or (true\"\n",
            &["`where`", "is not one expression by itself"],
        ),
        (
            "check = \"range\"\ntable = \"t\"\ncolumn = \"a\"\nmin = 3\nmax = 2\n",
            &["check 1", "`min` is above `max`"],
        ),
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
async fn awkward_names_and_empty_tables_are_no_obstacle() {
    let (_database, service) = shop(&["SET ROLE shop_owner; CREATE TABLE \"Odd \"\"Table\" (\"Id No\" int PRIMARY KEY,
        \"select\" text, parent int); INSERT INTO \"Odd \"\"Table\" VALUES (1, 'it''s', NULL), (2, 'x\\y', 1), (3, NULL, 9);
        CREATE TABLE nothing (id int, at timestamptz)"])
    .await;
    let suite = r#"
name = "odd"
[[checks]]
check = "accepted"
table = '"Odd ""Table"'
column = "select"
values = ["it's", 'x\y']
[[checks]]
check = "reference"
table = '"Odd ""Table"'
column = "parent"
to_table = '"Odd ""Table"'
[[checks]]
check = "unique"
table = "nothing"
columns = ["id", "at"]
[[checks]]
check = "fresh"
table = "nothing"
column = "at"
max_age_hours = 1
[[checks]]
check = "complete"
table = "nothing"
column = "id"
"#;
    let answer = checked(&service, suite).await;
    let of = |kind: &str| {
        let checks = answer["checks"].as_array().unwrap();
        checks.iter().find(|check| check["check"] == kind).unwrap().clone()
    };
    assert_eq!((&of("accepted")["status"], &of("accepted")["rows"]), (&json!("ok"), &json!(2)), "{answer:#}");
    let orphans = of("reference");
    assert_eq!(orphans["failing_rows"], json!([{"Id No": 3, "parent": 9}]), "{answer:#}");
    assert_eq!(
        (&of("unique")["status"], &of("complete")["status"]),
        (&json!("ok"), &json!("ok")),
        "{answer:#}"
    );
    // No row at all is not fresh.
    assert_eq!(of("fresh")["status"], "warning", "{answer:#}");
}
