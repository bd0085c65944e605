//! Tables that a migration makes, and what it takes away and makes again.

use pg_core::ErrorKind;
use pg_tests::Database;
use serde_json::json;

use super::{configuration, plan, service, text};
use crate::support::service::{failed, told};

async fn prepared(statements: &str) -> (Database, pg_core::Service) {
    let database = Database::shop().await;
    let made = "CREATE SCHEMA a AUTHORIZATION shop_owner; CREATE SCHEMA b AUTHORIZATION shop_owner; SET ROLE shop_owner;";
    database.admin().await.batch_execute(&format!("{made}{statements}")).await.unwrap();
    let service = service(&configuration(&database));
    (database, service)
}

#[tokio::test]
async fn what_is_not_made_of_a_table_is_said_and_foreign_keys_follow_their_tables() {
    let (database, service) = prepared(
        "CREATE TABLE a.owners (id int PRIMARY KEY, name text);
         CREATE TABLE a.others (id int PRIMARY KEY);
         CREATE TABLE a.things (id int PRIMARY KEY, owner int REFERENCES a.owners ON DELETE CASCADE, other int REFERENCES a.others,
           label text UNIQUE CHECK (label <> ''), span int4range, EXCLUDE USING gist (span WITH &&));
         CREATE INDEX things_label ON a.things (lower(label));
         INSERT INTO a.owners VALUES (1, 'x'); INSERT INTO a.things VALUES (1, 1, NULL, 'l', '[1,2)')",
    )
    .await;
    let tables = "[[tables]]\nsource = \"a.things\"\ntarget = \"b.goods\"\n[[tables]]\nsource = \"a.owners\"\ntarget = \"b.people\"\n\
        [[tables]]\nquery = \"SELECT id AS code FROM a.things\"\nkey = [\"code\"]\ntarget = \"b.codes\"\n";
    let planned = told(&service, "plan_migration", plan("create_target = true", tables)).await;
    let notes = planned["notes"].to_string();
    assert!(
        notes.contains("b.goods: it is made without") && notes.contains("index things_label"),
        "{planned}"
    );
    assert!(notes.contains("foreign key things_other_fkey to a.others"), "{planned}");
    assert!(!notes.contains("things_owner_fkey") && !notes.contains("b.people: it is"), "{planned}");
    let done = told(&service, "run_migration", plan("create_target = true", tables)).await;
    assert_eq!(done["success"], json!(true), "{done}");
    let made = text(
        &database,
        "SELECT string_agg(pg_get_constraintdef(oid), '; ' ORDER BY contype, conname) FROM pg_constraint
         WHERE conrelid = 'b.goods'::regclass AND contype <> 'p'",
    )
    .await;
    assert_eq!(
        made,
        "CHECK ((label <> ''::text)); FOREIGN KEY (owner) REFERENCES b.people(id) ON DELETE CASCADE; UNIQUE (label); EXCLUDE USING gist (span WITH &&)"
    );
}

#[tokio::test]
async fn types_that_the_target_lacks_are_named_before_anything_is_made() {
    let (database, _) = prepared(
        "CREATE TYPE a.mood AS ENUM ('ok', 'it''s bad'); CREATE DOMAIN a.price AS numeric(10,2); CREATE TYPE a.pair AS (x int, y int);
         CREATE TABLE a.things (id int PRIMARY KEY, mood a.mood, prices a.price[], pair a.pair)",
    )
    .await;
    let other = Database::empty().await;
    let path = crate::support::configuration::file(&format!(
        "[connections.old_erp]\nurl = {:?}\n[connections.new_erp]\nurl = {:?}\naccess = \"schema\"\n",
        database.owner_url(),
        other.owner_url()
    ));
    let service = service(&path);
    let tables = "[[tables]]\nsource = \"a.things\"\ntarget = \"public.things\"\n";
    for operation in ["plan_migration", "run_migration"] {
        let report = failed(&service, operation, plan("create_target = true", tables)).await;
        assert_eq!(report.kind, ErrorKind::Argument, "{report}");
        for said in [
            "column mood: the target has no type a.mood",
            "CREATE TYPE a.mood AS ENUM ('ok', 'it''s bad')",
            "column prices: the target has no type a.price",
            "column pair: the target has no type a.pair",
        ] {
            assert!(report.message.contains(said), "{said}: {report}");
        }
    }
}

#[tokio::test]
async fn columns_of_the_source_that_go_nowhere_are_told() {
    let (_database, service) = prepared(
        "CREATE TABLE a.things (id int PRIMARY KEY, label text, spare text, \"Old note\" text, used int);
         CREATE TABLE b.things (id int PRIMARY KEY, label text, n int)",
    )
    .await;
    let tables = "[[tables]]\nsource = \"a.things\"\ntarget = \"b.things\"\n";
    let planned = told(&service, "plan_migration", plan("", tables)).await;
    let notes = planned["notes"].to_string();
    assert!(
        notes.contains("b.things: columns of the source that go nowhere: spare, Old note, used"),
        "{planned}"
    );
    let mapped = format!(
        "{tables}[tables.columns]\nid = \"id\"\nlabel = {{ sql = \"coalesce(label, spare)\" }}\nn = {{ sql = \"used + 1\" }}\n"
    );
    let planned = told(&service, "plan_migration", plan("", &mapped)).await;
    let notes = planned["notes"].to_string();
    assert!(notes.contains("go nowhere: Old note\""), "{planned}");
}

