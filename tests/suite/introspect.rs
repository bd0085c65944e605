//! Schemas, tables and plans as the operations tell them, on a database that has one of everything.
#![expect(clippy::disallowed_methods, reason = "tests prepare their database on the bare driver")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test whose database cannot be had or whose answer lacks a field has failed"
)]

mod advice;
mod describe;
mod incidents;
mod indexes;
mod lock_risk;
mod planning;
mod profile;
mod scale;
mod schema;
mod statistics;
mod top_queries;
mod verdicts;
mod versions;
mod waits;

use pg_core::{Access, Call, Configuration, Connection, Environment, ErrorKind, Overrides, Service};
use pg_tests::Database;
use serde_json::{Value, json};

/// A database with one of everything, and a service that knows it as `default`.
struct Zoo {
    database: Database,
    service: Service,
}

impl Zoo {
    async fn new() -> Self {
        let database = Database::empty().await;
        database.admin().await.batch_execute(include_str!("introspect/everything.sql")).await.unwrap();
        let service = service(&database.url(), Access::Read);
        Self { database, service }
    }

    /// With the extension that counts statements, whose view some queries read.
    async fn counting() -> Self {
        let zoo = Self::new().await;
        zoo.database.admin().await.batch_execute("CREATE EXTENSION pg_stat_statements").await.unwrap();
        zoo
    }

    async fn told(&self, operation: &str, arguments: Value) -> Value {
        told(&self.service, operation, arguments).await.unwrap()
    }

    async fn problem(&self, operation: &str, arguments: Value) -> String {
        let error = told(&self.service, operation, arguments).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument);
        error.report().to_string()
    }

    fn connection(&self) -> Connection {
        self.service.connection(None).unwrap()
    }
}

fn service(url: &str, access: Access) -> Service {
    let environment: Environment = [("DATABASE_URL", url)].into_iter().collect();
    let overrides = Overrides { access: Some(access), ..Overrides::default() };
    let configuration = Configuration::load(None, &environment, overrides).unwrap();
    Service::new(configuration, environment).unwrap()
}

async fn told(service: &Service, operation: &str, arguments: Value) -> Result<Value, pg_core::Error> {
    let operation = pg_introspect::OPERATIONS.iter().find(|known| known.name() == operation).unwrap();
    let answer = operation.run_json(&Call::new(service), arguments).await?;
    Ok(serde_json::from_str(answer.json.get()).unwrap())
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    list.as_array()
        .unwrap()
        .iter()
        .find(|item| item["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {list}"))
}

