//! What cleaners make of values, from outside.

use pg_tests::Database;
use serde_json::json;

use super::{configuration, plan, service, text};
use crate::support::service::told;

#[tokio::test]
async fn a_year_of_two_digits_is_none_of_four() {
    let database = Database::shop().await;
    database
        .admin()
        .await
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE old_erp.days (id int PRIMARY KEY, day text);
             CREATE TABLE new_erp.days (id int PRIMARY KEY, day date);
             INSERT INTO old_erp.days VALUES (1, '31/12/1999'), (2, '31/12/99'), (3, '1/2/024')",
        )
        .await
        .unwrap();
    let service = service(&configuration(&database));
    let tables = |forms: &str| {
        format!(
            "[[tables]]\nsource = \"days\"\ntarget = \"days\"\non_conflict = \"upsert\"\n[tables.columns]\nid = \"id\"\n\
             day = {{ from = \"day\", clean = \"date:{forms}\" }}\n"
        )
    };
    let planned = told(&service, "plan_migration", plan("", &tables("%d/%m/%Y"))).await;
    assert_eq!(planned["tables"][0]["rejected"], json!(2), "{planned}");
    assert!(planned["tables"][0]["rejects"].to_string().contains("four digits"), "{planned}");
    let done =
        told(&service, "run_migration", plan("on_reject = \"keep\"", &tables("%d/%m/%Y|%d/%m/%y"))).await;
    assert_eq!(done["tables"][0]["rejected"], json!(1), "{done}");
    let days =
        text(&database, "SELECT string_agg(id || ' ' || day, ', ' ORDER BY id) FROM new_erp.days").await;
    assert_eq!(days, "1 1999-12-31, 2 1999-12-31");
}

#[tokio::test]
async fn a_telephone_number_is_one_number_in_whatever_digits() {
    let database = Database::shop().await;
    database
        .admin()
        .await
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE old_erp.phones (id int PRIMARY KEY, phone text);
             CREATE TABLE new_erp.phones (id int PRIMARY KEY, phone text);
             INSERT INTO old_erp.phones VALUES (1, '（０２）２７１２－３４５６'), (2, '02-27123456 ext. 12'),
               (3, '0912345678 / 0922333444'), (4, ' '), (5, '0912-345-678')",
        )
        .await
        .unwrap();
    let service = service(&configuration(&database));
    let tables = "[[tables]]\nsource = \"phones\"\ntarget = \"phones\"\n[tables.columns]\nid = \"id\"\n\
        phone = { from = \"phone\", clean = \"phone:TW\" }\n";
    let done = told(&service, "run_migration", plan("on_reject = \"keep\"", tables)).await;
    assert_eq!(done["tables"][0]["rejected"], json!(2), "{done}");
    let phones = "SELECT string_agg(id || ' ' || coalesce(phone, '-'), ', ' ORDER BY id) FROM new_erp.phones";
    assert_eq!(text(&database, phones).await, "1 +886227123456, 4 -, 5 +886912345678");
    let rejects = "SELECT string_agg(key || ' ' || value, ', ' ORDER BY key) FROM toolkit.migration_rejects";
    assert_eq!(text(&database, rejects).await, "2 02-27123456 ext. 12, 3 0912345678 / 0922333444");
}
