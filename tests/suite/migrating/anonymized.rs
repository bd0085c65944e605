//! Personal columns replaced while they are moved: the same value by the same one everywhere, and nothing of it left.

use std::collections::HashMap;

use pg_core::{Configuration, Overrides, Service};
use pg_tests::Database;
use serde_json::json;

use crate::support::{
    configuration::file,
    service::{failed, told},
};

fn service(database: &Database, key: &str) -> Service {
    let path = file(&format!(
        "[connections.old]\nurl = {0:?}\n{key}\n[connections.new]\nurl = {0:?}\naccess = \"schema\"\n",
        database.owner_url()
    ));
    let environment = [("ANONYMIZE_KEY", "0123456789abcdef0123456789abcdef")].into_iter().collect();
    let configuration = Configuration::load(Some(&path), &environment, Overrides::default()).unwrap();
    Service::new(configuration, environment).unwrap()
}

const KEY: &str = "[connections.old.policy]\nmask_key_env = \"ANONYMIZE_KEY\"";

const PLAN: &str = "name = \"anonymized\"\nsource = \"old\"\ntarget = \"new\"\non_reject = \"keep\"\n\
    [[tables]]\nsource = \"people\"\ntarget = \"people_copy\"\n[tables.columns]\nid = \"id\"\n\
    age = { from = \"age\", clean = \"number\" }\nborn = { from = \"born\", clean = \"anonymize:date\" }\n\
    email = { from = \"email\", clean = [\"email\", \"lower\", \"anonymize:email\"] }\nname = { from = \"name\", clean = \"anonymize:name\" }\n\
    [[tables]]\nsource = \"letters\"\ntarget = \"letters_copy\"\n[tables.columns]\nid = \"id\"\n\
    sender = { from = \"sender\", clean = [\"email\", \"lower\", \"anonymize:email\"] }\n";

#[tokio::test]
async fn the_same_person_is_the_same_everywhere_and_nobody_is_known() {
    let database = Database::empty().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE people (id int PRIMARY KEY, name text, email text, born date, age text);
             CREATE TABLE letters (id int PRIMARY KEY, sender text);
             CREATE TABLE people_copy (id int PRIMARY KEY, name text, email text UNIQUE, born date, age int);
             CREATE TABLE letters_copy (id int PRIMARY KEY, sender text);
             INSERT INTO people SELECT n, 'Secret Person ' || n, 'Secret' || n || '@Real.example.net', DATE '1970-01-01' + n,
               CASE n WHEN 7 THEN 'seven' ELSE n::text END FROM generate_series(1, 500) AS n;
             INSERT INTO letters SELECT n, 'secret' || n || '@real.example.net' FROM generate_series(1, 500) AS n;
             ALTER TABLE people OWNER TO shop_owner; ALTER TABLE letters OWNER TO shop_owner;
             ALTER TABLE people_copy OWNER TO shop_owner; ALTER TABLE letters_copy OWNER TO shop_owner;
             DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO shop_owner', current_database()); END $$",
        )
        .await
        .unwrap();
    let without = failed(&service(&database, ""), "run_migration", json!({ "plan": PLAN })).await.to_string();
    assert!(without.contains("mask_key_file"), "{without}");
    for method in ["hash", "null"] {
        let mask =
            format!("masked_columns = [{{ column = \"public.people.email\", method = \"{method}\" }}]");
        let masked = service(&database, &format!("{KEY}\n{mask}"));
        let report = failed(&masked, "run_migration", json!({ "plan": PLAN })).await.to_string();
        assert!(
            report.contains("table people_copy") && report.contains("the policy of `old` masks"),
            "{report}"
        );
    }

    let service = service(&database, KEY);
    let done = told(&service, "run_migration", json!({"plan": PLAN, "no_verify": true})).await;
    assert_eq!(done["tables"][0]["rejected"], 1, "{done}");
    let rows = admin
        .query("SELECT c.id, c.name, c.email, c.born::text, l.sender FROM people_copy AS c JOIN letters_copy AS l USING (id)", &[])
        .await
        .unwrap();
    assert_eq!(rows.len(), 499);
    let mut by_email: HashMap<String, i32> = HashMap::new();
    for row in &rows {
        let (id, name, email, born): (i32, String, String, String) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        assert_eq!(email, row.get::<_, String>(4), "one address is one address in every table");
        assert!(email.ends_with("@example.com") && !name.contains("Secret"), "{name} {email}");
        assert!(born.starts_with("197"), "{born}");
        assert!(by_email.insert(email, id).is_none());
    }
    // Nothing of what was replaced is kept, not even of the row that was rejected for another column.
    let kept: String = admin
        .query_one(
            "SELECT (SELECT string_agg(r::text, ' ') FROM toolkit.migration_rejects AS r) || (SELECT string_agg(c::text, ' ') FROM people_copy AS c)",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert!(kept.contains("seven") && !kept.to_lowercase().contains("secret"), "{kept:.500}");
    assert!(!done.to_string().to_lowercase().contains("secret"), "{done}");
}
