//! Searching, definitions that make their objects again, and how tables hang together.
#![expect(clippy::disallowed_methods, reason = "what an answer says is tried on the bare driver")]

use pg_core::Access;
use pg_tests::Database;
use serde_json::{Value, json};

use super::Zoo;
use crate::support::service::{failed, service, told};

/// The objects of the zoo in an order in which they can be made.
const OBJECTS: [(&str, &str); 20] = [
    ("schema", "zoo"),
    ("schema", "\"Odd \"\"Schema\"\".Name\""),
    ("enum", "zoo.mood"),
    ("domain", "zoo.email"),
    ("composite type", "zoo.address"),
    ("function", "zoo.touch"),
    ("table", "zoo.keeper"),
    ("table", "zoo.cage"),
    ("table", "zoo.animal"),
    ("table", "zoo.bird"),
    ("partitioned table", "zoo.visit"),
    ("table", "zoo.ticket"),
    ("view", "zoo.happy_keeper"),
    ("view", "zoo.happy_boss"),
    ("materialized view", "zoo.visits_a_day"),
    ("sequence", "zoo.loose"),
    ("table", "zoo.scratch"),
    ("table", "zoo.\"Mixed Case\""),
    ("table", "\"Odd \"\"Schema\"\".Name\".\"Table \"\"x\"\".y\""),
    ("table", "public.plain"),
];

async fn definition(database: &Database, kind: &str, name: &str) -> String {
    let reader = service(&database.url(), Access::Read);
    let answer = told(&reader, "get_object_definition", json!({"name": name, "kind": kind})).await;
    let objects = answer["objects"].as_array().unwrap();
    assert_eq!(objects.len(), 1, "{kind} {name}: {answer}");
    objects[0]["definition"].as_str().unwrap().to_owned()
}

/// The shape of a table without what its rows and history make of it.
async fn shape(database: &Database, name: &str) -> Value {
    let reader = service(&database.url(), Access::Read);
    let mut shape = told(&reader, "get_table_schema", json!({"table_name": name})).await;
    for field in ["size_bytes", "row_estimate", "notes"] {
        shape.as_object_mut().unwrap().remove(field);
    }
    for index in shape["indexes"].as_array_mut().unwrap() {
        for field in ["size_bytes", "scans"] {
            index.as_object_mut().unwrap().remove(field);
        }
    }
    // A dropped column leaves a gap in the numbers.
    for column in shape["columns"].as_array_mut().unwrap() {
        column.as_object_mut().unwrap().remove("ordinal_position");
        column.as_object_mut().unwrap().remove("statistics");
    }
    shape
}

#[tokio::test]
async fn a_definition_makes_its_object_again() {
    let zoo = Zoo::new().await;
    let copy = Database::empty().await;
    let admin = copy.admin().await;
    for (kind, name) in OBJECTS {
        let text = definition(&zoo.database, kind, name).await;
        if let Err(failure) = admin.batch_execute(&text).await {
            panic!("{kind} {name}: {failure:?}\n{text}");
        }
        assert_eq!(definition(&copy, kind, name).await, text, "{kind} {name}");
        if kind.contains("table") || kind.contains("view") {
            let (made, first) = (shape(&copy, name).await, shape(&zoo.database, name).await);
            // Who refers to it is made later.
            let without = |mut shape: Value| {
                shape.as_object_mut().unwrap().retain(|field, _| {
                    !["referenced_by", "inherited_by", "dependants"].contains(&field.as_str())
                });
                shape
            };
            assert_eq!(without(made), without(first), "{kind} {name}");
        }
    }
}

