//! Health checks: a real fault for each, found with its severity and object, and gone after its mend; nothing found where
//! nothing is wrong.
#![expect(
    clippy::disallowed_methods,
    reason = "tests seed their faults, and run the mends, on the bare driver"
)]

use pg_core::Access;
use pg_tests::Database;
use serde_json::{Value, json};

use crate::support::service::{adjusted, failed, service, told};

/// A fault: the check that finds it, what makes it, where it is found, how bad it is.
struct Seed {
    check: &'static str,
    sql: &'static str,
    object: &'static str,
    severity: &'static str,
    /// Whether the statements of the finding mend it.
    mends: bool,
}

const fn seed(
    check: &'static str,
    severity: &'static str,
    object: &'static str,
    mends: bool,
    sql: &'static str,
) -> Seed {
    Seed { check, sql, object, severity, mends }
}

const SEEDS: &[Seed] = &[
    seed("no_primary_key", "warning", "public.keyless", false, "CREATE TABLE keyless (n int)"),
    seed(
        "constraint_not_valid",
        "warning",
        "public.half.positive",
        true,
        "CREATE TABLE half (id int PRIMARY KEY); ALTER TABLE half ADD CONSTRAINT positive CHECK (id > 0) NOT VALID",
    ),
    seed(
        "sequence_exhaustion",
        "critical",
        "public.small",
        true,
        "CREATE SEQUENCE small AS smallint; SELECT setval('small', 32000)",
    ),
    seed(
        "int_pk_overflow",
        "critical",
        "public.counted.id",
        true,
        "CREATE TABLE counted (id serial PRIMARY KEY); SELECT setval('counted_id_seq', 2100000000)",
    ),
    seed(
        "fk_type_mismatch",
        "warning",
        "public.narrow.narrow_of_fkey",
        true,
        "CREATE TABLE wide (id bigint PRIMARY KEY); CREATE TABLE narrow (id int PRIMARY KEY, of int REFERENCES wide)",
    ),
    seed(
        "duplicate_fk",
        "warning",
        "public.child.again",
        true,
        "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, of int REFERENCES parent);
         ALTER TABLE child ADD CONSTRAINT again FOREIGN KEY (of) REFERENCES parent",
    ),
    seed(
        "missing_fk_index",
        "info",
        "public.leaf (leaf_of_fkey)",
        true,
        "CREATE TABLE root (id int PRIMARY KEY); CREATE TABLE leaf (id int PRIMARY KEY, of int REFERENCES root)",
    ),
    seed(
        "disabled_triggers",
        "warning",
        "public.watched.quiet",
        true,
        "CREATE TABLE watched (id int PRIMARY KEY);
         CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER quiet BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION nothing();
         ALTER TABLE watched DISABLE TRIGGER quiet",
    ),
    seed("bad_types", "info", "public.prices.price", false, "CREATE TABLE prices (id int PRIMARY KEY, price money)"),
    seed(
        "reg_types_block_upgrade",
        "info",
        "public.named.of",
        true,
        "CREATE TABLE named (id int PRIMARY KEY, of regproc)",
    ),
    seed(
        "unlogged_tables",
        "info",
        "public.fleeting",
        true,
        "CREATE UNLOGGED TABLE fleeting (id int PRIMARY KEY)",
    ),
    seed(
        "unpopulated_matviews",
        "warning",
        "public.empty_view",
        true,
        "CREATE MATERIALIZED VIEW empty_view AS SELECT 1 AS n WITH NO DATA",
    ),
    seed(
        "partition_gaps",
        "critical",
        "public.parts",
        false,
        "CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id)",
    ),
    seed(
        "autovacuum_off",
        "warning",
        "public.dusty",
        true,
        "CREATE TABLE dusty (id int PRIMARY KEY) WITH (autovacuum_enabled = off)",
    ),
    seed(
        "duplicate_index",
        "warning",
        "public.twin_b",
        true,
        "CREATE TABLE twins (id int PRIMARY KEY, n int); CREATE INDEX twin_a ON twins (n); CREATE INDEX twin_b ON twins (n)",
    ),
    seed(
        "redundant_index",
        "info",
        "public.prefix",
        true,
        "CREATE TABLE pairs (id int PRIMARY KEY, a int, b int); CREATE INDEX prefix ON pairs (a); CREATE INDEX longer ON pairs (a, b)",
    ),
    seed(
        "policy_without_rls",
        "critical",
        "public.open_rows",
        true,
        "CREATE TABLE open_rows (id int PRIMARY KEY); CREATE POLICY mine ON open_rows FOR SELECT USING (id > 0)",
    ),
    seed(
        "rls_without_policy",
        "warning",
        "public.closed_rows",
        true,
        "CREATE TABLE closed_rows (id int PRIMARY KEY); ALTER TABLE closed_rows ENABLE ROW LEVEL SECURITY",
    ),
    seed(
        "policy_always_true",
        "warning",
        "public.any_rows.anybody",
        true,
        "CREATE TABLE any_rows (id int PRIMARY KEY); ALTER TABLE any_rows ENABLE ROW LEVEL SECURITY;
         CREATE POLICY anybody ON any_rows USING (true)",
    ),
    seed(
        "security_definer_public",
        "warning",
        "public.as_owner()",
        true,
        "CREATE FUNCTION as_owner() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1'",
    ),
    seed(
        "function_search_path",
        "warning",
        "public.trusting()",
        true,
        "CREATE FUNCTION trusting() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    ),
    seed("public_create", "warning", "shared", true, "CREATE SCHEMA shared; GRANT CREATE ON SCHEMA shared TO PUBLIC"),
    seed(
        "public_table_grants",
        "critical",
        "public.everybodys",
        true,
        "CREATE TABLE everybodys (id int PRIMARY KEY); GRANT SELECT, UPDATE ON everybodys TO PUBLIC",
    ),
    seed(
        "sensitive_columns",
        "critical",
        "public.accounts.password",
        true,
        "CREATE TABLE accounts (id int PRIMARY KEY, password text); GRANT SELECT ON accounts TO PUBLIC",
    ),
    seed(
        "no_replica_identity",
        "critical",
        "public.published",
        true,
        "CREATE TABLE published (n int); CREATE PUBLICATION changes FOR TABLE published",
    ),
];

fn finding<'a>(answer: &'a Value, seed: &Seed) -> Option<&'a Value> {
    let findings = answer["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["check"] == seed.check && finding["object"] == seed.object)
}

