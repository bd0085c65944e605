//! Honest statements: what is not masked comes out as without masks, and tokens serve for joins and counts.

use pg_core::{Access, Call};
use serde_json::json;

use super::{database, masked, rows};
use crate::support::service::{ask, service, told};

/// Statements whose answers do not depend on masked values.
const EQUAL: &[&str] = &[
    "SELECT id, name FROM people ORDER BY id",
    "SELECT name FROM people WHERE id IN (1, 2) ORDER BY name",
    "SELECT p.name, l.words FROM people p JOIN letters l ON l.person = p.id ORDER BY 1",
    "SELECT name, words FROM people NATURAL JOIN (SELECT person AS id, words FROM letters) l ORDER BY 1",
    "SELECT count(*), count(email), count(DISTINCT email) FROM people",
    "SELECT count(*) FROM people GROUP BY email ORDER BY 1",
    "SELECT l.words, p.name FROM letters l JOIN people p USING (email) ORDER BY 1, 2",
    "SELECT p.id, q.id FROM people p JOIN people q ON p.email = q.email ORDER BY 1, 2",
    "SELECT id FROM people WHERE email IS NULL OR phone IS NULL ORDER BY 1",
    "SELECT email IS NOT NULL AS reachable FROM people ORDER BY id",
    "SELECT e.id, e.day::text FROM events e ORDER BY 1",
    "SELECT id FROM events_2",
    "SELECT id, extra FROM leaf",
    "SELECT id FROM base",
    "SELECT name, letters FROM counted ORDER BY 1",
    "SELECT person.name FROM people person WHERE EXISTS (SELECT FROM letters WHERE letters.person = person.id) ORDER BY 1",
    "SELECT name, row_number() OVER (ORDER BY id) FROM people ORDER BY id",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n, name FROM r JOIN people ON id = n \
     ORDER BY n",
    "SELECT public.people.name FROM public.people ORDER BY 1",
    "SELECT \"Id\" FROM \"Odd Place\".\"My \"\"People\"",
    "SELECT id FROM letters WHERE person = (SELECT id FROM people WHERE name = 'Ada')",
    "SELECT name FROM people TABLESAMPLE bernoulli (100) ORDER BY 1",
    "SELECT tableoid::regclass::text, relname::text FROM pg_class WHERE relname = 'people'",
    "SELECT column_name::text FROM information_schema.columns WHERE table_name = 'people' ORDER BY 1",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id) FROM people",
    "SELECT 1 AS one",
];

#[tokio::test]
async fn what_is_not_masked_comes_out_as_without_masks() {
    let database = database().await;
    let masked = masked(&database, Access::Read, |_| {});
    let plain = service(&database.owner_url(), Access::Read);
    for query in EQUAL {
        assert_eq!(rows(&masked, query).await, rows(&plain, query).await, "{query}");
    }
}

#[tokio::test]
async fn a_token_can_be_looked_for() {
    let database = database().await;
    let masked = masked(&database, Access::Read, |_| {});
    let token = rows(&masked, "SELECT email FROM people WHERE id = 2").await[0]["email"].clone();
    let query = "SELECT name FROM people WHERE email = $1";
    let found = told(&masked, "execute_query", json!({"query": query, "params": [token]})).await;
    assert_eq!(found["rows"], json!([{"name": "Bob"}]));
}

#[tokio::test]
async fn pages_of_masked_rows_go_on() {
    let database = database().await;
    let masked = masked(&database, Access::Read, |_| {});
    let query = "SELECT id, email FROM people ORDER BY id";
    let call = Call::new(&masked).with_cursors();
    let first = ask(&call, "execute_query", json!({"query": query, "fetch_size": 1})).await.unwrap();
    let cursor = first["truncated"]["next_cursor"].clone();
    assert!(cursor.is_string(), "{first}");
    let next = json!({"query": query, "cursor": cursor, "fetch_size": 1});
    let second = ask(&call, "execute_query", next).await.unwrap();
    assert_eq!(second["rows"][0]["id"], 2);
    assert_eq!(second["rows"][0]["email"].as_str().map(str::len), Some(32));
}

#[tokio::test]
async fn a_small_result_is_masked_the_second_time_too() {
    let database = database().await;
    let masked = masked(&database, Access::Read, |entry| entry.pool_size = 1);
    let first = rows(&masked, "SELECT * FROM people ORDER BY id").await;
    for _ in 0..3 {
        assert_eq!(rows(&masked, "SELECT * FROM people ORDER BY id").await, first);
    }
}

#[tokio::test]
async fn columns_without_a_binary_form_are_masked_too() {
    let database = database().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE grants (id int, rights aclitem, email text); \
                        INSERT INTO grants VALUES (1, makeaclitem(10, 10, 'SELECT', false), 'x.quokka')",
        )
        .await
        .unwrap();
    let masked = masked(&database, Access::Read, |entry| {
        entry.policy.masked_columns.push(super::mask("public.grants.email", pg_core::MaskMethod::Hash));
    });
    let answer = super::outcome(&masked, "SELECT * FROM grants WHERE id = 1").await.unwrap();
    assert_eq!(answer["row_count"], 1);
}
