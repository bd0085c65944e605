//! What can be wrong with a plan, with rows and with servers, and what is said of it.

use pg_core::ErrorKind;
use pg_tests::Database;
use serde_json::json;

use super::{configuration, plan, service, text};
use crate::support::command::{Ended, command};
use crate::support::configuration::file;
use crate::support::service::{failed, told};

const SMALL: &str = "DROP SCHEMA IF EXISTS a, b CASCADE; CREATE SCHEMA a AUTHORIZATION shop_owner;
    CREATE SCHEMA b AUTHORIZATION shop_owner; SET ROLE shop_owner;
    CREATE TABLE a.things (id int PRIMARY KEY, label text, day text, price text, parent int);
    CREATE TABLE b.things (id bigint PRIMARY KEY, label varchar(6) UNIQUE, day date, price numeric(8,2) CHECK (price >= 0));
    INSERT INTO a.things VALUES (1, 'one', '31/12/2024', '1,200.50', NULL), (2, 'two', '01/02/2025', '7', 1),
      (3, 'three', '', NULL, 2)";

const THINGS: &str = "[[tables]]\nsource = \"a.things\"\ntarget = \"b.things\"\n[tables.columns]\nid = \"id\"\n\
    label = { from = \"label\", clean = \"trim\" }\nday = { from = \"day\", clean = \"date:%d/%m/%Y\" }\n\
    price = { from = \"price\", clean = \"number\" }\n";

async fn small() -> (Database, pg_core::Service) {
    let database = Database::shop().await;
    database.admin().await.batch_execute(SMALL).await.unwrap();
    let service = service(&configuration(&database));
    (database, service)
}

#[tokio::test]
async fn types_that_do_not_fit_are_named_before_a_row_moves() {
    let (database, service) = small().await;
    let tables = "[[tables]]\nsource = \"a.things\"\ntarget = \"b.things\"\n[tables.columns]\nid = \"id\"\nday = \"day\"\nprice = \"parnt\"\n";
    let report = failed(&service, "run_migration", plan("", tables)).await;
    assert!(report.message.contains("the source has no column parnt; did you mean parent?"), "{report}");
    let tables = tables.replace("parnt", "price");
    let report = failed(&service, "run_migration", plan("", &tables)).await;
    for said in [
        "table b.things",
        "column day",
        "text does not fit into date",
        "column price",
        "text does not fit into numeric(8,2)",
    ] {
        assert!(report.message.contains(said), "{said}: {report}");
    }
    assert_eq!(text(&database, "SELECT to_regclass('toolkit.migration_passes')::text").await, "");
}

