//! Use case 1.1 by its example plan: through the command line, and through the official Python client.

use std::path::PathBuf;
use std::process::Command;

use pg_tests::Database;
use serde_json::{Value, json};

use super::{configuration, service, text};
use crate::support::command::{self, Ended};
use crate::support::service::told;

fn example() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/migrate-erp.toml")
}

/// What the new ERP must hold, said in the server's own words: nothing of the toolkit's has a part in it.
const EXPECTED: &str = "SELECT md5(string_agg(r, '|' ORDER BY r)) || count(*) FROM (
    SELECT (c.customer_id, initcap(btrim(c.company_name)), btrim(c.contact_person), lower(btrim(c.email)), c.address,
            c.registration_date, 'ERP_MIGRATION')::text AS r FROM old_erp.customers c) AS rows";
const FOUND: &str = "SELECT md5(string_agg(r, '|' ORDER BY r)) || count(*) FROM (
    SELECT (p.legacy_id, p.business_name, p.primary_contact, p.email_address, p.business_address, p.onboarding_date,
            p.data_source)::text AS r FROM new_erp.customer_profiles p) AS rows";
const EXPECTED_ENTRIES: &str = "SELECT md5(string_agg(r, '|' ORDER BY r)) || count(*) FROM (
    SELECT (t.transaction_id, t.customer_id::bigint, t.transaction_date AT TIME ZONE 'Asia/Taipei', t.kind::text, t.amount)::text AS r
    FROM old_erp.transactions t) AS rows";
const FOUND_ENTRIES: &str = "SELECT md5(string_agg(r, '|' ORDER BY r)) || count(*) FROM (
    SELECT (e.legacy_id, p.legacy_id, e.occurred_at, e.kind, e.amount)::text AS r
    FROM new_erp.ledger_entries e JOIN new_erp.customer_profiles p USING (profile_id)) AS rows";
/// Telephone numbers that are none in E.164, and those that were lost although there was one.
const PHONES: &str =
    "SELECT count(*) FILTER (WHERE p.contact_phone !~ '^\\+[1-9][0-9]{6,14}$')::text || ' ' ||
    count(*) FILTER (WHERE p.contact_phone LIKE '+886%' AND c.phone LIKE '09%')::text
    FROM new_erp.customer_profiles p JOIN old_erp.customers c ON c.customer_id = p.legacy_id";

async fn is_as_expected(database: &Database) {
    assert_eq!(text(database, EXPECTED).await, text(database, FOUND).await, "customers");
    assert_eq!(text(database, EXPECTED_ENTRIES).await, text(database, FOUND_ENTRIES).await, "transactions");
    let phones = text(database, PHONES).await;
    let (wrong, kept) = phones.split_once(' ').unwrap();
    assert_eq!(wrong, "0", "numbers that are not E.164");
    assert_ne!(kept, "0", "numbers of mobile telephones became E.164");
}

fn cli(configuration: &std::path::Path, words: &[&str]) -> Ended {
    let config = configuration.to_string_lossy();
    let place = ["--config", config.as_ref(), "--format", "json"];
    command::command([]).args(words).args(place).output().expect("pg-cli starts").into()
}

