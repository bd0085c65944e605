//! What changes set off, on a real server: honest owners' triggers, rules and checks stay out of the way, and what an untrusted
//! function of theirs would do is refused, however a statement leads there.
#![expect(clippy::disallowed_methods, reason = "tests prepare and look past the toolkit, on the bare driver")]

use pg_core::{Access, Call, Triggers};

use super::statements::{database, differing, is_refused, said};
use crate::support::service::{adjusted, service};

#[tokio::test]
async fn untrusted_functions_are_not_set_off() {
    let database = database("set_off").await;
    // As a superuser, whom the server refuses nothing.
    let service = service(&database.url(), Access::Write);
    let through = differing(&service, "set_off", "attacks.sql", is_refused).await;
    assert!(through.is_empty(), "{through}");
    let admin = database.admin().await;
    let struck = "SELECT (pg_stat_file('struck.' || current_database(), true)).size IS NULL";
    assert!(admin.query_one(struck, &[]).await.unwrap().get::<_, bool>(0), "a function struck");
}

#[tokio::test]
async fn what_honest_owners_attach_is_in_nobodys_way() {
    let database = database("set_off").await;
    let service = service(&database.url(), Access::Write);
    let refused = differing(&service, "set_off", "honest.sql", |said| said.is_none()).await;
    assert!(refused.is_empty(), "{refused}");
}

#[tokio::test]
async fn what_a_policy_denies_is_not_changed_through_rules_keys_and_views() {
    let database = database("set_off").await;
    let service = adjusted(&database.url(), Access::Write, |entry| {
        entry.policy.rules.denied_schemas = vec!["secret".to_owned(), "audit".to_owned()];
    });
    let through = differing(&service, "set_off", "denied.sql", is_refused).await;
    assert!(through.is_empty(), "{through}");
    // An audit trigger writes where nobody may read, and is in nobody's way.
    for honest in [
        "UPDATE app.customers SET name = 'x' WHERE id = 1",
        "UPDATE app.authors SET name = 'x' WHERE id = 1",
        "INSERT INTO app.names VALUES (78, 'LOUD')",
    ] {
        assert_eq!(said(&service, honest).await, None, "{honest}");
    }
}

#[tokio::test]
async fn a_policy_says_which_triggers_may_run() {
    let database = database("set_off").await;
    let with = |triggers, functions: &[&str]| {
        let functions = functions.iter().map(|name| (*name).to_owned()).collect();
        adjusted(&database.url(), Access::Write, |entry| {
            entry.policy.rules.triggers = triggers;
            entry.policy.allowed_functions = functions;
        })
    };
    let update = "UPDATE app.customers SET name = 'x' WHERE id = 1";
    let listed = said(&with(Triggers::Listed, &[]), update).await.unwrap();
    assert!(listed.contains("trigger"), "{listed}");
    assert!(listed.contains("audit.note") || listed.contains("app.touch"), "{listed}");
    assert_eq!(said(&with(Triggers::Listed, &["audit.note", "app.touch"]), update).await, None);
    let wild = "UPDATE trap.by_trigger SET a = 'x'";
    let refused = said(&with(Triggers::Trusted, &[]), wild).await.unwrap();
    assert!(refused.contains("untrusted language wild"), "{refused}");
    assert!(
        refused.contains("allowed_functions = [\\\"trap.on_change\\\"]")
            || refused.contains("trap.on_change"),
        "{refused}"
    );
    let denied = adjusted(&database.url(), Access::Write, |entry| {
        entry.policy.rules.denied_functions = vec!["audit.note".to_owned()];
        entry.policy.rules.triggers = Triggers::Any;
    });
    assert!(is_refused(said(&denied, update).await.as_deref()));
    // Last, since these run.
    assert_eq!(
        said(&with(Triggers::Trusted, &["trap.on_change"]), "DELETE FROM trap.by_delete WHERE false").await,
        None
    );
    assert_eq!(said(&with(Triggers::Any, &[]), "DELETE FROM trap.by_delete WHERE false").await, None);
}

#[tokio::test]
async fn an_explanation_tells_what_a_change_sets_off() {
    let database = database("set_off").await;
    let service = service(&database.url(), Access::Write);
    let call = Call::new(&service);
    let connection = service.connection(Some("default")).unwrap();
    let of = |text: &'static str| pg_core::policy::explain_live(&call, &connection, text);
    let told = of("DELETE FROM app.customers WHERE id = 1").await.unwrap();
    let set_off: Vec<String> = told.explanation.sets_off.iter().map(ToString::to_string).collect();
    for expected in [
        "the trigger audit on app.customers, which calls audit.note (plpgsql, volatile, security definer)",
        "the foreign key orders_customer_fkey of app.orders",
        "the trigger audit on app.orders, which calls audit.note (plpgsql, volatile, security definer)",
    ] {
        assert!(set_off.iter().any(|told| told == expected), "{expected}: {set_off:#?}");
    }
    assert!(told.to_string().contains("sets off   the "), "{told}");
    let told = of("INSERT INTO app.payments VALUES (1, 1)").await.unwrap();
    assert_eq!(told.explanation.sets_off.len(), 1, "{:?}", told.explanation.sets_off);
    let told = of("SELECT app.slug('x'), app.next_number()").await.unwrap();
    let called: Vec<String> = told.explanation.called.iter().map(ToString::to_string).collect();
    assert_eq!(
        called,
        ["app.slug (sql, immutable, cost 100)", "app.next_number (plpgsql, volatile, cost 100)"]
    );
    let told = of("SELECT * FROM app.customers").await.unwrap();
    assert!(told.explanation.sets_off.is_empty());
}
