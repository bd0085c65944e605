//! Suites that are suggested, and the one that is given as an example.

use pg_core::Access;
use pg_tests::Database;
use serde_json::{Value, json};

use super::{CLEAN, FAULTS, check, checked, shop};
use crate::support::service::{service, told};

#[tokio::test]
async fn a_suggested_suite_runs_holds_on_clean_data_and_finds_faults() {
    let (database, service) = shop(&[CLEAN, "ANALYZE"]).await;
    let tables = json!(["people", "sales", "public.sale_lines"]);
    let suggested = told(&service, "check_data_quality", json!({"tables": tables, "suggest": true})).await;
    assert_eq!((&suggested["score"], &suggested["checks"]), (&Value::Null, &json!([])), "{suggested:#}");
    let suite = suggested["suite"].as_str().unwrap();
    for said in [
        "check = \"complete\"\ntable = \"people\"\ncolumn = \"email\"",
        "pattern = \"email\"",
        "check = \"unique\"\ntable = \"people\"\ncolumn = \"code\"",
        "check = \"accepted\"\ntable = \"people\"\ncolumn = \"status\"",
        "check = \"range\"\ntable = \"people\"\ncolumn = \"age\"",
        "check = \"fresh\"\ntable = \"sales\"\ncolumn = \"sold_at\"",
        "check = \"row_count\"",
        "check = \"drift\"",
    ] {
        assert!(suite.contains(said), "{said}: {suite}");
    }
    let clean = checked(&service, suite).await;
    assert_eq!((&clean["score"], &clean["failed"]), (&json!(100.0), &json!(false)), "{clean:#}");
    database.admin().await.batch_execute(FAULTS).await.unwrap();
    let faulty = checked(&service, suite).await;
    assert_eq!(check(&faulty, "accepted people(status)")["failing"], json!(4), "{faulty:#}");
    assert_eq!(check(&faulty, "unique people(code)")["failing"], json!(2), "{faulty:#}");
    // Without a suite the suggestion is run.
    let run = told(&service, "check_data_quality", json!({"tables": ["sale_lines"]})).await;
    assert!(run["suite"].is_string() && run["score"] == json!(100.0), "{run:#}");
}

#[tokio::test]
async fn the_demo_shop_gets_references_by_key_and_by_name() {
    let database = Database::shop().await;
    let service = service(&database.owner_url(), Access::Read);
    let suggested = told(&service, "check_data_quality", json!({"suggest": true})).await;
    let suite = suggested["suite"].as_str().unwrap();
    assert!(suite.contains("to_table = \"public.suppliers\""), "{suite}");
    for chance in ["order_date", "price", "client"] {
        assert!(
            !suite.contains(&format!("check = \"unique\"\ntable = \"public.orders\"\ncolumn = \"{chance}\"")),
            "{suite}"
        );
    }
    let answer = checked(&service, suite).await;
    let orders = "reference public.orders(customer_id)";
    let by_hand: i64 = database
        .admin()
        .await
        .query_one(
            "SELECT count(*) FROM orders o WHERE customer_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM customers c WHERE c.customer_id = o.customer_id)",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(check(&answer, orders)["failing"], json!(by_hand), "{answer:#}");
    assert_eq!(answer["summary"]["unknown"], json!(0), "{answer:#}");
}

#[tokio::test]
async fn the_example_suite_runs_on_the_demo_shop() {
    let database = Database::shop().await;
    let service = service(&database.owner_url(), Access::Read);
    let answer = checked(&service, include_str!("../../../examples/quality/shop.toml")).await;
    assert_eq!(answer["summary"]["unknown"], json!(0), "{answer:#}");
    assert_eq!(check(&answer, "unique order_items(order_id, line_no)")["status"], "ok", "{answer:#}");
    assert_eq!(answer["failed"], json!(true), "the shop has faults for the scenario: {answer:#}");
}