/// Parameters for a catalog query, by its name; the relation is one that has what the query tells of.
async fn parameters(query: &str, database: &Database) -> Value {
    let client = database.admin().await;
    let oid = async |relation: &str| -> i64 {
        let row = client.query_one("SELECT $1::text::regclass::oid::int8", &[&relation]).await.unwrap();
        row.get(0)
    };
    let type_oid = async |name: &str| -> i64 {
        let row = client.query_one("SELECT $1::text::regtype::oid::int8", &[&name]).await.unwrap();
        row.get(0)
    };
    match query {
        checks if checks.starts_with("check_") || checks.starts_with("compare_") => json!([]),
        "schemas" => json!([true, 100, 0]),
        "schema_names" => json!([100]),
        "relations" => json!(["*", null, 100, 0]),
        "relation_names" => json!(["zoo", 100]),
        "relation_sizes" | "column_names" => json!([[oid("zoo.keeper").await, oid("zoo.visit").await]]),
        "relation_rows" => json!([["public"], ["plain"]]),
        "relation" => json!(["zoo", "keeper"]),
        "columns" | "constraints" | "indexes" | "triggers" => json!([oid("zoo.keeper").await]),
        "rules" => json!([oid("zoo.scratch").await]),
        "grants" | "dependants" => json!([oid("zoo.keeper").await, 100]),
        "referenced_by" => json!([oid("zoo.keeper").await, 100]),
        "children" => json!([oid("zoo.visit").await, 100]),
        "parents" => json!([oid("zoo.visit_2025").await]),
        "row_policies" => json!([oid("zoo.cage").await]),
        "activity" => json!([true, true, 0, null, 100]),
        "locks" => json!([null, false, 100]),
        "lock_holders" => json!([oid("zoo.keeper").await, ["AccessShareLock"], 100]),
        "blocking" => json!([100]),
        "all_indexes" | "keys_without_index" => json!(["zoo", null, 100]),
        "statistics_age" | "stat_wal" | "statements_extension" | "statements_reset" => json!([]),
        "statements" => json!([true, 100]),
        "moment" | "setup" => json!([]),
        "snapshot_objects" | "snapshot_sizes" | "wraparound_databases" | "wraparound_tables" | "horizon" => {
            json!([100])
        }
        "table_state" => json!([["zoo"], ["keeper"]]),
        "column_statistics" => json!([oid("public.plain").await, true]),
        "foreign_keys" => json!(["zoo", 100]),
        "search" => json!([["%keeper%"], "keeper", "*", null, 100, 0]),
        "objects_named" => json!([null, "keeper", 100]),
        "relation_definition" => json!([oid("zoo.keeper").await]),
        "object_definition" => json!(["type", type_oid("zoo.mood").await]),
        "stat_tables" | "stat_indexes" | "stat_vacuum" => json!(["zoo", 100]),
        "stat_settings" => json!([null, 100]),
        "stat_databases" | "stat_progress" | "stat_replication" | "stat_io" | "stat_extensions"
        | "stat_roles" => {
            json!([100])
        }
        "upkeep_tables" => json!([100]),
        "monitor" => json!([true, 5.0, true]),
        "upkeep_relation" | "upkeep_progress" => json!([oid("zoo.keeper").await]),
        "upkeep_retention" => json!([oid("zoo.visit").await, "visited", 60]),
        "upkeep_periods" => json!([oid("zoo.visit").await, "month", 2]),
        "upkeep_partitions" => json!([oid("zoo.visit").await, "month", 2]),
        unknown => panic!("the catalog query {unknown} has no parameters here"),
    }
}

/// Queries whose rows depend on what happens on the server; other tests make it happen.
const MAY_BE_EMPTY: [&str; 8] = [
    "upkeep_progress",
    "locks",
    "lock_holders",
    "blocking",
    "stat_progress",
    "stat_replication",
    "stat_io",
    "horizon",
];

#[tokio::test]
async fn every_catalog_query_runs_and_gives_rows_of_its_type() {
    let zoo = Zoo::counting().await;
    for query in pg_introspect::catalog::QUERIES {
        let parameters = parameters(query.name(), &zoo.database).await;
        let rows = query
            .check(&Call::new(&zoo.service), &zoo.connection(), parameters.as_array().unwrap())
            .await
            .unwrap_or_else(|error| panic!("{}: {}", query.name(), error.report()));
        let may_be_empty = MAY_BE_EMPTY.contains(&query.name()) || query.name().starts_with("check_");
        assert!(rows > 0 || may_be_empty, "{} gave no rows", query.name());
    }
}

#[tokio::test]
async fn lists_schemas_with_what_they_hold() {
    let zoo = Zoo::new().await;
    let answer = zoo.told("list_schemas", json!({})).await;
    let schema = named(&answer["schemas"], "zoo");
    assert_eq!(schema["comment"], "one of everything");
    assert_eq!(
        (&schema["views"], &schema["partitions"], &schema["is_system"]),
        (&json!(2), &json!(5), &json!(false))
    );
    assert!(answer["schemas"].as_array().unwrap().iter().all(|schema| schema["name"] != "pg_catalog"));
    let answer = zoo.told("list_schemas", json!({ "include_system": true })).await;
    assert_eq!(named(&answer["schemas"], "pg_catalog")["is_system"], true);
}

#[tokio::test]
async fn lists_every_kind_of_relation_and_folds_partitions() {
    let zoo = Zoo::new().await;
    let answer = zoo.told("list_tables", json!({ "schema": "zoo" })).await;
    let tables = &answer["tables"];
    assert_eq!(answer["count"], tables.as_array().unwrap().len());
    for (name, kind) in [
        ("keeper", "table"),
        ("happy_boss", "view"),
        ("visits_a_day", "materialized view"),
        ("far", "foreign table"),
        ("Mixed Case", "table"),
        ("dotted.name", "table"),
    ] {
        assert_eq!(named(tables, name)["kind"], kind, "{name}");
    }
    let visit = named(tables, "visit");
    assert_eq!(visit["kind"], "partitioned table");
    assert_eq!((&visit["partition_count"], &visit["row_estimate"]), (&json!(4), &json!(400)));
    assert!(visit["size_bytes"].as_i64().unwrap() > 0);
    assert!(
        tables
            .as_array()
            .unwrap()
            .iter()
            .all(|table| table["name"] != "visit_2025" && table["name"] != "loose")
    );
    assert_eq!(named(tables, "keeper")["comment"], "who looks after animals");
}

