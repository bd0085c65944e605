//! Advice on indexes: seeded with a scan that lacks one, and with one that does not.
#![expect(clippy::disallowed_methods, reason = "what is advised is tried on the bare driver")]

use pg_core::Access;
use pg_tests::Database;
use serde_json::json;

use crate::support::service::{service, told};

#[tokio::test]
async fn advises_what_is_missing_once_and_never_what_is_there() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE sale (id int PRIMARY KEY, shop int, day date, note text);
             INSERT INTO sale SELECT n, n % 2000, date '2026-01-01' + n % 365, 'x' FROM generate_series(1, 40000) n",
        )
        .await
        .unwrap();
    admin.batch_execute("VACUUM ANALYZE sale").await.unwrap();
    let reader = service(&database.url(), Access::Read);
    let arguments = json!({
        "query": "SELECT * FROM sale WHERE day > $1 AND shop = $2", "params": ["2026-06-01", 7],
        "more_queries": ["SELECT * FROM sale WHERE shop = 9", "SELECT * FROM sale WHERE id = 3", "SELECT * FROM sale"]
    });
    let answer = told(&reader, "advise_indexes", arguments.clone()).await;
    let advice = answer["advice"].as_array().unwrap();
    assert_eq!(advice.len(), 1, "the shorter key is a prefix of the longer: {answer}");
    assert_eq!((&advice[0]["columns"], &answer["judged_by"]), (&json!(["shop", "day"]), &json!("rule")));
    assert!(advice[0]["gains"][0]["spared_estimate"].as_f64().unwrap() > 100.0);
    admin.batch_execute(advice[0]["statement"].as_str().unwrap()).await.unwrap();
    let again = told(&reader, "advise_indexes", arguments).await;
    assert_eq!(again["advice"], json!([]), "{again}");
    admin.batch_execute(advice[0]["undo"].as_str().unwrap()).await.unwrap();
}

#[tokio::test]
async fn compares_two_plans() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute("CREATE TABLE sale (id int PRIMARY KEY, n int); INSERT INTO sale SELECT n, n FROM generate_series(1, 20000) n")
        .await
        .unwrap();
    admin.batch_execute("VACUUM ANALYZE sale").await.unwrap();
    let reader = service(&database.url(), Access::Read);
    let arguments = json!({
        "query": "SELECT * FROM sale WHERE n = 5", "compare_with": "SELECT * FROM sale WHERE id = 5", "format": "text"
    });
    let answer = told(&reader, "explain_query", arguments).await;
    let other = &answer["comparison"];
    assert!(other["cost_ratio"].as_f64().unwrap() < 0.5, "{answer}");
    assert!(
        other["text"].as_str().unwrap().contains("Index Scan")
            && other["verdict"].as_str().unwrap().contains("cheaper")
    );
    let analyzed = json!({"query": "SELECT 1", "compare_with": "SELECT 2", "analyze": true});
    assert!(told(&reader, "explain_query", analyzed).await["comparison"]["execution_time_ms"].is_number());
}

