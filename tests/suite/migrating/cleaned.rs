//! What cleaners make of values, from outside.

use pg_tests::Database;
use serde_json::json;

use super::{configuration, plan, service, text};
use crate::support::service::{failed, told};

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

#[tokio::test]
async fn a_rejected_row_is_kept_as_the_source_has_it() {
    let database = Database::shop().await;
    database
        .admin()
        .await
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE old_erp.words (\"Nr\" int PRIMARY KEY, word text, amount text);
             CREATE TABLE new_erp.words (id int PRIMARY KEY, word varchar(5), n int, origin text);
             INSERT INTO old_erp.words VALUES (1, ' ONE ', 'many'), (2, ' too long ', '1,000')",
        )
        .await
        .unwrap();
    let service = service(&configuration(&database));
    let tables = "[[tables]]\nsource = \"words\"\ntarget = \"words\"\n[tables.columns]\nid = \"Nr\"\n\
        word = { from = \"word\", clean = [\"trim\", \"lower\"] }\nn = { from = \"amount\", clean = \"number\" }\n\
        origin = { sql = \"'old'\" }\n";
    told(&service, "run_migration", plan("on_reject = \"keep\"", tables)).await;
    let rows = "SELECT string_agg(source_row::text, ' ' ORDER BY key) FROM toolkit.migration_rejects";
    assert_eq!(
        text(&database, rows).await,
        "{\"Nr\": \"1\", \"word\": \" ONE \", \"amount\": \"many\", \"origin\": \"old\"} \
         {\"Nr\": \"2\", \"word\": \" too long \", \"amount\": \"1,000\", \"origin\": \"old\"}"
    );
}

#[tokio::test]
async fn an_expression_of_the_target_takes_a_text_wherever_it_is_computed() {
    let database = Database::shop().await;
    database
        .admin()
        .await
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE old_erp.sums (id int PRIMARY KEY, n int, label text);
             CREATE TABLE new_erp.sums (id int PRIMARY KEY, n int, label text);
             INSERT INTO old_erp.sums VALUES (1, 5, 'a'), (2, NULL, 'b')",
        )
        .await
        .unwrap();
    let service = service(&configuration(&database));
    let tables = |n: &str| {
        format!(
            "[[tables]]\nsource = \"sums\"\ntarget = \"sums\"\n[tables.columns]\nid = \"id\"\n\
             n = {{ from = \"n\", target_sql = \"{n}\" }}\nlabel = {{ from = \"label\", target_sql = \"$1 || ' $1'\" }}\n"
        )
    };
    for operation in ["plan_migration", "run_migration"] {
        let report = failed(&service, operation, plan("", &tables("$1 + 1"))).await;
        assert_eq!(report.sqlstate.as_deref(), Some("42883"), "{report}");
        let report = failed(&service, operation, plan("", &tables("7"))).await;
        assert!(report.message.contains("takes the value as `$1`"), "{report}");
    }
    assert_eq!(text(&database, "SELECT count(*)::text FROM new_erp.sums").await, "0");
    let planned = told(&service, "plan_migration", plan("", &tables("$1::int + 1"))).await;
    assert_eq!(planned["tables"][0]["first_rows"][0]["label"], "a $1", "{planned}");
    let done = told(&service, "run_migration", plan("", &tables("$1::int + 1"))).await;
    assert_eq!(done["success"], json!(true), "{done}");
    let rows = "SELECT string_agg(t::text, ' ' ORDER BY id) FROM new_erp.sums AS t";
    assert_eq!(text(&database, rows).await, "(1,6,\"a $1\") (2,,\"b $1\")");
}

#[tokio::test]
async fn null_for_what_only_the_target_can_read_is_refused() {
    let database = Database::shop().await;
    database
        .admin()
        .await
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE old_erp.hosts (id int PRIMARY KEY, ip text);
             CREATE TABLE new_erp.hosts (id int PRIMARY KEY, ip inet); INSERT INTO old_erp.hosts VALUES (1, '::1'), (2, 'none')",
        )
        .await
        .unwrap();
    let service = service(&configuration(&database));
    let tables = |ip: &str| {
        format!(
            "[[tables]]\nsource = \"hosts\"\ntarget = \"hosts\"\n[tables.columns]\nid = \"id\"\nip = {{ from = \"ip\", {ip} }}\n"
        )
    };
    let parsed = tables("clean = \"parse\", invalid = \"null\"");
    let report = failed(&service, "plan_migration", plan("", &parsed)).await;
    assert!(report.message.contains("column ip: invalid = \"null\" means nothing to \"parse\""), "{report}");
    let cast = tables("target_sql = \"CASE WHEN $1 ~ '^[0-9a-f:.]+$' THEN $1::inet END\"");
    let done = told(&service, "run_migration", plan("", &cast)).await;
    assert_eq!(done["success"], json!(true), "{done}");
    assert_eq!(
        text(
            &database,
            "SELECT string_agg(id || coalesce(' ' || ip, ''), ', ' ORDER BY id) FROM new_erp.hosts"
        )
        .await,
        "1 ::1/128, 2"
    );
}
