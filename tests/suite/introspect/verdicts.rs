//! The inventory of verdicts: what pg-introspect can say against a plan, an index or a statement, each with the fault that brings it
//! and a clean state that does not.
//!
//! The verdicts are read from the schemas of the answers, so that one without a seed fails here.
#![expect(clippy::disallowed_methods, reason = "tests seed their faults on the bare driver")]

use std::collections::BTreeSet;

use pg_core::Access;
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::service::{service, told};

/// A fault in a plan: its verdict, settings of the database that bring it, and the statement.
struct Seed {
    verdict: &'static str,
    settings: &'static [&'static str],
    query: &'static str,
}

const fn seed(verdict: &'static str, settings: &'static [&'static str], query: &'static str) -> Seed {
    Seed { verdict, settings, query }
}

const SEEDS: &[Seed] = &[
    seed("whole", &[], "SELECT count(*) FROM big"),
    seed("heaviest", &[], "SELECT count(*) FROM big"),
    seed("filtered_scan", &[], "SELECT * FROM big WHERE n = 7"),
    seed("wrong_estimate", &[], "SELECT * FROM big WHERE n = id % 2000"),
    seed("spill", &["work_mem = '64kB'"], "SELECT * FROM big ORDER BY note, n"),
    seed(
        "lossy_bitmap",
        &[
            "work_mem = '64kB'",
            "enable_seqscan = off",
            "enable_indexscan = off",
            "max_parallel_workers_per_gather = 0",
        ],
        "SELECT count(note) FROM big WHERE id > 0",
    ),
    seed(
        "many_loops",
        &["jit = off"],
        "SELECT (SELECT count(*) FROM big b WHERE b.id <= a.n % 3 + 200) FROM big a WHERE a.id < 5000",
    ),
    seed("trigger_time", &[], "DELETE FROM parent WHERE id > 0"),
    seed("jit", &["jit = on", "jit_above_cost = 0"], "SELECT sum(n) FROM big WHERE id < 10"),
    seed(
        "missing_workers",
        &[
            "parallel_setup_cost = 0",
            "parallel_tuple_cost = 0",
            "min_parallel_table_scan_size = 0",
            "max_parallel_workers = 0",
        ],
        "SELECT count(note) FROM big",
    ),
    seed(
        "never_executed",
        &["enable_hashjoin = off", "enable_mergejoin = off"],
        "SELECT * FROM big a JOIN big b ON b.n = a.n WHERE a.id = -1",
    ),
];

/// The values of an enum of an operation's answer, as its schema tells them.
fn verdicts(operation: &str, name: &str) -> BTreeSet<String> {
    let operation = pg_introspect::OPERATIONS.iter().find(|known| known.name() == operation).unwrap();
    let schema: Value = operation.output_schema().into();
    let values = &schema["$defs"][name];
    let of_variants =
        values["oneOf"].as_array().into_iter().flatten().filter_map(|value| value["const"].as_str());
    let plain = values["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    of_variants.chain(plain).map(ToOwned::to_owned).collect()
}

fn kinds(answer: &Value) -> BTreeSet<&str> {
    answer["summary"].as_array().unwrap().iter().map(|finding| finding["kind"].as_str().unwrap()).collect()
}

#[test]
fn every_verdict_has_a_seed() {
    let findings = verdicts("explain_query", "FindingKind");
    let seeded: BTreeSet<String> = SEEDS.iter().map(|seed| seed.verdict.to_owned()).collect();
    assert_eq!(findings, seeded);
    // These are seeded by tests of their own, which name them.
    for (operation, name, tests) in [
        ("list_indexes", "IndexVerdict", include_str!("indexes.rs")),
        ("why_slow", "CauseKind", include_str!("incidents.rs")),
    ] {
        let all = verdicts(operation, name);
        assert!(all.len() > 4, "{name}: {all:?}");
        for verdict in all {
            assert!(tests.contains(&format!("\"{verdict}\"")), "no test seeds the {name} {verdict}");
        }
    }
}

#[tokio::test]
async fn each_fault_of_a_plan_brings_its_finding_and_a_clean_plan_has_none() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE big (id int PRIMARY KEY, n int, note text);
             INSERT INTO big SELECT n, n % 2000, repeat('x', 400) FROM generate_series(1, 30000) n;
             CREATE TABLE parent (id int PRIMARY KEY);
             CREATE TABLE child (parent_id int REFERENCES parent ON DELETE CASCADE);
             INSERT INTO parent SELECT generate_series(1, 100);
             INSERT INTO child SELECT n % 100 + 1 FROM generate_series(1, 30000) n;
             ANALYZE",
        )
        .await
        .unwrap();
    let has_jit: bool = admin.query_one("SELECT pg_jit_available()", &[]).await.unwrap().get(0);
    for seed in SEEDS.iter().filter(|seed| seed.verdict != "jit" || has_jit) {
        for setting in seed.settings {
            let set = format!("ALTER DATABASE {} SET {setting}", database.name());
            admin.batch_execute(&set).await.unwrap();
        }
        let faulty = service(&database.url(), Access::Write);
        let arguments = json!({"query": seed.query, "analyze": true, "format": "text"});
        let answer = told(&faulty, "explain_query", arguments).await;
        assert!(kinds(&answer).contains(seed.verdict), "{}: {answer}", seed.verdict);
        admin.batch_execute(&format!("ALTER DATABASE {} RESET ALL", database.name())).await.unwrap();
    }
    let clean = json!({"query": "SELECT * FROM big WHERE id = 7", "analyze": true, "format": "text"});
    let answer = told(&service(&database.url(), Access::Write), "explain_query", clean).await;
    let descriptions = BTreeSet::from(["whole", "heaviest"]);
    assert!(kinds(&answer).is_subset(&descriptions), "{answer}");
}