#[tokio::test]
async fn a_pattern_a_limit_and_detail_narrow_the_list() {
    let zoo = Zoo::new().await;
    let answer =
        zoo.told("list_tables", json!({ "schema": "*", "pattern": "*KEEP*", "detail": "full" })).await;
    assert_eq!(answer["count"], 2);
    assert_eq!(named(&answer["tables"], "happy_keeper")["columns"], json!(["keeper_id", "name"]));
    let first = zoo.told("list_tables", json!({ "schema": "zoo", "detail": "names", "limit": 3 })).await;
    assert_eq!(first["truncated"]["next_offset"], 3);
    assert_eq!(first["tables"][0].as_object().unwrap().len(), 3);
    let rest = zoo.told("list_tables", json!({ "schema": "zoo", "detail": "names", "offset": 3 })).await;
    assert_eq!(rest.get("truncated"), None);
    assert_eq!(first["truncated"]["total"].as_u64().unwrap(), 3 + rest["count"].as_u64().unwrap());
}

#[tokio::test]
async fn describes_columns_with_all_their_traits() {
    let zoo = Zoo::new().await;
    let answer = zoo.told("get_table_schema", json!({ "table_name": "zoo.keeper" })).await;
    let columns = &answer["columns"];
    assert_eq!(named(columns, "keeper_id")["identity"], "always");
    assert_eq!(named(columns, "name")["data_type"], "character varying(80)");
    assert_eq!(named(columns, "name")["collation"], "\"C\"");
    assert_eq!(named(columns, "contact")["base_type"], "text");
    assert_eq!(named(columns, "contact")["is_nullable"], false);
    assert_eq!(named(columns, "moods")["enum_values"], json!(["sad", "ok", "fine", "happy"]));
    assert_eq!(named(columns, "mood")["default_value"], "'ok'::zoo.mood");
    assert_eq!(named(columns, "salary")["comment"], "a month, in euro");
    assert_eq!(named(columns, "initial")["generated"], "stored");
    assert_eq!(named(columns, "initial")["default_value"], Value::Null);
    assert_eq!(columns.as_array().unwrap().len(), 10);
    assert_eq!(answer["primary_keys"], json!(["keeper_id"]));
}

#[tokio::test]
async fn describes_keys_in_both_directions_indexes_and_triggers() {
    let zoo = Zoo::new().await;
    let keeper = zoo.told("get_table_schema", json!({ "table_name": "keeper", "schema": "zoo" })).await;
    assert_eq!(named(&keeper["foreign_keys"], "keeper_boss")["on_delete"], "set null");
    let from_cage = named(&keeper["referenced_by"], "cage_keeper_id_fkey");
    assert_eq!((&from_cage["table_name"], &from_cage["on_update"]), (&json!("cage"), &json!("cascade")));
    let partial = named(&keeper["indexes"], "keeper_partial");
    assert_eq!(partial["columns"], json!(["contact"]));
    assert_eq!(partial["included_columns"], json!(["name"]));
    assert_eq!(named(&keeper["indexes"], "keeper_lower_name")["columns"][0], "lower(name::text)");
    assert_eq!(named(&keeper["triggers"], "keeper_off")["state"], "disabled");
    assert_eq!(named(&keeper["triggers"], "keeper_touch")["events"], json!(["insert", "update"]));
    let cage = zoo.told("get_table_schema", json!({ "table_name": "zoo.cage" })).await;
    assert_eq!(cage["primary_keys"], json!(["number", "hall"]));
    assert!(
        named(&cage["indexes"], "cage_closed_excl")["constraint"].as_str().unwrap().starts_with("EXCLUDE")
    );
    let animal = zoo.told("get_table_schema", json!({ "table_name": "zoo.animal" })).await;
    assert_eq!(named(&animal["checks"], "animal_number_small")["is_validated"], false);
    assert_eq!(named(&animal["inherited_by"], "bird")["schema"], "zoo");
}