#[tokio::test]
async fn a_row_that_does_not_fit_ends_it_or_is_kept_with_its_reason() {
    let (database, service) = small().await;
    let admin = database.admin().await;
    // A date that is none, a value that is too long, a constraint, and one that is there already.
    admin
        .batch_execute(
            "INSERT INTO a.things VALUES (4, 'four', 'soon', '1', NULL), (5, 'far too long', '', '1', NULL),
               (6, 'six', '', '-3', NULL), (7, 'two', '', '1', NULL)",
        )
        .await
        .unwrap();
    let report = failed(&service, "run_migration", plan("", THINGS)).await;
    for said in ["table b.things", "key 4", "column day", "value \"soon\"", "no date in the form %d/%m/%Y"] {
        assert!(report.message.contains(said), "{said}: {report}");
    }
    assert_eq!(text(&database, "SELECT count(*)::text FROM b.things").await, "0");
    admin.execute("DELETE FROM a.things WHERE id = 4", &[]).await.unwrap();
    let report = failed(&service, "run_migration", plan("", THINGS)).await;
    for said in ["b.things", "key 5", "column label, value \"far too long\"", "too long for type"] {
        assert!(report.message.contains(said), "{said}: {report}");
    }
    assert_eq!((report.kind, report.sqlstate.as_deref()), (ErrorKind::Sql, Some("22001")), "{report}");
    assert_eq!(report.exit(), pg_core::Exit::Sql);
    admin.execute("INSERT INTO a.things VALUES (4, 'four', 'soon', '1', NULL)", &[]).await.unwrap();
    let kept = told(&service, "run_migration", plan("on_reject = \"keep\"", THINGS)).await;
    assert_eq!(kept["success"], json!(true), "{kept}");
    assert_eq!(
        (&kept["tables"][0]["rows_written"], &kept["tables"][0]["rejected"]),
        (&json!(3), &json!(4)),
        "{kept}"
    );
    let rejects = text(
        &database,
        "SELECT string_agg(concat_ws(' ', key, column_name, value, sqlstate), '; ' ORDER BY key) FROM toolkit.migration_rejects",
    )
    .await;
    assert_eq!(rejects, "4 day soon; 5 label far too long 22001; 6 price -3 23514; 7 label two 23505");
    assert!(kept["notes"].to_string().contains("b.things: rows were rejected, 4 in all"), "{kept}");
    assert_eq!(
        text(&database, "SELECT string_agg(t::text, ' ' ORDER BY id) FROM b.things t").await,
        "(1,one,2024-12-31,1200.50) (2,two,2025-02-01,7.00) (3,three,,)"
    );
    assert_eq!(kept["verified"][0]["rejected"], json!(4), "{kept}");
}

#[tokio::test]
async fn a_migration_of_which_nothing_came_over_has_not_succeeded() {
    let (database, service) = small().await;
    database.admin().await.batch_execute("UPDATE a.things SET day = 'soon'").await.unwrap();
    let kept = told(&service, "run_migration", plan("on_reject = \"keep\"", THINGS)).await;
    assert_eq!((&kept["success"], &kept["tables"][0]["rejected"]), (&json!(false), &json!(3)), "{kept}");
    let notes = kept["notes"].to_string();
    assert!(notes.contains("b.things: every row was rejected and none written, 3 in all"), "{kept}");
}

#[tokio::test]
async fn rejected_rows_are_findings_at_a_command_line() {
    let (database, _) = small().await;
    let admin = database.admin().await;
    admin.batch_execute("INSERT INTO a.things VALUES (5, 'far too long', '', '1', NULL)").await.unwrap();
    let config = configuration(&database);
    let run = |head: &str| -> Ended {
        let text = plan(head, THINGS);
        let words = [
            "migrate",
            text["plan"].as_str().unwrap(),
            "--config",
            &config.to_string_lossy(),
            "--format",
            "json",
        ];
        command([]).args(words).output().expect("pg-cli starts").into()
    };
    let ended = run("");
    assert_eq!(ended.code, Some(3), "the target refused a row: {ended:?}");
    let ended = run("on_reject = \"keep\"");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.json()["success"], json!(true), "{ended:?}");
    let ended = run("on_reject = \"keep\"");
    assert_eq!(ended.code, Some(1), "they are still rejected: {ended:?}");
}

#[tokio::test]
async fn conflicts_are_settled_as_the_plan_says() {
    for (conflict, expected) in [("skip", "mine"), ("upsert", "one")] {
        let (database, service) = small().await;
        database
            .admin()
            .await
            .batch_execute("INSERT INTO b.things VALUES (1, 'mine'), (99, 'other')")
            .await
            .unwrap();
        let tables = THINGS
            .replace("\n[tables.columns]", &format!("\non_conflict = \"{conflict}\"\n[tables.columns]"));
        let done = told(&service, "run_migration", plan("", &tables)).await;
        assert_eq!(text(&database, "SELECT label FROM b.things WHERE id = 1").await, expected, "{done}");
        let table = &done["verified"][0];
        let different = if conflict == "skip" { 1 } else { 0 };
        assert_eq!((&table["different"], &table["extra"]), (&json!(different), &json!(1)), "{table}");
    }
    let (database, service) = small().await;
    database.admin().await.batch_execute("INSERT INTO b.things VALUES (1, 'mine')").await.unwrap();
    let report = failed(&service, "run_migration", plan("", THINGS)).await;
    assert_eq!(report.sqlstate.as_deref(), Some("23505"), "{report}");
    assert!(report.message.contains("key 1, column id, value \"1\""), "{report}");
}

