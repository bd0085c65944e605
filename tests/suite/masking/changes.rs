//! Changes of masked relations, and changes that read them.

use pg_core::{Access, Call};
use serde_json::{Value, json};

use super::{MARK, database, masked, outcome, refused, rows, shows_score};
use crate::support::service::{ask, told};

/// Changes that are made, with masks in what they return.
const MADE: &[&str] = &[
    "INSERT INTO people (id, name, email) VALUES (4, 'Dan', 'dan@example.org') RETURNING *",
    "INSERT INTO people AS p (id, name, email) VALUES (5, 'Eve', 'e') RETURNING p.email, upper(p.email) AS u",
    "UPDATE people SET name = 'Adah' WHERE id = 1 RETURNING *",
    "UPDATE people SET name = 'Adah' WHERE id = 1 RETURNING people.*",
    "UPDATE people p SET name = 'Adah' WHERE p.id = 1 RETURNING p.email AS x, p.email || phone, id",
    "UPDATE people SET email = 'new' WHERE id = 2",
    "UPDATE people_view SET name = 'x' WHERE id = 2 RETURNING *",
    "INSERT INTO letters (id, words) SELECT id + 200, email FROM people_view",
    "UPDATE public.people SET name = 'B' WHERE public.people.id = 2 RETURNING public.people.email",
    "DELETE FROM people WHERE id = 3 RETURNING email, phone, score, born",
    "DELETE FROM people p USING letters l WHERE l.person = 100 AND p.id = 1 RETURNING p.email, l.email",
    "INSERT INTO people (id, name) VALUES (1, 'Ada') ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING *",
    "INSERT INTO people (id, name) VALUES (1, 'Ada') ON CONFLICT DO NOTHING RETURNING email",
    "WITH gone AS (DELETE FROM people WHERE id = 3 RETURNING *) SELECT * FROM gone",
    "WITH gone AS (UPDATE people SET name = name RETURNING *) SELECT g::text FROM gone g",
    "INSERT INTO letters (id, words) SELECT id + 100, email FROM people RETURNING words",
    "UPDATE letters SET words = p.email FROM people p WHERE p.id = letters.person RETURNING words",
    "UPDATE letters SET words = (SELECT p.email FROM people p WHERE p.id = letters.person) RETURNING words",
    "UPDATE people SET name = p2.email FROM people p2 WHERE p2.id = people.id RETURNING people.name",
    "DELETE FROM letters USING people p WHERE p.id = letters.person RETURNING p, p.email",
    "MERGE INTO letters l USING people p ON l.person = p.id WHEN MATCHED THEN UPDATE SET words = p.email",
    "CREATE TABLE copied AS SELECT * FROM people",
    "CREATE TABLE copied AS TABLE people WITH DATA",
    "SELECT * INTO copied FROM people",
    "SELECT * FROM people FOR UPDATE",
    "SELECT p.email FROM people p, letters l WHERE l.person = p.id FOR SHARE OF p SKIP LOCKED",
    "UPDATE events SET id = 7 RETURNING *",
    "UPDATE events_1 SET id = 7 RETURNING events_1.secret",
    "UPDATE base SET id = 7 RETURNING *",
    "EXPLAIN (ANALYZE, VERBOSE) UPDATE people SET name = 'x' RETURNING email",
    "EXPLAIN (VERBOSE) INSERT INTO letters (id, words) SELECT id, email FROM people",
];

/// Changes that fail in the server; what it says of rows is not for the caller.
const FAILED: &[&str] = &[
    "UPDATE people SET name = NULL WHERE id = 1",
    "UPDATE people SET id = 2 WHERE id = 1",
    "INSERT INTO people SELECT * FROM people",
    "UPDATE events SET day = '2030-01-01'",
    "UPDATE events_1 SET day = '2030-01-01'",
    "DELETE FROM people",
    "UPDATE people SET name = p.x FROM LATERAL (SELECT people.email AS x) p",
    "UPDATE people SET name = name || 1/0",
    "UPDATE people SET email = repeat('x', 10)::int WHERE id = 1",
    "INSERT INTO people (id, name) VALUES (1, 'again')",
    "MERGE INTO people p USING letters l ON p.id = l.person WHEN MATCHED THEN UPDATE SET name = NULL",
];

