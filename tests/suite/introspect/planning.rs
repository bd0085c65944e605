//! Plans without values, as for statements copied from pg_stat_statements, and with indexes that are only supposed.
#![expect(clippy::disallowed_methods, reason = "tests prepare their database on the bare driver")]

use pg_core::Access;
use pg_tests::Database;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support::service::{failed, service, told};

const SALES: &str = "CREATE TABLE sale (id int PRIMARY KEY, shop int, day date, note text);
    INSERT INTO sale SELECT n, n % 2000, date '2026-01-01' + n % 365, 'x' FROM generate_series(1, 40000) n";

async fn sales() -> (Database, Client) {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin.batch_execute(SALES).await.unwrap();
    admin.batch_execute("VACUUM ANALYZE sale").await.unwrap();
    (database, admin)
}

/// Makes the extension, where its package is on this machine; the suite says where it is not.
#[expect(clippy::print_stderr, reason = "what is left out is said to whoever runs the tests")]
async fn has_hypopg(admin: &Client) -> bool {
    let there = "SELECT count(*) FROM pg_available_extensions WHERE name = 'hypopg'";
    let is_there = admin.query_one(there, &[]).await.unwrap().get::<_, i64>(0) > 0;
    if is_there {
        admin
            .batch_execute("CREATE SCHEMA \"Odd one\"; CREATE EXTENSION hypopg SCHEMA \"Odd one\"")
            .await
            .unwrap();
    } else {
        eprintln!("NOT TRIED: the extension hypopg is missing");
    }
    is_there
}

