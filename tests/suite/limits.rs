//! How much a connection takes, from outside.

use pg_core::{Access, Call, ErrorKind};
use pg_tests::Database;
use serde_json::json;

use crate::support::service::{adjusted, ask, failed, told};
use crate::support::watch;

#[tokio::test]
async fn statements_beyond_the_rate_are_told_when_to_come_back() {
    let database = Database::shop().await;
    let service = adjusted(&database.owner_url(), Access::Read, |entry| {
        entry.limits.statements_per_minute = Some(2);
    });
    let query = json!({"query": "SELECT 1"});
    told(&service, "execute_query", query.clone()).await;
    told(&service, "execute_query", query.clone()).await;
    let report = failed(&service, "execute_query", query).await;
    assert_eq!(report.kind, ErrorKind::Refused, "{report}");
    assert_eq!(report.rule.as_deref(), Some("limits.statements_per_minute"), "{report}");
    let wait = report.retry_after_ms.unwrap();
    assert!((1..=30_001).contains(&wait), "{report}");
}

#[tokio::test]
async fn calls_beyond_the_places_are_turned_away_and_places_come_back() {
    let database = Database::shop().await;
    let service = adjusted(&database.owner_url(), Access::Read, |entry| {
        entry.limits.max_concurrent = Some(1);
    });
    let call = Call::new(&service);
    let stop = call.cancellation().clone();
    let sleeping =
        tokio::spawn(
            async move { ask(&call, "execute_query", json!({"query": "SELECT pg_sleep(600)"})).await },
        );
    watch::until_sleeping(&database.admin().await).await;
    let report = failed(&service, "execute_query", json!({"query": "SELECT 1"})).await;
    assert_eq!(report.rule.as_deref(), Some("limits.max_concurrent"), "{report}");
    stop.cancel();
    assert!(sleeping.await.unwrap().is_err());
    told(&service, "execute_query", json!({"query": "SELECT 1"})).await;
}

#[tokio::test]
async fn no_limit_can_be_set_from_sql() {
    let database = Database::shop().await;
    let service = crate::support::service::service(&database.owner_url(), Access::Write);
    for query in [
        "SET statement_timeout = 0",
        "SET LOCAL lock_timeout = 0",
        "RESET ALL",
        "SELECT set_config('statement_timeout', '0', false)",
        "SELECT pg_catalog.set_config('lock_timeout', '0', true)",
        "WITH x AS (SELECT set_config('work_mem', '1GB', false)) SELECT * FROM x",
        "UPDATE pg_catalog.pg_settings SET setting = '0' WHERE name = 'statement_timeout'",
        "ALTER ROLE CURRENT_USER SET statement_timeout = 0",
        "BEGIN",
    ] {
        let report = failed(&service, "execute_query", json!({"query": query})).await;
        assert_eq!(report.kind, ErrorKind::Refused, "{query}: {report}");
        let report = failed(&service, "execute_transaction", json!({"queries": [{"query": query}]})).await;
        assert_eq!(report.kind, ErrorKind::Refused, "{query}: {report}");
    }
}

#[tokio::test]
async fn a_statement_that_is_estimated_too_dear_does_not_run() {
    let database = Database::shop().await;
    let service = adjusted(&database.owner_url(), Access::Write, |entry| {
        entry.limits.max_cost = Some(10_000);
    });
    told(
        &service,
        "execute_query",
        json!({"query": "SELECT * FROM orders WHERE order_id = $1", "params": [1]}),
    )
    .await;
    let dear = "orders a, orders b, orders c, orders d";
    let select = format!("SELECT count(*) FROM {dear}");
    let update = format!("UPDATE orders SET total_amount = 0 FROM {dear} WHERE orders.order_id = $1");
    for (operation, arguments) in [
        ("execute_query", json!({"query": select})),
        ("execute_query", json!({"query": update, "params": [1]})),
        ("execute_query", json!({"query": format!("EXPLAIN ANALYZE {select}")})),
        ("execute_transaction", json!({"queries": [{"query": "SELECT 1"}, {"query": select}]})),
        ("batch_execute", json!({"query": update, "params_list": [[1], [2]]})),
        ("explain_query", json!({"query": select, "analyze": true})),
    ] {
        let report = failed(&service, operation, arguments).await;
        assert_eq!(report.rule.as_deref(), Some("limits.max_cost"), "{operation}: {report}");
    }
    // Planning alone costs nothing.
    told(&service, "explain_query", json!({"query": select})).await;
}

#[tokio::test]
async fn a_statement_with_too_many_estimated_rows_does_not_run() {
    let database = Database::shop().await;
    let service = adjusted(&database.owner_url(), Access::Read, |entry| {
        entry.limits.max_rows_estimate = Some(1_000_000);
    });
    told(&service, "execute_query", json!({"query": "SELECT count(*) FROM orders"})).await;
    let query = "SELECT count(*) FROM generate_series(1, 100000000) a";
    let report = failed(&service, "execute_query", json!({"query": query})).await;
    assert_eq!(report.rule.as_deref(), Some("limits.max_rows_estimate"), "{report}");
    assert!(report.message.contains("100000000") && report.message.contains("1000000"), "{report}");
}

#[tokio::test]
async fn what_grows_without_end_is_stopped_by_the_clock() {
    let database = Database::shop().await;
    let service = adjusted(&database.owner_url(), Access::Read, |entry| {
        entry.limits.statement_timeout = std::time::Duration::from_secs(1);
    });
    for query in [
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
        "SELECT count(*) FROM generate_series(1, 1000000000000::bigint)",
        "SELECT count(*) FROM orders a, orders b, orders c, orders d, orders e",
    ] {
        let report = failed(&service, "execute_query", json!({"query": query})).await;
        assert_eq!(report.kind, ErrorKind::Timeout, "{query}: {report}");
    }
}

#[tokio::test]
async fn a_constant_that_grows_beyond_a_value_is_refused_by_the_server() {
    let database = Database::shop().await;
    let service = crate::support::service::service(&database.owner_url(), Access::Read);
    for query in [
        "SELECT length(repeat(repeat('x', 1000000), 1000000))",
        "SELECT length(lpad('x', 2147483647, 'y'))",
        "SELECT length(repeat('x', 2147483647))",
    ] {
        let report = failed(&service, "execute_query", json!({"query": query})).await;
        assert_eq!(report.kind, ErrorKind::Sql, "{query}: {report}");
    }
    told(&service, "execute_query", json!({"query": "SELECT 1"})).await;
}