#[tokio::test]
async fn conditions_that_no_b_tree_on_columns_serves_have_their_own_indexes_by_rule() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE things (id int, email text, doc jsonb, tags text[], body text, during int4range, done boolean, kind int, deleted_at timestamptz);
             INSERT INTO things SELECT n, 'P' || n || '@x', jsonb_build_object('n', n), ARRAY['t' || n], 'word' || n || repeat(' and more text to fill pages', 10),
               int4range(n, n + 1), n % 100 = 0, n % 5000, CASE WHEN n % 2 = 0 THEN now() END FROM generate_series(1, 40000) AS n;
             ANALYZE things",
        )
        .await
        .unwrap();
    let reader = service(&database.url(), Access::Read);
    for (condition, key, method) in [
        ("lower(email) = 'p7@x'", "lower(email)", "btree"),
        ("doc @> '{\"n\": 7}'", "doc jsonb_path_ops", "gin"),
        ("tags && '{t7}'", "tags", "gin"),
        (
            "to_tsvector('english', body) @@ 'word7'::tsquery",
            "to_tsvector('english'::regconfig, body)",
            "gin",
        ),
        ("during && '[7,8)'", "during", "gist"),
        ("email LIKE 'P7777%'", "email text_pattern_ops", "btree"),
    ] {
        let arguments = json!({"query": format!("SELECT * FROM things WHERE {condition}")});
        let answer = told(&reader, "advise_indexes", arguments.clone()).await;
        let advice = answer["advice"].as_array().unwrap();
        let own = advice
            .iter()
            .find(|one| one["method"] == method && one["columns"][0].as_str().unwrap().contains(key));
        let own = own.unwrap_or_else(|| panic!("{condition}: {answer}"));
        assert_eq!(own["judged_by"], "rule", "{own}");
        // It can be made, serves the statement, and is not advised again.
        let made = own["statement"].as_str().unwrap().replace("CONCURRENTLY ", "");
        admin
            .batch_execute(&format!("{made}; ANALYZE things"))
            .await
            .unwrap_or_else(|error| panic!("{made}: {error}"));
        let plan = told(&reader, "explain_query", arguments.clone()).await.to_string();
        assert!(
            !plan.contains("Seq Scan on public.things") && !plan.contains("\"Seq Scan\""),
            "{made}: {plan:.600}"
        );
        let again = told(&reader, "advise_indexes", arguments).await;
        let advice = again["advice"].as_array().unwrap();
        assert!(advice.iter().all(|one| one["statement"] != own["statement"]), "{again}");
    }
    let partial = json!({"query": "SELECT * FROM things WHERE kind = 7 AND deleted_at IS NULL AND NOT done"});
    let answer = told(&reader, "advise_indexes", partial).await;
    let advice = answer["advice"].as_array().unwrap();
    let own = advice.iter().find(|one| one["predicate"].is_string()).unwrap_or_else(|| panic!("{answer}"));
    assert_eq!(own["predicate"], "deleted_at IS NULL AND NOT done", "{answer}");
    assert!(
        own["statement"].as_str().unwrap().ends_with("(kind) WHERE deleted_at IS NULL AND NOT done"),
        "{answer}"
    );
    // Letters in the middle are found by trigrams, which an extension brings.
    let inside = json!({"query": "SELECT * FROM things WHERE body LIKE '%word7777%'"});
    let answer = told(&reader, "advise_indexes", inside).await;
    assert!(answer["advice"][0]["needs"].as_str().is_some_and(|needs| needs.contains("pg_trgm")), "{answer}");
}

#[tokio::test]
async fn a_range_of_a_table_in_order_has_an_index_of_pages_and_one_that_holds_the_answer() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE log (at timestamptz, size int, line text);
             INSERT INTO log SELECT timestamptz '2026-01-01' + n * interval '1 minute', n % 1000, repeat('x', 100) FROM generate_series(1, 200000) AS n",
        )
        .await
        .unwrap();
    admin.batch_execute("VACUUM ANALYZE log").await.unwrap();
    let reader = service(&database.url(), Access::Read);
    let query = "SELECT size FROM log WHERE at >= '2026-02-01' AND at < '2026-02-08'";
    let answer = told(&reader, "advise_indexes", json!({ "query": query })).await;
    let advice = answer["advice"].as_array().unwrap();
    let of = |wanted: &dyn Fn(&serde_json::Value) -> bool| {
        advice.iter().find(|one| wanted(one)).unwrap_or_else(|| panic!("{answer}"))
    };
    let brin = of(&|one| one["method"] == "brin");
    let held = of(&|one| one["include"] == json!(["size"]));
    assert!(
        brin["size_bytes_estimate"].as_i64() < held["size_bytes_estimate"].as_i64().map(|size| size / 100),
        "{answer}"
    );
    for (one, expected) in [(brin, "Bitmap Index Scan"), (held, "Index Only Scan")] {
        let made = one["statement"].as_str().unwrap();
        admin.batch_execute(made).await.unwrap_or_else(|error| panic!("{made}: {error}"));
        admin.batch_execute("VACUUM ANALYZE log").await.unwrap();
        let plan = told(&reader, "explain_query", json!({ "query": query })).await.to_string();
        assert!(plan.contains(expected), "{made}: {plan:.800}");
        admin.batch_execute(one["undo"].as_str().unwrap()).await.unwrap();
    }
}

/// A definition holds many words that are no keys: the names of the index, of its method and of its table.
#[tokio::test]
async fn a_column_whose_name_stands_in_the_definition_of_another_index_is_advised() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE keys (id int PRIMARY KEY, key int, tree text);
             CREATE INDEX ON keys (lower(tree), upper(tree));
             INSERT INTO keys SELECT n, n % 9000, 's' || n FROM generate_series(1, 40000) n",
        )
        .await
        .unwrap();
    admin.batch_execute("VACUUM ANALYZE keys").await.unwrap();
    let reader = service(&database.url(), Access::Read);
    for (condition, advised) in [
        ("key = 5", true),
        ("tree = 's5'", true),
        ("lower(tree) = 's5'", false),
        ("upper(tree) = 'S5'", true),
        ("id = 5", false),
    ] {
        let query = json!({"query": format!("SELECT * FROM keys WHERE {condition}")});
        let answer = told(&reader, "advise_indexes", query).await;
        assert_eq!(answer["advice"] != json!([]), advised, "{condition}: {answer}");
    }
}