#[tokio::test]
async fn describes_partitions_and_row_level_security() {
    let zoo = Zoo::new().await;
    let visit = zoo.told("get_table_schema", json!({ "table_name": "zoo.visit" })).await;
    assert_eq!(visit["partitions"]["strategy"], "range");
    assert_eq!(visit["partitions"]["count"], 3);
    assert_eq!(named(&visit["partitions"]["list"], "visit_rest")["bound"], "DEFAULT");
    // One key, not one for each partition.
    assert_eq!(visit["referenced_by"].as_array().unwrap().len(), 1);
    let ticket = zoo.told("get_table_schema", json!({ "table_name": "zoo.ticket" })).await;
    assert_eq!(ticket["foreign_keys"].as_array().unwrap().len(), 1);
    let part = zoo.told("get_table_schema", json!({ "table_name": "zoo.visit_2025" })).await;
    assert_eq!(part["partition_of"]["table_name"], "visit");
    let cage = zoo.told("get_table_schema", json!({ "table_name": "zoo.cage" })).await;
    let security = &cage["row_level_security"];
    assert_eq!((&security["enabled"], &security["forced"]), (&json!(true), &json!(true)));
    let policy = named(&security["policies"], "cage_all");
    assert_eq!((&policy["is_permissive"], &policy["roles"]), (&json!(false), &json!(["pg_monitor"])));
}

