//! Bodies of users' functions, on a real server: what is declared stable and is not, and what honest authors write.
#![expect(clippy::disallowed_methods, reason = "tests prepare past the toolkit, on the bare driver")]

use pg_core::Access;
use pg_tests::Database;
use serde_json::json;

use super::statements::{database, differing, is_refused, said};
use crate::support::service::{adjusted, failed, service, told};

#[tokio::test]
async fn a_body_is_judged_whatever_its_function_was_declared() {
    let database = database("bodies").await;
    let service = service(&database.url(), Access::Read);
    let through = differing(&service, "bodies", "attacks.sql", is_refused).await;
    assert!(through.is_empty(), "{through}");
    let refused = said(&service, "SELECT app.reads_file_too()").await.unwrap();
    assert!(refused.contains("pg_read_file in the function app.reads_file"), "{refused}");
}

#[tokio::test]
async fn honest_bodies_are_in_nobodys_way() {
    let database = database("bodies").await;
    let service = service(&database.url(), Access::Read);
    let refused = differing(&service, "bodies", "honest.sql", |said| said.is_none()).await;
    assert!(refused.is_empty(), "{refused}");
}

#[tokio::test]
async fn what_a_policy_denies_is_denied_in_bodies_unless_it_lists_the_function() {
    let database = database("bodies").await;
    let with = |functions: &[&str]| {
        let functions = functions.iter().map(|name| (*name).to_owned()).collect();
        adjusted(&database.url(), Access::Read, |entry| {
            entry.policy.rules.denied_schemas = vec!["secret".to_owned()];
            entry.policy.allowed_functions = functions;
        })
    };
    let through = differing(&with(&[]), "bodies", "denied.sql", is_refused).await;
    assert!(through.is_empty(), "{through}");
    assert_eq!(said(&with(&["app.dear"]), "SELECT app.dear()").await, None);
    assert_eq!(said(&with(&["app.works"]), "SELECT app.total(1)").await, None);
}

/// `USING` and `NATURAL` compare by whatever `=` fits best.
#[tokio::test]
async fn joins_that_name_no_operator_are_judged_by_the_one_that_they_call() {
    let database = Database::empty().await;
    database
        .admin()
        .await
        .batch_execute(
            "CREATE TABLE one (code varchar, x int); CREATE TABLE other (code varchar, y int);
             INSERT INTO one VALUES ('a', 1); INSERT INTO other VALUES ('a', 2);",
        )
        .await
        .unwrap();
    let joins = ["JOIN other USING (code)", "NATURAL JOIN other", "LEFT JOIN other USING (code)"];
    let reader = service(&database.url(), Access::Read);
    for join in joins {
        let query = json!({"query": format!("SELECT x, y FROM one {join}")});
        assert_eq!(told(&reader, "execute_query", query).await["rows"], json!([{"x": 1, "y": 2}]), "{join}");
    }
    database
        .admin()
        .await
        .batch_execute(
            "CREATE FUNCTION better(varchar, varchar) RETURNS bool LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN true; END';
             CREATE OPERATOR = (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = better)",
        )
        .await
        .unwrap();
    let reader = service(&database.url(), Access::Read);
    for join in joins {
        let query = json!({"query": format!("SELECT x, y FROM one {join}")});
        let report = failed(&reader, "execute_query", query).await;
        assert_eq!(report.kind, pg_core::ErrorKind::Refused, "{join}: {report}");
        assert!(report.message.contains("operator"), "{join}: {report}");
    }
}