/// What a backend of the pool still holds of work that is over.
async fn leftovers(admin: &Client) -> i64 {
    let left = "SELECT count(*) FROM pg_prepared_statements WHERE name = 'pg_toolkit_plan'";
    admin.query_one(left, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_statement_with_parameters_and_no_values_is_explained() {
    let (database, _admin) = sales().await;
    let reader = service(&database.url(), Access::Read);
    for (query, step) in [
        ("SELECT * FROM sale WHERE id = $1", "Index Scan using sale_pkey"),
        ("SELECT * FROM sale WHERE shop = $1 AND day > $2 LIMIT $3;", "Seq Scan on sale"),
        ("UPDATE sale SET note = $1 WHERE id = $2", "Update on sale"),
        ("INSERT INTO sale (id, note) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING", "Insert on sale"),
        ("WITH s AS (SELECT $1::int AS n) SELECT * FROM sale, s WHERE shop = s.n -- $9", "Seq Scan on sale"),
    ] {
        let answer = told(&reader, "explain_query", json!({"query": query, "format": "text"})).await;
        assert!(answer["text"].as_str().unwrap().contains(step), "{query}: {answer}");
        assert_eq!(answer["without_values"], true, "{query}");
    }
    let rows = json!({"query": "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'pg_toolkit%'"});
    assert_eq!(told(&reader, "execute_query", rows).await["rows"][0]["count"], 0);
    let without = json!({"query": "SELECT '$1' AS price FROM sale WHERE id = 3"});
    assert_eq!(told(&reader, "explain_query", without).await.get("without_values"), None);
    let setting = json!({"query": "SHOW plan_cache_mode"});
    assert_eq!(told(&reader, "execute_query", setting).await["rows"][0]["plan_cache_mode"], "auto");
}

#[tokio::test]
async fn types_are_given_where_the_server_cannot_tell_them() {
    let (database, admin) = sales().await;
    let reader = service(&database.url(), Access::Read);
    let query = "SELECT id FROM sale WHERE $1 IS NULL OR shop = $2";
    let report = failed(&reader, "explain_query", json!({"query": query})).await;
    assert!(report.to_string().contains("could not determine data type"), "{report}");
    let typed = json!({"query": query, "param_types": ["date", null], "format": "text"});
    assert_eq!(told(&reader, "explain_query", typed).await["without_values"], true);
    assert_eq!(leftovers(&admin).await, 0);
    for (query, said) in [
        ("SELECT * FROM sale WHERE nothing = $1", "\"nothing\" does not exist"),
        ("SELECT * FROM sale WHERE pg_read_file($1) = note", "pg_read_file"),
        ("DROP TABLE sale -- $1", ""),
        ("SELECT 1; SELECT $1", ""),
    ] {
        let report = failed(&reader, "explain_query", json!({"query": query})).await;
        assert!(report.to_string().contains(said), "{query}: {report}");
    }
    let analyzed = json!({"query": "SELECT * FROM sale WHERE id = $1", "analyze": true});
    assert!(failed(&reader, "explain_query", analyzed).await.to_string().contains("$1 (integer)"));
}

#[tokio::test]
async fn indexes_are_supposed_and_nothing_of_them_stays() {
    let (database, admin) = sales().await;
    let reader = service(&database.url(), Access::Read);
    let arguments = |index: &str| -> Value {
        json!({"query": "SELECT * FROM sale WHERE shop = $1", "params": [7], "format": "text",
               "hypothetical_indexes": [index]})
    };
    let missing =
        failed(&reader, "explain_query", arguments("CREATE INDEX ON sale (shop)")).await.to_string();
    assert!(missing.contains("CREATE EXTENSION hypopg"), "{missing}");
    if !has_hypopg(&admin).await {
        return;
    }
    let answer = told(&reader, "explain_query", arguments("CREATE INDEX ON sale (shop)")).await;
    let index = &answer["hypothetical_indexes"][0];
    assert_eq!(index["is_used"], true, "{answer}");
    assert!(index["size_bytes_estimate"].as_i64().unwrap() > 100_000);
    assert!(answer["total_cost"].as_f64().unwrap() * 5.0 < answer["cost_without_them"].as_f64().unwrap());
    let useless = told(&reader, "explain_query", arguments("CREATE INDEX ON sale (note)")).await;
    assert_eq!(useless["hypothetical_indexes"][0]["is_used"], false);
    // The backends of the pool know nothing of it.
    for _ in 0..3 {
        let after = json!({"query": "SELECT * FROM sale WHERE shop = 7", "format": "text"});
        assert!(told(&reader, "explain_query", after).await["text"].as_str().unwrap().contains("Seq Scan"));
    }
    let generic = json!({"query": "SELECT * FROM sale WHERE shop = $1", "format": "text",
                         "hypothetical_indexes": ["CREATE INDEX ON sale (shop)"]});
    let generic = told(&reader, "explain_query", generic).await;
    assert_eq!(
        (&generic["hypothetical_indexes"][0]["is_used"], &generic["without_values"]),
        (&json!(true), &json!(true))
    );
    for (index, said) in [
        ("DROP TABLE sale", "only an index can be supposed"),
        ("CREATE INDEX ON sale (shop); DROP TABLE sale", "one statement"),
        ("CREATE INDEX ON sale (pg_read_file(note))", "pg_read_file"),
        ("CREATE INDEX ON sale USING gin (shop)", "gin"),
        ("CREATE INDEX ON nowhere (shop)", "nowhere"),
        ("nonsense", "syntax error"),
    ] {
        let report = failed(&reader, "explain_query", arguments(index)).await.to_string();
        assert!(report.contains(said), "{index}: {report}");
    }
    let analyzed = json!({"query": "SELECT 1", "analyze": true, "hypothetical_indexes": ["CREATE INDEX ON sale (shop)"]});
    assert!(failed(&reader, "explain_query", analyzed).await.to_string().contains("do not exist"));
}

#[tokio::test]
async fn the_workload_is_advised_from_what_the_server_counts() {
    let (database, admin) = sales().await;
    let reader = service(&database.url(), Access::Read);
    let missing = failed(&reader, "advise_indexes", json!({})).await.to_string();
    assert!(missing.contains("CREATE EXTENSION pg_stat_statements"), "{missing}");
    admin.batch_execute("CREATE EXTENSION pg_stat_statements").await.unwrap();
    for shop in 0..5 {
        admin.query(&format!("SELECT * FROM sale WHERE shop = {shop}"), &[]).await.unwrap();
    }
    let by_rule = told(&reader, "advise_indexes", json!({"limit": 50})).await;
    assert_eq!(by_rule["advice"][0]["columns"], json!(["shop"]), "{by_rule}");
    assert_eq!((&by_rule["judged_by"], &by_rule["advice"][0]["judged_by"]), (&json!("rule"), &json!("rule")));
    assert!(by_rule["notes"].to_string().contains("CREATE EXTENSION hypopg"), "{by_rule}");
    if !has_hypopg(&admin).await {
        return;
    }
    let answer = told(&reader, "advise_indexes", json!({"limit": 50})).await;
    let advice = &answer["advice"][0];
    assert_eq!((&advice["columns"], &advice["judged_by"]), (&json!(["shop"]), &json!("hypopg")), "{answer}");
    let query = &answer["queries"][advice["gains"][0]["query_index"].as_u64().unwrap() as usize];
    assert!(
        query["query"].as_str().unwrap().contains("shop = $1") && query["calls"].as_i64() >= Some(5),
        "{answer}"
    );
    assert!(query["cost_with_advice"].as_f64().unwrap() * 5.0 < query["cost"].as_f64().unwrap());
    admin.batch_execute(advice["statement"].as_str().unwrap()).await.unwrap();
    let again = told(&reader, "advise_indexes", json!({"limit": 50})).await;
    assert_eq!(again["advice"], json!([]), "never one that exists: {again}");
    admin.batch_execute(advice["undo"].as_str().unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_index_that_writes_outweigh_is_not_advised() {
    let (database, admin) = sales().await;
    if !has_hypopg(&admin).await {
        return;
    }
    admin.batch_execute("CREATE EXTENSION pg_stat_statements").await.unwrap();
    admin.query("SELECT * FROM sale WHERE shop = 3", &[]).await.unwrap();
    let reader = service(&database.url(), Access::Read);
    // A backend tells its counts when it next ends a transaction a while later.
    let written = "SELECT pg_stat_get_tuples_inserted('sale'::regclass) >= 40000";
    while !admin.query_one(written, &[]).await.unwrap().get::<_, bool>(0) {
        tokio::task::yield_now().await;
    }
    // The 40,000 rows that were written are more than one query's cost.
    let answer = told(&reader, "advise_indexes", json!({})).await;
    assert_eq!(answer["advice"], json!([]), "{answer}");
    // For a statement that is named, what it costs writes is told and left to the caller.
    let named = told(&reader, "advise_indexes", json!({"query": "SELECT * FROM sale WHERE shop = 3"})).await;
    assert_eq!((&named["advice"][0]["judged_by"], &named["judged_by"]), (&json!("hypopg"), &json!("hypopg")));
    assert!(named["advice"][0]["table_writes"].as_i64() >= Some(40_000), "{named}");
}