#[tokio::test]
async fn each_seeded_fault_is_found_and_its_mend_makes_it_go_away() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    for seed in SEEDS {
        admin.batch_execute(seed.sql).await.unwrap_or_else(|error| panic!("{}: {error}", seed.check));
    }
    let reader = service(&database.url(), Access::Read);
    let arguments = json!({"max_tokens": 200_000});
    let answer = told(&reader, "check_database", arguments.clone()).await;
    for seed in SEEDS {
        let found = finding(&answer, seed).unwrap_or_else(|| {
            panic!("{} of {} is not found: {}", seed.check, seed.object, answer["findings"])
        });
        assert_eq!(found["severity"], seed.severity, "{found}");
        for mend in found["mend"].as_array().into_iter().flatten().filter(|_| seed.mends) {
            let sql = mend["sql"].as_str().unwrap();
            assert!(!mend["lock"].as_str().unwrap().is_empty(), "{found}");
            admin.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        }
        assert!(!seed.mends || found["mend"].is_array(), "{found}");
    }
    let answer = told(&reader, "check_database", arguments).await;
    for seed in SEEDS.iter().filter(|seed| seed.mends) {
        assert!(finding(&answer, seed).is_none(), "{} is still there: {answer}", seed.check);
    }
}

/// What concerns a database and not the server, which other tests share.
const OF_A_DATABASE: [&str; 2] = ["tables", "indexes"];

#[tokio::test]
async fn a_fresh_database_has_nothing_to_mend() {
    let database = Database::empty().await;
    let reader = service(&database.url(), Access::Read);
    let answer =
        told(&reader, "check_database", json!({"checks": OF_A_DATABASE, "min_severity": "unknown"})).await;
    assert_eq!((&answer["findings"], &answer["score"]), (&json!([]), &json!(100)), "{answer}");
    assert_eq!(answer["failed"], false);
}

#[tokio::test]
async fn a_role_that_may_only_connect_gets_unknown_with_what_would_help() {
    let database = Database::empty().await;
    let reader = service(&database.reader_url(), Access::Read);
    let answer =
        told(&reader, "check_database", json!({"checks": ["long_query", "idle_in_transaction"]})).await;
    assert_eq!(answer["summary"]["unknown"], 2, "{answer}");
    assert!(answer["not_run"][0]["reason"].as_str().unwrap().contains("GRANT pg_read_all_stats"), "{answer}");
    assert!(answer.get("score").is_none(), "{answer}");
}

#[tokio::test]
async fn an_open_transaction_is_found_from_the_configured_number_on() {
    let database = Database::empty().await;
    let forgetful = database.admin().await;
    forgetful.batch_execute("BEGIN; CREATE TABLE mine (id int)").await.unwrap();
    let pid: i32 = forgetful.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
    let strict = adjusted(&database.url(), Access::Read, |entry| {
        let mut options = pg_core::CheckOptions::default();
        options.critical = Some(0.0);
        entry.checks.insert("idle_in_transaction".to_owned(), options);
        let mut off = pg_core::CheckOptions::default();
        off.enabled = false;
        entry.checks.insert("long_query".to_owned(), off);
    });
    let answer =
        told(&strict, "check_database", json!({"checks": ["idle_in_transaction", "long_query"]})).await;
    let findings = answer["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["evidence"]["pid"] == pid);
    let found = found.unwrap_or_else(|| panic!("{pid} is not in {answer}"));
    assert_eq!(found["severity"], "critical");
    assert_eq!(found["mend"][0]["sql"], format!("SELECT pg_terminate_backend({pid})"));
    assert!(answer["not_run"].to_string().contains("configuration switches it off"), "{answer}");
}

#[tokio::test]
async fn a_database_that_is_down_is_critical_and_the_others_are_checked() {
    let database = Database::empty().await;
    let (mut configuration, environment) = crate::support::service::configured(&database.url(), Access::Read);
    let gone = configuration.connections["default"].clone();
    let other = crate::support::service::configured(&database.role_url("nobody_here"), Access::Read).0;
    configuration.connections.insert("gone".to_owned(), other.connections["default"].clone());
    configuration.connections.insert("up".to_owned(), gone);
    let all = pg_core::Service::new(configuration, environment).unwrap();
    let answer = told(&all, "check_databases", json!({"checks": ["tables"]})).await;
    assert_eq!((&answer["unreachable"], &answer["status"]), (&json!(1), &json!("critical")), "{answer}");
    assert_eq!(answer["databases"][0]["connection_id"], "gone");
    assert_eq!(answer["databases"][2]["health"]["success"], true, "{answer}");
}

#[tokio::test]
async fn a_wrong_check_is_an_error_that_names_the_nearest() {
    let database = Database::empty().await;
    let reader = service(&database.url(), Access::Read);
    let report = failed(&reader, "check_database", json!({"checks": ["no_primary_keys"]})).await.to_string();
    assert!(report.contains("`no_primary_key`"), "{report}");
}
