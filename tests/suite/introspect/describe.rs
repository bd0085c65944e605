//! get_table_schema beyond columns and keys: what it tells besides, from one moment, and within its budget.
#![expect(clippy::disallowed_methods, reason = "tests prepare their database on the bare driver")]

use pg_core::{Access, Configuration, Environment, Overrides, Service};
use serde_json::{Value, json};

use super::{Zoo, named, told};
use crate::support::configuration::file;

async fn with(sql: &str) -> Zoo {
    let zoo = Zoo::new().await;
    zoo.database.admin().await.batch_execute(sql).await.unwrap();
    zoo
}

#[tokio::test]
async fn tells_rules_grants_and_constraints() {
    let zoo = Zoo::new().await;
    let scratch = zoo.told("get_table_schema", json!({"table_name": "zoo.scratch"})).await;
    let rule = named(&scratch["rules"], "scratch_keep");
    assert_eq!((&rule["event"], &rule["is_instead"]), (&json!("delete"), &json!(true)));
    let keeper = zoo.told("get_table_schema", json!({"table_name": "zoo.keeper"})).await;
    let grants = keeper["grants"].as_array().unwrap();
    let on_whole = grants.iter().find(|grant| grant.get("column_name").is_none()).unwrap();
    assert_eq!((&on_whole["role"], &on_whole["privileges"]), (&json!("pg_monitor"), &json!(["SELECT"])));
    assert_eq!(on_whole["grantable"], json!(["SELECT"]));
    let on_column = grants.iter().find(|grant| grant["column_name"] == "salary").unwrap();
    assert_eq!(on_column["privileges"], json!(["UPDATE"]));
    let cage = zoo.told("get_table_schema", json!({"table_name": "zoo.cage"})).await;
    let kinds: Vec<&str> =
        cage["constraints"].as_array().unwrap().iter().map(|key| key["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["primary key", "unique", "exclusion"]);
    assert!(cage.get("rules").is_none() && cage["grants"] == json!([]), "{cage}");
}

#[tokio::test]
async fn tells_storage_and_comments_of_parts() {
    let zoo = with(
        "ALTER TABLE plain ALTER note SET STORAGE EXTERNAL, SET (fillfactor = 70);
         COMMENT ON INDEX plain_pkey IS 'of the index';
         COMMENT ON CONSTRAINT plain_pkey ON plain IS 'of the key';
         COMMENT ON TRIGGER keeper_off ON zoo.keeper IS 'of the trigger'",
    )
    .await;
    let plain = zoo.told("get_table_schema", json!({"table_name": "plain"})).await;
    assert_eq!(named(&plain["columns"], "note")["storage"], "external");
    assert!(named(&plain["columns"], "id").get("storage").is_none());
    assert_eq!(plain["storage_options"], json!(["fillfactor=70"]));
    assert_eq!(plain["access_method"], "heap");
    assert_eq!(named(&plain["indexes"], "plain_pkey")["comment"], "of the index");
    assert_eq!(named(&plain["constraints"], "plain_pkey")["comment"], "of the key");
    let keeper = zoo.told("get_table_schema", json!({"table_name": "zoo.keeper"})).await;
    assert_eq!(named(&keeper["triggers"], "keeper_off")["comment"], "of the trigger");
}

#[tokio::test]
async fn tells_what_stands_on_a_table() {
    let zoo = with(
        "CREATE VIEW zoo.on_top AS SELECT * FROM zoo.happy_keeper;
         CREATE FUNCTION zoo.keepers() RETURNS SETOF zoo.keeper LANGUAGE sql AS 'SELECT * FROM zoo.keeper';
         CREATE FUNCTION zoo.counted() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM zoo.Keeper); END';
         CREATE FUNCTION zoo.other() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM zoo.happy_keeper';
         CREATE POLICY of_keepers ON zoo.cage USING (EXISTS (SELECT FROM zoo.keeper));
         CREATE TABLE zoo.\"reg(ex\" (id int)",
    )
    .await;
    let keeper = zoo.told("get_table_schema", json!({"table_name": "zoo.keeper"})).await;
    let dependants = &keeper["dependants"];
    assert_eq!(named(dependants, "happy_keeper")["depth"], 1);
    assert_eq!(named(dependants, "on_top")["how"], "reads it through other views");
    assert_eq!(named(dependants, "counted()")["how"], "the text of its body names it");
    assert_eq!(named(dependants, "keepers()")["kind"], "function");
    assert_eq!(named(dependants, "cage.of_keepers")["kind"], "policy");
    assert_eq!(named(dependants, "keeper_keeper_id_seq")["kind"], "sequence");
    assert!(!dependants.to_string().contains("other()"), "another name is not this one: {dependants}");
    let odd = zoo.told("get_table_schema", json!({"table_name": "zoo.\"reg(ex\""})).await;
    assert_eq!(odd["dependants"], json!([]));
}

#[tokio::test]
async fn statistics_stand_beside_their_columns() {
    let zoo = with(
        "CREATE TABLE counted AS SELECT n AS id, CASE WHEN n % 4 = 0 THEN NULL ELSE 'kind ' || n % 2 END AS kind
             FROM generate_series(1, 1000) n;
         ANALYZE counted; CREATE TABLE fresh (id int)",
    )
    .await;
    let counted = zoo.told("get_table_schema", json!({"table_name": "counted"})).await;
    let kind = &named(&counted["columns"], "kind")["statistics"];
    assert_eq!((&kind["null_share"], &kind["distinct_estimate"]), (&json!(0.25), &json!(2)));
    assert_eq!(kind["common_values"].as_array().unwrap().len(), 2);
    assert_eq!(named(&counted["columns"], "id")["statistics"]["distinct_estimate"], 1000);
    let fresh = zoo.told("get_table_schema", json!({"table_name": "fresh"})).await;
    assert!(named(&fresh["columns"], "id").get("statistics").is_none());
}

#[tokio::test]
async fn common_values_stay_where_the_policy_refuses_to_select() {
    let zoo = with(
        "CREATE TABLE counted AS SELECT n AS id, 'secret ' || n % 2 AS kind FROM generate_series(1, 1000) n;
         ANALYZE counted",
    )
    .await;
    for policy in ["denied_columns = [\"counted.kind\"]", "denied_tables = [\"public.counted\"]"] {
        let url = zoo.database.url();
        let path =
            file(&format!("[connections.default]\nurl = {url:?}\n[connections.default.policy]\n{policy}\n"));
        let environment: Environment = [("", ""); 0].into_iter().collect();
        let configuration =
            Configuration::load(Some(path.as_path()), &environment, Overrides::default()).unwrap();
        let service = Service::new(configuration, environment).unwrap();
        let told = told(&service, "get_table_schema", json!({"table_name": "counted"})).await.unwrap();
        assert!(!told["columns"].to_string().contains("secret"), "{policy}: {told}");
        assert!(told["notes"].to_string().contains("no common values"), "{policy}: {told}");
        assert_eq!(named(&told["columns"], "kind")["statistics"]["distinct_estimate"], 2);
    }
}

#[tokio::test]
async fn a_table_of_the_most_columns_is_told_in_pages() {
    let zoo = with(
        "DO $$ BEGIN EXECUTE 'CREATE TABLE widest (' || (SELECT string_agg(format('a_column_of_many_%s int', n), ', ')
             FROM generate_series(1, 1600) n) || ')'; END $$",
    )
    .await;
    let mut offset = 0;
    let mut seen = 0;
    loop {
        let answer = zoo.told("get_table_schema", json!({"table_name": "widest", "offset": offset})).await;
        assert!(
            answer.to_string().len() <= 24_500,
            "the budget of 8,000 tokens holds: {}",
            answer.to_string().len()
        );
        seen += answer["columns"].as_array().unwrap().len();
        match answer["truncated"]["next_offset"].as_u64() {
            Some(next) => offset = next,
            None => break,
        }
    }
    assert_eq!(seen, 1600);
    let past = zoo.told("get_table_schema", json!({"table_name": "widest", "offset": 5000})).await;
    assert_eq!((&past["columns"], past.get("truncated")), (&json!([]), None));
}