const DEFERRED: &str = "CREATE TABLE a.things (id int PRIMARY KEY, owner int, label text);
    CREATE TABLE b.owners (id int PRIMARY KEY);
    CREATE TABLE b.things (id int PRIMARY KEY, owner int CONSTRAINT owned REFERENCES b.owners DEFERRABLE, label text);
    CREATE INDEX things_owner ON b.things (owner); CREATE INDEX things_words ON b.things (lower(label), (label || 'x'));
    CREATE TABLE b.parts (id int PRIMARY KEY, thing int REFERENCES b.things) PARTITION BY RANGE (id);
    CREATE TABLE b.parts_1 PARTITION OF b.parts FOR VALUES FROM (0) TO (100); CREATE INDEX parts_thing ON b.parts (thing);
    CREATE TABLE a.parts (id int PRIMARY KEY, thing int);
    ALTER TABLE b.things CLUSTER ON things_owner; ALTER INDEX b.things_words ALTER COLUMN 2 SET STATISTICS 333;
    COMMENT ON INDEX b.things_owner IS 'who''s'; COMMENT ON CONSTRAINT owned ON b.things IS 'the owner';
    INSERT INTO b.owners VALUES (1), (2); INSERT INTO a.things VALUES (1, 1, 'x'), (2, 2, 'y'); INSERT INTO a.parts VALUES (1, 1);";

const OBJECTS: &str = "SELECT string_agg(o, E'\\n' ORDER BY o) FROM (
    SELECT pg_get_indexdef(x.indexrelid) || x.indisclustered || x.indisvalid || coalesce(obj_description(x.indexrelid, 'pg_class'), '')
      || (SELECT string_agg(a.attstattarget::text, ',' ORDER BY attnum) FROM pg_attribute a WHERE a.attrelid = x.indexrelid)
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid WHERE c.relnamespace = 'b'::regnamespace
    UNION ALL SELECT conrelid::regclass::text || conname || pg_get_constraintdef(oid) || coalesce(obj_description(oid, 'pg_constraint'), '')
    FROM pg_constraint WHERE connamespace = 'b'::regnamespace) AS objects (o)";

const THINGS: &str = "[[tables]]\nsource = \"a.things\"\ntarget = \"b.things\"\n";

#[tokio::test]
async fn what_is_made_again_is_as_it_was() {
    let (database, service) = prepared(DEFERRED).await;
    let before = text(&database, OBJECTS).await;
    assert!(before.contains("333") && before.contains("who's"), "{before}");
    let tables = format!("{THINGS}[[tables]]\nsource = \"a.parts\"\ntarget = \"b.parts\"\n");
    let done = told(&service, "run_migration", plan("defer = true", &tables)).await;
    assert_eq!(done["success"], json!(true), "{done}");
    assert_eq!(text(&database, OBJECTS).await, before);
    // A partition by itself: what belongs to the whole stays.
    let leaf = plan(
        "defer = true",
        "[[tables]]\nsource = \"a.parts\"\ntarget = \"b.parts_1\"\non_conflict = \"skip\"\n",
    );
    let leaf = json!({"plan": leaf["plan"].as_str().unwrap().replace("\"m\"", "\"leaf\"")});
    told(&service, "run_migration", leaf).await;
    assert_eq!(text(&database, OBJECTS).await, before);
}

#[tokio::test]
async fn a_foreign_key_that_cannot_be_made_again_names_the_rows() {
    let (database, service) = prepared(DEFERRED).await;
    let admin = database.admin().await;
    admin.batch_execute("INSERT INTO a.things VALUES (7, 70, NULL), (8, 80, NULL)").await.unwrap();
    let before = text(&database, OBJECTS).await;
    let report = failed(&service, "run_migration", plan("defer = true", THINGS)).await;
    assert_eq!((report.kind, report.sqlstate.as_deref()), (ErrorKind::Sql, Some("23503")), "{report}");
    for said in [
        "owned cannot be made again",
        "2 rows of b.things point at none",
        "{\"id\":7} {\"id\":8}",
        "SELECT * FROM",
    ] {
        assert!(report.message.contains(said), "{said}: {report}");
    }
    // All else is there again, and what is not is told until it is.
    assert_eq!(
        text(
            &database,
            "SELECT count(*)::text FROM pg_indexes WHERE tablename = 'things' AND schemaname = 'b'"
        )
        .await,
        "3"
    );
    let status = told(&service, "migration_status", json!({"connection_id": "new_erp"})).await;
    assert_eq!(status["to_be_made"], json!(["owned of b.things"]), "{status}");
    failed(&service, "run_migration", plan("defer = true", THINGS)).await;
    admin.batch_execute("INSERT INTO b.owners VALUES (70), (80)").await.unwrap();
    let done = told(&service, "run_migration", plan("defer = true", THINGS)).await;
    assert_eq!(done["success"], json!(true), "{done}");
    assert_eq!(text(&database, OBJECTS).await, before);
}
