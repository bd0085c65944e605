//! Values that a type of the target would change in silence: told before a row moves, and rejected by name.

use pg_tests::Database;
use serde_json::json;

use super::{configuration, plan, service, text};
use crate::support::service::{failed, told};

const TABLES: &str = "CREATE SCHEMA a AUTHORIZATION shop_owner; CREATE SCHEMA b AUTHORIZATION shop_owner; SET ROLE shop_owner;
    CREATE TABLE a.money (id int PRIMARY KEY, amount numeric(12,4), share float8, at timestamp, day timestamp, code text,
      hours interval, steps numeric(8,3)[]);
    CREATE TABLE b.money (id int PRIMARY KEY, amount numeric(10,2), share int, at timestamp(0), day date, code char(4),
      hours interval(0), steps numeric(8,1)[]);
    INSERT INTO a.money VALUES (1, 12.5000, 3, '2024-01-01 10:00:00', '2024-01-01', 'ab', '2 hours', '{1.5,2}'),
      (2, 12.3456, NULL, NULL, NULL, NULL, NULL, NULL), (3, 1, NULL, '2024-01-01 10:00:00.7', NULL, NULL, NULL, NULL),
      (4, 1, NULL, NULL, '2024-01-01 08:30', NULL, NULL, NULL), (5, 1, NULL, NULL, NULL, 'ab ', NULL, NULL),
      (6, 1, NULL, NULL, NULL, NULL, '1 day 00:00:01.5', NULL), (7, 1, NULL, NULL, NULL, NULL, NULL, '{1.5,1.55}'),
      (8, 1, 2.5, NULL, NULL, NULL, NULL, NULL)";

const MONEY: &str = "[[tables]]\nsource = \"a.money\"\ntarget = \"b.money\"\n";

async fn moneys() -> (Database, pg_core::Service) {
    let database = Database::shop().await;
    database.admin().await.batch_execute(TABLES).await.unwrap();
    let service = service(&configuration(&database));
    (database, service)
}

#[tokio::test]
async fn values_that_the_target_would_change_are_rejected_one_by_one() {
    let (database, service) = moneys().await;
    let planned = told(&service, "plan_migration", plan("", MONEY)).await;
    let notes = planned["notes"].to_string();
    for said in [
        "b.money.amount: numeric(12,4) goes into numeric(10,2)",
        "b.money.share: double precision goes into integer",
        "timestamp without time zone goes into timestamp(0) without time zone",
        "b.money.day: timestamp without time zone goes into date",
        "interval goes into interval(0)",
    ] {
        assert!(notes.contains(said), "{said}: {notes}");
    }
    assert_eq!(planned["tables"][0]["rejected"], json!(7), "{planned}");
    let report = failed(&service, "run_migration", plan("", MONEY)).await;
    for said in ["table b.money", "key 2", "column amount", "12.3456", "numeric(10,2) would round it"] {
        assert!(report.message.contains(said), "{said}: {report}");
    }
    let done = told(&service, "run_migration", plan("on_reject = \"keep\"", MONEY)).await;
    assert_eq!(
        (&done["tables"][0]["rows_written"], &done["tables"][0]["rejected"]),
        (&json!(1), &json!(7)),
        "{done}"
    );
    assert_eq!(
        text(
            &database,
            "SELECT string_agg(key || ' ' || column_name, ', ' ORDER BY key) FROM toolkit.migration_rejects"
        )
        .await,
        "2 amount, 3 at, 4 day, 5 code, 6 hours, 7 steps, 8 share"
    );
    assert_eq!(
        text(&database, "SELECT string_agg(t::text, ' ') FROM b.money AS t").await,
        "(1,12.50,3,\"2024-01-01 10:00:00\",2024-01-01,\"ab  \",02:00:00,\"{1.5,2.0}\")"
    );
}

#[tokio::test]
async fn what_the_plan_says_to_round_is_rounded_and_shown_so() {
    let (database, service) = moneys().await;
    let tables = format!(
        "{MONEY}filter = \"id < 4\"\n[tables.columns]\nid = \"id\"\namount = {{ sql = \"round(amount, 2)\" }}\n\
         at = {{ from = \"at\", invalid = \"keep\" }}\n"
    );
    let planned = told(&service, "plan_migration", plan("", &tables)).await;
    assert_eq!(planned["tables"][0]["first_rows"][1]["amount"], "12.35", "{planned}");
    assert_eq!(planned["tables"][0]["first_rows"][2]["at"], "2024-01-01 10:00:01", "{planned}");
    let done = told(&service, "run_migration", plan("", &tables)).await;
    assert_eq!(done["success"], json!(true), "{done}");
    assert_eq!(
        text(
            &database,
            "SELECT string_agg(amount || coalesce(' ' || at, ''), ', ' ORDER BY id) FROM b.money"
        )
        .await,
        "12.50 2024-01-01 10:00:00, 12.35, 1.00 2024-01-01 10:00:01"
    );
}

#[tokio::test]
async fn a_comparison_does_not_call_rounded_values_equal() {
    let (database, service) = moneys().await;
    let copied = "INSERT INTO b.money (id, amount) SELECT id, amount FROM a.money";
    database.admin().await.batch_execute(copied).await.unwrap();
    let tables = format!("{MONEY}[tables.columns]\nid = \"id\"\namount = \"amount\"\n");
    let compared = told(&service, "verify_migration", plan("", &tables)).await;
    assert_eq!(compared["success"], json!(false), "{compared}");
    let note = compared["tables"][0]["note"].to_string();
    assert!(note.contains("key 2, column amount") && note.contains("12.3456"), "{compared}");
}
