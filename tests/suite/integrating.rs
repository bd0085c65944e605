//! Integration: the use case of a CRM, an ERP and a web shop, whole; run again; with everything that can be wrong.
#![expect(clippy::disallowed_methods, reason = "tests ask the server past the toolkit")]

use std::path::PathBuf;

use pg_core::{Configuration, Overrides, Service};
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::{
    configuration::file,
    service::{failed, told},
};

/// The three sources and the platform, all of one shop.
fn service(database: &Database, more: &str) -> Service {
    let url = database.owner_url();
    let section = |name: &str, rest: &str| format!("[connections.{name}]\nurl = {url:?}\n{rest}\n");
    let path: PathBuf = file(&format!(
        "{}{}{}{}{more}",
        section("crm", "search_path = [\"crm\"]"),
        section("erp", "search_path = [\"erp\"]"),
        section("ecommerce", "search_path = [\"ecommerce\"]"),
        section("platform", "access = \"schema\""),
    ));
    let environment = std::iter::empty::<(&str, &str)>().collect();
    let configuration = Configuration::load(Some(&path), &environment, Overrides::default()).unwrap();
    Service::new(configuration, environment).unwrap()
}

fn example() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/integrate-customers.toml");
    std::fs::read_to_string(path).unwrap()
}

async fn number(database: &Database, query: &str) -> i64 {
    database.admin().await.query_one(&format!("SELECT ({query})::bigint"), &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn customers_of_three_systems_become_one_table() {
    let database = Database::shop().await;
    let service = service(&database, "");
    // A row without an address is like no other.
    let sources = "(SELECT lower(contact_email) AS e FROM erp.customers WHERE active
                    UNION ALL SELECT lower(email) FROM ecommerce.customer_summary WHERE total_orders > 0
                    UNION ALL SELECT lower(email) FROM crm.leads WHERE status IN ('qualified', 'converted')) AS u";
    let expected = format!("SELECT count(DISTINCT e) + count(*) FILTER (WHERE e IS NULL) FROM {sources}");
    let distinct = number(&database, &expected).await;

    let looked = told(&service, "integrate_data", json!({"plan": example(), "dry_run": true})).await;
    assert_eq!(looked["result_rows"], distinct, "{looked}");
    assert_eq!((&looked["inserted"], &looked["known_rows"]), (&Value::Null, &json!(0)));
    assert!(
        looked["merged_rows"].as_u64() > Some(10) && looked["matches"][0]["pairs"].as_u64() > Some(10),
        "{looked}"
    );
    assert!(looked["sample"][0]["made_of"].as_array().unwrap().len() > 1, "{looked}");
    let unmatched: u64 =
        looked["sources"].as_array().unwrap().iter().map(|one| one["unmatched"].as_u64().unwrap()).sum();
    assert!(unmatched > 0);
    assert_eq!(
        number(&database, "SELECT count(*) FROM pg_class WHERE relname = 'unified_customers'").await,
        0
    );

    let done = told(&service, "integrate_data", json!({"plan": example()})).await;
    assert_eq!((&done["inserted"], &done["updated"]), (&json!(distinct), &json!(0)), "{done}");
    assert_eq!(number(&database, "SELECT count(*) FROM unified_customers").await, distinct);
    let rows: u64 = done["sources"].as_array().unwrap().iter().map(|one| one["rows"].as_u64().unwrap()).sum();
    assert_eq!(
        number(&database, "SELECT count(*) FROM toolkit.integration_links").await,
        i64::try_from(rows).unwrap()
    );
    assert_eq!(number(&database, "SELECT count(*) FROM toolkit.integration_stage").await, 0);
    // Each row says what its sources say: the revenue comes from the ERP, the number of orders from the shop.
    let wrong = "SELECT count(*) FROM toolkit.integration_links AS l JOIN unified_customers AS u ON u.customer_key::text = l.result_key
                 JOIN erp.customers AS c ON l.source = 'erp' AND c.customer_code = l.source_key
                 WHERE (u.annual_revenue, u.industry) IS DISTINCT FROM (c.annual_revenue, c.industry)
                 AND (SELECT count(*) FROM toolkit.integration_links AS o WHERE o.source = 'erp' AND o.result_key = l.result_key) = 1";
    assert_eq!(number(&database, wrong).await, 0);
    let wrong = "SELECT count(*) FROM toolkit.integration_links AS l JOIN unified_customers AS u ON u.customer_key::text = l.result_key
                 JOIN ecommerce.customer_summary AS c ON l.source = 'ecommerce' AND c.user_id::text = l.source_key
                 WHERE (u.total_orders, u.total_spent) IS DISTINCT FROM (c.total_orders, c.total_spent)
                 OR l.rule = 'exact email' AND u.email IS DISTINCT FROM lower(c.email)";
    assert_eq!(number(&database, wrong).await, 0);

    // Run again, nothing is written; a change of a source changes one row, and keys stay.
    let keys = "SELECT sum(hashtext(customer_key || email)) FROM unified_customers";
    let before = number(&database, keys).await;
    let again = told(&service, "integrate_data", json!({"plan": example()})).await;
    assert_eq!(
        (&again["inserted"], &again["updated"], &again["known_rows"]),
        (&json!(0), &json!(0), &json!(distinct))
    );
    database
        .admin()
        .await
        .batch_execute("UPDATE erp.customers SET industry = 'Shipbuilding' WHERE customer_code = 'C0000001'")
        .await
        .unwrap();
    let again = told(&service, "integrate_data", json!({"plan": example()})).await;
    assert_eq!((&again["inserted"], &again["updated"]), (&json!(0), &json!(1)), "{again}");
    assert_eq!(number(&database, keys).await, before);
    assert_eq!(
        number(&database, "SELECT count(*) FROM unified_customers WHERE industry = 'Shipbuilding'").await,
        1
    );
}

const PEOPLE: &str = "name = \"people\"\ntarget = \"platform\"\ntable = \"people\"\nkey = \"id\"\n\
    [[sources]]\nname = \"a\"\nconnection = \"platform\"\nsource = \"one\"\nkey = \"k\"\n\
    columns = { email = { from = \"mail\", clean = [\"email\", \"lower\"] }, name = \"name\", size = { from = \"size\", clean = \"number\" } }\n\
    [[sources]]\nname = \"b\"\nconnection = \"platform\"\nsource = \"two\"\nkey = [\"k\", \"part\"]\n\
    columns = { email = \"mail\", name = \"name\" }\n";

const TABLES: &str = "CREATE TABLE people (id uuid PRIMARY KEY, email text UNIQUE, name text NOT NULL, size numeric);
    CREATE TABLE one (k int, mail text, name text, size text); CREATE TABLE two (k int, part text, mail text, name text);
    INSERT INTO one VALUES (1, 'Ada@X.org', 'Ada, L.', '1,200.5'), (2, 'grace@x.org', 'Grace', NULL), (3, 'no address', 'Bad', '1');
    INSERT INTO two VALUES (1, 'x', 'ada@x.org', 'Ada'), (1, 'y', NULL, 'GRACE'), (2, 'x', 'alan@x.org', 'Alan \"A\" \\ {Turing}');
    ALTER TABLE people OWNER TO shop_owner; ALTER TABLE one OWNER TO shop_owner; ALTER TABLE two OWNER TO shop_owner";

#[tokio::test]
async fn what_was_one_and_is_two_and_the_other_way_round() {
    let database = Database::shop().await;
    let admin = database.admin().await;
    admin.batch_execute(TABLES).await.unwrap();
    let service = service(&database, "");
    let exact = format!("{PEOPLE}[[match]]\nexact = \"email\"\n");
    let done = told(&service, "integrate_data", json!({ "plan": exact })).await;
    assert_eq!((&done["result_rows"], &done["inserted"]), (&json!(4), &json!(4)), "{done}");
    assert_eq!(done["rejected"][0]["key"], "3", "{done}");
    assert_eq!(done["sources"][0]["rejected"], 1);
    assert_eq!(done["conflicts"]["name"], 1, "{done}");
    let row =
        admin.query_one("SELECT name, size::text FROM people WHERE email = 'ada@x.org'", &[]).await.unwrap();
    assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), ("Ada, L.", "1200.5"));
    assert_eq!(
        number(&database, "SELECT count(*) FROM people WHERE name = 'Alan \"A\" \\ {Turing}'").await,
        1
    );

    // By their names two more are one: one of the two keys is nobody's then, and is told.
    let both = format!("{exact}[[match]]\nsimilar = \"name\"\nat_least = 0.9\n");
    let merged = told(&service, "integrate_data", json!({ "plan": both })).await;
    assert_eq!(
        (&merged["result_rows"], &merged["known_rows"], &merged["inserted"]),
        (&json!(3), &json!(3), &json!(0)),
        "{merged}"
    );
    let superseded = merged["superseded"][0].as_str().unwrap();
    assert_eq!(
        number(
            &database,
            &format!("SELECT count(*) FROM people WHERE id = '{superseded}' AND lower(name) = 'grace'")
        )
        .await,
        1
    );
    let deleting =
        both.replace("[[sources]]\nname = \"a\"", "superseded = \"delete\"\n[[sources]]\nname = \"a\"");
    assert_eq!(told(&service, "integrate_data", json!({ "plan": exact })).await["inserted"], 1);
    let merged = told(&service, "integrate_data", json!({ "plan": deleting })).await;
    assert_eq!((&merged["deleted"], &merged["updated"]), (&json!(1), &json!(0)), "{merged}");
    admin.batch_execute(&format!("DELETE FROM people WHERE id = '{superseded}'")).await.unwrap();
    // And two again: one keeps the key that both had.
    let apart = told(&service, "integrate_data", json!({ "plan": exact })).await;
    assert_eq!(
        (&apart["result_rows"], &apart["known_rows"], &apart["inserted"]),
        (&json!(4), &json!(3), &json!(1)),
        "{apart}"
    );
    // A row of the result that somebody deleted comes back under its key.
    admin.batch_execute("DELETE FROM people WHERE email = 'alan@x.org'").await.unwrap();
    let back = told(&service, "integrate_data", json!({ "plan": exact })).await;
    assert_eq!(
        (&back["known_rows"], &back["inserted"], &back["updated"]),
        (&json!(4), &json!(1), &json!(0)),
        "{back}"
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_and_nothing_is_written() {
    let database = Database::shop().await;
    let admin = database.admin().await;
    admin.batch_execute(TABLES).await.unwrap();
    admin.batch_execute("INSERT INTO two VALUES (9, 'z', 'nameless@x.org', NULL)").await.unwrap();
    let service = service(
        &database,
        &format!(
            "[connections.masked]\nurl = {:?}\n[connections.masked.policy]\nmasked_columns = [{{ column = \"public.one.mail\", method = \"hash\" }}]\n",
            database.owner_url()
        ),
    );
    let exact = format!("{PEOPLE}[[match]]\nexact = \"email\"\n");
    for (plan, said) in [
        // The target refuses one of the rows: none is written.
        (exact.clone(), "null value in column \"name\""),
        (exact.replace("table = \"people\"", "table = \"peple\""), "people"),
        (exact.replace("key = \"id\"", "key = \"ident\""), "no column ident"),
        (
            exact
                .replace("key = \"k\"\n", "key = \"name\"\n")
                .replace("'Grace'", "x")
                .replace("source = \"one\"", "query = \"SELECT 'x'::text AS name, mail, size FROM one\""),
            "two rows have the key x",
        ),
        (
            exact
                .replace("name = \"a\"\nconnection", "name = \"a\"\nfilter = \"true) OR (true\"\nconnection"),
            "`filter`: `true) OR (true` as an expression",
        ),
        (exact.replace("clean = \"number\"", "clean = \"numbr\""), "there is no cleaner `numbr`"),
        (exact.replace("name = \"name\", size", "name = \"nmae\", size"), "nmae"),
        (exact.replace(", clean = \"number\"", ""), "does not fit into numeric"),
        (
            exact.replace("name = \"a\"\nconnection = \"platform\"", "name = \"a\"\nconnection = \"masked\""),
            "masks",
        ),
        (
            exact
                .replace("name = \"a\"\nconnection = \"platform\"", "name = \"a\"\nconnection = \"nowhere\""),
            "nowhere",
        ),
        (
            exact
                .replace("target = \"platform\"", "target = \"crm\"")
                .replace("\"people\"\nkey", "\"public.people\"\nkey"),
            "access",
        ),
        (
            exact.replace("[[sources]]", "max_rows = 2\n[[sources]]").replacen(
                "max_rows = 2\n[[sources]]\nname = \"b\"",
                "[[sources]]\nname = \"b\"",
                1,
            ),
            "more than 2 rows",
        ),
        (exact.replace("exact = \"email\"", "exact = \"emial\""), "did you mean email?"),
        (
            exact.replace("source = \"two\"", "query = \"DELETE FROM two RETURNING *\""),
            "is not one query by itself",
        ),
    ] {
        let report = failed(&service, "integrate_data", json!({ "plan": plan })).await.to_string();
        assert!(report.contains(said), "{said}: {report}\n{plan}");
    }
    assert_eq!(number(&database, "SELECT count(*) FROM people").await, 0);
    assert_eq!(number(&database, "SELECT count(*) FROM two").await, 4);
    let links = "SELECT count(*) FROM toolkit.integration_links";
    assert_eq!(number(&database, links).await, 0);
}

#[tokio::test]
async fn one_query_joins_what_several_connections_hold() {
    let database = Database::shop().await;
    database
        .admin()
        .await
        .batch_execute(
            "CREATE TYPE erp.grade AS ENUM ('gold', 'tin'); ALTER TABLE erp.customers ADD grade erp.grade DEFAULT 'gold';
             ALTER TABLE crm.leads ADD tags text[] DEFAULT '{a,\"b c\"}', ADD big numeric DEFAULT 12345678901234567890.10, ADD at timestamptz DEFAULT '2026-01-31 08:00+00'",
        )
        .await
        .unwrap();
    let service = service(&database, "");
    let parts = json!([
        {"name": "leads", "connection_id": "crm", "query": "SELECT id, email, tags, big, at FROM leads WHERE id <= $1", "params": [300]},
        {"name": "codes", "connection_id": "erp", "query": "SELECT customer_code AS code, contact_email AS email, grade, annual_revenue FROM customers"},
    ]);
    let query = "WITH joined AS (SELECT l.id, c.code, l.tags[2] AS tag, l.big + 1 AS big, l.at, c.grade, c.annual_revenue * 2 AS twice
                 FROM leads AS l JOIN codes AS c ON lower(c.email) = lower(l.email)) SELECT * FROM joined ORDER BY id -- the end";
    let told = told(&service, "query_across", json!({"query": query, "parts": parts})).await;
    let expected: Value = {
        let admin = database.admin().await;
        let text: String = admin
            .query_one(
                "SELECT coalesce(json_agg(t), '[]')::text FROM (SELECT l.id, c.customer_code AS code, l.tags[2] AS tag, l.big + 1 AS big, l.at,
                   c.grade::text AS grade, c.annual_revenue * 2 AS twice
                 FROM crm.leads AS l JOIN erp.customers AS c ON lower(c.contact_email) = lower(l.email) WHERE l.id <= 300 ORDER BY l.id) AS t",
                &[],
            )
            .await
            .unwrap()
            .get(0);
        serde_json::from_str(&text).unwrap()
    };
    assert!(expected.as_array().unwrap().len() > 5, "{expected}");
    let same = |value: &Value| value.to_string().replace("+00:00", "Z").replace(" 08", "T08");
    assert_eq!(same(&told["rows"]), same(&expected), "{told}");
    assert_eq!(told["connection_id"], "crm");

    let small = |query: &str, parts: Value| json!({"query": query, "parts": parts, "max_rows": 10});
    let one = |sql: &str| json!([{"name": "p", "connection_id": "crm", "query": sql}]);
    for (input, said) in [
        (small("TABLE p", one("SELECT * FROM leads")), "more than 10 rows"),
        (small("TABLE p", one("DELETE FROM leads RETURNING id")), "read"),
        (small("DELETE FROM leads", one("SELECT 1 AS a")), "syntax"),
        (
            small("SELECT pg_sleep(1), * FROM p", one("SELECT 1 AS a, 2 AS a")),
            "two of its columns are called a",
        ),
        (small("TABLE q", one("SELECT 1 AS a")), "q"),
        (small("SELECT pg_read_file('/etc/passwd') FROM p", one("SELECT 1 AS a")), "pg_read_file"),
        (small("TABLE p", json!([])), "give 1 to 16"),
    ] {
        let report = failed(&service, "query_across", input).await.to_string();
        assert!(report.contains(said), "{said}: {report}");
    }
}
