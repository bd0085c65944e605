//! Bodies of users' functions, on a real server: what is declared stable and is not, and what honest authors write.

use pg_core::Access;

use super::statements::{database, differing, is_refused, said};
use crate::support::service::{adjusted, service};

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