#[tokio::test]
async fn a_definition_holds_privileges_comments_and_security() {
    let zoo = Zoo::new().await;
    zoo.database.admin().await.batch_execute("GRANT SELECT ON zoo.keeper TO shop_reader").await.unwrap();
    let text = definition(&zoo.database, "table", "zoo.keeper").await;
    for part in [
        "GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME zoo.keeper_keeper_id_seq",
        "name character varying(80) COLLATE pg_catalog.\"C\"",
        "CREATE INDEX keeper_lower_name",
        "DISABLE TRIGGER keeper_off",
        "COMMENT ON COLUMN zoo.keeper.salary IS 'a month, in euro'",
        "GRANT SELECT ON zoo.keeper TO shop_reader",
        "OWNER TO postgres",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let cage = definition(&zoo.database, "table", "zoo.cage").await;
    assert!(cage.contains("AS RESTRICTIVE TO pg_monitor USING (true) WITH CHECK ((hall > 0))"), "{cage}");
    let far = definition(&zoo.database, "foreign table", "zoo.far").await;
    assert!(!far.contains("hidden") && far.contains("SERVER elsewhere"), "{far}");
    let bare =
        zoo.told("get_object_definition", json!({"name": "zoo.keeper", "without_privileges": true})).await;
    assert!(!bare.to_string().contains("GRANT"));
}

#[tokio::test]
async fn finds_triggers_constraints_and_policies_and_says_what_is_not_there() {
    let zoo = Zoo::new().await;
    for (name, begins) in [
        ("keeper_touch", "CREATE TRIGGER keeper_touch BEFORE"),
        ("animal_cage", "ALTER TABLE zoo.animal ADD CONSTRAINT animal_cage FOREIGN KEY"),
        ("cage_own", "CREATE POLICY cage_own ON zoo.cage FOR SELECT TO PUBLIC USING"),
        ("keeper_partial", "CREATE UNIQUE INDEX keeper_partial"),
    ] {
        let answer = zoo.told("get_object_definition", json!({"name": name})).await;
        let text = answer["objects"][0]["definition"].as_str().unwrap();
        assert!(text.starts_with(begins), "{name}: {text}");
    }
    let reader = service(&zoo.database.url(), Access::Read);
    for (arguments, mend) in [
        (json!({"name": "keper", "schema": "zoo"}), "did you mean \"keeper\"?"),
        (json!({"name": "keeper", "kind": "function"}), "there is a table that does"),
        (json!({"name": ""}), "name is empty"),
        (json!({"name": "a\n\"b"}), "no table or view"),
    ] {
        let report = failed(&reader, "get_object_definition", arguments).await.to_string();
        assert!(report.contains(mend), "{report}");
    }
}

#[tokio::test]
async fn searches_names_comments_and_columns_and_offers_what_is_alike() {
    let zoo = Zoo::new().await;
    let answer = zoo.told("search_objects", json!({"pattern": "keeper"})).await;
    assert_eq!(
        (&answer["matches"][0]["name"], &answer["matches"][0]["kind"]),
        (&json!("keeper"), &json!("table"))
    );
    let answer = zoo.told("search_objects", json!({"pattern": "looks after"})).await;
    assert_eq!(answer["matches"][0]["name"], "keeper", "by its comment: {answer}");
    let answer = zoo.told("search_objects", json!({"pattern": "salary", "kind": "column"})).await;
    assert_eq!(answer["matches"][0]["table_name"], "keeper");
    let answer = zoo.told("search_objects", json!({"pattern": "keper"})).await;
    assert_eq!((&answer["count"], &answer["similar"][0]), (&json!(0), &json!("keeper")));
    let answer = zoo.told("search_objects", json!({"pattern": "%"})).await;
    assert_eq!(answer["count"], 0, "a sign of LIKE is a character like others: {answer}");
    let answer = zoo.told("search_objects", json!({"pattern": "*", "max_tokens": 100})).await;
    assert!(answer["truncated"]["total"].as_i64().unwrap() > answer["count"].as_i64().unwrap());
    assert!(answer["matches"].to_string().len() <= 300);
    let report =
        failed(&service(&zoo.database.url(), Access::Read), "search_objects", json!({"pattern": " "})).await;
    assert!(report.to_string().contains("pattern is empty"));
}

#[tokio::test]
async fn joins_lead_along_keys_and_run() {
    let shop = Database::shop().await;
    let reader = service(&shop.owner_url(), Access::Read);
    let arguments = json!({"table_name": "customers", "to_table": "products"});
    let answer = told(&reader, "describe_relationships", arguments).await;
    let from = answer["from_clause"].as_str().unwrap();
    assert!(answer["join_path"].as_array().unwrap().len() >= 2, "{answer}");
    let counted = shop.admin().await.query_one(&format!("SELECT count(*) {from}"), &[]).await;
    assert!(counted.unwrap().get::<_, i64>(0) > 0, "{from}");
    assert!(answer["mermaid"].as_str().unwrap().starts_with("erDiagram\n"));
}

#[tokio::test]
async fn tells_what_a_delete_reaches_and_where_there_is_no_way() {
    let zoo = Zoo::new().await;
    let answer = zoo.told("describe_relationships", json!({"table_name": "zoo.keeper"})).await;
    let reached = answer["delete_reaches"].as_array().unwrap();
    let effect = |table: &str| reached.iter().find(|r| r["table_name"] == table).unwrap()["effect"].clone();
    assert_eq!(effect("cage"), "its rows stop the delete");
    assert_eq!(effect("keeper"), "its column is set to null");
    let none = zoo
        .told("describe_relationships", json!({"table_name": "zoo.keeper", "to_table": "zoo.scratch"}))
        .await;
    assert!(none["notes"].to_string().contains("no foreign keys lead"), "{none}");
    let all = zoo.told("describe_relationships", json!({"schema": "zoo"})).await;
    let keys = all["relationships"].as_array().unwrap();
    assert_eq!(keys.iter().filter(|key| key["from"] == "zoo.ticket").count(), 1, "{all}");
}