/// Changes that would read what is masked.
const REFUSED: &[&str] = &[
    "UPDATE people SET name = email",
    "UPDATE people SET name = people::text",
    "UPDATE people SET name = (people).email",
    "UPDATE people SET name = row_to_json(people)",
    "UPDATE people SET name = 'x' WHERE email LIKE 'ada%'",
    "UPDATE people p SET name = 'x' WHERE p.email LIKE 'ada%'",
    "UPDATE people SET (name, id) = (SELECT people.email, id)",
    "UPDATE people SET name = 'x' FROM letters RETURNING *",
    "UPDATE people SET name = 'x' RETURNING people",
    "UPDATE people SET name = 'x' RETURNING (SELECT email)",
    "DELETE FROM people WHERE email = 'x'",
    "DELETE FROM people WHERE EXISTS (SELECT FROM letters WHERE words = people.email)",
    "DELETE FROM people WHERE id = (SELECT 1 WHERE email = 'x')",
    "DELETE FROM people RETURNING to_json(people)",
    "INSERT INTO people AS p (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = p.email",
    "INSERT INTO people AS p (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = 'y' WHERE p.email = 'x'",
    "MERGE INTO people p USING letters l ON p.email = l.words WHEN MATCHED THEN DELETE",
    "MERGE INTO people p USING letters l ON p.id = l.person WHEN MATCHED AND p.email = 'x' THEN DELETE",
    "MERGE INTO people p USING letters l ON p.id = l.person WHEN MATCHED THEN UPDATE SET name = p.email",
    "WITH x AS (UPDATE people SET name = email RETURNING id) SELECT * FROM x",
    "UPDATE events_1 SET id = length(secret)",
    "UPDATE base SET id = length(token)",
    "UPDATE people_view SET name = email",
    "UPDATE people_view SET name = 'x' WHERE email LIKE 'ada%'",
    "UPDATE letters SET words = (SELECT email FROM people WHERE id = letters.person)",
    "CREATE VIEW v AS SELECT * FROM people",
    "CREATE MATERIALIZED VIEW v AS SELECT * FROM people",
    "REFRESH MATERIALIZED VIEW people_kept",
    "ALTER TABLE people RENAME TO others",
    "ALTER TABLE people RENAME email TO mail",
    "ALTER TABLE people ALTER score TYPE text",
    "ALTER TABLE people ADD CHECK (email <> 'x')",
    "ALTER TABLE letters ADD FOREIGN KEY (words) REFERENCES people (email)",
    "ALTER TABLE events DETACH PARTITION events_1",
    "ALTER TABLE leaf NO INHERIT base",
    "ALTER SCHEMA public RENAME TO others",
    "CREATE TABLE child () INHERITS (people)",
    "CREATE INDEX ON people ((email::int))",
    "CREATE UNIQUE INDEX ON people (email)",
    "CREATE STATISTICS s ON id, email FROM people",
    "ALTER TABLE people SET SCHEMA \"Odd Place\"",
];

#[tokio::test]
async fn what_changes_give_back_is_masked() {
    let database = database().await;
    let service = masked(&database, Access::Schema, |_| {});
    for query in MADE {
        // In a transaction that is rolled back, so that each finds the same rows; and by itself as a plan.
        let queries = json!([{"query": query}]);
        let answer =
            told(&service, "execute_transaction", json!({"queries": queries, "dry_run": true})).await;
        let shown = answer.to_string();
        for secret in [MARK, "1990-01", "dan@example.org"] {
            assert!(!shown.contains(secret), "{query}: {shown}");
        }
        assert!(!shows_score(&shown), "{query}: {shown}");
    }
}