#[tokio::test]
async fn the_old_erp_moves_by_one_command() {
    let database = Database::shop().await;
    let configuration = configuration(&database);
    let plan = example().to_string_lossy().into_owned();
    let looked = cli(&configuration, &["plan-migration", &plan]);
    assert_eq!(looked.code, Some(0), "{looked:?}");
    let looked = looked.json();
    assert_eq!(
        looked["tables"][0]["table_name"], "customer_profiles",
        "what others point at comes first: {looked}"
    );
    assert_eq!(looked["tables"][0]["rows"], json!(text_number(&database, "old_erp.customers").await));
    assert_eq!(looked["tables"][0]["first_rows"][0]["data_source"], "ERP_MIGRATION", "{looked}");
    assert_eq!(
        text(&database, "SELECT to_regclass('toolkit.migration_passes')::text").await,
        "",
        "a look writes nothing"
    );

    let ended = cli(&configuration, &["migrate", &plan]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let told = ended.json();
    assert_eq!((&told["success"], &told["pass"]), (&json!(true), &json!(1)), "{told}");
    for table in told["verified"].as_array().unwrap() {
        assert_eq!(table["equal"], json!(true), "{table}");
        assert_eq!(table["source_hash"], table["target_hash"], "{table}");
    }
    is_as_expected(&database).await;
    // Whole is whole: nothing comes twice.
    let again = cli(&configuration, &["migrate", &plan]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(again.json()["tables"], json!([]));
    is_as_expected(&database).await;
}

async fn text_number(database: &Database, table: &str) -> u64 {
    text(database, &format!("SELECT count(*)::text FROM {table}")).await.parse().unwrap()
}

#[tokio::test]
async fn a_second_pass_takes_only_what_changed_and_a_comparison_tells_what_differs() {
    let database = Database::shop().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "ALTER TABLE old_erp.customers ADD updated_at timestamptz NOT NULL DEFAULT '2026-01-01';
             ALTER TABLE old_erp.transactions ADD updated_at timestamptz NOT NULL DEFAULT '2026-01-01'",
        )
        .await
        .unwrap();
    let service = service(&configuration(&database));
    let plan = std::fs::read_to_string(example()).unwrap();
    let plan = plan.replace("\n[tables.columns]", "changed_by = \"updated_at\"\n\n[tables.columns]");
    let arguments = json!({"plan": plan});
    let first = told(&service, "run_migration", arguments.clone()).await;
    assert_eq!(first["success"], json!(true), "{first}");
    admin
        .batch_execute(
            "UPDATE old_erp.customers SET email = 'NEW@example.com', updated_at = '2026-02-01' WHERE customer_id = 7;
             INSERT INTO old_erp.customers VALUES (900001, ' new ltd ', 'X', NULL, NULL, 'a', '2026-02-02', '2026-02-01');
             INSERT INTO old_erp.transactions VALUES (900001, 900001, '2026-02-01', 'invoice', 12.5, NULL, '2026-02-01')",
        )
        .await
        .unwrap();
    let compared = told(&service, "verify_migration", arguments.clone()).await;
    assert_eq!(compared["success"], json!(false), "{compared}");
    let customers = &compared["tables"][0];
    assert_eq!(
        (&customers["missing"], &customers["different"], &customers["extra"]),
        (&json!(1), &json!(1), &json!(0)),
        "{customers}"
    );
    assert!(customers["keys"].as_array().unwrap().contains(&json!("7")), "{customers}");
    let second = told(&service, "run_migration", arguments.clone()).await;
    assert_eq!((&second["success"], &second["pass"]), (&json!(true), &json!(2)), "{second}");
    assert!(second["tables"][0]["rows_read"].as_u64().unwrap() >= 2, "{second}");
    is_as_expected(&database).await;
    // From now on only what changed since the last of those changes.
    let third = told(&service, "run_migration", arguments.clone()).await;
    assert!(third["tables"][0]["rows_read"].as_u64().unwrap() <= 2, "{third}");
    let status = told(&service, "migration_status", json!({"connection_id": "new_erp"})).await;
    assert_eq!(
        (&status["names"], status["passes"].as_array().unwrap().len()),
        (&json!(["erp"]), 6),
        "{status}"
    );
}

/// The use case over the official Python client of one major version.
async fn in_steps(client_major: u32) {
    let database = Database::shop().await;
    let configuration = configuration(&database);
    let python = pg_tests::python(client_major).expect("the official client");
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("python/scenario_migration.py");
    let output = Command::new(python)
        .arg(script)
        .arg(example())
        .arg(pg_tests::binary("pg-mcp"))
        .arg("--config")
        .arg(&configuration)
        .output()
        .expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout).expect("the script prints JSON");
    assert_eq!(seen["verified"], json!([true, true]), "{seen}");
    is_as_expected(&database).await;
}

#[tokio::test]
async fn an_agent_migrates_in_steps_through_the_official_python_client_1() {
    in_steps(1).await;
}

#[tokio::test]
async fn an_agent_migrates_in_steps_through_the_official_python_client_2() {
    in_steps(2).await;
}