#[tokio::test]
async fn what_is_left_out_is_named() {
    let zoo = with(
        "CREATE TABLE parted (id int, note text) PARTITION BY LIST (id);
         DO $$ BEGIN FOR n IN 1..300 LOOP EXECUTE format('CREATE TABLE parted_%s PARTITION OF parted FOR VALUES IN (%s)', n, n);
         END LOOP; END $$",
    )
    .await;
    let arguments = json!({"table_name": "parted", "max_tokens": 1000});
    let answer = zoo.told("get_table_schema", arguments).await;
    assert!(answer.to_string().len() <= 3_600, "{}", answer.to_string().len());
    assert_eq!(answer["partitions"]["count"], 300);
    assert!(answer["notes"].to_string().contains("of 300 are told"), "{}", answer["notes"]);
    assert_eq!(answer["columns"].as_array().map(Vec::len), Some(2));
}

/// What a transaction changes between two of the questions would show, were they of two moments.
#[tokio::test]
async fn a_description_is_of_one_moment() {
    let zoo = with("CREATE TABLE moving (first int)").await;
    let admin = zoo.database.admin().await;
    let changing = async {
        for n in 0..40 {
            let change = format!(
                "BEGIN; ALTER TABLE moving ADD COLUMN c{n} int; CREATE INDEX moving_c{n} ON moving (c{n}); COMMIT"
            );
            admin.batch_execute(&change).await.unwrap();
        }
    };
    let looking = async {
        let mut answers: Vec<Value> = Vec::new();
        for _ in 0..20 {
            answers
                .push(told(&zoo.service, "get_table_schema", json!({"table_name": "moving"})).await.unwrap());
        }
        answers
    };
    let ((), answers) = tokio::join!(changing, looking);
    for answer in answers {
        let columns = answer["columns"].as_array().unwrap().len();
        assert_eq!(columns, answer["indexes"].as_array().unwrap().len() + 1, "{answer}");
    }
}

#[tokio::test]
async fn a_role_that_may_select_nothing_is_told_no_statistics() {
    let zoo =
        with("CREATE TABLE counted AS SELECT 'secret' AS kind FROM generate_series(1, 100); ANALYZE counted")
            .await;
    let reader = super::service(&zoo.database.reader_url(), Access::Read);
    let told = told(&reader, "get_table_schema", json!({"table_name": "counted"})).await.unwrap();
    assert!(named(&told["columns"], "kind").get("statistics").is_none());
    assert!(!told.to_string().contains("secret"));
}