#[tokio::test]
async fn a_change_that_is_made_is_made_once_and_masked() {
    let database = database().await;
    let service = masked(&database, Access::Write, |_| {});
    let answer = outcome(&service, "UPDATE people SET name = 'Adah' WHERE id = 1 RETURNING *").await.unwrap();
    assert_eq!(answer["rows"][0]["name"], "Adah");
    assert_eq!(answer["rows"][0]["email"].as_str().map(str::len), Some(32));
    let stored: String =
        database.admin().await.query_one("SELECT email FROM people WHERE id = 1", &[]).await.unwrap().get(0);
    assert_eq!(stored, "ada.quokka@example.org");
}

#[tokio::test]
async fn no_error_of_a_change_shows_a_row() {
    let database = database().await;
    let service = masked(&database, Access::Schema, |_| {});
    for query in FAILED {
        outcome(&service, query).await.expect_err(query);
        let queries = json!([{"query": query}]);
        let arguments = json!({"queries": queries});
        let error = ask(&Call::new(&service), "execute_transaction", arguments).await.expect_err(query);
        let shown = format!("{} {error:?}", serde_json::to_string(&error.report()).unwrap());
        assert!(!shown.contains(MARK), "{query}: {shown}");
    }
}

#[tokio::test]
async fn changes_that_would_read_what_is_masked_are_refused() {
    let database = database().await;
    let service = masked(&database, Access::Schema, |_| {});
    for query in REFUSED {
        refused(&service, query).await;
    }
}

#[tokio::test]
async fn a_batch_into_a_masked_table_works_and_its_errors_show_nothing() {
    let database = database().await;
    let service = masked(&database, Access::Write, |_| {});
    let batch = json!({
        "query": "INSERT INTO people (id, name, email) VALUES ($1, $2, $3)",
        "params_list": [[20, "Fay", "fay.quokka"], [21, Value::Null, "gus.quokka"], [1, "again", "hal.quokka"]],
        "on_error": "skip",
    });
    let answer = told(&service, "batch_execute", batch).await;
    assert_eq!(answer["affected_rows"], 1, "{answer}");
    assert!(!answer.to_string().contains(MARK), "{answer}");
    let update = json!({
        "query": "UPDATE people SET name = $2 WHERE id = $1",
        "params_list": [[1, Value::Null]],
        "on_error": "skip",
    });
    let answer = told(&service, "batch_execute", update).await;
    assert!(!answer.to_string().contains(MARK), "{answer}");
}

#[tokio::test]
async fn a_new_partition_is_masked_once_it_is_there() {
    let database = database().await;
    let service = masked(&database, Access::Schema, |_| {});
    rows(&service, "SELECT count(*) FROM events").await;
    let query = "CREATE TABLE elsewhere (id int, day date, secret text)";
    told(&service, "execute_query", json!({"query": query})).await;
    let attach =
        "ALTER TABLE events ATTACH PARTITION elsewhere FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')";
    refused(&service, attach).await;
}

#[tokio::test]
async fn copy_in_fills_a_masked_table_and_its_errors_show_nothing() {
    let database = database().await;
    let service = masked(&database, Access::Write, |_| {});
    let copied =
        json!({"table_name": "people", "data": "id,name,email\n30,Ivy,ivy.quokka\n31,Jon,jon.quokka\n"});
    let answer = told(&service, "copy_in", copied).await;
    assert_eq!(answer["affected_rows"], 2, "{answer}");
    let again = json!({"table_name": "people", "data": "id,name,email\n32,,kim.quokka\n", "format": "csv"});
    let answer = ask(&Call::new(&service), "copy_in", again).await;
    let shown = answer.map_or_else(|error| error.report().to_string(), |answer| answer.to_string());
    assert!(!shown.contains("Failing row"), "{shown}");
    let admin = database.admin().await;
    let kept = admin.query_one("SELECT count(*) FROM people WHERE email LIKE '%.quokka'", &[]).await.unwrap();
    assert_eq!(kept.get::<_, i64>(0), 2);
}