#[tokio::test]
async fn a_look_up_gives_another_tables_value() {
    let (database, service) = small().await;
    database
        .admin()
        .await
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE b.kinds (kind_id int PRIMARY KEY, code text);
             INSERT INTO b.kinds VALUES (10, 'one'), (20, 'two'), (21, 'two');
             CREATE TABLE b.found (id int PRIMARY KEY, kind_id int)",
        )
        .await
        .unwrap();
    let tables = "[[tables]]\nsource = \"a.things\"\ntarget = \"b.found\"\n[tables.columns]\nid = \"id\"\n\
        kind_id = { from = \"label\", lookup = { table = \"b.kinds\", match = \"code\", take = \"kind_id\" } }\n";
    let done = told(&service, "run_migration", plan("on_reject = \"keep\"", tables)).await;
    assert_eq!(
        text(&database, "SELECT string_agg(f::text, ' ' ORDER BY id) FROM b.found f").await,
        "(1,10)",
        "{done}"
    );
    let reasons: Vec<&str> =
        done["rejects"].as_array().unwrap().iter().map(|row| row["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(
        reasons.iter().any(|reason| reason.contains("several rows"))
            && reasons.iter().any(|reason| reason.contains("does not have it")),
        "{reasons:?}"
    );
}

#[tokio::test]
async fn tables_without_a_key_tables_that_are_made_and_circles_are_told() {
    let (database, service) = small().await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE a.loose (n int, t text); INSERT INTO a.loose SELECT i, 'x' FROM generate_series(1, 500) i;
             CREATE TABLE a.made (id serial PRIMARY KEY, label text NOT NULL DEFAULT 'none' CHECK (label <> ''), of int REFERENCES a.things);
             CREATE INDEX made_of ON a.made (of); INSERT INTO a.made (label, of) VALUES ('p', 1), ('q', 2);
             CREATE TABLE b.left_one (id int PRIMARY KEY, other int); CREATE TABLE b.right_one (id int PRIMARY KEY, other int);
             ALTER TABLE b.left_one ADD FOREIGN KEY (other) REFERENCES b.right_one;
             ALTER TABLE b.right_one ADD FOREIGN KEY (other) REFERENCES b.left_one",
        )
        .await
        .unwrap();
    let made = "create_target = true\n[[tables]]\nsource = \"a.loose\"\ntarget = \"b.loose\"\n[[tables]]\nsource = \"a.made\"\ntarget = \"b.made\"\n";
    let done = told(&service, "run_migration", plan(made, "")).await;
    assert_eq!(done["success"], json!(true), "{done}");
    assert!(done["notes"].to_string().contains("copied as one range"), "{done}");
    assert_eq!(text(&database, "SELECT count(*)::text FROM b.loose").await, "500");
    let next = text(&database, "INSERT INTO b.made (of) VALUES (1) RETURNING id || label").await;
    assert_eq!(next, "3none", "the sequence goes on behind the rows, and defaults came along");

    let circle = "[[tables]]\nquery = \"SELECT id, parent AS other FROM a.things\"\nkey = [\"id\"]\ntarget = \"b.left_one\"\n\
        [[tables]]\nquery = \"SELECT id, parent AS other FROM a.things\"\nkey = [\"id\"]\ntarget = \"b.right_one\"\n";
    let arguments = |head: &str| {
        let mut arguments = plan(head, circle);
        arguments["plan"] = json!(arguments["plan"].as_str().unwrap().replace("\"m\"", "\"c\""));
        arguments
    };
    let report = failed(&service, "run_migration", arguments("")).await;
    assert!(
        report.message.contains("b.left_one → b.right_one → b.left_one") && report.message.contains("defer"),
        "{report}"
    );
    let done = told(&service, "run_migration", arguments("defer = true")).await;
    assert_eq!(done["success"], json!(true), "{done}");
    let keys = text(
        &database,
        "SELECT count(*)::text FROM pg_constraint WHERE contype = 'f' AND connamespace = 'b'::regnamespace",
    )
    .await;
    assert_eq!(keys, "2", "they are there again");
}

