//! Verdicts on indexes: each with a fault that brings it, and a clean state that does not.
#![expect(clippy::disallowed_methods, reason = "tests seed their faults on the bare driver")]

use pg_core::Access;
use pg_tests::Database;
use serde_json::{Value, json};

use super::named;
use crate::support::service::{failed, service, told};

async fn indexes(database: &Database, arguments: Value) -> Value {
    told(&service(&database.url(), Access::Read), "list_indexes", arguments).await
}

fn verdicts(index: &Value) -> Vec<&str> {
    let found = index["verdicts"].as_array().map(Vec::as_slice).unwrap_or_default();
    found.iter().map(|finding| finding["verdict"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn each_fault_brings_its_verdict() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE parent (id int PRIMARY KEY);
             CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent, a int, b int);
             CREATE TABLE other (parent_id int REFERENCES parent, a int);
             CREATE INDEX ON other (parent_id) WHERE parent_id IS NOT NULL;
             CREATE TABLE third (parent_id int REFERENCES parent, a int);
             CREATE INDEX ON third (parent_id) WHERE parent_id IS NOT NULL AND a > 0;
             CREATE INDEX child_a ON child (a);
             CREATE INDEX child_a_again ON child (a);
             CREATE INDEX child_b ON child (b);
             CREATE INDEX child_b_a ON child (b, a);
             CREATE TABLE waste (id int);
             INSERT INTO waste SELECT generate_series(1, 150000);
             CREATE INDEX waste_id ON waste (id);
             DELETE FROM waste WHERE id % 50 <> 0;",
        )
        .await
        .unwrap();
    admin.batch_execute("VACUUM ANALYZE waste").await.unwrap();
    admin
        .batch_execute("INSERT INTO child SELECT n, NULL, 1, n FROM generate_series(1, 10) n")
        .await
        .unwrap();
    admin.batch_execute("CREATE UNIQUE INDEX CONCURRENTLY child_broken ON child (a)").await.unwrap_err();
    let answer = indexes(&database, json!({})).await;
    for (name, expected) in [
        ("child_pkey", vec![]),
        ("child_a", vec!["unused"]),
        ("child_a_again", vec!["duplicate"]),
        ("child_b", vec!["redundant_prefix"]),
        ("child_broken", vec!["invalid"]),
        ("waste_id", vec!["unused", "bloated"]),
    ] {
        assert_eq!(verdicts(named(&answer["indexes"], name)), expected, "{name}: {answer}");
    }
    assert_eq!(
        answer["missing_for_foreign_keys"][0]["suggestion"],
        "CREATE INDEX CONCURRENTLY ON public.child (parent_id)"
    );
    let without = answer["missing_for_foreign_keys"].as_array().unwrap().iter();
    let tables: Vec<&str> = without.map(|key| key["table_name"].as_str().unwrap()).collect();
    assert_eq!(tables, ["child", "third"], "an index of the keys that are not null serves: {answer}");
    assert_eq!(answer["is_standby"], false);
    let problems = indexes(&database, json!({"table_name": "child", "problems_only": true})).await;
    assert_eq!(problems["count"], 5, "{problems}");
    let few = indexes(&database, json!({"limit": 2})).await;
    assert_eq!((&few["count"], few["truncated"]["total"].is_i64()), (&json!(2), true));
}

#[tokio::test]
async fn a_clean_table_has_no_verdicts() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE parent (id int PRIMARY KEY);
             CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent, note text);
             CREATE INDEX child_parent ON child (parent_id, note);
             INSERT INTO parent SELECT generate_series(1, 5000);
             INSERT INTO child SELECT n, n, 'x' FROM generate_series(1, 5000) n;",
        )
        .await
        .unwrap();
    admin.batch_execute("VACUUM ANALYZE").await.unwrap();
    // The index is used, and the server told of it.
    admin.batch_execute("SET enable_seqscan = off; SELECT * FROM child WHERE parent_id = 7").await.unwrap();
    let used = "SELECT pg_stat_get_numscans('child_parent'::regclass) > 0";
    crate::support::watch::until("the scan is counted", async || {
        // The server's counters of a session are sent at the end of its next statement.
        admin.query_one(used, &[]).await.unwrap().get(0)
    })
    .await;
    let answer = indexes(&database, json!({"problems_only": true})).await;
    assert_eq!(answer["indexes"], json!([]), "{answer}");
    assert_eq!(answer["missing_for_foreign_keys"], json!([]));
}

#[tokio::test]
async fn partitions_fold_into_the_partitioned_index() {
    let zoo = super::Zoo::new().await;
    let answer = zoo.told("list_indexes", json!({"schema": "zoo"})).await;
    let list = answer["indexes"].as_array().unwrap();
    assert!(list.iter().all(|index| index["table_name"] != "visit_2025"), "{answer}");
    let whole = named(&answer["indexes"], "visit_pkey");
    assert!(whole["size_bytes"].as_i64().unwrap() > 0 && whole["scans"].is_i64(), "{whole}");
    let report =
        failed(&service(&zoo.database.url(), Access::Read), "list_indexes", json!({"schema": "zo"})).await;
    assert!(report.to_string().contains("did you mean \"zoo\"?"), "{report}");
}

#[tokio::test]
async fn one_locked_table_hides_its_expressions_and_nothing_else() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE free (n int PRIMARY KEY);
             CREATE TABLE locked (n int, t text);
             CREATE INDEX locked_n ON locked (n);
             CREATE INDEX locked_lower ON locked (lower(t)) WHERE n > 3;
             CREATE INDEX locked_upper ON locked (upper(t)) WHERE n > 3;
             CREATE TABLE days (day date) PARTITION BY RANGE (day);
             CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
        )
        .await
        .unwrap();
    admin.batch_execute("BEGIN; LOCK TABLE locked, days_1 IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let answer = indexes(&database, json!({})).await;
    let listed = &answer["indexes"];
    assert!(
        named(listed, "free_pkey")["definition"].as_str().unwrap().starts_with("CREATE UNIQUE"),
        "{answer}"
    );
    assert!(named(listed, "locked_lower")["definition"].as_str().unwrap().contains("lock"), "{answer}");
    assert!(
        !verdicts(named(listed, "locked_upper")).contains(&"duplicate"),
        "what was not read is like nothing: {answer}"
    );
    let service = service(&database.owner_url(), Access::Read);
    let answer =
        told(&service, "check_database", json!({"checks": ["partition_gaps", "duplicate_index"]})).await;
    assert_eq!(answer["summary"]["unknown"], 0, "{answer}");
    told(&service, "get_table_schema", json!({"table_name": "days"})).await;
    admin.batch_execute("ROLLBACK").await.unwrap();
}