#[tokio::test]
async fn finds_a_table_however_its_name_is_written() {
    let zoo = Zoo::new().await;
    for (written, found) in [
        ("Keeper", "keeper"),
        ("ZOO.KEEPER", "keeper"),
        ("Mixed Case", "Mixed Case"),
        ("\"Mixed Case\"", "Mixed Case"),
        ("dotted.name", "dotted.name"),
        ("zoo.\"dotted.name\"", "dotted.name"),
        (r#""Odd ""Schema"".Name"."Table ""x"".y""#, r#"Table "x".y"#),
    ] {
        let answer = zoo.told("get_table_schema", json!({ "table_name": written, "schema": "zoo" })).await;
        assert_eq!(answer["table_name"], found, "{written}");
    }
}

#[tokio::test]
async fn an_unknown_name_leads_to_one_that_exists() {
    let zoo = Zoo::new().await;
    for (arguments, mend) in [
        (json!({ "table_name": "keper", "schema": "zoo" }), "did you mean \"keeper\"?"),
        (json!({ "table_name": "mixed case", "schema": "zoo" }), "did you mean \"Mixed Case\"?"),
        (json!({ "table_name": "keeper" }), "in schema \"zoo\""),
        (json!({ "table_name": "zooo.keeper" }), "did you mean \"zoo\"?"),
        (json!({ "table_name": "xyzzy" }), "holds \"plain\""),
        (json!({ "table_name": "zoo.keeper_pkey" }), "of the kind index"),
        (json!({ "table_name": "" }), "table_name is empty"),
        (json!({ "table_name": "x".repeat(1_000_000) }), "no table or view \"xxx"),
        (json!({ "table_name": "a\"; DROP TABLE plain; --" }), "no table or view"),
    ] {
        let problem = zoo.problem("get_table_schema", arguments).await;
        assert!(problem.contains(mend), "{problem}");
        assert!(problem.len() < 2_000);
    }
    let problem = zoo.problem("list_tables", json!({ "schema": "pubic" })).await;
    assert!(problem.contains("did you mean \"public\"?"), "{problem}");
}

#[tokio::test]
async fn a_role_without_usage_gets_the_shape_and_is_told_what_it_lacks() {
    let zoo = Zoo::new().await;
    let reader = service(&zoo.database.reader_url(), Access::Read);
    let answer = told(&reader, "list_schemas", json!({})).await.unwrap();
    assert_eq!(named(&answer["schemas"], "zoo")["has_usage"], false);
    assert!(answer["notes"][0].as_str().unwrap().contains("no USAGE"));
    let answer = told(&reader, "list_tables", json!({ "schema": "zoo" })).await.unwrap();
    assert_eq!(named(&answer["tables"], "keeper")["readable"], false);
    let answer = told(&reader, "get_table_schema", json!({ "table_name": "zoo.keeper" })).await.unwrap();
    assert_eq!(answer["privileges"], json!([]));
    assert!(answer["notes"][0].as_str().unwrap().contains("no USAGE"));
}

#[tokio::test]
async fn a_locked_table_does_not_hold_up_the_list() {
    let zoo = Zoo::new().await;
    let mut admin = zoo.database.admin().await;
    let locking = admin.transaction().await.unwrap();
    locking.batch_execute("LOCK TABLE zoo.animal IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let answer = zoo.told("list_tables", json!({ "schema": "zoo" })).await;
    assert_eq!(named(&answer["tables"], "animal").get("size_bytes"), None);
    assert!(answer["notes"][0].as_str().unwrap().contains("\"animal\""));
    assert!(named(&answer["tables"], "keeper")["size_bytes"].as_i64().is_some());
}

#[tokio::test]
async fn explains_what_a_scan_of_a_large_table_lacks() {
    let zoo = Zoo::new().await;
    zoo.database
        .admin()
        .await
        .batch_execute(
            "CREATE TABLE large AS SELECT n AS id, n % 1000 AS part FROM generate_series(1, 50000) n; ANALYZE large",
        )
        .await
        .unwrap();
    for analyze in [false, true] {
        let arguments =
            json!({ "query": "SELECT * FROM large WHERE part = $1", "params": [7], "analyze": analyze });
        let answer = zoo.told("explain_query", arguments).await;
        let finding =
            answer["summary"].as_array().unwrap().iter().find(|finding| finding["kind"] == "filtered_scan");
        let finding = finding.unwrap_or_else(|| panic!("{answer}"));
        assert_eq!(finding["relation"], "public.large");
        assert!(finding["suggestion"].as_str().unwrap().contains("ON public.large (part)"), "{finding}");
        assert_eq!(answer.get("execution_time_ms").is_some(), analyze);
        assert_eq!(answer["plan"]["Plan"].get("Output"), None);
        assert!(answer["text"].as_str().unwrap().contains("Seq Scan on large"));
    }
}

#[tokio::test]
async fn analyze_of_a_write_runs_it_and_keeps_nothing() {
    let zoo = Zoo::new().await;
    let writer = service(&zoo.database.url(), Access::Write);
    let arguments = json!({ "query": "DELETE FROM plain", "analyze": true, "format": "text" });
    let answer = told(&writer, "explain_query", arguments).await.unwrap();
    assert!(answer["text"].as_str().unwrap().contains("Delete on plain"));
    assert_eq!(answer.get("plan"), None);
    let row = zoo.database.admin().await.query_one("SELECT count(*) FROM plain", &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 1000);
}

#[tokio::test]
async fn explain_refuses_what_the_connection_may_not_do() {
    let zoo = Zoo::new().await;
    for query in
        ["DELETE FROM plain", "SELECT pg_read_file('/etc/passwd')", "SELECT 1; DROP TABLE plain", "VACUUM"]
    {
        let arguments = json!({ "query": query, "analyze": true });
        let error = told(&zoo.service, "explain_query", arguments).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{query}");
    }
}

#[tokio::test]
async fn two_thousand_tables_are_listed_in_pages() {
    let zoo = Zoo::new().await;
    // A transaction may hold fewer locks than there are tables, so the statements commit one by one.
    let admin = zoo.database.admin().await;
    for from in (0..2000).step_by(250) {
        let made = format!(
            "DO $$ BEGIN FOR n IN {from}..{} LOOP EXECUTE format('CREATE TABLE many_%s (id int)', n); END LOOP; END $$",
            from + 249
        );
        admin.batch_execute(&made).await.unwrap();
    }
    let mut offset = 0;
    let mut seen = 0;
    loop {
        let answer =
            zoo.told("list_tables", json!({ "pattern": "many*", "limit": 900, "offset": offset })).await;
        assert!(answer["tables"].to_string().len() <= 24_000, "the budget of 8,000 tokens holds");
        seen += answer["count"].as_u64().unwrap();
        match answer["truncated"]["next_offset"].as_u64() {
            Some(next) => offset = next,
            None => break,
        }
    }
    assert_eq!(seen, 2000);
}