#[tokio::test]
async fn all_tables_are_of_one_moment_whatever_changes_meanwhile_and_a_lost_target_is_told() {
    let (database, service) = small().await;
    let (admin, holder) = (database.admin().await, database.admin().await);
    admin
        .batch_execute(
            "SET ROLE shop_owner; CREATE TABLE a.later (id int PRIMARY KEY); INSERT INTO a.later VALUES (1);
             CREATE TABLE b.later (id int PRIMARY KEY);
             CREATE FUNCTION b.wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               PERFORM pg_advisory_xact_lock_shared(4713); RETURN NEW; END $$;
             CREATE TRIGGER wait BEFORE INSERT ON b.things FOR EACH ROW EXECUTE FUNCTION b.wait()",
        )
        .await
        .unwrap();
    let tables = format!("{THINGS}[[tables]]\nsource = \"a.later\"\ntarget = \"b.later\"\n");
    let arguments = plan("", &tables);
    let waiting = "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    holder.batch_execute("SELECT pg_advisory_lock(4713)").await.unwrap();
    let running = tokio::spawn({
        let (service, arguments) = (service.clone(), arguments.clone());
        async move { failed(&service, "run_migration", arguments).await }
    });
    while text(&database, waiting).await == "0" {}
    admin
        .batch_execute(
            "RESET ROLE; SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.locktype = 'advisory' AND NOT l.granted
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .await
        .unwrap();
    let report = running.await.unwrap();
    assert_eq!(report.connection_id.as_deref(), Some("new_erp"), "{report}");
    assert_eq!(report.kind, ErrorKind::Connection, "{report}");
    let running = tokio::spawn({
        let (service, arguments) = (service.clone(), arguments.clone());
        async move { told(&service, "run_migration", arguments).await }
    });
    while text(&database, waiting).await == "0" {}
    // The first table is under way: what changes now is in neither.
    admin
        .batch_execute("UPDATE a.things SET label = 'new' WHERE id = 1; INSERT INTO a.later VALUES (2)")
        .await
        .unwrap();
    holder.batch_execute("SELECT pg_advisory_unlock(4713)").await.unwrap();
    let done = running.await.unwrap();
    assert_eq!(
        text(&database, "SELECT string_agg(label, ' ' ORDER BY id) FROM b.things").await,
        "one two three"
    );
    assert_eq!(text(&database, "SELECT string_agg(id::text, ' ') FROM b.later").await, "1");
    assert_eq!(done["success"], json!(false), "the comparison looks at the source as it is by then: {done}");
}

#[tokio::test]
async fn a_plan_is_read_strictly_and_its_sql_is_judged_as_the_callers() {
    let (_database, service) = small().await;
    let report = failed(&service, "plan_migration", plan("jbos = 2", THINGS)).await;
    assert!(report.message.contains("line 4, column 1") && report.message.contains("jbos"), "{report}");
    let report = failed(&service, "plan_migration", json!({"plan": "/etc/passwd"})).await;
    assert!(report.message.contains("command line only"), "{report}");
    for (old, new) in [
        ("\n[tables.columns]", "\nfilter = \"id > 3) or (true\"\n[tables.columns]"),
        ("source = \"a.things\"", "query = \"SELECT * FROM a.things) AS x, (SELECT 1\"\nkey = [\"id\"]"),
        ("id = \"id\"", "id = { sql = \"id) AS id, (1\" }"),
        ("id = \"id\"", "id = { from = \"id\", target_sql = \"$1), (1\" }"),
    ] {
        let report = failed(&service, "run_migration", plan("", &THINGS.replace(old, new))).await;
        assert_eq!(report.kind, ErrorKind::Argument, "{new}: {report}");
        assert!(report.message.contains("by itself"), "{new}: {report}");
    }
    for (old, new) in [
        ("id = \"id\"", "id = { sql = \"lo_unlink(1)\" }"),
        ("id = \"id\"", "id = { sql = \"(SELECT pg_read_file('/etc/passwd'))::int\" }"),
        ("id = \"id\"", "id = { from = \"id\", target_sql = \"length(pg_read_file($1))\" }"),
    ] {
        let report = failed(&service, "run_migration", plan("", &THINGS.replace(old, new))).await;
        assert_eq!(report.kind, ErrorKind::Refused, "{new}: {report}");
    }
}

#[tokio::test]
async fn what_must_be_confirmed_is_confirmed_once() {
    let database = Database::shop().await;
    database.admin().await.batch_execute(SMALL).await.unwrap();
    let path = file(&format!(
        "[connections.old_erp]\nurl = {0:?}\n[connections.new_erp]\nurl = {0:?}\naccess = \"schema\"\n\
         [connections.new_erp.policy.confirm]\nwrites = true\n",
        database.owner_url()
    ));
    let service = service(&path);
    let report = failed(&service, "run_migration", plan("", THINGS)).await;
    assert_eq!(report.kind, ErrorKind::ConfirmationNeeded, "{report}");
    let code = report.confirmation.unwrap().code.clone().unwrap();
    let mut changed = plan("jobs = 1", THINGS);
    changed["confirm"] = json!(code);
    failed(&service, "run_migration", changed).await;
    let report = failed(&service, "run_migration", plan("", THINGS)).await;
    let mut confirmed = plan("", THINGS);
    confirmed["confirm"] = json!(report.confirmation.unwrap().code.clone().unwrap());
    let done = told(&service, "run_migration", confirmed).await;
    assert_eq!(done["success"], json!(true), "{done}");
}

#[tokio::test]
async fn a_full_disk_stops_it_and_it_goes_on_when_there_is_room() {
    let server = pg_tests::private_server();
    let database = Database::shop_on_private(&server).await;
    let admin = database.admin().await;
    admin
        .batch_execute(
            "CREATE TABLE old_erp.many (id int PRIMARY KEY, t text); CREATE TABLE new_erp.many (id int PRIMARY KEY, t text);
             INSERT INTO old_erp.many SELECT n, repeat('x', 1000) FROM generate_series(1, 300) AS n; ANALYZE old_erp.many;
             ALTER TABLE old_erp.many OWNER TO shop_owner; ALTER TABLE new_erp.many OWNER TO shop_owner",
        )
        .await
        .unwrap();
    let path: String =
        admin.query_one("SELECT pg_relation_filepath('new_erp.many')", &[]).await.unwrap().get(0);
    // A file that can be read and never grows.
    let file = server.folder().join("data").join(path);
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    let service = service(&configuration(&database));
    let plan =
        plan("range_rows = 50\non_reject = \"keep\"", "[[tables]]\nsource = \"many\"\ntarget = \"many\"\n");
    let report = failed(&service, "run_migration", plan.clone()).await;
    assert_eq!(report.sqlstate.as_deref(), Some("53100"), "{report}");
    let rejects = "SELECT count(*)::text FROM toolkit.migration_rejects";
    assert_eq!(text(&database, rejects).await, "0", "a full disk is no fault of a row");
    // Room again: the table gets a new file.
    admin.batch_execute("TRUNCATE new_erp.many").await.unwrap();
    let done = told(&service, "run_migration", plan).await;
    assert_eq!(done["success"], true, "{done}");
    assert_eq!(text(&database, "SELECT count(*)::text FROM new_erp.many").await, "300");
}
